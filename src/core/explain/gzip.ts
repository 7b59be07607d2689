import { createHash } from 'node:crypto';
import { createGunzip } from 'node:zlib';
import { decodeText } from '../model/bytes.js';
import { ObstacleError } from './budget.js';
import type { Fact } from './archive.js';
import { ByteReader } from './byteReader.js';
import { inflated } from './source.js';
import type { Unpack } from './source.js';
import { isoSeconds } from './times.js';
import { headerFact } from './unpack/values.js';
import type { Look } from './unpack/values.js';

/** Names and comments in a header end with a NUL that may never come. */
const MOST_TEXT = 64 << 10;
const FLAG = { checksum: 2, extra: 4, name: 8, comment: 16 } as const;

/** Decompresses gzip streams. @throws {ObstacleError} `damaged`. */
export const gunzip: Unpack = (packed) => inflated(packed, createGunzip());

/** What a gzip file says of itself (RFC 1952, section 2.3). @throws {ObstacleError} `damaged`. */
export async function gzipLook(chunks: AsyncIterable<Buffer>): Promise<Look> {
  const reader = new ByteReader(chunks);
  try {
    const facts = await headerAt(reader);
    const hash = createHash('sha256');
    for await (const piece of reader.remainder()) hash.update(piece);
    return { facts, body: hash.digest('hex') };
  } finally {
    await reader.close();
  }
}

async function headerAt(reader: ByteReader): Promise<Fact[]> {
  const fixed = await reader.need(10);
  const flags = fixed.readUInt8(3);
  const mtime = fixed.readUInt32LE(4);
  const facts: Fact[] = [
    headerFact('gzip-mtime', mtime === 0 ? '0' : isoSeconds(mtime)),
    headerFact('gzip-level', String(fixed.readUInt8(8))),
    headerFact('gzip-os', String(fixed.readUInt8(9))),
    headerFact('gzip-flags', String(flags)),
  ];
  if ((flags & FLAG.extra) !== 0) {
    const extra = await reader.need((await reader.need(2)).readUInt16LE(0));
    facts.push(headerFact('gzip-extra', extra.toString('hex')));
  }
  if ((flags & FLAG.name) !== 0) facts.push(headerFact('gzip-name', await textAt(reader)));
  if ((flags & FLAG.comment) !== 0) facts.push(headerFact('gzip-comment', await textAt(reader)));
  // It follows from the rest of the header.
  if ((flags & FLAG.checksum) !== 0) await reader.need(2);
  return facts;
}

async function textAt(reader: ByteReader): Promise<string> {
  const bytes: number[] = [];
  for (;;) {
    const [byte] = await reader.need(1);
    if (byte === undefined || byte === 0) return decodeText(Buffer.from(bytes));
    bytes.push(byte);
    if (bytes.length > MOST_TEXT) {
      throw new ObstacleError('damaged', { detail: 'a name without an end' });
    }
  }
}
