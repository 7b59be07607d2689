// Throw-away state of one VS Code: settings, installed extensions, sockets and the workspace.
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onEnd } from './cleanup.mjs';

/** What makes a VS Code quiet, offline and readable from the page; a test may override any of it. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on', // no half-faded toasts in screenshots
  'workbench.editor.useModal': 'off', // settings, trust editor, ... as plain tabs: a modal one swallows F1
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'terminal.integrated.gpuAcceleration': 'off', // drawn as text, so that it can be read from the page
  'security.workspace.trust.banner': 'always',
  // newer VS Codes start in Restricted Mode without asking
  'security.workspace.trust.startupPrompt': 'always',
};

/** Sockets are made below it and their paths are limited to 107 bytes (103 on macOS, where tmpdir is long). */
const TMP = process.platform === 'darwin' ? '/tmp' : os.tmpdir();

/**
 * Makes the state; `dispose` removes it, and so does the end of the process.
 * @param {Record<string, unknown>} [settings]
 */
export function makeState(settings = {}) {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(TMP, 'rl-')));
  const state = {
    root,
    userData: path.join(root, 'user-data'),
    extensions: path.join(root, 'extensions'),
    config: path.join(root, 'config.yaml'),
    tmp: path.join(root, 't'), // VS Code leaves its sockets in the temporary directory
    dispose() {
      forget();
      remove();
    },
  };
  const remove = () =>
    fs.rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  const forget = onEnd(remove);
  const user = path.join(state.userData, 'User');
  for (const dir of [user, state.extensions, state.tmp]) fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(state.config, 'auth: none\ncert: false\n');
  const all = { ...SETTINGS, ...settings };
  fs.writeFileSync(path.join(user, 'settings.json'), JSON.stringify(all, null, 2));
  return state;
}

/** @typedef {ReturnType<typeof makeState>} State */

/**
 * The environment of a VS Code: no marketplace, and nothing of a VS Code that this runs in.
 * @param {State} state
 * @param {NodeJS.ProcessEnv} [extra]
 */
export function cleanEnv(state, extra = {}) {
  const foreign = /^(VSCODE_|CODE_SERVER_|ELECTRON_|PORT$|PASSWORD$|HASHED_PASSWORD$)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(own),
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    TMPDIR: state.tmp,
    XDG_RUNTIME_DIR: state.tmp,
    XDG_DATA_HOME: path.join(state.root, 'xdg'),
    ...extra,
  };
}
