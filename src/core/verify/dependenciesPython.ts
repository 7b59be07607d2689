import path from 'node:path';
import { environmentOf, run } from '../system/processes.js';

/** A Python interpreter that answers. */
export interface Python {
  /** Absolute path, as it names itself. */
  readonly executable: string;
  /** `3.11.7`. */
  readonly version: string;
}

const ASK_MS = 30_000;
const WHO = 'import sys;print(sys.executable);print("%d.%d.%d" % sys.version_info[:3])';

/**
 * The interpreter that is given, else `python3` or `python` as they are found from the project's
 * directory (version managers choose by it). `undefined` when none answers.
 */
export async function findPython(
  root: string,
  options: { readonly python?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<Python | undefined> {
  const { python, signal } = options;
  // Windows would start a python3.exe that lies in the repository.
  const cwd = path.sep === '\\' ? path.dirname(process.execPath) : root;
  for (const command of python === undefined ? ['python3', 'python'] : [python]) {
    // -I: nothing of the current directory and of the user's variables is imported.
    const ran = await run(command, ['-I', '-c', WHO], {
      cwd,
      env: environmentOf(['VIRTUAL_ENV', 'PYENV_ROOT', 'PYENV_VERSION']),
      timeoutMs: ASK_MS,
      signal,
    });
    const [executable = '', version = ''] = ran.stdout.trim().split(/\r?\n/);
    if (ran.status === 0 && path.isAbsolute(executable)) return { executable, version };
  }
  return undefined;
}
