import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../harness/e2e.js';
import { hover, problems, SAMPLE, settled, shared, textOf, texts } from './see.js';

const HASH = 'ab'.repeat(32);
const LOCK = `numpy==1.26.3 \\
    --hash=sha256:${HASH}
requests>=2
`;

describe('the files of the envelope', () => {
  const opened = shared({ folder: SAMPLE });

  before(async () => {
    await settled(opened());
    const put = (file: string, text: string): void =>
      writeFileSync(path.join(opened().root, file), text);
    put('requirements.lock', LOCK);
    put('vaibify.yml', 'projectName: keeling\nbaseImage: ubuntu:24.04\n\n');
    put('container.conf', 'code|https://example.org/code.git|main|pip_editable\n');
  });

  it('have a shape beside every requirement, and tell its pin in a hover', async () => {
    const { wb } = opened();
    await wb.openFile('requirements.lock');
    await until(async () => {
      const shown = await wb.gutterIcons();
      // Nobody has asked pip yet: what is pinned is not verified by that.
      assert.deepEqual(shown, ['unknown.svg', 'unpinned.svg']);
      return true;
    }, 'the shapes');
    const text = await textOf(await hover(wb, 'numpy'));
    assert.match(text, /numpy · .*1\.26\.3/);
    assert.match(text, /SHA-256 hashes: 1/);
    await opened().page.mouse.move(640, 5);
    await opened().shot('lock-dark');
  });

  it('are checked where they are written', async () => {
    const rows = await problems(opened());
    await until(async () => {
      const all = (await texts(rows)).join('\n');
      for (const code of ['lock-unpinned', 'image-not-pinned', 'repository-ref']) {
        assert.match(all, new RegExp(code));
      }
      return true;
    }, 'the problems');
  });

  it('are completed from what vaibify knows', async () => {
    const { wb, page } = opened();
    await wb.openFile('vaibify.yml');
    await wb.goToLine(3);
    await page.keyboard.insertText('network');
    const suggestions = page.locator('.suggest-widget.visible .monaco-list-row');
    await until(async () => {
      await page.keyboard.press('Control+Space');
      await suggestions.first().waitFor({ timeout: 3000 });
      return (await texts(suggestions)).some((row) => row.startsWith('networkIsolation'));
    }, 'the completion');
    await opened().shot('completion-dark');
    await page.keyboard.press('Escape');
  });
});
