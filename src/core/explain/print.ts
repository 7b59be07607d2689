import { createHash } from 'node:crypto';
import type { ArtifactFormat } from '../model/difference.js';
import { formatOf, HEAD } from './sniff.js';

/** Bytes under one digest: what differs is found to this without reading again. */
const BLOCK = 64 << 10;
const DIGEST = 32;

/** What is remembered of a content that is not held: enough to tell whether and where it differs. */
export interface Print {
  readonly size: number;
  readonly format: ArtifactFormat;
  /** SHA-256 of each block, one after the other, a character a byte. */
  readonly blocks: string;
}

/** Reads a content to its end. */
export async function printOf(chunks: AsyncIterable<Buffer>): Promise<Print> {
  let blocks = '';
  let size = 0;
  let filled = 0;
  let head = Buffer.alloc(0);
  let hash = createHash('sha256');
  for await (const chunk of chunks) {
    size += chunk.length;
    if (head.length < HEAD) head = Buffer.concat([head, chunk.subarray(0, HEAD - head.length)]);
    for (let at = 0; at < chunk.length;) {
      const piece = chunk.subarray(at, at + BLOCK - filled);
      hash.update(piece);
      at += piece.length;
      filled += piece.length;
      if (filled < BLOCK) continue;
      blocks += hash.digest().toString('latin1');
      hash = createHash('sha256');
      filled = 0;
    }
  }
  if (filled > 0) blocks += hash.digest().toString('latin1');
  return { size, format: formatOf(head), blocks };
}

export const samePrint = (a: Print, b: Print): boolean =>
  a.size === b.size && a.blocks === b.blocks;

/** Where the first block that differs begins, in bytes. */
export function firstDifference(a: Print, b: Print): number {
  const most = Math.min(a.blocks.length, b.blocks.length);
  let at = 0;
  while (at < most && a.blocks.startsWith(b.blocks.slice(at, at + DIGEST), at)) at += DIGEST;
  return (at / DIGEST) * BLOCK;
}
