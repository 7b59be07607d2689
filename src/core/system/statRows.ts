import { parseSha256, type Sha256, sha256FromBytes } from '../model/digest.js';
import { type Block, DIGEST_BYTES, STAT, STAT_WIDTH } from './block.js';

/** What tells one state of a file from another, named as Node names it. */
interface FileStat {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  readonly dev: number;
}

/** What is known of a file whose bytes were read: the stat of that moment, and the digest. */
export interface StatRow extends FileStat {
  readonly digest: Sha256;
  /** When the reading began, in milliseconds since 1970. */
  readonly at: number;
}

/** One row in JSON, which keeps every digit of a number. */
export type SharedRow = readonly [
  name: string,
  size: number,
  mtimeMs: number,
  ctimeMs: number,
  ino: number,
  dev: number,
  digest: string,
  at: number,
];

/** Rows of one root, for a report. */
export interface SharedRows {
  readonly root: string;
  readonly rows: readonly SharedRow[];
}

export function readRow(block: Block, index: number): StatRow {
  const { digests } = block;
  return {
    size: block.stat(index, 'size'),
    mtimeMs: block.stat(index, 'mtimeMs'),
    ctimeMs: block.stat(index, 'ctimeMs'),
    ino: block.stat(index, 'ino'),
    dev: block.stat(index, 'dev'),
    digest: sha256FromBytes(digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES)),
    at: block.stat(index, 'at'),
  };
}

export function writeRow(block: Block, index: number, row: StatRow): void {
  writeStat(block, index, row, row.at);
  block.digests.write(row.digest, index * DIGEST_BYTES, 'hex');
}

/** Writes all of a row but the digest. */
export function writeStat({ stats }: Block, index: number, stat: FileStat, at: number): void {
  const row = index * STAT_WIDTH;
  stats[row + STAT.size] = stat.size;
  stats[row + STAT.mtimeMs] = stat.mtimeMs;
  stats[row + STAT.ctimeMs] = stat.ctimeMs;
  stats[row + STAT.ino] = stat.ino;
  stats[row + STAT.dev] = stat.dev;
  stats[row + STAT.at] = at;
}

export const toSharedRow = (name: string, row: StatRow): SharedRow => [
  name,
  row.size,
  row.mtimeMs,
  row.ctimeMs,
  row.ino,
  row.dev,
  row.digest,
  row.at,
];

/** Reads parsed JSON, which may hold anything; `undefined` for what is no row. */
export function fromSharedRow(value: unknown): { name: string; row: StatRow } | undefined {
  if (!Array.isArray(value) || value.length !== 8) return undefined;
  const [name, size, mtimeMs, ctimeMs, ino, dev, text, at] = value as unknown[];
  const digest = typeof text === 'string' ? parseSha256(text) : undefined;
  if (typeof name !== 'string' || !digest || !Number.isSafeInteger(at)) return undefined;
  const stat = [size, mtimeMs, ctimeMs, ino, dev];
  if (!stat.every((one) => typeof one === 'number')) return undefined;
  return { name, row: { size, mtimeMs, ctimeMs, ino, dev, digest, at } as StatRow };
}
