/** The real tools say what our readers of compressed streams have to make of them. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { before } from 'mocha';
import { skip } from '../../harness/skip.js';
import { explained, has, sh, temporaryDirectory } from './support.js';
import { pack, run, TOOLS, unpack, unpackOrReason } from './unpackSupport.js';
import type { Tool } from './unpackSupport.js';

const SETTINGS: Readonly<Record<Tool, readonly (readonly string[])[]>> = {
  xz: [['-0'], ['-6', '-C', 'none'], ['-9', '-C', 'crc32'], ['-T2', '--block-size=5000']],
  zstd: [['-1'], ['-3', '--no-check'], ['-19'], ['--fast=5']],
  bzip2: [['-1'], ['-9']],
};

/** Windows and dictionaries of 64 and 128 MiB, for which the tools themselves take their time. */
const LARGE: Readonly<Record<Tool, readonly (readonly string[])[]>> = {
  xz: [['-9e']],
  zstd: [['--ultra', '-22'], ['--long=27']],
  bzip2: [],
};

/** Bytes with runs, repetitions and noise in them: what each coder treats in another way. */
const content = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 3000 }))
        .map(([byte, times]) => Buffer.alloc(times, byte)),
      fc
        .tuple(fc.string({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 900 }))
        .map(([text, times]) => Buffer.from(text.repeat(times))),
      // Few symbols, unevenly spread: entropy coding without copies.
      fc
        .array(fc.integer({ min: 0, max: 40 }), { minLength: 64, maxLength: 900 })
        .map((numbers) => Buffer.from(numbers.map((each) => Math.floor(each ** 2 / 100)))),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

for (const tool of TOOLS) {
  describe(`explain: ${tool} against the real one`, () => {
    const cwd = temporaryDirectory();
    const settings = SETTINGS[tool];

    before(function () {
      if (!has(tool)) skip(this, `${tool} is not installed`);
    });

    it('makes the same bytes of whatever it packs, in pieces of any size', async () => {
      const setting = fc.constantFrom(...settings);
      const size = fc.constantFrom(1, 7, 1000, 65_536);
      await fc.assert(
        fc.asyncProperty(content, setting, size, async (bytes, args, piece) => {
          const packed = pack(tool, args, bytes);
          assert.ok((await unpack(tool, packed, piece)).equals(bytes));
        }),
        { numRuns: 40 },
      );
    });

    it('makes the same bytes of larger contents, with every setting', async function () {
      if (!has('seq')) skip(this, 'seq is not installed');
      const lines = Buffer.from(sh(cwd, 'seq 1 120000'));
      for (const input of [lines, Buffer.alloc(5 << 20), Buffer.concat([lines, lines])]) {
        for (const args of [...settings, ...LARGE[tool]]) {
          assert.ok((await unpack(tool, pack(tool, args, input))).equals(input), args.join(' '));
        }
      }
    });

    it('says of equal contents only how they were packed', async () => {
      const setting = fc.constantFrom(...settings);
      await fc.assert(
        fc.asyncProperty(content, setting, setting, async (bytes, one, two) => {
          writeFileSync(path.join(cwd, 'one'), pack(tool, one, bytes));
          writeFileSync(path.join(cwd, 'two'), pack(tool, two, bytes));
          const { classes, obstacles } = await explained(cwd, 'one', 'two');
          assert.deepEqual(obstacles, []);
          for (const { class: name } of classes) assert.match(name, /^compression(-header)?$/);
        }),
        { numRuns: 25 },
      );
    });

    it('makes the same bytes of a content that is larger than its window', async () => {
      // Noise that comes again: copies reach back far.
      const noise = randomBytes(200_000);
      const input = Buffer.concat(Array.from({ length: 35 }, () => noise));
      const packed = pack(tool, settings[0] ?? [], input);
      assert.ok((await unpack(tool, packed)).equals(input));
    });

    it('goes through several streams, whatever each was packed with', async () => {
      const parts = settings.map((args, index) => pack(tool, args, Buffer.from(`part ${index}\n`)));
      const all = Buffer.concat([...parts, ...parts]);
      const expected = run(tool, ['-dc'], all);
      assert.ok(expected.ok);
      assert.equal(String(await unpack(tool, all)), String(expected.bytes));
      assert.equal(String(await unpack(tool, all, 1)), String(expected.bytes));
    });

    it('is cut short wherever it ends, and says so', async () => {
      const bytes = Buffer.from(
        Array.from({ length: 900 }, (_, index) => `${index ** 2}\n`).join(''),
      );
      for (const args of settings) {
        const packed = pack(tool, args, bytes);
        for (let end = 1; end < packed.length; end += end < 20 ? 1 : 10) {
          const made = await unpackOrReason(tool, packed.subarray(0, end));
          assert.equal(made, 'damaged', `${args.join(' ')}: ${end} of ${packed.length} bytes`);
        }
      }
    });

    it('takes no changed byte for good that the tool refuses', async function () {
      this.timeout(120_000);
      const bytes = Buffer.from(
        Array.from({ length: 300 }, (_, index) => `${index ** 3}\n`).join(''),
      );
      for (const args of settings.slice(0, 2)) {
        const packed = pack(tool, args, bytes);
        const step = Math.max(1, Math.floor(packed.length / 60));
        for (let place = 0; place < packed.length; place += place < 24 ? 1 : step) {
          const changed = Buffer.from(packed);
          changed[place] = (changed[place] ?? 0) ^ (1 << (place % 8));
          await sameJudgement(changed, `${args.join(' ')} at ${place}`);
        }
      }
    });

    async function sameJudgement(changed: Buffer, what: string): Promise<void> {
      const judged = run(tool, ['-dc'], changed);
      const made = await unpackOrReason(tool, changed);
      if (!judged.ok) assert.ok(typeof made === 'string', `${what}: the tool refuses it`);
      else if (typeof made !== 'string') assert.ok(made.equals(judged.bytes), what);
      // Where nothing is checked, zstd takes bits that are left over, and ours does not.
      else assert.match(what, /--no-check/);
    }
  });
}
