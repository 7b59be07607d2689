// The way of end-to-end tests to the harness. They are bundled as CommonJS and run from another folder: so the harness is loaded
// by the path that the runner gives.
import type * as Harness from './lib/e2e.mjs';

export type { OpenOptions, Opened, Workbench } from './lib/e2e.mjs';

async function harness(): Promise<typeof Harness> {
  const file = process.env['REPROLENS_HARNESS'];
  if (file === undefined) throw new Error('run this with: npm test -- --only e2e');
  return (await import(file)) as typeof Harness;
}

/** A real VS Code with the packaged extension on a copy of a folder. Call `stop` in the end. */
export const openWorkbench: typeof Harness.openWorkbench = async (options) =>
  (await harness()).openWorkbench(options);

/** Polls `probe` until it returns something true, and returns it; an exception counts as not yet. */
export async function until<T>(probe: () => T | Promise<T>, what: string, ms?: number): Promise<T> {
  return (await harness()).until(probe, what, ms);
}

/** In a `describe`: leaves a picture of the page when a test fails. */
export function shootFailures(opened: () => Harness.Opened | undefined): void {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await opened()?.shot(`failed-${this.currentTest.title.replace(/\W+/g, '-')}`);
  });
}
