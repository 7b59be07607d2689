import type { CapturedTools } from '../model/envelope.js';
import { environmentOf, run } from '../system/processes.js';
import type { RunResult } from '../system/processes.js';
import { readBytes } from '../system/files.js';
import type { Engine } from './engine.js';
import { firstLine } from './hostBinaries.js';

/** Runs a program somewhere and gives what it printed; `undefined` when it is not there or fails. */
export type Probe = (argv: readonly [string, ...string[]]) => Promise<string | undefined>;

const PROBE_MS = 5000;
/** A container has to be started first. */
const CONTAINER_MS = 60_000;
const OS_RELEASE = '/etc/os-release';
const OS_RELEASE_LIMIT = 64 << 10;
const PYTHON = 'import sys; print(" ".join(sys.version.split()))';
const LIBC = 'import platform; print(" ".join(platform.libc_ver()).strip())';

/** Programs of this machine. */
export const hostProbe =
  (signal?: AbortSignal): Probe =>
  async ([program, ...args]) => {
    // Cheaper than a process, and there where `cat` is not.
    if (program === 'cat') {
      const bytes = await readBytes(OS_RELEASE, { limit: OS_RELEASE_LIMIT }).catch(() => undefined);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
    }
    const options = { cwd: '/', env: environmentOf(), timeoutMs: PROBE_MS, signal };
    return printed(await run(program, args, options));
  };

/** Programs inside a running container. */
export const containerProbe =
  (engine: Engine, name: string, signal?: AbortSignal): Probe =>
  async (argv) =>
    printed(await engine.run(['exec', name, ...argv], { timeoutMs: CONTAINER_MS, signal }));

/** Programs of an image that the engine has, each in a container that is shut in and thrown away. */
export const imageProbe =
  (engine: Engine, image: string, signal?: AbortSignal): Probe =>
  async ([program, ...args]) => {
    const shut = ['--network', 'none', '--read-only', '--cap-drop', 'ALL', '--pull', 'never'];
    const words = ['run', '--rm', ...shut, '--entrypoint', program, image, ...args];
    return printed(await engine.run(words, { timeoutMs: CONTAINER_MS, signal }));
  };

const printed = ({ outcome, status, stdout }: RunResult): string | undefined =>
  outcome === 'exited' && status === 0 && stdout.trim() !== '' ? stdout : undefined;

/** The versions of Python, compiler and C library, and the text of `/etc/os-release`. */
export async function probeTools(probe: Probe): Promise<CapturedTools> {
  const python = firstLine((await probe(['python3', '-c', PYTHON])) ?? '');
  const compiler = await firstOf(probe, [
    ['gcc', '--version'],
    ['cc', '--version'],
  ]);
  const libc = await firstOf(probe, [
    ['getconf', 'GNU_LIBC_VERSION'],
    ['python3', '-c', LIBC],
  ]);
  const osRelease = await probe(['cat', OS_RELEASE]);
  return {
    ...(python === undefined ? {} : { python }),
    ...(compiler === undefined ? {} : { compiler }),
    ...(libc === undefined ? {} : { libc }),
    ...(osRelease === undefined ? {} : { osRelease: osRelease.slice(0, OS_RELEASE_LIMIT) }),
  };
}

async function firstOf(
  probe: Probe,
  commands: readonly (readonly [string, ...string[]])[],
): Promise<string | undefined> {
  for (const argv of commands) {
    const line = firstLine((await probe(argv)) ?? '');
    if (line !== undefined) return line;
  }
  return undefined;
}
