import { parseSha256, type Sha256, sha256FromBytes } from '../model/digest.js';
import { type Block, DIGEST_BYTES, STAT, STAT_WIDTH } from './block.js';

/** What is known of a file whose bytes were read: the stat of that moment, and the digest. */
export interface StatRow {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly ino: bigint;
  readonly dev: bigint;
  readonly digest: Sha256;
  /** When the reading began, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * One row in JSON: name, size, mtime (ns), ctime (ns), inode, device, all decimal text because JSON
 * numbers lose the last digits; the digest; when it was read (ms).
 */
export type SharedRow = readonly [
  name: string,
  size: string,
  mtimeNs: string,
  ctimeNs: string,
  ino: string,
  dev: string,
  digest: string,
  at: number,
];

/** Rows of one root, for a report. */
export interface SharedRows {
  readonly root: string;
  readonly rows: readonly SharedRow[];
}

const DECIMAL = /^-?[0-9]{1,19}$/;

export function readRow(block: Block, index: number): StatRow {
  const { digests } = block;
  return {
    size: block.stat(index, 'size'),
    mtimeNs: block.stat(index, 'mtimeNs'),
    ctimeNs: block.stat(index, 'ctimeNs'),
    ino: block.stat(index, 'ino'),
    dev: block.stat(index, 'dev'),
    digest: sha256FromBytes(digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES)),
    at: Number(block.stat(index, 'at')),
  };
}

export function writeRow({ stats, digests }: Block, index: number, row: StatRow): void {
  const start = index * STAT_WIDTH;
  stats[start + STAT.size] = row.size;
  stats[start + STAT.mtimeNs] = row.mtimeNs;
  stats[start + STAT.ctimeNs] = row.ctimeNs;
  stats[start + STAT.ino] = row.ino;
  stats[start + STAT.dev] = row.dev;
  stats[start + STAT.at] = BigInt(row.at);
  digests.write(row.digest, index * DIGEST_BYTES, 'hex');
}

export const toSharedRow = (name: string, row: StatRow): SharedRow => [
  name,
  String(row.size),
  String(row.mtimeNs),
  String(row.ctimeNs),
  String(row.ino),
  String(row.dev),
  row.digest,
  row.at,
];

/** Reads parsed JSON, which may hold anything; `undefined` for what is no row. */
export function fromSharedRow(value: unknown): { name: string; row: StatRow } | undefined {
  if (!Array.isArray(value) || value.length !== 8) return undefined;
  const [name, ...rest] = value as unknown[];
  const [size, mtimeNs, ctimeNs, ino, dev] = rest.slice(0, 5).map(bigintOf);
  const digest = typeof rest[5] === 'string' ? parseSha256(rest[5]) : undefined;
  const at = rest[6];
  if (typeof name !== 'string' || !digest || !Number.isSafeInteger(at)) return undefined;
  if (size === undefined || mtimeNs === undefined || ctimeNs === undefined) return undefined;
  if (ino === undefined || dev === undefined) return undefined;
  return { name, row: { size, mtimeNs, ctimeNs, ino, dev, digest, at: at as number } };
}

const bigintOf = (value: unknown): bigint | undefined =>
  typeof value === 'string' && DECIMAL.test(value) ? BigInt(value) : undefined;
