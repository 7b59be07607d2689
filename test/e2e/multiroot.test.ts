import assert from 'node:assert/strict';
import { until } from '../harness/e2e.js';
import { FIXTURE, openView, SECOND, settled, shared, TALL, texts } from './see.js';

describe('a window with several folders', () => {
  const opened = shared({ folders: [FIXTURE, SECOND], viewport: TALL });

  before(() => settled(opened()));

  it('lists every project under a name of its own', async () => {
    await openView(opened());
    const projects = opened().page.locator(
      '.part.sidebar .tree-explorer-viewlet-tree-view .monaco-list-row[aria-level="1"]',
    );
    await until(async () => {
      const names = await texts(projects.locator('.label-name'));
      assert.equal(names.length, 4);
      assert.equal(new Set(names).size, 4, names.join(', '));
      return names.includes('Springs') && names.includes('Orbits') && names.includes('Old counts');
    }, 'four projects');
  });

  it('counts over all of them in the status bar', async () => {
    assert.equal(await settled(opened()), 'L0 · 2 drifted, 1 missing');
  });
});
