import { createHash } from 'node:crypto';
import { Bits, damaged } from './bzip2Bits.js';
import { blockAt } from './bzip2Block.js';
import { headerFact, Values } from './values.js';
import type { Look } from './values.js';

/** A block takes up at most so much: 900,000 symbols of 20 bits, and its tables. */
const AHEAD = 3 << 20;
const STREAM = 'BZh';
/** Six bytes that begin a block, and six that end a stream. */
const BLOCK = [0x314159, 0x265359] as const;
const END = [0x177245, 0x385090] as const;

/**
 * Decompresses bzip2 streams, one after the other; like `bzip2`, it passes over what stands behind the
 * last one. Checksums are verified.
 *
 * @throws {ObstacleError} `damaged`; `compression` for what bzip2 wrote before 0.9.5.
 */
export async function* bunzip2(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = packed[Symbol.asyncIterator]();
  const bits = new Bits(Buffer.alloc(0));
  try {
    await refill(bits, chunks);
    let most = streamAt(bits);
    if (most === undefined) throw damaged('no stream where one belongs');
    let checksum = 0;
    while (most !== undefined) {
      await refill(bits, chunks);
      if (startsWith(bits, BLOCK)) {
        const crc: number = yield* blockAt(bits, most);
        checksum = ((checksum << 1) | (checksum >>> 31)) ^ crc;
      } else {
        endStream(bits, checksum >>> 0);
        checksum = 0;
        await refill(bits, chunks);
        most = streamAt(bits);
      }
    }
  } finally {
    await chunks.return?.();
  }
}

/** Reads ahead, so that a whole block can be decoded without waiting. */
async function refill(bits: Bits, chunks: AsyncIterator<Buffer>): Promise<void> {
  if (bits.left >= AHEAD) return;
  const more: Buffer[] = [];
  let missing = 2 * AHEAD - bits.left;
  while (missing > 0) {
    const next = await chunks.next();
    if (next.done === true) break;
    more.push(next.value);
    missing -= next.value.length;
  }
  if (more.length > 0) bits.append(more);
}

/** Bytes of its blocks; nothing where no stream begins. */
function streamAt(bits: Bits): number | undefined {
  if (bits.left < 4 || bits.peek(24) !== Buffer.from(STREAM).readUIntBE(0, 3)) return undefined;
  bits.skip(24);
  const level = bits.take(8) - 0x30;
  if (level < 1 || level > 9) throw damaged('a block size that there is not');
  return level * 100_000;
}

function startsWith(bits: Bits, [first, second]: readonly [number, number]): boolean {
  if (bits.peek(24) !== first) return false;
  bits.skip(24);
  if (bits.take(24) !== second) throw damaged('no block where one belongs');
  return true;
}

function endStream(bits: Bits, checksum: number): void {
  if (!startsWith(bits, END)) throw damaged('no block where one belongs');
  if (bits.take(16) * 65536 + bits.take(16) !== checksum) {
    throw damaged('a checksum that does not agree');
  }
  bits.align();
}

/** A stream, its block size, and its first block or its end. */
const START = /BZh([1-9])(?=1AY&SY|\x17rE8P\x90)/g;
const LONGEST = 10;

/** What bzip2 streams say of themselves. */
export async function bzip2Look(chunks: AsyncIterable<Buffer>): Promise<Look> {
  const hash = createHash('sha256');
  const level = new Values();
  let [streams, rest] = [0, ''];
  for await (const chunk of chunks) {
    const text = (rest + chunk.toString('latin1')).replace(START, (_, digit: string) => {
      level.add(digit);
      streams += 1;
      return '';
    });
    const kept = Math.max(0, text.length - LONGEST + 1);
    hash.update(text.slice(0, kept), 'latin1');
    rest = text.slice(kept);
  }
  hash.update(rest, 'latin1');
  const facts = [
    ...level.facts('bzip2-level'),
    headerFact('bzip2-streams', String(streams), { whenSame: true }),
  ];
  return { facts, body: hash.digest('hex') };
}
