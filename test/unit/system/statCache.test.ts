import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { parseSha256, type Sha256 } from '../../../src/core/model/digest.js';
import { StatCache } from '../../../src/core/system/statCache.js';
import type { StatRow } from '../../../src/core/system/statRows.js';
import { temporaryDirectory } from './support.js';

const digestOf = (seed: number): Sha256 => parseSha256(seed.toString(16).padStart(64, '0'))!;

/** A row with every number of its own, times with the fractions that a disk gives. */
const rowOf = (seed: number, at = 1_800_000_000_000): StatRow => ({
  size: seed,
  mtimeMs: 1_700_000_000_123.4568 + seed / 4096,
  ctimeMs: 1_700_000_001_987.6543 + seed / 4096,
  ino: Number.MAX_SAFE_INTEGER - seed,
  dev: 64_768,
  digest: digestOf(seed),
  at,
});

describe('stat cache', () => {
  const directory = temporaryDirectory();
  let file = '';
  let made = 0;
  beforeEach(() => (file = path.join(directory, `new-${made++}`, 'cache.bin')));

  it('gives back what it was given, per root and name', () => {
    const cache = new StatCache();
    for (let i = 0; i < 3000; i++) cache.set('/r', `f${i}`, rowOf(i));
    cache.set('/other', 'f7', rowOf(99));
    cache.set('/r', 'f8', rowOf(88));
    assert.equal(cache.size, 3001);
    assert.deepEqual(cache.get('/r', 'f2999'), rowOf(2999));
    assert.deepEqual(cache.get('/r', 'f7'), rowOf(7));
    assert.deepEqual(cache.get('/r', 'f8'), rowOf(88));
    assert.deepEqual(cache.get('/other', 'f7'), rowOf(99));
    assert.equal(cache.get('/r', 'f3000'), undefined);
    assert.equal(cache.get('/s', 'f1'), undefined);
  });

  it('refuses a row whose file changed less than two seconds before it was read', () => {
    const cache = new StatCache();
    const at = 1_800_000_000_000;
    const justNow = at - 2000;
    assert.equal(cache.set('/r', 'a', { ...rowOf(1), mtimeMs: justNow, at }), false);
    assert.equal(cache.set('/r', 'a', { ...rowOf(1), ctimeMs: justNow, at }), false);
    assert.equal(cache.set('/r', 'a', { ...rowOf(1), mtimeMs: at + 1 / 4096, at }), false);
    assert.equal(cache.size, 0);
    const before = { ...rowOf(1), mtimeMs: justNow - 1 / 4096, ctimeMs: justNow - 1 / 4096, at };
    assert.equal(cache.set('/r', 'a', before), true);
    assert.deepEqual(cache.get('/r', 'a'), before);
    // An older row of the same name would contradict what was just seen.
    cache.set('/r', 'a', { ...rowOf(2), mtimeMs: at, at });
    assert.equal(cache.get('/r', 'a'), undefined);
  });

  it('is the same after saving and loading', async () => {
    const cache = await StatCache.load(file);
    const names = ['a', 'ü/ø', 'caf\udce9', 'new\nline', 'x'.repeat(300), '😀'];
    for (const [i, name] of names.entries()) cache.set('/r', name, rowOf(i));
    for (let i = 0; i < 10_000; i++) cache.set('/many', `d/f${i}`, rowOf(i));
    await cache.save();
    const loaded = await StatCache.load(file);
    assert.equal(loaded.size, cache.size);
    for (const [i, name] of names.entries()) assert.deepEqual(loaded.get('/r', name), rowOf(i));
    for (let i = 0; i < 10_000; i += 7) assert.deepEqual(loaded.get('/many', `d/f${i}`), rowOf(i));
  });

  it('is empty, without a word, when its file is damaged in any place', async () => {
    const cache = await StatCache.load(file);
    for (let i = 0; i < 20; i++) cache.set('/r', `f${i}`, rowOf(i));
    await cache.save();
    const good = readFileSync(file);
    const load = async (bytes: Buffer): Promise<number> => {
      writeFileSync(file, bytes);
      return (await StatCache.load(file)).size;
    };
    assert.equal(await load(good), 20);
    for (let at = 0; at < good.length; at += 13) {
      const damaged = Buffer.from(good);
      damaged[at]! ^= 1;
      assert.equal(await load(damaged), 0, `bit flipped at ${at}`);
    }
    for (const length of [0, 1, 30, 53, good.length - 1]) {
      assert.equal(await load(good.subarray(0, length)), 0, `cut at ${length}`);
    }
    assert.equal(await load(Buffer.concat([good, Buffer.of(0)])), 0);
    assert.equal(await load(Buffer.from('{"version": 2}')), 0);
  });

  it('is empty when its file cannot be read, and still works', async () => {
    const cache = await StatCache.load(directory);
    assert.equal(cache.size, 0);
    assert.equal(cache.set('/r', 'a', rowOf(1)), true);
    await assert.rejects(cache.save());
  });

  it('writes its file only when something changed', async () => {
    const cache = await StatCache.load(file);
    cache.set('/r', 'a', rowOf(1));
    await cache.save();
    writeFileSync(file, 'sentinel');
    await cache.save();
    assert.equal(readFileSync(file, 'utf8'), 'sentinel');
    cache.set('/r', 'b', rowOf(2));
    await cache.save();
    assert.equal((await StatCache.load(file)).size, 2);
  });

  it('drops the rows that were read longest ago when it is full', () => {
    const cache = new StatCache({ limit: 100 });
    for (let i = 0; i < 100; i++) cache.set('/r', `f${i}`, rowOf(i, 1_800_000_000_000 - i));
    assert.equal(cache.size, 100);
    cache.set('/r', 'new', rowOf(500));
    assert.equal(cache.size, 91);
    assert.equal(cache.get('/r', 'f99'), undefined);
    assert.equal(cache.get('/r', 'f90'), undefined);
    assert.deepEqual(cache.get('/r', 'f89'), rowOf(89, 1_800_000_000_000 - 89));
    assert.deepEqual(cache.get('/r', 'new'), rowOf(500));
    for (let i = 0; i < 1000; i++) {
      cache.set('/s', `g${i}`, rowOf(i, 1_800_000_001_000 + i));
      assert.ok(cache.size <= 100);
    }
    assert.deepEqual(cache.get('/s', 'g999'), rowOf(999, 1_800_000_001_999));
  });

  it('forgets what is not wanted any more', () => {
    const cache = new StatCache();
    cache.set('/r', 'a', rowOf(1, 1_800_000_000_001));
    cache.set('/r', 'b', rowOf(2, 1_800_000_000_002));
    cache.set('/s', 'a', rowOf(3));
    assert.equal(
      cache.prune((root, name, at) => root === '/r' && name === 'b' && at % 2 === 0),
      2,
    );
    assert.equal(cache.size, 1);
    assert.deepEqual(cache.get('/r', 'b'), rowOf(2, 1_800_000_000_002));
    cache.set('/t', 'c', rowOf(4));
    assert.deepEqual(cache.get('/t', 'c'), rowOf(4));
  });

  it('hands rows to another process through JSON', async () => {
    const theirs = new StatCache();
    for (let i = 0; i < 10; i++) theirs.set('/r', `f${i}`, rowOf(i));
    const shared = theirs.rowsFor('/r/', ['f1', 'absent', 'f2']);
    const ours = new StatCache();
    const received = JSON.parse(JSON.stringify(shared)) as typeof shared;
    assert.equal(await ours.absorb(received), 2);
    assert.equal(ours.size, 2);
    assert.deepEqual(ours.get('/r', 'f2'), rowOf(2));
    assert.deepEqual(theirs.rowsFor('/nowhere', ['f1']), { root: '/nowhere', rows: [] });
  });

  it('takes no row from a report that is not one, and none that is racy', async () => {
    const [good] = new StatCache().rowsFor('/r', []).rows;
    assert.equal(good, undefined);
    const source = new StatCache();
    source.set('/r', 'f', rowOf(5));
    const row = source.rowsFor('/r', ['f']).rows[0]!;
    const replaced = (index: number, value: unknown): unknown[] => row.with(index, value as never);
    const rows = [
      null,
      'f',
      row.slice(1),
      replaced(0, 7),
      replaced(1, '1000'),
      replaced(2, null),
      replaced(3, [17]),
      replaced(4, ''),
      replaced(5, true),
      replaced(6, 'abc'),
      replaced(7, 1.5),
      replaced(7, 1_700_000_001_987),
    ];
    const cache = new StatCache();
    assert.equal(await cache.absorb({ root: '/r', rows } as never), 0);
    assert.equal(await cache.absorb({ root: '/r', rows: [row] }), 1);
  });

  it('loads 100,000 rows in pieces, so that others get their turn', async () => {
    const cache = await StatCache.load(file);
    for (let i = 0; i < 100_000; i++) cache.set('/r', `directory-${i % 100}/file-${i}`, rowOf(i));
    await cache.save();
    // How long a piece takes is for the benchmark: here others use the machine too.
    const loaded = new StatCache({ file });
    const sizes: number[] = [];
    let loading = true;
    const look = (): void => {
      sizes.push(loaded.size);
      if (loading) setImmediate(look);
    };
    look();
    await loaded.restore();
    loading = false;
    sizes.push(loaded.size);
    assert.equal(loaded.size, 100_000);
    assert.deepEqual(loaded.get('/r', 'directory-99/file-99999'), rowOf(99_999));
    const pieces = sizes.slice(1).map((size, i) => size - sizes[i]!);
    assert.ok(
      pieces.every((rows) => rows <= 5000),
      pieces.join(),
    );
  });
});
