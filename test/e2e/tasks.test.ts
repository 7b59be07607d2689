import assert from 'node:assert/strict';
import { until } from '../harness/e2e.js';
import { problems, SAMPLE, settled, shared, TALL, texts } from './see.js';

/** Whether the drifted file is listed below the pipeline document, not below its manifest. */
function isUnderPipeline(rows: readonly string[]): boolean {
  const at = rows.findIndex((row) => row.includes('The bytes on disk differ'));
  const document = rows
    .slice(0, at)
    .findLast((row) => /^(?:workflow\.json|MANIFEST|Docker)/.test(row));
  return document?.startsWith('workflow.json') === true;
}

describe('the task', () => {
  const opened = shared({ folder: SAMPLE, viewport: TALL });

  before(() => settled(opened()));

  it('prints the ceremony in a terminal and ends like sha256sum -c', async () => {
    const { wb } = opened();
    await wb.runTask('reprolens', 'ReproLens: verify all tiers');
    const said = await until(
      async () => {
        const text = (await wb.terminalText()).replace(/\s+/g, ' ');
        return text.includes('exit code') ? text : undefined;
      },
      'the end of the task',
      30_000,
    );
    assert.match(
      said ?? '',
      /\[1\/4\] Verifying file integrity \(MANIFEST\.sha256\) \.\.\. 17\/18 FAIL/,
    );
    assert.match(said ?? '', /\[4\/4\] Re-running workflow/);
    assert.match(said ?? '', /exit code: 1\b/);
  });

  it('leaves its finding in Problems once', async () => {
    const rows = await problems(opened());
    const found = rows.filter({ hasText: 'The bytes on disk differ' });
    await until(async () => (await found.count()) === 1, 'one problem');
    // Where the editor lists it, and it stays there: the task alone would list it at the pin.
    let seen = 0;
    await until(async () => {
      seen = isUnderPipeline(await texts(rows)) ? seen + 1 : 0;
      return seen > 20;
    }, 'the problem at the declaration');
    // What the task found and what the editor knows must stay one entry when the pass after it ends.
    await settled(opened());
    assert.equal(await found.count(), 1, (await texts(rows)).join('\n'));
  });
});
