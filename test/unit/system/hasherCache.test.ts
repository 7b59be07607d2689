import assert from 'node:assert/strict';
import { linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { StatCache } from '../../../src/core/system/statCache.js';
import { buildWorker, hasherFactory, of, sha256sum, temporaryDirectory } from './support.js';

describe('hasher with a stat cache', () => {
  const directory = temporaryDirectory();
  const make = hasherFactory();
  let workerFile = '';
  let root = '';
  let made = 0;
  const write = (name: string, content: string): string => {
    const file = path.join(root, name);
    writeFileSync(file, content);
    return file;
  };
  before(() => (workerFile = buildWorker(directory)));
  beforeEach(() => {
    root = path.join(directory, `root-${made++}`);
    mkdirSync(root);
  });

  const OLD = new Date('2020-01-01T00:00:00Z');
  /** Waits until files written now are old enough to be remembered. */
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2100));

  it('reads what is new or changed, and nothing else', async function () {
    this.timeout(10_000);
    const names = ['same', 'touched', 'rewritten', 'replaced'];
    for (const name of names) {
      write(name, 'first');
      utimesSync(path.join(root, name), OLD, OLD);
    }
    await settle();
    const cache = new StatCache();
    const hasher = make({ workerFile, cache });
    const first = await hasher.observe(root, names, { mode: 'read' });
    assert.equal(cache.size, 4);
    // Size and mtime alone would not show this: only ctime and inode do.
    write('rewritten', 'other');
    utimesSync(path.join(root, 'rewritten'), OLD, OLD);
    utimesSync(path.join(root, 'touched'), OLD, new Date('2021-01-01T00:00:00Z'));
    const second = await hasher.observe(root, names, { mode: 'cached' });
    const how = second.map((observation) => of(observation, 'file').how);
    assert.deepEqual(how, ['unchanged', 'read', 'read', 'unchanged']);
    assert.equal(of(second[2], 'file').digest, sha256sum(path.join(root, 'rewritten')));
    assert.deepEqual({ ...second[0], how: 'read' }, first[0]);
    const again = await hasher.observe(root, names, { mode: 'cached' });
    assert.equal(again[0], second[0], 'the same object, so that nothing is left to collect');
    const third = await hasher.observe(root, names, { mode: 'read' });
    assert.ok(third.every((observation) => of(observation, 'file').how === 'read'));
  });

  it('does not remember a file that was changed less than two seconds ago', async () => {
    write('fresh', 'x');
    utimesSync(path.join(root, 'fresh'), OLD, OLD);
    const cache = new StatCache();
    await make({ workerFile, cache }).observe(root, ['fresh'], { mode: 'read' });
    assert.equal(cache.size, 0);
  });

  it('never takes the row of one batch for a name in another', async function () {
    this.timeout(10_000);
    // All one inode: a row that was left over in memory would fit every name.
    const file = write('file', 'x');
    const names = (letter: string): string[] =>
      Array.from({ length: 5000 }, (_, i) => `${letter}${i}`);
    const [known, unknown] = [names('k'), names('u')];
    for (const name of [...known, ...unknown]) linkSync(file, path.join(root, name));
    await settle();
    const hasher = make({ workerFile, cache: new StatCache(), threads: 1 });
    await hasher.observe(root, known, { mode: 'read' });
    const found = await hasher.observe(root, [...known, ...unknown], { mode: 'cached' });
    const digest = sha256sum(file);
    for (const [i, observation] of found.entries()) {
      const how = i < known.length ? 'unchanged' : 'read';
      assert.deepEqual(
        { ...of(observation, 'file'), at: 0 },
        {
          ...{ kind: 'file', how, digest, size: 1, at: 0 },
        },
      );
    }
  });

  it('does not remember pointers, links and absent files', async function () {
    this.timeout(10_000);
    write('pointer', 'version https://git-lfs.github.com/spec/v1\n');
    write('file', 'x');
    symlinkSync('file', path.join(root, 'link'));
    await settle();
    const cache = new StatCache();
    const hasher = make({ workerFile, cache });
    const names = ['pointer', 'link', 'absent', 'file'];
    await hasher.observe(root, names, { mode: 'read' });
    assert.equal(cache.size, 1);
    const [pointer] = await hasher.observe(root, names, { mode: 'cached' });
    assert.match(of(pointer, 'file').pointerText ?? '', /^version/);
  });
});
