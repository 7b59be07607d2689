// Runs npm and other tools to their end. Node built-ins only: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
const WINDOWS = process.platform === 'win32';

/** What an outer `npm test` tells its children about itself: an inner npm would take it for its own. */
const OUTER_NPM = /^(npm_package_|npm_lifecycle_|npm_config_(local_|global_)?prefix$|INIT_CWD$)/;

/**
 * Runs a command quietly and throws what it said when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function run(command, args, { cwd, env = process.env } = {}) {
  const done = spawnSync(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    // npm is a batch file there, and Node starts those through a shell only; no argument here holds a blank
    shell: WINDOWS && command === 'npm',
  });
  const said = `${done.stdout ?? ''}${done.stderr ?? ''}`;
  if (done.status === 0) return said;
  const why = done.error?.message ?? `exit code ${done.status ?? done.signal}`;
  throw new Error(`${command} ${args.join(' ')} failed in ${cwd ?? '.'}: ${why}\n${tail(said)}`);
}

const tail = (/** @type {string} */ text) => text.split('\n').slice(-60).join('\n');

/**
 * Runs npm without its install scripts.
 * @param {string} cwd
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function npm(cwd, args, env = process.env) {
  const own = Object.entries(env).filter(([name]) => !OUTER_NPM.test(name));
  return run('npm', args, { cwd, env: Object.fromEntries(own) });
}

/**
 * `npm ci`, exactly the lock and no install scripts.
 * @param {string} cwd
 */
export const npmCi = (cwd) => npm(cwd, ['ci', ...QUIET]);

/**
 * `npm install` for the shrinkwrapped folders inside VS Code, which `npm ci` refuses.
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 */
export const npmInstallShrinkwrap = (cwd, env) =>
  npm(cwd, ['install', '--omit=dev', '--no-save', ...QUIET], env);

/**
 * Whether node_modules holds what the lock asks for, by npm's own record of what it installed.
 * @param {string} dir
 */
export function matchesLock(dir) {
  const record = path.join(dir, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = readPackages(path.join(dir, 'package-lock.json'));
  const installed = readPackages(record);
  return Object.entries(wanted).every(
    ([at, { version, optional }]) => at === '' || optional || installed[at]?.version === version,
  );
}

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean }>} */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
