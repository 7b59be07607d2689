/** A release engineer opens a plan whose release cannot be made again, and is told why. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { until } from '../harness/e2e.js';
import {
  openView,
  problems,
  quickFixes,
  settled,
  shared,
  statusItem,
  textOf,
  texts,
  treeRows,
  treeTexts,
} from './see.js';
import type { Locator } from './see.js';

const PLAN = path.resolve('test/fixtures/plan');

describe('a build plan', () => {
  const opened = shared({
    folder: PLAN,
    settings: { 'editor.hover.above': false, 'editor.minimap.enabled': false },
  });

  before(async () => {
    const { wb } = opened();
    await wb.openFile('build/plan.yaml');
    await until(async () => (await wb.gutterIcons()).length >= 5, 'the shapes of the plan');
  });

  const lenses = async (): Promise<string[]> =>
    texts(opened().page.locator('.editor-instance .codelens-decoration'));

  const answerTag = async (): Promise<void> => {
    const { page } = opened();
    await page.locator('.quick-input-title', { hasText: 'Which release?' }).waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('v1.0.0');
    await page.keyboard.press('Enter');
  };

  const hoverOver = async (word: string): Promise<Locator> => {
    const { page } = opened();
    const box = page.locator('.monaco-hover:visible').filter({ hasText: 'SHA-256' });
    await until(
      async () => {
        await page.mouse.move(0, 0);
        await page
          .locator('.editor-instance .view-line span span', { hasText: word })
          .first()
          .hover();
        await box.first().waitFor({ timeout: 3000 });
        return true;
      },
      `the hover over ${word}`,
      20_000,
    );
    return box.first();
  };

  it('has a shape at everything that it names, and says that nobody has rebuilt it', async () => {
    const { wb } = opened();
    await until(async () => {
      assert.deepEqual(await wb.gutterIcons(), Array<string>(5).fill('unknown.svg'));
      assert.match((await lenses()).join(), /not rebuilt yet.*rebuild.*seed reference/);
      return true;
    }, 'shapes and lenses');
    assert.match(await settled(opened()), /not rebuilt/);
    await opened().shot('plan-dark');
  });

  it('lists what makes its builds differ', async () => {
    const rows = await problems(opened());
    await until(async () => {
      assert.match((await texts(rows)).join('\n'), /lint-date/);
      return true;
    }, 'the finding of the lint');
    await opened().shot('plan-problems-dark');
  });

  it('is rebuilt from its lens, and differs from the release', async () => {
    const { wb, page } = opened();
    await page.locator('.codelens-decoration a', { hasText: 'rebuild' }).first().click();
    await answerTag();
    await until(
      async () => /rebuild differs/.test(await textOf(statusItem(wb))),
      'the verdict in the status bar',
      60_000,
    );
    await until(
      async () => {
        assert.match((await lenses()).join(), /differs from attestation:release\/starcat-v1\.0\.0/);
        assert.ok((await wb.gutterIcons()).includes('drifted.svg'));
        return true;
      },
      'lens and shape',
      20_000,
    );
    assert.match(await wb.terminalText(), /exit code: 3/);
    await opened().shot('plan-differs-dark');
  });

  it('tells both digests and how it was rebuilt', async () => {
    await opened().wb.tidy();
    const text = await textOf(await hoverOver('dist/starcat'));
    assert.match(text, /differs from its reference/);
    assert.match(text, /rebuilt hermetically/);
    await opened().shot('plan-hover-dark');
    await opened().page.mouse.move(640, 5);
  });

  it('stands in the view with what it names', async () => {
    const { wb } = opened();
    await openView(opened());
    await treeRows(wb).filter({ hasText: 'starcat-v1.0.0.tar.gz' }).first().waitFor();
    const rows = await treeTexts(wb);
    assert.ok(
      rows.some((row) => /rebuilt, differs from/.test(row)),
      rows.join('\n'),
    );
    assert.ok(
      rows.some((row) => /step 1: date -u/.test(row)),
      rows.join('\n'),
    );
    await opened().shot('plan-tree-dark');
  });

  it('is built again and again to find the cause, which is named', async () => {
    const { wb } = opened();
    await wb.command('ReproLens: Find Out Why a Rebuild Differs…');
    await answerTag();
    await until(
      async () => /The artifact depends on: time/.test(await wb.terminalText()),
      'the cause',
      120_000,
    );
    await opened().shot('plan-cause-dark');
  });

  it('has a picture in the README', async () => {
    const { wb } = opened();
    await wb.command('View: Hide Panel');
    await wb.tidy();
    await hoverOver('dist/starcat');
    await opened().shot('plan');
    await opened().page.mouse.move(640, 5);
  });

  for (const theme of ['light', 'contrast', 'contrastLight'] as const) {
    it(`is readable in the theme ${theme}`, async () => {
      const { wb } = opened();
      await opened().setTheme(theme);
      await wb.openFile('build/plan.yaml');
      await hoverOver('dist/starcat');
      await opened().shot(`plan-hover-${theme}`);
      await opened().page.mouse.move(640, 5);
    });
  }

  it('has fixes that leave to a person what only a person knows', async () => {
    const { wb, page } = opened();
    await opened().setTheme('dark');
    await wb.openFile('build/plan.yaml');
    await wb.goToLine(8);
    for (const key of ['Home', 'Home', 'Shift+End']) await page.keyboard.press(key);
    await page.keyboard.insertText('  - run: apt-get install -y curl');
    await until(async () => /not rebuilt/.test((await lenses()).join()), 'the lens of this text');
    const fix = page
      .locator('.action-widget:visible .monaco-list-row.action')
      .filter({ hasText: 'Name a version of curl' });
    await until(
      async () => {
        await page.keyboard.press('Escape');
        await quickFixes(wb);
        return (await fix.count()) === 1;
      },
      'the fix',
      30_000,
    );
    await opened().shot('plan-fix-dark');
    await page.keyboard.press('Enter');
    const line = page.locator('.editor-instance .view-line', { hasText: 'apt-get' });
    await until(async () => (await textOf(line)).includes('curl=VERSION'), 'the word to fill in');
    await opened().shot('plan-blank-dark');
    await page.keyboard.type('8.5.0-1');
    await until(async () => (await textOf(line)).endsWith('curl=8.5.0-1'), 'the version');
    await wb.command('File: Revert File');
  });
});
