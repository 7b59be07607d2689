import { createHash } from 'node:crypto';
import { decodeText, encodeText } from '../model/bytes.js';
import { Block, DIGEST_BYTES, STAT_BYTES } from './block.js';
import { breathe } from './clock.js';

/** Rows of one root. */
export interface CacheChunk {
  readonly root: string;
  readonly names: readonly string[];
  readonly rows: Block;
}

/** Few enough rows to be handled between two turns of the event loop. */
export const CHUNK_ROWS = 4096;
/** Name and version of the format, and a number that reads otherwise in the other byte order. */
const MAGIC = Buffer.concat([
  Buffer.from('reprolens stat 2\n'),
  Buffer.from(Uint32Array.of(0x01020304).buffer),
]);
const HEADER = MAGIC.length + 32;
const CHUNK_HEADER = 12;
const SLICE = 4 << 20;

/**
 * The bytes of a cache file: name and version, SHA-256 of the rest, then chunks of
 * `root length, names length, rows` (u32 each), the root, the names separated by NUL, and the two columns.
 * The checksum is what makes a torn or edited file an empty cache instead of a wrong verdict.
 */
export async function encodeCache(chunks: Iterable<CacheChunk>): Promise<Buffer> {
  const parts: Buffer[] = [];
  const hash = createHash('sha256');
  for (const chunk of chunks) {
    for (const part of encodeChunk(chunk)) {
      parts.push(part);
      hash.update(part);
    }
    await breathe();
  }
  return Buffer.concat([MAGIC, hash.digest(), ...parts]);
}

/** Reads what {@link encodeCache} wrote; nothing at all when a single bit of it is not as written. */
export async function* decodeCache(bytes: Uint8Array): AsyncGenerator<CacheChunk> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < HEADER || !file.subarray(0, MAGIC.length).equals(MAGIC)) return;
  const hash = createHash('sha256');
  for (let at = HEADER; at < file.length; at += SLICE) {
    hash.update(file.subarray(at, at + SLICE));
    await breathe();
  }
  if (!hash.digest().equals(file.subarray(MAGIC.length, HEADER))) return;
  for (let at = HEADER; at < file.length;) {
    const { chunk, end } = decodeChunk(file, at);
    yield chunk;
    at = end;
  }
}

function encodeChunk({ root, names, rows }: CacheChunk): Buffer[] {
  const rootBytes = encodeText(root);
  const nameBytes = encodeText(names.join('\0'));
  const header = Buffer.alloc(CHUNK_HEADER);
  header.writeUInt32LE(rootBytes.length, 0);
  header.writeUInt32LE(nameBytes.length, 4);
  header.writeUInt32LE(names.length, 8);
  const columns = Buffer.from(rows.buffer, 0, names.length * (STAT_BYTES + DIGEST_BYTES));
  return [header, rootBytes, nameBytes, columns];
}

function decodeChunk(file: Buffer, start: number): { chunk: CacheChunk; end: number } {
  const rootAt = start + CHUNK_HEADER;
  const namesAt = rootAt + file.readUInt32LE(start);
  const rowsAt = namesAt + file.readUInt32LE(start + 4);
  const count = file.readUInt32LE(start + 8);
  const end = rowsAt + count * (STAT_BYTES + DIGEST_BYTES);
  const rows = new Block(count);
  Buffer.from(rows.buffer).set(file.subarray(rowsAt, end));
  const root = decodeText(file.subarray(rootAt, namesAt));
  const names = count === 0 ? [] : decodeText(file.subarray(namesAt, rowsAt)).split('\0');
  return { chunk: { root, names, rows }, end };
}
