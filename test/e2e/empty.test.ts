import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../harness/e2e.js';
import { FIXTURE, openView, shared, statusItem, textOf, toasts } from './see.js';

describe('a folder without any project', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'reprolens-empty-'));
  writeFileSync(path.join(folder, 'notes.txt'), 'nothing is pinned here\n');
  const opened = shared({ folder, git: false });

  after(() => rmSync(folder, { recursive: true }));

  it('is left alone', async () => {
    await opened().wb.openFile('notes.txt');
    assert.equal(await statusItem(opened().wb).count(), 0);
    assert.deepEqual(await toasts(opened().wb), []);
  });

  it('has a view that says what would be found, and looks again', async () => {
    await openView(opened());
    const welcome = opened().page.locator('.part.sidebar .welcome-view-content:visible');
    const text = await until(() => textOf(welcome), 'the welcome');
    assert.match(text, /No pipeline file, no build plan and no checksum manifest was found/);
    assert.match(text, /workflow\.json.*build\/plan\.yaml.*MANIFEST\.sha256/);
    writeFileSync(
      path.join(opened().root, 'SHA256SUMS'),
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  absent.txt\n',
    );
    await until(async () => {
      const again = welcome.locator('.monaco-button', { hasText: 'Look Again' });
      if (await again.isVisible()) await again.click();
      return (await statusItem(opened().wb).innerText()).includes('1 missing');
    }, 'the manifest that was added');
  });
});

describe('a workflow.json of another tool', () => {
  const opened = shared({ folder: path.join(FIXTURE, 'unrelated') });

  it('is left alone', async () => {
    const { wb, page } = opened();
    await wb.openFile('workflow.json');
    // The extension has looked when its view says that it found nothing.
    await openView(opened());
    await page.locator('.part.sidebar .welcome-view-content:visible').waitFor();
    await wb.goToLine(3);
    assert.deepEqual(await wb.gutterIcons(), []);
    assert.deepEqual(await wb.codeLenses(), []);
    assert.deepEqual(await wb.wordsBehindLines(), []);
    assert.equal(await statusItem(wb).count(), 0);
    assert.deepEqual(await toasts(wb), []);
    assert.equal(await page.locator('.marker-decoration, .squiggly-warning:visible').count(), 0);
  });
});
