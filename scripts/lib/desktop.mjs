// The VS Code that a person has on this machine already. Node built-ins only.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { onPath } from '../../test/harness/lib/programs.mjs';

const NAMES = ['code', 'codium', 'code-insiders', 'cursor'];
const WINDOWS = process.platform === 'win32';

/** The command of a desktop VS Code that can show a window here; undefined when there is none. */
export function findDesktop() {
  const env = process.env;
  const linux = process.platform === 'linux';
  if (linux && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return undefined;
  // Electron refuses root, and a remote terminal's `code` opens a window of somebody else's VS Code
  if ((linux && process.getuid?.() === 0) || env['VSCODE_IPC_HOOK_CLI']) return undefined;
  return NAMES.map(onPath).find(Boolean);
}

/** Puts a command line together for a batch file, which Node starts through a shell only. */
export function commandLine(/** @type {string} */ command, /** @type {string[]} */ args) {
  const quote = (/** @type {string} */ part) => (WINDOWS ? `"${part}"` : part);
  return { command: quote(command), args: args.map(quote), shell: WINDOWS };
}

/**
 * Arguments that keep the user's own settings and extensions out of it.
 * @param {import('../../test/harness/lib/state.mjs').State} state
 */
export const ownState = (state) => [
  ...['--user-data-dir', state.userData],
  ...['--extensions-dir', state.extensions],
];

/**
 * @param {string} code
 * @param {import('../../test/harness/lib/state.mjs').State} state
 * @param {string} vsix
 */
export function installInDesktop(code, state, vsix) {
  const line = commandLine(code, [...ownState(state), '--install-extension', vsix]);
  const done = spawnSync(line.command, line.args, { shell: line.shell, encoding: 'utf8' });
  if (done.status === 0) return;
  const name = path.basename(code);
  throw new Error(`${name} did not install the extension:\n${done.stdout}${done.stderr}`);
}
