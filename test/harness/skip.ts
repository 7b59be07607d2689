// A test that cannot run here says why: the reason is printed at the end of `npm test`.

/**
 * Skips a test, or from a hook the whole suite:
 * `it('...', function () { if (!hasDocker) skip(this, 'docker is not installed'); ... })`.
 */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable() as Mocha.Runnable & { type?: string };
  const skipped = runnable.type === 'hook' ? runnable.parent : runnable;
  Object.assign(skipped ?? runnable, { skipReason: reason });
  return context.skip();
}
