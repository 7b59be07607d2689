import assert from 'node:assert/strict';
import { until } from '../harness/e2e.js';
import {
  cursor,
  openView,
  problems,
  quickFixes,
  settled,
  shared,
  statusItem,
  TALL,
  textOf,
  texts,
  treeRows,
  treeTexts,
} from './see.js';

describe('the surfaces around the editor', () => {
  const opened = shared({ viewport: TALL });

  before(async () => {
    await opened().wb.openFile('Measure/summary.json');
    await settled(opened());
  });

  const nameColour = (file: string): Promise<string> => {
    const row = `.explorer-folders-view .monaco-list-row[aria-label^="${file}"]`;
    return opened().wb.colour(opened().page.locator(`${row} .label-name`));
  };

  it('marks a drifted file in the explorer, and no verified one', async () => {
    await until(
      async () => (await opened().wb.explorerBadge('summary.json')) === '≠',
      'the badge of summary.json',
    );
    assert.equal(await opened().wb.explorerBadge('table.csv'), null);
  });

  it('carries the colour of a problem up to its folder', async () => {
    await until(
      async () => (await nameColour('Measure')) === (await nameColour('summary.json')),
      'the colour of the folder',
    );
    assert.notEqual(await nameColour('Measure'), await nameColour('data'));
  });

  it('sums everything up in the status bar', async () => {
    assert.equal(await settled(opened()), 'L0 · 2 drifted, 1 missing');
  });

  it('tells projects, counts and actions in the tooltip of the status bar', async () => {
    await statusItem(opened().wb).hover();
    const box = opened().page.locator('.monaco-hover:visible', { hasText: 'Springs' }).first();
    await box.waitFor();
    const text = await textOf(box);
    assert.match(text, /1 drifted, 1 missing, 1 not fetched, 1 not pinned, 7 verified/);
    assert.match(text, /SHA256SUMS · checksum manifest/);
    assert.deepEqual(
      (await texts(box.locator('a'))).map((link) => link.replace(/^\W+/, '')),
      [
        'Why not L1? 3 things stand before it.',
        ...['A01', 'A02', 'A03'].map(() => 'Sign off the step…'),
        ...['Verify all', 'Regenerate manifest', 'Show files'],
      ],
    );
    assert.doesNotMatch(text, /[*_`]{2}|command:/, 'Markdown is drawn, not shown');
    await opened().page.mouse.move(640, 5);
  });

  it('shows project, level, steps and files in its view', async () => {
    await openView(opened());
    await until(async () => {
      assert.deepEqual(await treeTexts(opened().wb), EVERYTHING);
      return true;
    }, 'the rows of the view');
  });

  it('shows only what needs attention, and everything again', async () => {
    await opened().wb.command('ReproLens: Show Only Files That Need Attention');
    await until(async () => {
      const rows = await treeTexts(opened().wb);
      return rows.length > 4 && rows.every((row) => !/[a-z] verified$/.test(row)) && rows;
    }, 'the filtered rows');
    assert.match((await treeTexts(opened().wb)).join('\n'), /summary\.json.*drifted/);
    await opened().wb.command('ReproLens: Show All Files');
    await until(
      async () => (await treeRows(opened().wb).count()) === EVERYTHING.length,
      'all rows again',
    );
  });

  it('leads from a missing file to its declaration', async () => {
    await treeRows(opened().wb).filter({ hasText: 'histogram.svg' }).click();
    await opened().page.locator('.tab.active', { hasText: 'workflow.json' }).waitFor();
    await until(async () => /^Ln 36\b/.test(await cursor(opened().wb)), 'the line of the plot');
  });

  it('lists each problem once, with its code', async () => {
    const rows = await problems(opened());
    await until(async () => {
      const all = await texts(rows);
      for (const [pattern, times] of LISTED) {
        assert.equal(all.filter((row) => pattern.test(row)).length, times, String(pattern));
      }
      return true;
    }, 'the problems');
  });

  it('offers fixes where a problem is', async () => {
    const { wb } = opened();
    await wb.openFile('workflow.json');
    await wb.goToLine(18);
    await opened().page.keyboard.press('End');
    await opened().page.keyboard.press('ArrowLeft');
    const fixes = await texts(await quickFixes(wb));
    for (const fix of [
      'Compare with the committed file',
      'Read and verify the file again',
      'Regenerate the manifest…',
      'Reveal the file in the explorer',
    ]) {
      assert.ok(fixes.includes(fix), `${fix} among ${fixes.join(', ')}`);
    }
    await opened().page.keyboard.press('Escape');
  });
});

const LISTED: readonly (readonly [RegExp, number])[] = [
  [/Measure\/summary\.json: The bytes on disk differ/, 1],
  [/Draw\/histogram\.svg: The file is pinned and does not exist/, 1],
  [/notes\.txt: The bytes on disk differ/, 1],
  [/"Export\/retired\.txt" is pinned, and nothing declares it/, 1],
];

const EVERYTHING = [
  'Springs 1 of 11 drifted, 1 missing, 1 not fetched, 1 not pinned',
  'L0 Sandbox',
  'Why not L1? (3)',
  ...['A01', 'A02', 'A03'].map(
    (step) =>
      `Step ${step}: nobody has signed off its results here; look at them and sign off. ${step} · user-not-approved`,
  ),
  'Why not L2? (5)',
  'Why not L3? (11)',
  'A01 Measure 1 of 4 drifted',
  'Measure/measure.py verified',
  'Measure/summary.json drifted',
  'Measure/table.csv verified',
  'data/readings.csv verified',
  'A02 Draw 1 of 3 missing',
  'Draw/draw.py verified',
  'Draw/histogram.svg missing',
  'Plot/curve.svg verified',
  'A03 Export 1 of 3 not fetched, 1 not pinned',
  'Export/export.py verified',
  'Export/model.bin not fetched',
  'Export/notes.txt not pinned',
  'Outside any step 1 verified',
  'SHA256SUMS 1 of 3 drifted',
  'figures/map.svg verified',
  'notes.txt drifted',
  'orbits.csv verified',
];
