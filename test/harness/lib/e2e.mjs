// Opens the packaged extension in a real workbench. End-to-end tests reach this through ../e2e.ts. Types: e2e.d.mts.
import * as fs from 'node:fs';
import path from 'node:path';
import { startBrowser } from './browser.mjs';
import { FIXTURE, OUT, VSIX } from './paths.mjs';
import { startServer, vscodeCli } from './server.mjs';
import { makeState } from './state.mjs';
import { Workbench } from './workbench.mjs';
import { copyAsGitWorkTree } from './workspace.mjs';

export { Workbench, until } from './workbench.mjs';

/** @type {typeof import('./e2e.d.mts').openWorkbench} */
export async function openWorkbench(options = {}) {
  const { vsix = VSIX, trust = true, theme = 'dark', env, viewport } = options;
  const version = /** @type {any} */ (process.env['REPROLENS_VSCODE'] ?? 'latest');
  const settings = {
    ...(trust === false && WITHOUT_ASKING),
    'workbench.colorTheme': THEMES[version][theme],
    ...options.settings,
  };
  const state = makeState(settings);
  const closing = [async () => state.dispose()];
  const stop = async () => {
    for (const close of closing.splice(0)) await close();
  };
  try {
    const { roots, open } = place(state, options);
    if (vsix) await vscodeCli(version, state, ['--install-extension', vsix]);
    const server = await startServer(version, state, { trust: trust !== true, env });
    closing.unshift(() => server.stop());
    const { browser, context } = await startBrowser({ viewport });
    closing.unshift(() => browser.close());
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const wb = new Workbench(page);
    const url = server.url(open);
    await wb.open(url);
    const shot = (/** @type {string} */ name) => screenshot(page, version, name);
    const setTheme = (/** @type {import('./e2e.d.mts').Theme} */ name) => chooseTheme(wb, name);
    return { page, wb, url, root: roots[0], roots, version, setTheme, shot, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const CONTRAST = {
  contrast: 'Default High Contrast',
  contrastLight: 'Default High Contrast Light',
};
const THEMES = {
  latest: { light: 'Light Modern', dark: 'Dark Modern', ...CONTRAST },
  min: { light: 'Default Light Modern', dark: 'Default Dark Modern', ...CONTRAST },
};

/** As the picker of themes names them, and the class that the workbench then has. */
const PICKED = {
  light: ['Light Modern', 'vs'],
  dark: ['Dark Modern', 'vs-dark'],
  contrast: ['Dark High Contrast', 'hc-black'],
  contrastLight: ['Light High Contrast', 'hc-light'],
};

/**
 * By the picker, as a user does: a change of settings.json from outside is not always noticed.
 * @param {Workbench} wb
 * @param {import('./e2e.d.mts').Theme} theme
 */
async function chooseTheme(wb, theme) {
  const [label, shown] = PICKED[theme];
  await wb.command('Preferences: Color Theme');
  await wb.page.locator('.quick-input-widget input[placeholder*="Theme"]').waitFor();
  await wb.page.keyboard.insertText(label);
  await wb.pick(label);
  await wb.page.locator(`.monaco-workbench.${shown}`).waitFor();
}

/** Restricted Mode at once, as after a click on 'No, I don't trust the authors'. */
const WITHOUT_ASKING = { 'security.workspace.trust.startupPrompt': 'never' };

/**
 * Copies what is to be opened, so that a test may change it.
 * @param {import('./state.mjs').State} state
 * @param {import('./e2e.d.mts').OpenOptions} options
 */
function place(state, { folder = FIXTURE, folders, workspace, git = true }) {
  if (workspace) return { roots: [path.dirname(workspace)], open: { workspace } };
  const roots = (folders ?? [folder]).map((from) => {
    const to = path.join(state.root, 'w', folders ? path.basename(from) : 'workspace');
    if (git) copyAsGitWorkTree(from, to);
    else fs.cpSync(from, to, { recursive: true, verbatimSymlinks: true });
    return to;
  });
  if (!folders) return { roots, open: { folder: roots[0] } };
  const file = path.join(state.root, 'w', 'all.code-workspace');
  const content = { folders: roots.map((root) => ({ path: path.basename(root) })) };
  fs.writeFileSync(file, JSON.stringify(content));
  return { roots, open: { workspace: file } };
}

/** @param {import('playwright-core').Page} page @param {string} version @param {string} name */
async function screenshot(page, version, name) {
  const file = path.join(OUT, 'screenshots', version, `${name}.png`);
  // what fades in is there before it can be read
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((each) => Number.isFinite(each.effect?.getComputedTiming().endTime))
        .map((each) => each.finished.catch(() => undefined)),
    ).then(() => undefined),
  );
  await page.screenshot({ path: file });
  return file;
}
