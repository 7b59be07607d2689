// A real VS Code server (code-server) on a free port of this machine.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { killGroup, onEnd } from './cleanup.mjs';
import { vscode } from './paths.mjs';
import { cleanEnv } from './state.mjs';

/** @typedef {import('./state.mjs').State} State */
/** @typedef {import('./paths.mjs').Version} Version */

/** @param {State} state */
const stateArgs = (state) => [
  ...['--config', state.config],
  ...['--user-data-dir', state.userData],
  ...['--extensions-dir', state.extensions],
  ...['--disable-telemetry', '--disable-update-check'],
];

/**
 * A newer VS Code ignores `?payload=` with extensionTestsPath in a built workbench unless it is given
 * this option: the window opens as ever, no test runs, and there is no error. An older code-server does not know
 * how to pass it on and needs none.
 * @param {Version} version
 */
export function testDriverArgs(version) {
  const cli = path.join(path.dirname(vscode(version).entry), 'cli.js');
  const known = fs.readFileSync(cli, 'utf8').includes('vscode-option');
  return known ? ['--vscode-option', 'enable-smoke-test-driver'] : [];
}

/**
 * `code --install-extension x.vsix` and the like; resolves with what it printed.
 * @param {Version} version
 * @param {State} state
 * @param {string[]} args
 * @returns {Promise<string>}
 */
export function vscodeCli(version, state, args) {
  const { nodeBinary, entry } = vscode(version);
  return new Promise((resolve, reject) => {
    const child = spawn(nodeBinary, [entry, ...stateArgs(state), ...args], {
      env: cleanEnv(state),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(`code-server ${args.join(' ')} ended with ${code}\n${said}`));
    });
  });
}

/**
 * Starts the server. With `trust` VS Code asks whether the folder is trusted, as it does for its users; without, every
 * folder is.
 * @param {Version} version
 * @param {State} state
 * @param {{ trust?: boolean, env?: NodeJS.ProcessEnv, args?: string[] }} [options]
 */
export async function startServer(version, state, { trust = false, env, args = [] } = {}) {
  const { nodeBinary, entry } = vscode(version);
  const child = spawn(
    nodeBinary,
    [
      entry,
      ...stateArgs(state),
      ...['--auth', 'none', '--bind-addr', '127.0.0.1:0'],
      ...['--disable-getting-started-override', '--ignore-last-opened'],
      ...(trust ? [] : ['--disable-workspace-trust']),
      ...args,
    ],
    // a group of its own: the server starts an extension host, watchers and terminals
    { env: cleanEnv(state, env), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const forget = onEnd(() => killGroup(child.pid, 'SIGKILL'));
  const { authority, log } = await listening(child);
  return {
    /** host:port */
    authority,
    log,
    /** Settles when the server ends, by itself or by `stop`. */
    ended: new Promise((resolve) => child.once('exit', resolve)),
    /** @param {{ folder?: string, workspace?: string, payload?: [string, string][] }} what */
    url: (what) => pageUrl(authority, what),
    /** A file of this machine as the workbench names it. @param {string} file */
    remote: (file) => `vscode-remote://${authority}${file}`,
    async stop() {
      await stop(child);
      forget();
    },
  };
}

/**
 * Waits for the line that tells the port.
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @returns {Promise<{ authority: string, log: () => string }>}
 */
function listening(child) {
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) => reject(new Error(`code-server ${why}:\n${said}`));
    const timer = setTimeout(() => fail('did not start'), 60_000);
    const read = (/** @type {Buffer} */ data) => {
      said += data;
      if (process.env['HARNESS_VERBOSE']) process.stderr.write(data);
      const address = /HTTP server listening on http:\/\/([^/\s]+)/.exec(said)?.[1];
      if (!address) return;
      clearTimeout(timer);
      resolve({ authority: address, log: () => said });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

/** @param {string} authority @param {{ folder?: string, workspace?: string, payload?: [string, string][] }} what */
function pageUrl(authority, { folder, workspace, payload }) {
  const query = new URLSearchParams();
  if (folder) query.set('folder', folder);
  if (workspace) query.set('workspace', workspace);
  if (payload) query.set('payload', JSON.stringify(payload));
  return `http://${authority}/?${query}`;
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  killGroup(child.pid, 'SIGTERM');
  const hard = setTimeout(() => killGroup(child.pid, 'SIGKILL'), 5000);
  await gone;
  clearTimeout(hard);
  killGroup(child.pid, 'SIGKILL'); // what outlived its parent
}
