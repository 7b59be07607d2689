/** One block of bzip2: symbols, move-to-front, Burrows-Wheeler, runs. */
import { ObstacleError } from '../budget.js';
import { damaged } from './bzip2Bits.js';
import type { Bits } from './bzip2Bits.js';
import { symbolReader } from './bzip2Huffman.js';

/** Bytes that are given out at a time: a block of a few bytes may hold a run of 45 MiB. */
const PIECE = 256 << 10;
/** Four equal bytes are followed by how often the byte comes again. */
const RUN = 4;

/**
 * @param most Bytes of a block before its runs are laid out.
 * @returns Its checksum.
 */
export function* blockAt(bits: Bits, most: number): Generator<Buffer, number> {
  const expected = bits.take(16) * 65536 + bits.take(16);
  if (bits.take(1) === 1) {
    throw new ObstacleError('compression', { detail: 'bzip2 before 0.9.5' });
  }
  const origin = bits.take(24);
  const table = sortedBytes(bits, most);
  if (origin >= table.length) throw damaged('a block without a beginning');
  let crc = 0xffffffff;
  for (const piece of runsLaidOut(table, origin)) {
    crc = updated(crc, piece);
    yield piece;
  }
  if (~crc >>> 0 !== expected) throw damaged('a checksum that does not agree');
  return expected;
}

/** The bytes of a block in the lower eight bits, the place of the next one above. */
function sortedBytes(bits: Bits, most: number): Uint32Array {
  const bytes = bytesUsed(bits);
  const table = new Uint32Array(most);
  const counts = new Uint32Array(257);
  const end = bytes.length + 1;
  const next = symbolReader(bits, bytes.length + 2);
  let [size, run, weight] = [0, 0, 1];
  for (;;) {
    const symbol = next();
    if (symbol < 2) {
      run += weight << symbol;
      weight *= 2;
      // Bounded before it can overflow.
      if (run > most) throw damaged('a block that is too large');
      continue;
    }
    const last = bytes[0] ?? 0;
    if (size + run + (symbol === end ? 0 : 1) > most) throw damaged('a block that is too large');
    table.fill(last, size, size + run);
    counts[last + 1] = (counts[last + 1] ?? 0) + run;
    size += run;
    [run, weight] = [0, 1];
    if (symbol === end) break;
    const byte = bytes[symbol - 1] ?? 0;
    bytes.copyWithin(1, 0, symbol - 1);
    bytes[0] = byte;
    table[size++] = byte;
    counts[byte + 1] = (counts[byte + 1] ?? 0) + 1;
  }
  return linked(table.subarray(0, size), counts);
}

function linked(table: Uint32Array, counts: Uint32Array): Uint32Array {
  for (let byte = 1; byte < counts.length; byte++) {
    counts[byte] = (counts[byte] ?? 0) + (counts[byte - 1] ?? 0);
  }
  for (let index = 0; index < table.length; index++) {
    const byte = (table[index] ?? 0) & 0xff;
    const place = counts[byte] ?? 0;
    counts[byte] = place + 1;
    table[place] = ((table[place] ?? 0) | (index << 8)) >>> 0;
  }
  return table;
}

/** Which bytes occur: sixteen bits for groups of sixteen, then sixteen for each group. */
function bytesUsed(bits: Bits): Uint8Array {
  const groups = bits.take(16);
  const bytes: number[] = [];
  for (let group = 0; group < 16; group++) {
    if (((groups >> (15 - group)) & 1) === 0) continue;
    const members = bits.take(16);
    for (let member = 0; member < 16; member++) {
      if (((members >> (15 - member)) & 1) === 1) bytes.push(group * 16 + member);
    }
  }
  if (bytes.length === 0) throw damaged('a block without bytes');
  return Uint8Array.from(bytes);
}

function* runsLaidOut(table: Uint32Array, origin: number): Generator<Buffer> {
  let piece = Buffer.alloc(PIECE);
  let [filled, equal, before] = [0, 0, -1];
  let place = (table[origin] ?? 0) >>> 8;
  for (let left = table.length; left > 0; left--) {
    const entry = table[place] ?? 0;
    place = entry >>> 8;
    const byte = entry & 0xff;
    if (filled + 256 > PIECE) {
      yield piece.subarray(0, filled);
      piece = Buffer.alloc(PIECE);
      filled = 0;
    }
    if (equal === RUN) {
      piece.fill(before, filled, filled + byte);
      filled += byte;
      [equal, before] = [0, -1];
      continue;
    }
    equal = byte === before ? equal + 1 : 1;
    before = byte;
    piece[filled++] = byte;
  }
  yield piece.subarray(0, filled);
}

/** CRC-32 with the polynomial of the others, but the highest bit first. */
const CRC = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

function updated(crc: number, bytes: Buffer): number {
  let value = crc | 0;
  for (const byte of bytes) value = (value << 8) ^ (CRC[(value >>> 24) ^ byte] ?? 0);
  return value;
}
