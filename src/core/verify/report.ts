import type { Project } from '../model/project.js';
import type { TierReport } from '../model/tier.js';
import { readBytes } from '../system/files.js';
import type { StatCache } from '../system/statCache.js';
import type { SharedRows } from '../system/statRows.js';

const VERSION = 1;

/**
 * The result of a verification for another process: the tiers, and for every file that was read its
 * digest with the `stat` of that moment.
 */
export function formatReport(
  project: Project,
  tiers: readonly TierReport[],
  files: SharedRows,
): Buffer {
  const document = {
    version: VERSION,
    project: project.file,
    basis: project.basis,
    tiers: tiers.map(({ tier, outcome, total, verified, finishedAt }) => ({
      tier,
      outcome,
      total,
      verified,
      finishedAt,
    })),
    files,
  };
  return Buffer.from(`${JSON.stringify(document, undefined, 1)}\n`);
}

/**
 * Takes what a verification saw into the cache. For reports of processes that the caller started
 * itself and told where to write: a report that lies in a repository proves nothing.
 *
 * @returns the number of files taken in; 0 when there is no report, or it is no report of ours.
 */
export async function absorbReport(file: string, cache: StatCache): Promise<number> {
  const bytes = await readBytes(file).catch(() => undefined);
  if (bytes === undefined) return 0;
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return 0;
  }
  if (typeof document !== 'object' || document === null) return 0;
  if (!('version' in document) || document.version !== VERSION || !('files' in document)) return 0;
  return isShared(document.files) ? cache.absorb(document.files) : 0;
}

/** The outer shape only: the cache looks at every row itself. */
const isShared = (files: unknown): files is SharedRows =>
  typeof files === 'object' &&
  files !== null &&
  'root' in files &&
  typeof files.root === 'string' &&
  'rows' in files &&
  Array.isArray(files.rows);
