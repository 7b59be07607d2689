import { createGunzip } from 'node:zlib';
import { decodeText } from '../model/bytes.js';
import { ObstacleError } from './budget.js';
import type { Fact } from './archive.js';
import { ByteReader } from './byteReader.js';
import { isoSeconds } from './times.js';

/** Names and comments in a header end with a NUL that may never come. */
const MOST_TEXT = 64 << 10;
const FLAG = { checksum: 2, extra: 4, name: 8, comment: 16 } as const;

export interface GzipHeader {
  readonly facts: readonly Fact[];
  /** Bytes before the deflate stream. */
  readonly length: number;
}

export const gunzip = createGunzip;

/** Reads the header of a gzip file (RFC 1952, section 2.3). @throws {ObstacleError} `damaged`. */
export async function gzipHeader(chunks: AsyncIterable<Buffer>): Promise<GzipHeader> {
  const reader = new ByteReader(chunks);
  try {
    const fixed = await reader.need(10);
    const flags = fixed.readUInt8(3);
    const mtime = fixed.readUInt32LE(4);
    const facts: Fact[] = [
      fact('gzip-mtime', mtime === 0 ? '0' : isoSeconds(mtime)),
      fact('gzip-level', String(fixed.readUInt8(8))),
      fact('gzip-os', String(fixed.readUInt8(9))),
      fact('gzip-flags', String(flags)),
    ];
    if ((flags & FLAG.extra) !== 0) {
      const extra = await reader.need((await reader.need(2)).readUInt16LE(0));
      facts.push(fact('gzip-extra', extra.toString('hex')));
    }
    if ((flags & FLAG.name) !== 0) facts.push(fact('gzip-name', await textAt(reader)));
    if ((flags & FLAG.comment) !== 0) facts.push(fact('gzip-comment', await textAt(reader)));
    // It follows from the rest of the header.
    if ((flags & FLAG.checksum) !== 0) await reader.need(2);
    return { facts, length: reader.offset };
  } finally {
    await reader.close();
  }
}

const fact = (field: Fact['field'], value: string): Fact => ({
  class: 'compression-header',
  field,
  value,
});

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

/** What stands behind the header: the deflate stream and its checksum. */
export async function* gzipBody(
  chunks: AsyncIterable<Buffer>,
  { length }: GzipHeader,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(chunks);
  try {
    await reader.skipTo(length);
    yield* reader.remainder();
  } finally {
    await reader.close();
  }
}
