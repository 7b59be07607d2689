import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { breathe } from '../system/clock.js';
import { readChunks } from '../system/files.js';
import type { Ranges } from '../system/ranges.js';
import { openRanges } from '../system/ranges.js';
import type { Budget } from './budget.js';
import { ObstacleError } from './budget.js';

const CHUNK = 64 << 10;
/** Bytes between two turns of the event loop: buffers in memory would never give others theirs. */
const TURN = 4 << 20;

/** Bytes that can be read as often as needed, without being held. */
export interface Source {
  readonly chunks: () => AsyncIterable<Buffer>;
  /** Reads in any order; the caller closes it. */
  readonly ranges: () => Promise<Ranges>;
}

/** A file on disk. */
export const fileSource = (absolute: string, budget: Budget): Source => ({
  chunks: () => metered(readChunks(absolute, CHUNK), budget),
  ranges: () => openRanges(absolute),
});

/** Bytes in memory. */
export function bufferSource(bytes: Buffer, budget: Budget): Source {
  return {
    chunks: () => metered(pieces(bytes), budget),
    ranges: () => Promise.resolve(rangesOf(bytes)),
  };
}

/** Turns compressed bytes into what they hold, as they are read. @throws {ObstacleError} */
export type Unpack = (packed: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** What a source unfolds to when each reading is decompressed anew, up to the limit of one stream. */
export function unfolded(packed: Source, unpack: Unpack, budget: Budget): Source {
  const chunks = (): AsyncIterable<Buffer> => bounded(unpack(packed.chunks()), budget);
  return {
    chunks,
    async ranges() {
      const { nestedBytes } = budget.limits;
      const bytes = await windowOf(chunks(), { from: 0, length: nestedBytes + 1 });
      if (bytes.length > nestedBytes) throw new ObstacleError('too-large');
      return rangesOf(bytes);
    },
  };
}

/** Gives up at the limit of one stream. @throws {ObstacleError} `too-large`. */
export async function* bounded(
  chunks: AsyncIterable<Buffer>,
  budget: Budget,
): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of metered(chunks, budget)) {
    total += chunk.length;
    if (total > budget.limits.streamBytes) throw new ObstacleError('too-large');
    yield chunk;
  }
}

/** Decompresses with a stream of zlib, as it is read. @throws {ObstacleError} `damaged`. */
export async function* inflated(
  packed: AsyncIterable<Buffer>,
  decompressor: Transform,
): AsyncGenerator<Buffer> {
  const pumped = pipeline(packed, decompressor);
  // It is told again by the iteration below, or nobody wants to know any more.
  pumped.catch(() => undefined);
  try {
    yield* decompressor as AsyncIterable<Buffer>;
  } catch (error) {
    throw damage(error);
  } finally {
    decompressor.destroy();
  }
}

/** Errors of zlib have codes of their own; everything else is not about the bytes. */
function damage(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
    return new ObstacleError('damaged', { detail: error.message, cause: error });
  }
  return error;
}

/** A part of a stream, shorter where that ends; what stands behind it is not read. */
export async function windowOf(
  chunks: AsyncIterable<Buffer>,
  { from, length }: { readonly from: number; readonly length: number },
): Promise<Buffer> {
  const kept: Buffer[] = [];
  let at = 0;
  for await (const chunk of chunks) {
    const start = Math.max(0, from - at);
    const end = Math.min(chunk.length, from + length - at);
    if (start < end) kept.push(chunk.subarray(start, end));
    at += chunk.length;
    if (at >= from + length) break;
  }
  return Buffer.concat(kept);
}

async function* metered(chunks: AsyncIterable<Buffer>, budget: Budget): AsyncGenerator<Buffer> {
  let sinceTurn = 0;
  for await (const chunk of chunks) {
    budget.read(chunk.length);
    sinceTurn += chunk.length;
    if (sinceTurn > TURN) {
      await breathe();
      sinceTurn = 0;
    }
    yield chunk;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- the same shape as bytes from a disk
async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

const rangesOf = (bytes: Buffer): Ranges => ({
  size: bytes.length,
  read: (position, length) => Promise.resolve(bytes.subarray(position, position + length)),
  close: () => Promise.resolve(),
});
