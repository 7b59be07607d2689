import { environmentOf, run } from '../system/processes.js';

const GIT_MS = 10_000;

/**
 * The time of the commit that is checked out, in seconds since 1970: what `SOURCE_DATE_EPOCH` is set to
 * (reproducible-builds.org). `undefined` outside git and before the first commit. Settings of the
 * repository that would start a program (a signature's) are overruled.
 */
export async function commitTime(root: string, signal?: AbortSignal): Promise<number | undefined> {
  const quiet = ['-c', 'log.showSignature=false', '-c', 'core.fsmonitor=false', '--no-pager'];
  const args = [...quiet, 'log', '-1', '--no-show-signature', '--format=%ct', 'HEAD'];
  const env = environmentOf([], { GIT_OPTIONAL_LOCKS: '0' });
  const { outcome, status, stdout } = await run('git', args, {
    cwd: root,
    env,
    timeoutMs: GIT_MS,
    signal,
  });
  const text = stdout.trim();
  const told = outcome === 'exited' && status === 0 && /^\d{1,12}$/.test(text);
  return told ? Number(text) : undefined;
}
