// Runs the project's tools. Node built-ins only: this is there before anything is installed.
import { spawn } from 'node:child_process';
import { killGroup, onEnd } from '../../test/harness/lib/cleanup.mjs';
import { ROOT } from '../../test/harness/lib/paths.mjs';

const WINDOWS = process.platform === 'win32';

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] added to this process's own
 * @property {boolean} [quiet] collects what is printed instead of printing it
 * @property {number} [minutes] after which it is taken for hanging and killed
 */

/**
 * Runs a command in the project's root; resolves with its exit code and, when quiet, what it printed.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, said: string, hung: boolean }>}
 */
export function runTool(command, args, { env = {}, quiet = false, minutes = 15 } = {}) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    // npm is a batch file there, and Node starts those through a shell only
    shell: WINDOWS && command === 'npm',
    // a group of its own, so that all of it can be ended
    detached: !WINDOWS,
  });
  const stop = () => killGroup(child.pid, 'SIGTERM');
  const forget = onEnd(stop);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (said += data));
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    stop();
  }, minutes * 60_000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      forget();
      resolve({ code: code ?? 1, said, hung });
    });
  });
}

/** @param {string} script @param {RunOptions} [options] */
export const npmRun = (script, options) => runTool('npm', ['run', '--silent', script], options);

/** @param {string[]} args @param {RunOptions} [options] */
export const node = (args, options) => runTool(process.execPath, args, options);
