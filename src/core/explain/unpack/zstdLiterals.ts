/** Literals of a Zstandard block (RFC 8878, section 3.1.1.3.1). */
import { damaged } from './zstdBits.js';
import { decodeHuffman, readHuffman } from './zstdHuffman.js';
import type { HuffmanTable } from './zstdHuffman.js';

export const MOST_BLOCK = 128 << 10;

const TYPE = { raw: 0, repeated: 1, compressed: 2, treeless: 3 } as const;

export interface Literals {
  readonly bytes: Buffer;
  /** Bytes of the block that they took. */
  readonly length: number;
  /** For the next block to use again. */
  readonly huffman: HuffmanTable | undefined;
}

interface Header {
  readonly type: number;
  /** Bytes of the header. */
  readonly length: number;
  readonly size: number;
  readonly packed: number;
  readonly streams: number;
}

export function readLiterals(block: Buffer, huffman: HuffmanTable | undefined): Literals {
  const header = headerOf(block);
  const { type, length, size } = header;
  if (size > MOST_BLOCK) throw damaged('literals of more than a block');
  const end = length + header.packed;
  if (end > block.length) throw damaged('literals that end early');
  const body = block.subarray(length, end);
  if (type === TYPE.raw) return { bytes: body, length: end, huffman };
  if (type === TYPE.repeated) return { bytes: Buffer.alloc(size, body), length: end, huffman };
  const { table, taken } = tableFor(type, body, huffman);
  const bytes = Buffer.alloc(size);
  const packed = body.subarray(taken);
  if (header.streams === 1) decodeHuffman(packed, table, bytes);
  else decodeFour(packed, table, bytes);
  return { bytes, length: end, huffman: table };
}

function tableFor(type: number, body: Buffer, before: HuffmanTable | undefined) {
  if (type === TYPE.compressed) {
    const { table, length } = readHuffman(body);
    return { table, taken: length };
  }
  if (before === undefined) throw damaged('a table of an earlier block that there is not');
  return { table: before, taken: 0 };
}

function headerOf(block: Buffer): Header {
  const first = byteAt(block, 0);
  const type = first & 3;
  const format = (first >> 2) & 3;
  if (type === TYPE.raw || type === TYPE.repeated) {
    const length = format === 3 ? 3 : format === 1 ? 2 : 1;
    const size = numberAt(block, length) >> (length === 1 ? 3 : 4);
    return { type, length, size, packed: type === TYPE.raw ? size : 1, streams: 1 };
  }
  const length = Math.max(3, format + 2);
  const limit = 2 ** (format < 2 ? 10 : format === 2 ? 14 : 18);
  const sizes = Math.floor(numberAt(block, length) / 16);
  return {
    ...{ type, length, size: sizes % limit, packed: Math.floor(sizes / limit) },
    streams: format === 0 ? 1 : 4,
  };
}

function byteAt(bytes: Buffer, index: number): number {
  const byte = bytes[index];
  if (byte === undefined) throw damaged('a block that ends early');
  return byte;
}

function numberAt(bytes: Buffer, length: number): number {
  byteAt(bytes, length - 1);
  return bytes.readUIntLE(0, length);
}

/** Three lengths, then the streams; the last one takes what is left. */
function decodeFour(packed: Buffer, table: HuffmanTable, out: Buffer): void {
  byteAt(packed, 5);
  const each = (out.length + 3) >> 2;
  if (3 * each > out.length) throw damaged('literals of another length');
  let from = 6;
  for (let index = 0; index < 4; index++) {
    const end = index < 3 ? from + packed.readUInt16LE(2 * index) : packed.length;
    if (end > packed.length) throw damaged('literals that end early');
    const part = out.subarray(index * each, index < 3 ? (index + 1) * each : out.length);
    decodeHuffman(packed.subarray(from, end), table, part);
    from = end;
  }
}
