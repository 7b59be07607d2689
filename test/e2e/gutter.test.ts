import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../harness/e2e.js';
import { hover, settled, shared, TALL, textOf, toasts } from './see.js';

const shapes = (kinds: string): string[] => kinds.split(' ').map((kind) => `${kind}.svg`);

const PIPELINE = shapes(
  'verified verified verified drifted verified verified missing verified pointer unpinned',
);
const MANIFEST = shapes(
  'verified missing verified pointer verified verified drifted verified verified verified',
);

describe('the editor of a pipeline and of a manifest', () => {
  const opened = shared({ viewport: TALL });

  before(async () => {
    await opened().wb.openFile('workflow.json');
    await settled(opened());
  });

  const showsShapes = (expected: readonly string[]) =>
    until(
      async () => {
        const shown = await opened().wb.gutterIcons();
        assert.deepEqual(shown, expected);
        return true;
      },
      `the shapes ${expected.join(' ')}`,
    );

  const lenses = async (): Promise<string[]> =>
    (await opened().wb.codeLenses()).map((text) => text.replace(/\s+/g, ' '));

  it('has a shape beside every declared file', () => showsShapes(PIPELINE));

  it('has counts and actions above every step', async () => {
    await until(async () => {
      assert.deepEqual(await lenses(), [
        '1 of 11 drifted, 1 missing, 1 not fetched, 1 not pinned | verify | regenerate',
        '1 of 4 drifted | verify',
        '1 of 3 missing | verify',
        '1 of 3 not fetched, 1 not pinned | verify',
      ]);
      return true;
    }, 'the lenses');
  });

  it('verifies the files of a step on a click', async () => {
    const { wb, page } = opened();
    const lens = page.locator('.codelens-decoration', { hasText: '1 of 4 drifted' });
    await lens.locator('a', { hasText: 'verify' }).click();
    const said = await until(
      async () => (await toasts(wb)).find((text) => text.includes('Verified by reading')),
      'the result',
    );
    assert.match(said ?? '', /: 1 drifted, 3 verified$/);
    await wb.tidy();
  });

  it('tells both digests and what can be done in a hover', async () => {
    const box = await hover(opened().wb, 'summary.json');
    const text = await textOf(box);
    assert.match(text, /≠ drifted · Measure\/summary\.json/);
    assert.match(text, /pinned 80519858d465bf925938a4f18314cb3aeb6b1d39610ce298736240487a0798c2/);
    assert.match(text, /on disk [0-9a-f]{64}/);
    assert.match(text, /Made by step A01 Measure/);
    assert.match(text, /Pinned in MANIFEST\.sha256:8/);
    const links = (await box.locator('a').allInnerTexts()).map((link) => link.trim());
    for (const link of ['Verify', 'Compare', 'Regenerate manifest…', 'Copy digest']) {
      assert.ok(links.includes(link), `${link} among ${links.join(', ')}`);
    }
    await opened().page.mouse.move(640, 5);
  });

  it('leads from the hover to the pin', async () => {
    const box = await hover(opened().wb, 'summary.json');
    await box.locator('a', { hasText: 'MANIFEST.sha256:8' }).click();
    await opened().page.locator('.tab.active', { hasText: 'MANIFEST.sha256' }).waitFor();
    await showsShapes(MANIFEST);
    await opened().wb.openFile('workflow.json');
  });

  it('says behind the current line what is wrong', async () => {
    await opened().wb.goToLine(18);
    await until(async () => {
      const [words, ...more] = await opened().wb.wordsBehindLines();
      assert.match(words ?? '', /^≠ expected 80519858d465, got [0-9a-f]{12} · /);
      return more.length === 0;
    }, 'the words behind the line');
    await opened().wb.goToLine(17);
    await until(async () => {
      assert.match((await opened().wb.wordsBehindLines()).join('|'), /^b5efb6e9eafe · [^|]+$/);
      return true;
    }, 'the digest behind the line');
  });

  it('changes a shape when the bytes on disk change, and back', async () => {
    const file = path.join(opened().root, 'Measure/table.csv');
    const published = readFileSync(file);
    appendFileSync(file, '9,9\n');
    await showsShapes(PIPELINE.with(2, 'drifted.svg'));
    writeFileSync(file, published);
    await showsShapes(PIPELINE);
  });

  it('has the shapes of the pins beside a manifest', async () => {
    await opened().wb.openFile('MANIFEST.sha256');
    await showsShapes(MANIFEST);
    await until(
      async () => /^1 of 11 drifted, .* \| verify \| regenerate$/.test((await lenses())[0] ?? ''),
      'the lens',
    );
  });
});
