// Pictures of every surface for people to look at, in the four kinds of theme: out/screenshots/<version>/<surface>-<theme>.png.
// Nothing is compared: a picture is taken as soon as the surface is there.
import { until } from '../harness/e2e.js';
import {
  hover,
  openPicker,
  openView,
  problems,
  quickFixes,
  SAMPLE,
  settled,
  shared,
  statusItem,
  treeRows,
} from './see.js';

const THEMES = ['dark', 'light', 'contrast', 'contrastLight'] as const;
const DRIFTED = 128;

describe('pictures', () => {
  const opened = shared({
    folder: SAMPLE,
    // The hover below its line leaves the line's step in sight.
    settings: { 'editor.hover.above': false, 'editor.minimap.enabled': false },
  });

  before(async () => {
    const { wb } = opened();
    await settled(opened());
    await wb.openFile('WriteTable/results.csv');
    await wb.openFile('workflow.json');
  });

  const toDrift = async (): Promise<void> => {
    const { wb, page } = opened();
    await wb.openFile('workflow.json');
    await wb.goToLine(DRIFTED);
    await page.keyboard.press('End');
    await page.mouse.move(640, 5);
  };

  const settingsPage = async (): Promise<void> => {
    const { wb, page } = opened();
    await wb.command('Preferences: Open Settings (UI)');
    const search = page.locator('.settings-editor .suggest-input-container');
    await search.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('@ext:reprolens.reprolens');
    // Whichever of them: the list may stand where the last search left it.
    await page
      .locator('.settings-editor .setting-item', { hasText: 'Reprolens:' })
      .first()
      .waitFor({ timeout: 30_000 });
    await page.keyboard.press('Escape');
    await page.mouse.move(640, 5);
  };

  const walkthrough = async (): Promise<void> => {
    const { wb, page } = opened();
    await wb.command('Welcome: Open Walkthrough...');
    await wb.row('Are these still the bytes that were published?').click();
    // Beside a side bar there is no room for its pictures.
    await page.keyboard.press('Control+B');
    await page.locator('.gettingStartedSlideDetails .step-list-container').waitFor();
    await wb
      .webview()
      .locator('svg')
      .first()
      .waitFor({ timeout: 5000 })
      .catch(() => undefined);
    await page.mouse.move(640, 5);
  };

  const closeEditor = async (): Promise<void> => {
    await opened().wb.command('View: Close Editor');
  };

  const task = async (): Promise<void> => {
    const { wb } = opened();
    await wb.runTask('reprolens', 'ReproLens: verify all tiers');
    await until(async () => (await wb.terminalText()).includes('exit code'), 'the task', 30_000);
  };

  for (const theme of THEMES) {
    const shot = (surface: string) => opened().shot(`${surface}-${theme}`);

    it(`of the editor and its menus, ${theme}`, async () => {
      const { wb, page } = opened();
      await opened().setTheme(theme);
      await wb.tidy();
      await wb.command('View: Show Explorer');
      await toDrift();
      await shot('editor');
      await hover(wb, '"results.csv"');
      await shot('hover');
      await toDrift();
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      await quickFixes(wb);
      await shot('fixes');
      await page.keyboard.press('Escape');
      await wb.openFile('MANIFEST.sha256');
      await until(async () => (await wb.gutterIcons()).length > 10, 'the shapes of the manifest');
      await shot('manifest');
    });

    it(`of what stands around the editor, ${theme}`, async () => {
      const { wb, page } = opened();
      await toDrift();
      await problems(opened());
      await openView(opened());
      await treeRows(wb).filter({ hasText: 'results.csv' }).waitFor();
      await shot('tree-problems');
      await statusItem(wb).hover();
      await page.locator('.monaco-hover:visible', { hasText: 'Keeling' }).first().waitFor();
      await shot('tooltip');
      await page.mouse.move(640, 5);
      await openPicker(wb, 'ReproLens: Regenerate Manifest…', 'Regenerate MANIFEST.sha256?');
      await shot('regenerate');
      await wb.closeQuickInput();
      await openPicker(wb, 'ReproLens: Why Not the Next Level?', 'L0 Sandbox: why not more?');
      await shot('why-not');
      await wb.closeQuickInput();
      await wb.command('Testing: Focus on Test Explorer View');
      const tests = page.locator('.test-explorer .monaco-list-row');
      await tests.first().click();
      // Open the project, then its first tier.
      for (const key of ['ArrowRight', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
      await tests.nth(4).waitFor();
      await shot('tests');
      await task();
      await shot('task');
      await wb.command('View: Hide Panel');
    });

    it(`of the pages about it, ${theme}`, async () => {
      const { page } = opened();
      await walkthrough();
      await shot('walkthrough');
      await page.keyboard.press('Control+B');
      await closeEditor();
      await settingsPage();
      await shot('settings');
      await closeEditor();
    });
  }

  it('of the first screen of the README', async () => {
    const { wb } = opened();
    await opened().setTheme('dark');
    await wb.tidy();
    await wb.command('View: Close All Editors');
    await openView(opened());
    await treeRows(wb).filter({ hasText: 'results.csv' }).waitFor();
    await toDrift();
    await hover(wb, '"results.csv"');
    await opened().shot('readme');
  });
});
