// What the suites look at beyond the page object: each reads one surface of the extension.
import path from 'node:path';
import { openWorkbench, shootFailures, until } from '../harness/e2e.js';
import type { OpenOptions, Opened, Workbench } from '../harness/e2e.js';

export type Locator = ReturnType<Workbench['row']>;

/** The tests run bundled, so the project is found from where they are started: its root. */
export const SAMPLE = path.resolve('sample');
export const FIXTURE = path.resolve('test/fixtures/workspace');
export const SECOND = path.resolve('test/fixtures/second');

export const EXTENSION = 'reprolens.reprolens';
/** High enough for the whole pipeline file of the fixture. */
export const TALL = { width: 1280, height: 1600 };

/** In a `describe`: one workbench for all its tests. */
export function shared(options?: OpenOptions): () => Opened {
  let opened: Opened | undefined;
  shootFailures(() => opened);
  before(async () => {
    opened = await openWorkbench(options);
  });
  after(() => opened?.stop());
  return () => opened!;
}

const tidyText = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Texts of what is shown now, blanks made plain. */
export const texts = async (locator: Locator): Promise<string[]> =>
  (await locator.allInnerTexts()).map(tidyText);

export const textOf = async (locator: Locator): Promise<string> =>
  tidyText(await locator.innerText());

/** Waits until the whole window has its answer: no file is left unchecked. */
export async function settled({ wb }: Opened): Promise<string> {
  const item = statusItem(wb);
  return until(async () => {
    const text = tidyText(await item.innerText());
    return /checking|not checked/.test(text) ? undefined : text;
  }, 'the status bar item') as Promise<string>;
}

export const statusItem = (wb: Workbench): Locator => wb.status(EXTENSION, 'reprolens.status');

/** Rests the mouse on a word of the editor until the hover is there, and gives it. */
export async function hover(wb: Workbench, word: string): Promise<Locator> {
  const box = wb.page.locator('.monaco-hover:visible').filter({ hasText: 'SHA-256' });
  await until(
    async () => {
      await wb.page.mouse.move(0, 0);
      const token = wb.page.locator('.editor-instance .view-line span span', { hasText: word });
      await token.first().hover();
      await box.first().waitFor({ timeout: 3000 });
      return true;
    },
    `the hover over ${word}`,
    20_000,
  );
  return box.first();
}

/** What a screen reader is told of the cursor: `Ln 36, Col 9`. */
export const cursor = async (wb: Workbench): Promise<string> =>
  textOf(wb.page.locator('[id="status.editor.selection"]'));

/** The rows of our view, top to bottom. */
export const treeRows = (wb: Workbench): Locator =>
  wb.page.locator('.part.sidebar .tree-explorer-viewlet-tree-view .monaco-list-row');

/** The same as texts: `Measure/summary.json drifted`. */
export const treeTexts = (wb: Workbench): Promise<string[]> => wb.labels(treeRows(wb));

/** Opens our view by its icon in the activity bar. */
export async function openView({ wb, page }: Opened): Promise<void> {
  const icon = page.locator(
    '.part.activitybar .action-item a.action-label[aria-label^="ReproLens"]',
  );
  const title = page.locator('.part.sidebar .composite.title', { hasText: /reprolens/i });
  await icon.first().waitFor();
  if (!(await title.isVisible())) await icon.first().locator('..').click();
  await title.waitFor();
  await wb.page.mouse.move(640, 5);
}

/** Opens the Problems panel, and gives its rows. */
export async function problems({ wb, page }: Opened): Promise<Locator> {
  await wb.command('Problems: Focus on Problems View');
  await page.locator('.markers-panel').first().waitFor();
  return page.locator('.markers-panel .monaco-list-row');
}

/** The entries of the quick-fix menu at the cursor. */
export async function quickFixes(wb: Workbench): Promise<Locator> {
  const rows = wb.page.locator('.action-widget:visible .monaco-list-row.action');
  await until(
    async () => {
      if ((await rows.count()) > 0) return true;
      await wb.page.keyboard.press('Control+.');
      await rows.first().waitFor({ timeout: 2000 });
      return true;
    },
    'the quick fixes',
    20_000,
  );
  return rows;
}

export const toasts = (wb: Workbench): Promise<string[]> => texts(wb.notifications());

/** Runs a command that asks, and waits for the list with this title. */
export async function openPicker(wb: Workbench, command: string, title: string): Promise<void> {
  await wb.command(command);
  await wb.page.locator('.quick-input-title', { hasText: title }).waitFor();
  await wb.quickRows().first().waitFor();
}
