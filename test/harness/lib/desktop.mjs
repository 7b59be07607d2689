// A desktop VS Code for the same suites, where one can be had.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { onPath } from './programs.mjs';
import { ROOT } from './paths.mjs';

/** A download that has not begun by then never will. */
const PATIENCE = 8000;

/** @typedef {{ executable: string, wrapper: string[] }} Desktop */

/**
 * The VS Code in $REPROLENS_DESKTOP_VSCODE, else a downloaded one; or why there is none.
 * @param {import('./paths.mjs').Version} version
 * @returns {Promise<Desktop | { why: string }>}
 */
export async function desktopVscode(version) {
  const wrapper = display();
  if (!wrapper) return { why: 'there is neither a display nor xvfb-run' };
  const asked = process.env['REPROLENS_DESKTOP_VSCODE'];
  if (asked) return existsSync(asked) ? { executable: asked, wrapper } : { why: `no ${asked}` };
  try {
    return { executable: await download(version === 'latest' ? 'stable' : oldest()), wrapper };
  } catch (error) {
    return { why: `it cannot be downloaded here (${error.code ?? error.message.split('\n')[0]})` };
  }
}

/** What an Electron needs in front of it to draw; undefined when nothing would do. */
function display() {
  const drawn = process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (process.platform !== 'linux' || drawn) return [];
  return onPath('xvfb-run') ? ['xvfb-run', '-a'] : undefined;
}

/** The version that `engines.vscode` promises, e.g. 1.99.0. */
function oldest() {
  const { engines } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return String(engines.vscode).replace(/^[^\d]*/, '');
}

/** @param {string} version @returns {Promise<string>} */
async function download(version) {
  const { download: fetchVscode } = (await import('@vscode/test-electron')).default;
  return new Promise((resolve, reject) => {
    const late = new Error(`no answer within ${PATIENCE / 1000} s`);
    const timer = setTimeout(() => reject(late), PATIENCE);
    const report = (/** @type {{ stage: string, error?: Error }} */ { stage, error }) => {
      if (stage === 'downloading' || stage === 'foundMatchingInstall') clearTimeout(timer);
      if (error) reject(error);
    };
    fetchVscode({
      version,
      cachePath: path.join(ROOT, 'out/vscode-desktop'),
      reporter: { report, error: () => undefined },
    })
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
