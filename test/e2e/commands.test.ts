import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../harness/e2e.js';
import { openPicker, SAMPLE, settled, shared, TALL, texts } from './see.js';

const TITLES = [
  'ReproLens: Verify All Files',
  'ReproLens: Verify This File',
  'ReproLens: Regenerate Manifest…',
  'ReproLens: Add This File to the Manifest…',
  'ReproLens: Copy SHA-256 of This File',
  'ReproLens: Reveal Declaration of This File',
  'ReproLens: Compare This File with the Committed One',
  'ReproLens: Refresh',
  'ReproLens: Show Only Files That Need Attention',
  'ReproLens: Show Log',
  'ReproLens: Open a Terminal with “git init”',
  'ReproLens: Why Not the Next Level?',
  'ReproLens: Sign Off a Step…',
  'ReproLens: Capture Environment…',
  'ReproLens: Write Requirements Lock…',
  'ReproLens: Run the Pipeline Again and Compare…',
];

describe('commands on a project with one drifted file', () => {
  const opened = shared({ folder: SAMPLE, viewport: TALL });
  const manifest = (): string => readFileSync(path.join(opened().root, 'MANIFEST.sha256'), 'utf8');

  before(() => settled(opened()));

  it('stand in the palette by their titles, and no other does', async () => {
    const { wb } = opened();
    await wb.palette('ReproLens: ');
    await until(async () => {
      const shown = await texts(wb.quickRows().locator('.label-name'));
      const ours = shown.filter((title) => title.startsWith('ReproLens: '));
      // The editor adds commands of its own for our view.
      const own = ours.filter((title) => !/ View$/.test(title));
      assert.deepEqual(own.sort(), [...TITLES].sort());
      return true;
    }, 'the commands');
    await wb.closeQuickInput();
  });

  it('show every pin that would change, and leave the file on Escape', async () => {
    const { wb } = opened();
    const before = manifest();
    await openPicker(wb, 'ReproLens: Regenerate Manifest…', 'Regenerate MANIFEST.sha256?');
    const rows = await wb.labels(wb.quickRows());
    assert.equal(rows.length, 2, rows.join('\n'));
    assert.match(rows[0] ?? '', /^Write 18 pins to MANIFEST\.sha256 1 changed$/);
    assert.match(rows[1] ?? '', /WriteTable\/results\.csv 97043a977d6b → 81d97111fcf3/);
    await wb.closeQuickInput();
    assert.equal(manifest(), before);
  });

  it('list what stands before the next levels, and do something about it on Enter', async () => {
    const { wb, root, page } = opened();
    const document = path.join(root, 'workflow.json');
    const before = readFileSync(document, 'utf8');
    await openPicker(wb, 'ReproLens: Why Not the Next Level?', 'L0 Sandbox: why not more?');
    const rows = (await wb.labels(wb.quickRows())).join('\n');
    assert.match(rows, /Step A01: nobody has signed off its results .*user-not-approved · A01/);
    await page.keyboard.insertText('input-data-undeclared');
    await until(async () => (await wb.quickRows().count()) === 1, 'the one row');
    await page.keyboard.press('Enter');
    const question = page.locator('.quick-input-title', {
      hasText: 'Does step A05 read raw data?',
    });
    await question.waitFor();
    await page.keyboard.press('Enter');
    const stated = /"sDirectory": "WriteTable",[^}]*"bNoInputData": true/;
    await until(() => stated.test(readFileSync(document, 'utf8')), 'the declaration');
    writeFileSync(document, before);
    await settled(opened());
  });

  it('sign a step off only when a person has answered the question', async () => {
    const { wb, root, page } = opened();
    const state = path.join(root, '.vaibify/state.json');
    const box = page.locator('.monaco-dialog-box', { hasText: 'Have you looked at the results' });
    const ask = async (): Promise<void> => {
      await openPicker(wb, 'ReproLens: Sign Off a Step…', 'Sign off which step?');
      await page.keyboard.insertText('A01');
      await until(async () => (await wb.quickRows().count()) === 1, 'the one step');
      await page.keyboard.press('Enter');
      await box.waitFor();
    };
    await ask();
    assert.match(await box.innerText(), /CleanData\/monthly_clean\.csv/);
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
    assert.equal(existsSync(state), false);
    await ask();
    await box.locator('a.monaco-button', { hasText: 'Sign Off' }).click();
    await until(() => existsSync(state), 'the record');
    assert.match(readFileSync(state, 'utf8'), /"clean-data": \{[^]*"sUser": "passed"/);
    await openPicker(wb, 'ReproLens: Why Not the Next Level?', 'L0 Sandbox: why not more?');
    await until(async () => {
      const rows = (await wb.labels(wb.quickRows())).join('\n');
      return /Step A02: nobody/.test(rows) && !/Step A01: nobody/.test(rows);
    }, 'one step fewer');
    await wb.closeQuickInput();
  });

  it('refuse to sign off a step whose output has drifted', async () => {
    const { wb, page } = opened();
    await openPicker(wb, 'ReproLens: Sign Off a Step…', 'Sign off which step?');
    await page.keyboard.insertText('A05');
    await until(async () => (await wb.quickRows().count()) === 1, 'the one step');
    await page.keyboard.press('Enter');
    const note = wb.notifications().filter({ hasText: 'Step A05 cannot be signed off' });
    await note.waitFor();
    assert.match(await note.innerText(), /results\.csv/);
    await wb.tidy();
  });

  it('write on Enter what sha256sum -c then agrees with', async () => {
    const { wb, root, page } = opened();
    const before = manifest();
    await openPicker(wb, 'ReproLens: Regenerate Manifest…', 'Regenerate MANIFEST.sha256?');
    await page.keyboard.press('Enter');
    await until(() => manifest() !== before, 'the new manifest');
    const said = execFileSync('sha256sum', ['-c', 'MANIFEST.sha256'], { cwd: root });
    const lines = said.toString().trim().split('\n');
    assert.equal(lines.length, 18);
    assert.deepEqual(
      lines.filter((line) => !line.endsWith(': OK')),
      [],
    );
    await until(async () => /^L0 · 18 verified$/.test(await settled(opened())), 'the status bar');
  });
});

describe('commands on a project with obstacles', () => {
  const opened = shared();

  before(() => settled(opened()));

  it('list all obstacles, write nothing, and lead to a declaration', async () => {
    const { wb, root, page } = opened();
    const file = path.join(root, 'MANIFEST.sha256');
    const before = readFileSync(file, 'utf8');
    await wb.openFile('workflow.json');
    await openPicker(wb, 'ReproLens: Regenerate Manifest…', 'Regenerate which manifest?');
    const springs = wb.quickRows().filter({ hasText: 'Springs' });
    await springs.click();
    await page.locator('.quick-input-title', { hasText: 'was not written' }).waitFor();
    const rows = await wb.labels(wb.quickRows());
    assert.equal(rows.length, 2, rows.join('\n'));
    assert.match(rows[0] ?? '', /Draw\/histogram\.svg.*does not exist.*workflow\.json:36/);
    assert.match(rows[1] ?? '', /Export\/model\.bin.*not fetched.*workflow\.json:52/);
    assert.equal(
      await page.locator('.quick-input-title').innerText(),
      'MANIFEST.sha256 was not written: 2 problems in the way',
    );
    await page.keyboard.press('Enter');
    await until(
      async () => /^Ln 36\b/.test(await page.locator('[id="status.editor.selection"]').innerText()),
      'the declaration',
    );
    assert.equal(readFileSync(file, 'utf8'), before);
  });
});
