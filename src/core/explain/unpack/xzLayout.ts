import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { ObstacleError } from '../budget.js';
import { ByteReader } from '../byteReader.js';
import { headerFact, Values } from './values.js';
import type { Look } from './values.js';
import { XZ_DICTIONARY } from './xz.js';

const MAGIC = Buffer.from('\xfd7zXZ\0', 'latin1');
const FOOTER = 12;
const LZMA2 = 0x21;
const CHECKS: Readonly<Record<number, string>> = {
  0: 'none',
  1: 'crc32',
  4: 'crc64',
  10: 'sha256',
};
/** Bytes of a check, by its number (xz file format 1.1.0, section 2.1.1.2). */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
const FILTERS: Readonly<Record<number, string>> = {
  3: 'delta',
  4: 'x86',
  5: 'powerpc',
  6: 'ia64',
  7: 'arm',
  8: 'armthumb',
  9: 'sparc',
  10: 'arm64',
  11: 'riscv',
};

interface Walk {
  readonly reader: ByteReader;
  readonly hash: Hash;
  readonly check: Values;
  readonly dictionary: Values;
  readonly sizes: Values;
  blocks: number;
  streams: number;
}

/**
 * What xz streams say of themselves (xz file format 1.1.0), without decompressing them.
 *
 * @throws {ObstacleError} `damaged`; `compression` for filters and checks that are not decoded;
 *   `too-large` for a dictionary that would not be allocated.
 */
export async function xzLook(chunks: AsyncIterable<Buffer>): Promise<Look> {
  const reader = new ByteReader(chunks);
  const walk: Walk = {
    ...{ reader, hash: createHash('sha256'), blocks: 0, streams: 0 },
    ...{ check: new Values(), dictionary: new Values(), sizes: new Values() },
  };
  try {
    let start = await reader.take(FOOTER);
    while (start.length > 0) {
      await streamAt(start, walk);
      start = await behindPadding(reader);
    }
  } finally {
    await reader.close();
  }
  const facts = [
    ...walk.check.facts('xz-check'),
    ...walk.dictionary.facts('xz-dictionary'),
    ...walk.sizes.facts('xz-block-sizes'),
    headerFact('xz-blocks', String(walk.blocks), { whenSame: true }),
    headerFact('xz-streams', String(walk.streams), { whenSame: true }),
  ];
  return { facts, body: walk.hash.digest('hex') };
}

async function streamAt(start: Buffer, walk: Walk): Promise<void> {
  if (start.length < FOOTER || !start.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw damaged('no stream where one belongs');
  }
  const check = start.readUInt8(7) & 15;
  const name = CHECKS[check] ?? String(check);
  walk.check.add(name);
  walk.streams += 1;
  for (;;) {
    const [size = 0] = await walk.reader.need(1);
    if (size === 0) break;
    await blockAt(size * 4, CHECK_BYTES[check] ?? 0, walk);
  }
  await skipIndex(walk.reader);
  await walk.reader.need(FOOTER);
  // Said after the whole stream was seen, so that what is damaged is called so.
  if (check > 4) throw new ObstacleError('compression', { detail: `xz with the check ${name}` });
}

async function blockAt(headerBytes: number, checkBytes: number, walk: Walk): Promise<void> {
  const { reader } = walk;
  const header = await reader.need(headerBytes + 3);
  readBlockHeader(header, walk);
  walk.blocks += 1;
  const start = reader.offset;
  await skipChunks(walk);
  const padding = (4 - ((reader.offset - start) % 4)) % 4;
  await reader.need(padding + checkBytes);
}

/** Section 3.1. */
function readBlockHeader(header: Buffer, { dictionary, sizes }: Walk): void {
  const numbers = new Numbers(header);
  const flags = numbers.byte();
  if ((flags & 0x40) !== 0) numbers.next();
  if ((flags & 0x80) !== 0) numbers.next();
  if ((flags & 0xc0) !== 0) sizes.add((flags & 0xc0) === 0xc0 ? '2' : '1');
  const filter = numbers.next();
  if (filter !== LZMA2 || (flags & 3) !== 0) {
    const detail = `xz with the filter ${FILTERS[filter] ?? String(filter)}`;
    throw new ObstacleError('compression', { detail });
  }
  numbers.next();
  const bits = numbers.byte();
  // Section 5.3.1; 40 stands for 4 GiB less one.
  if (bits > 40) throw damaged('a dictionary of no valid size');
  const size = (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
  if (size > XZ_DICTIONARY) throw new ObstacleError('too-large');
  dictionary.add(String(size));
}

/** LZMA2 is cut into chunks that say how long they are; no need to decode one to find the next. */
async function skipChunks({ reader, hash }: Walk): Promise<void> {
  for (;;) {
    const first = await reader.need(1);
    hash.update(first);
    const control = first.readUInt8(0);
    if (control === 0) return;
    if (control > 2 && control < 0x80) throw damaged('no LZMA2 where it belongs');
    const sizes = await reader.need(control < 0x80 ? 2 : 4);
    hash.update(sizes);
    const properties = control >= 0xc0 ? 1 : 0;
    const length = sizes.readUInt16BE(sizes.length - 2) + 1 + properties;
    for await (const piece of reader.stretch(length)) hash.update(piece);
  }
}

/** Section 4: two numbers a block, which the blocks say themselves. */
async function skipIndex(reader: ByteReader): Promise<void> {
  const start = reader.offset - 1;
  const count = await numberAt(reader);
  for (let left = 2 * count; left > 0; left--) await numberAt(reader);
  await reader.need(((4 - ((reader.offset - start) % 4)) % 4) + 4);
}

async function numberAt(reader: ByteReader): Promise<number> {
  let value = 0;
  for (let digit = 0; digit < 9; digit++) {
    const byte = (await reader.need(1)).readUInt8(0);
    value += (byte & 0x7f) * 2 ** (7 * digit);
    if (byte < 0x80) return value;
  }
  throw damaged('a number without an end');
}

/** Zeros, four at a time, may stand between streams and behind them. */
async function behindPadding(reader: ByteReader): Promise<Buffer> {
  for (;;) {
    const four = await reader.take(4);
    if (four.length === 0) return four;
    if (four.length < 4) throw damaged('padding of no valid length');
    if (four.readUInt32LE(0) !== 0) {
      return Buffer.concat([four, await reader.take(FOOTER - 4)]);
    }
  }
}

/** Numbers in a block header, which is at hand. */
class Numbers {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw damaged('a block header that ends early');
    return byte;
  }

  next(): number {
    let value = 0;
    for (let digit = 0; digit < 9; digit++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * digit);
      if (byte < 0x80) return value;
    }
    throw damaged('a number without an end');
  }
}

const damaged = (detail: string): ObstacleError => new ObstacleError('damaged', { detail });
