import { execa } from 'execa';
import { spawn } from 'node:child_process';
import { descendantsOf, groupOf, isNamespaced } from './descendants.js';

/** How a process is run. Nothing is inherited: no environment, no input, no shell. */
export interface RunOptions {
  readonly cwd: string;
  /** The whole environment; see {@link environmentOf}. */
  readonly env: Readonly<Record<string, string>>;
  /** The process and everything that it started is killed after this many milliseconds. */
  readonly timeoutMs: number;
  /** Kills the process and everything that it started. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes for its standard input; without them it is empty. */
  readonly input?: Uint8Array;
  /** Told what comes, as it comes. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

/** How a process ended. */
export interface RunResult {
  readonly outcome: 'exited' | 'not-found' | 'timed-out' | 'cancelled' | 'killed' | 'failed';
  /** Exit status; absent unless it exited. */
  readonly status?: number;
  /** UTF-8, the last {@link MOST_OUTPUT} characters of it. */
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started, as the operating system says it. */
  readonly reason?: string;
}

/** Characters of each stream that are kept; `onOutput` gets all of them. */
export const MOST_OUTPUT = 4 << 20;
/** Time between asking a process group to end and ending it. */
const GRACE_MS = 2000;
const WINDOWS = process.platform === 'win32';

/**
 * Runs a program with an argument list, never through a shell, and waits for its end. Never throws:
 * how it went is in the result. On POSIX it leads a process group of its own, so that a timeout or a
 * cancellation ends its children too.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const { signal } = options;
  if (signal?.aborted === true) return { outcome: 'cancelled', stdout: '', stderr: '' };
  const child = start(command, args, options);
  const kept = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      kept[stream] = (kept[stream] + text).slice(-MOST_OUTPUT);
      options.onOutput?.(text, stream);
    });
  }
  let cut: 'timed-out' | 'cancelled' | undefined;
  const stop = (why: 'timed-out' | 'cancelled'): void => {
    cut ??= why;
    endGroup(child);
  };
  const cancel = (): void => stop('cancelled');
  const timer = setTimeout(() => stop('timed-out'), options.timeoutMs);
  signal?.addEventListener('abort', cancel, { once: true });
  const leaving = (): void => kill(child.pid, 'SIGKILL');
  process.once('exit', leaving);
  try {
    const result = await child;
    return { ...ending(result, cut), ...kept };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    process.removeListener('exit', leaving);
    // What it left running in its group does not outlive it.
    kill(child.pid, 'SIGKILL');
  }
}

const start = (command: string, args: readonly string[], { cwd, env, input }: RunOptions) =>
  execa(command, args, {
    cwd,
    env,
    extendEnv: false,
    shell: false,
    detached: !WINDOWS,
    windowsHide: true,
    reject: false,
    stripFinalNewline: false,
    buffer: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });

type Started = ReturnType<typeof start>;

interface Ending {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
  readonly originalMessage?: string | undefined;
}

function ending(
  { exitCode, signal, code, originalMessage }: Ending,
  cut: 'timed-out' | 'cancelled' | undefined,
): Pick<RunResult, 'outcome' | 'status' | 'reason'> {
  if (cut !== undefined) return { outcome: cut };
  if (exitCode !== undefined) return { outcome: 'exited', status: exitCode };
  if (signal !== undefined) return { outcome: 'killed', reason: signal };
  const reason = originalMessage ?? code ?? 'unknown';
  return { outcome: code === 'ENOENT' ? 'not-found' : 'failed', reason };
}

/**
 * Asks a process group to end and then ends it. What has left the group is ended at once: the inner
 * bubblewrap is such a one, and dies with the outer only when it has come to ask the kernel for that.
 */
function endGroup(child: Started): void {
  const { pid } = child;
  if (pid === undefined) return;
  // There `taskkill` ends a whole tree, and nothing can be stopped first.
  if (WINDOWS) {
    kill(pid, 'SIGTERM');
    return;
  }
  kill(pid, 'SIGSTOP');
  const others = descendantsOf(pid);
  kill(pid, 'SIGTERM');
  kill(pid, 'SIGCONT');
  for (const each of others) endOther(each, pid);
  setTimeout(() => {
    kill(pid, 'SIGKILL');
    // Whoever still holds the other ends of these pipes is not waited for.
    child.stdout.destroy();
    child.stderr.destroy();
  }, GRACE_MS).unref();
}

function endOther(pid: number, group: number): void {
  // In a namespace it does not hear that it is asked to end, and may leave the group meanwhile.
  if (groupOf(pid) === group && !isNamespaced(pid)) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    if (WINDOWS) spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
    else process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** What a program needs to be found and to find its user's files, and nothing else. */
const BASE = [
  'PATH',
  'HOME',
  'TMPDIR',
  'LANG',
  'LC_ALL',
  'SystemRoot',
  'TEMP',
  'TMP',
  'USERPROFILE',
];

/** An environment from nothing: the base, the further variables named, and the given values. */
export function environmentOf(
  names: readonly string[] = [],
  values: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const chosen = [...BASE, ...names].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(chosen), ...values };
}
