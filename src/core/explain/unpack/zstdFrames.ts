/** Frames and blocks of Zstandard (RFC 8878, section 3.1), without decompressing them. */
import type { ByteReader } from '../byteReader.js';
import { ObstacleError } from '../budget.js';
import { damaged } from './zstdBits.js';
import { MOST_BLOCK } from './zstdLiterals.js';

/** Largest window that is given memory: as much as `zstd --long` and `zstd --ultra -22` want. */
export const ZSTD_WINDOW = 128 << 20;

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const DICTIONARY_BYTES = [0, 1, 2, 4];

export interface Frame {
  readonly window: number;
  /** Whether the window is as large as the content, and not given for itself. */
  readonly single: boolean;
  readonly contentSize: bigint | undefined;
  readonly checksum: boolean;
  readonly dictionary: number;
}

/** @throws {ObstacleError} */
export async function nextFrame(reader: ByteReader): Promise<Frame | 'skipped' | undefined> {
  const magic = await reader.take(4);
  if (magic.length === 0) return undefined;
  const number = magic.length < 4 ? 0 : magic.readUInt32LE(0);
  if ((number & 0xfffffff0) === SKIPPABLE) {
    const length = (await reader.need(4)).readUInt32LE(0);
    await reader.skipTo(reader.offset + length);
    return 'skipped';
  }
  if (number !== MAGIC) throw damaged('no frame where one belongs');
  return frameHeader(reader);
}

/** Section 3.1.1.1. */
async function frameHeader(reader: ByteReader): Promise<Frame> {
  const flags = (await reader.need(1)).readUInt8(0);
  if ((flags & 8) !== 0) throw damaged('a reserved bit is set');
  const single = (flags & 0x20) !== 0;
  const described = single ? 0 : windowOf((await reader.need(1)).readUInt8(0));
  const idBytes = DICTIONARY_BYTES[flags & 3] ?? 0;
  const dictionary = idBytes === 0 ? 0 : (await reader.need(idBytes)).readUIntLE(0, idBytes);
  const contentSize = await contentSizeOf(reader, { kind: flags >> 6, single });
  const window = single ? Number(contentSize ?? 0n) : described;
  const frame = { window, single, contentSize, checksum: (flags & 4) !== 0, dictionary };
  if (window > ZSTD_WINDOW) throw new ObstacleError('too-large');
  if (dictionary !== 0) {
    const detail = `zstd with the dictionary ${dictionary}`;
    throw new ObstacleError('compression', { detail });
  }
  return frame;
}

const windowOf = (byte: number): number => 2 ** (10 + (byte >> 3)) * (1 + (byte & 7) / 8);

async function contentSizeOf(
  reader: ByteReader,
  { kind, single }: { readonly kind: number; readonly single: boolean },
): Promise<bigint | undefined> {
  if (kind === 0) return single ? BigInt((await reader.need(1)).readUInt8(0)) : undefined;
  if (kind === 1) return BigInt((await reader.need(2)).readUInt16LE(0) + 256);
  if (kind === 2) return BigInt((await reader.need(4)).readUInt32LE(0));
  return (await reader.need(8)).readBigUInt64LE(0);
}

export type Block =
  | { readonly type: 'raw' | 'compressed'; readonly bytes: Buffer; readonly last: boolean }
  | {
      readonly type: 'repeated';
      readonly bytes: Buffer;
      readonly times: number;
      readonly last: boolean;
    };

/** Section 3.1.1.2. @throws {ObstacleError} `damaged`. */
export async function nextBlock(reader: ByteReader, { window }: Frame): Promise<Block> {
  const header = (await reader.need(3)).readUIntLE(0, 3);
  const last = (header & 1) !== 0;
  const size = header >> 3;
  if (size > Math.min(window, MOST_BLOCK)) throw damaged('a block that is too large');
  switch ((header >> 1) & 3) {
    case 0:
      return { type: 'raw', bytes: await reader.need(size), last };
    case 1:
      return { type: 'repeated', bytes: await reader.need(1), times: size, last };
    case 2:
      return { type: 'compressed', bytes: await reader.need(size), last };
    default:
      throw damaged('a block of a reserved type');
  }
}
