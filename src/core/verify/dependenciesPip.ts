import path from 'node:path';
import { environmentOf, run } from '../system/processes.js';
import type { RunOptions, RunResult } from '../system/processes.js';
import { makeDirectory } from '../system/temporary.js';
import { NETWORK, pipEnvironment } from './dependenciesConfig.js';
import type { Python } from './dependenciesPython.js';

/** pip, bound to an empty environment that is thrown away: the user's is never touched. */
export interface Pip {
  /** `23.2.1`. */
  readonly version: string;
  /** The interpreter of the empty environment. */
  readonly python: string;
  /** Runs one of pip's commands. */
  readonly run: (args: readonly string[], options: PipOptions) => Promise<RunResult>;
}

export type PipOptions = Pick<RunOptions, 'timeoutMs' | 'signal' | 'onOutput'>;

const VENV_MS = 120_000;
/** The first pip with `--dry-run` and `--report`, and the first with `--python`. */
const REPORTS = [22, 2];
const ELSEWHERE = [22, 3];

/**
 * Makes an empty environment in a directory. pip of the interpreter itself is used where it can work
 * on another environment, since that takes a tenth of the time; else pip is put into it.
 *
 * @returns `undefined` when there is no pip that is new enough.
 */
export async function throwAwayPip(
  python: Python,
  directory: string,
  signal?: AbortSignal,
): Promise<Pip | undefined> {
  // pip's own directory is empty: `python -m pip` in a repository would run a pip.py that lies there.
  const cwd = path.join(directory, 'cwd');
  const venv = path.join(directory, 'venv');
  await makeDirectory(cwd);
  const own = await pipVersion(python.executable, cwd, signal);
  const elsewhere = own !== undefined && atLeast(own, ELSEWHERE);
  const flags = elsewhere ? ['--without-pip'] : [];
  const made = await run(python.executable, ['-I', '-m', 'venv', ...flags, venv], {
    cwd,
    env: environmentOf(),
    timeoutMs: VENV_MS,
    signal,
  });
  if (made.status !== 0) return undefined;
  const inside = interpreterOf(venv);
  const version = elsewhere ? own : await pipVersion(inside, cwd, signal);
  if (version === undefined || !atLeast(version, REPORTS)) return undefined;
  const env = await pipEnvironment(
    elsewhere ? python : { ...python, executable: inside },
    cwd,
    signal,
  );
  const command = elsewhere ? python.executable : inside;
  const before = ['-m', 'pip', ...(elsewhere ? ['--python', inside] : []), '--no-color'];
  return {
    version,
    python: inside,
    run: (args, options) => run(command, [...before, ...args], { cwd, env, ...options }),
  };
}

const interpreterOf = (venv: string): string =>
  process.platform === 'win32'
    ? path.join(venv, 'Scripts', 'python.exe')
    : path.join(venv, 'bin', 'python');

async function pipVersion(
  executable: string,
  cwd: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const env = environmentOf(NETWORK, { PYTHONSAFEPATH: '1' });
  const asked = { cwd, env, timeoutMs: VENV_MS, signal };
  const ran = await run(executable, ['-c', 'import pip;print(pip.__version__)'], asked);
  return ran.status === 0 ? /^\d+(?:\.\d+)*/.exec(ran.stdout)?.[0] : undefined;
}

function atLeast(version: string, [major = 0, minor = 0]: readonly number[]): boolean {
  const [x = 0, y = 0] = version.split('.').map(Number);
  return x > major || (x === major && y >= minor);
}
