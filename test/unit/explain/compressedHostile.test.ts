import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before } from 'mocha';
import { skip } from '../../harness/skip.js';
import { explained, has, sh, temporaryDirectory } from './support.js';
import { oneChunk, pack, TOOLS, unpack, UNPACK, unpackOrReason } from './unpackSupport.js';

const BOMBS: readonly (readonly [string, string])[] = [
  ['xz', 'xz -9e'],
  ['zstd', 'zstd -19 -q'],
  ['bzip2', 'bzip2 -9'],
];

describe('explain: hostile and damaged compressed files', () => {
  const cwd = temporaryDirectory();
  const at = (name: string): string => path.join(cwd, name);

  before(function () {
    for (const tool of TOOLS) if (!has(tool)) skip(this, `${tool} is not installed`);
    sh(cwd, 'seq 1 9000 > n');
  });

  for (const [tool, command] of BOMBS) {
    it(`gives up on a bomb of ${tool}, and on one inside another`, async () => {
      sh(
        cwd,
        `head -c 64M /dev/zero | ${command} > bomb; head -c 65M /dev/zero | ${command} > bomb2
         ${command} -c bomb > twice; ${command} -c bomb2 > twice2`,
      );
      const limits = { streamBytes: 8 << 20 };
      const expected = [{ path: [], reason: 'too-large', side: 'left' }];
      const { same, obstacles, classes } = await explained(cwd, 'bomb', 'bomb2', { limits });
      assert.deepEqual([same, obstacles], [false, expected]);
      assert.deepEqual(classes, [{ class: 'content', count: 1 }]);
      assert.deepEqual(
        (await explained(cwd, 'twice', 'twice2', { limits })).obstacles.map((each) => each.reason),
        ['too-large'],
      );
      const all = await explained(cwd, 'bomb', 'bomb2', { limits: { totalBytes: 16 << 20 } });
      assert.deepEqual(all.obstacles, expected);
    });

    it(`says on which side a file of ${tool} is damaged`, async () => {
      sh(cwd, `${command} -c n > whole; head -c 700 whole > cut`);
      for (const [left, right, side] of [
        ['whole', 'cut', 'right'],
        ['cut', 'whole', 'left'],
      ] as const) {
        const { obstacles, classes } = await explained(cwd, left, right);
        assert.deepEqual(
          obstacles.map((each) => [each.reason, each.side]),
          [['damaged', side]],
        );
        assert.deepEqual(classes, [{ class: 'content', count: 1 }]);
      }
    });

    it(`can be cancelled in the middle of ${tool}`, async () => {
      sh(cwd, `head -c 64M /dev/zero | ${command} > one; head -c 65M /dev/zero | ${command} > two`);
      const controller = new AbortController();
      const asked = explained(cwd, 'one', 'two', { signal: controller.signal });
      setImmediate(() => controller.abort(new Error('enough')));
      await assert.rejects(asked, /enough/);
    });

    it(`never takes other bytes of ${tool} for the same, whichever is changed`, async () => {
      sh(cwd, `${command} -c n > whole`);
      const whole = readFileSync(at('whole'));
      for (let index = 0; index < 30; index++) {
        const place = Math.floor((index / 30) ** 2 * whole.length);
        const changed = Buffer.from(whole);
        changed[place] = (changed[place] ?? 0) ^ 0x10;
        writeFileSync(at('changed'), changed);
        const { same, classes } = await explained(cwd, 'whole', 'changed');
        assert.ok(!same && classes.length > 0, `at ${place}`);
      }
    });
  }

  it('refuses dictionaries and windows that would fill the memory', async () => {
    sh(
      cwd,
      `cat n n > n2; for f in n n2; do xz -c --lzma2=preset=0,dict=1536MiB $f > $f.xz
       zstd -q --long=30 -c < $f > $f.zst; done`,
    );
    const before = process.memoryUsage().rss;
    for (const suffix of ['xz', 'zst']) {
      const { obstacles } = await explained(cwd, `n.${suffix}`, `n2.${suffix}`);
      assert.deepEqual(obstacles, [{ path: [], reason: 'too-large', side: 'left' }]);
      assert.equal(
        await unpackOrReason(suffix === 'xz' ? 'xz' : 'zstd', readFileSync(at(`n.${suffix}`))),
        'too-large',
      );
    }
    assert.ok(process.memoryUsage().rss - before < 512 << 20);
  });

  it('names filters, checks and dictionaries that it does not have', async () => {
    sh(
      cwd,
      `cat n n > n2; head -c 9000 n > dictionary; for f in n n2; do xz -c --x86 --lzma2 $f > $f.x86
       xz -c -C sha256 $f > $f.sha; done`,
    );
    for (const [suffix, detail] of [
      ['x86', 'xz with the filter x86'],
      ['sha', 'xz with the check sha256'],
    ] as const) {
      const { obstacles } = await explained(cwd, `n.${suffix}`, `n2.${suffix}`);
      assert.deepEqual(obstacles, [{ path: [], reason: 'compression', side: 'left', detail }]);
    }
    const frame = Buffer.from('28b52ffd2107011100006162', 'hex');
    assert.equal(await unpackOrReason('zstd', frame), 'compression');
  });

  it('keeps nothing of streams that are left in the middle', async () => {
    // A dictionary of 64 MiB each: a hundred of them have no room in the decoder's memory.
    const packed = pack('xz', ['-9'], readFileSync(at('n')));
    const whole = (await unpack('xz', packed)).length;
    for (let index = 0; index < 100; index++) {
      for await (const part of UNPACK.xz(oneChunk(packed.subarray(0, 1000)))) {
        assert.ok(part.length > 0);
        break;
      }
      assert.equal(await unpackOrReason('xz', packed.subarray(0, 900)), 'damaged');
    }
    assert.equal((await unpack('xz', packed)).length, whole);
  });

  it('holds padding of xz to four zeros at a time', async () => {
    const stream = pack('xz', [], Buffer.from('a\n'));
    const padded = (bytes: number): Buffer => Buffer.concat([stream, Buffer.alloc(bytes), stream]);
    assert.equal(String(await unpack('xz', padded(8))), 'a\na\n');
    assert.equal(await unpackOrReason('xz', padded(7)), 'damaged');
  });

  it('passes over what stands behind bzip2, and over nothing behind xz and zstd', async () => {
    const behind = (tool: string): Buffer =>
      Buffer.concat([pack(tool, [], Buffer.from('a\n')), Buffer.from('and more of it\n')]);
    assert.equal(String(await unpackOrReason('bzip2', behind('bzip2'))), 'a\n');
    assert.equal(await unpackOrReason('xz', behind('xz')), 'damaged');
    assert.equal(await unpackOrReason('zstd', behind('zstd')), 'damaged');
  });

  it('stops at a zstd block that copies more than a block can hold', async () => {
    // A byte and a copy of 65,539 bytes and more, thirty thousand times, in a handful of bytes.
    const literals = Buffer.from([0xa1, 0x61]);
    const sequences = Buffer.from([0xf5, 0x30, 0x54, 0x01, 0x00, 0x34]);
    const block = Buffer.concat([literals, sequences, Buffer.alloc(12, 0xff)]);
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (2 << 1) | 1, 0, 3);
    const frame = Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), header, block]);
    await assert.rejects(unpack('zstd', frame), {
      reason: 'damaged',
      detail: 'a block that is too large',
    });
  });
});
