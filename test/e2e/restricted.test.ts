import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../harness/e2e.js';
import { SAMPLE, settled, shared, TALL, texts } from './see.js';

const REGENERATE = 'ReproLens: Regenerate Manifest…';

describe('Restricted Mode', () => {
  // Programs that an extension might start, each of which would leave a line.
  const bin = mkdtempSync(path.join(tmpdir(), 'reprolens-bin-'));
  const started = path.join(bin, 'started');
  for (const program of ['git', 'sha256sum', 'openssl', 'python3', 'docker']) {
    const script = `#!/bin/sh\necho "${program} $*" >> '${started}'\nexit 1\n`;
    writeFileSync(path.join(bin, program), script, { mode: 0o755 });
  }
  const opened = shared({
    trust: false,
    viewport: TALL,
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });

  after(() => rmSync(bin, { recursive: true }));

  it('reads, hashes and shows states', async () => {
    assert.equal(await settled(opened()), 'L0 · 2 drifted, 1 missing');
    await opened().wb.openFile('workflow.json');
    await until(async () => {
      const shown = await opened().wb.gutterIcons();
      return shown.length === 10 && shown[3] === 'drifted.svg';
    }, 'the shapes');
  });

  it('verifies, and offers nothing that writes or starts anything', async () => {
    const { wb } = opened();
    await wb.palette('ReproLens: ');
    await until(async () => {
      const shown = await texts(wb.quickRows().locator('.label-name'));
      assert.ok(shown.includes('ReproLens: Verify All Files'), shown.join(', '));
      return true;
    }, 'the commands');
    const shown = (await texts(wb.quickRows().locator('.label-name'))).join('\n');
    assert.doesNotMatch(shown, /Regenerate|Add This|Compare|git init/);
    await wb.closeQuickInput();
  });

  it('says so when a lens asks for writing all the same', async () => {
    const { wb, page } = opened();
    const lens = page.locator('.codelens-decoration').first();
    await lens.locator('a', { hasText: 'regenerate' }).click();
    const note = wb.notifications().filter({ hasText: 'Restricted Mode' });
    await note.waitFor();
    assert.match(await note.innerText(), /needs a trusted workspace/);
  });

  it('has started nothing', () => {
    assert.equal(existsSync(started) ? readFileSync(started, 'utf8') : '', '');
  });
});

describe('granting trust', () => {
  const opened = shared({ trust: 'ask', folder: SAMPLE });

  it('makes writing available in the window as it is', async () => {
    const { wb, page } = opened();
    const no = page.locator('.monaco-dialog-box a.monaco-button', { hasText: /^No/ });
    await no.waitFor({ timeout: 30_000 });
    await no.click();
    await settled(opened());
    await page.evaluate(() => Object.assign(globalThis, { sameWindow: true }));
    await wb.palette(REGENERATE);
    await wb.row('ReproLens: Verify All Files').or(wb.quickRows()).first().waitFor();
    assert.equal(await wb.row(REGENERATE).count(), 0);
    await wb.command('Workspaces: Manage Workspace Trust');
    await page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).click();
    await until(async () => {
      await wb.palette(REGENERATE);
      return (await wb.row(REGENERATE).count()) === 1;
    }, 'the command');
    assert.equal(await page.evaluate(() => 'sameWindow' in globalThis), true);
    await wb.pick(REGENERATE);
    await page.locator('.quick-input-title', { hasText: 'Regenerate MANIFEST.sha256?' }).waitFor();
    await wb.closeQuickInput();
  });
});
