/** One build of many: in the same place, with something changed, compared with another one. */
import path from 'node:path';
import { explain } from '../explain/explain.js';
import type { Explanation } from '../model/difference.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import type { RebuildReason } from '../model/reference.js';
import { now } from '../system/clock.js';
import { keepFile } from '../system/listing.js';
import { build } from './build.js';
import type { BuildRequest, Built } from './build.js';
import type { StepOptions, Variation } from './buildRun.js';

/** Where builds are made and compared. */
export interface Lab {
  readonly request: BuildRequest;
  readonly options: Omit<StepOptions, 'variation'>;
  /** A temporary directory for workspaces and kept artifacts. */
  readonly directory: string;
}

/** A build that others are compared with. */
export interface Base {
  readonly digest: Sha256;
  /** Its artifact, kept. */
  readonly file: string;
  /** What every build that is compared with it has as well. */
  readonly variation: Variation;
  /** Two of its kind differ, in nothing but times. */
  readonly timesDiffer: boolean;
  /** What is held still in it. */
  readonly held?: 'time' | 'file-order';
  readonly startedAt: number;
  readonly tookMs: number;
}

/** What came of a build. */
export type Trial =
  | { readonly kind: 'same' | 'same-but-times'; readonly digest: Sha256 }
  | { readonly kind: 'differs'; readonly digest: Sha256; readonly explanation?: Explanation }
  | {
      readonly kind: 'failed';
      readonly reason: RebuildReason;
      readonly findings: readonly Finding[];
      readonly said: string;
    }
  /** What was to change it could not be set up. */
  | { readonly kind: 'not-set-up' };

/** What was to change a build does not work. */
export class SetUpError extends Error {
  override readonly name = 'SetUpError';
}

/** Characters of what failed steps wrote that are kept. */
const MOST_SAID = 2000;

/**
 * Builds and keeps the artifact for comparison.
 * @param name Of the kept file; no two bases have the same.
 */
export async function makeBase(
  lab: Lab,
  name: string,
  options: { readonly variation: Variation; readonly timeoutMs?: number },
): Promise<Base | Extract<Trial, { kind: 'failed' | 'not-set-up' }>> {
  const file = path.join(lab.directory, name);
  const made = await once(lab, options, async ({ digest, file: from, startedAt, finishedAt }) => {
    await keepFile(from, file);
    const { variation } = options;
    const tookMs = finishedAt - startedAt;
    return { digest, file, variation, timesDiffer: false, startedAt, tookMs };
  });
  return made;
}

/** Builds as the base was built, with something more changed, and compares. */
export async function compareWith(
  lab: Lab,
  base: Base,
  options: { readonly variation?: Variation; readonly timeoutMs?: number },
): Promise<Trial> {
  const variation = merged(base.variation, options.variation ?? {});
  return once(lab, { ...options, variation }, async ({ digest, file }): Promise<Trial> => {
    if (digest === base.digest) return { kind: 'same', digest };
    const explanation = await explained(base.file, file, lab.options.signal);
    if (base.timesDiffer && explanation !== undefined && onlyTimes(explanation)) {
      return { kind: 'same-but-times', digest };
    }
    return { kind: 'differs', digest, ...(explanation === undefined ? {} : { explanation }) };
  });
}

async function once<T>(
  { request, options, directory }: Lab,
  { variation, timeoutMs }: { readonly variation: Variation; readonly timeoutMs?: number },
  use: (built: Built) => Promise<T>,
): Promise<T | Extract<Trial, { kind: 'failed' | 'not-set-up' }>> {
  let said = '';
  const steps: StepOptions = {
    ...options,
    variation,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    onOutput: (text, stream) => {
      said = (said + text).slice(-MOST_SAID);
      options.onOutput?.(text, stream);
    },
  };
  try {
    const at = path.join(directory, 'work');
    const result = await build({ ...request, at }, steps, use);
    if (result.kind === 'built') return result.value;
    const { reason, findings } = result;
    return { kind: 'failed', reason, findings, said };
  } catch (error) {
    if (error instanceof SetUpError) return { kind: 'not-set-up' };
    throw error;
  }
}

/** `undefined` when it cannot be found out: that two artifacts differ is known all the same. */
async function explained(
  left: string,
  right: string,
  signal: AbortSignal | undefined,
): Promise<Explanation | undefined> {
  try {
    return await explain(left, right, { signal });
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

const TIME_FIELDS: ReadonlySet<string> = new Set([
  ...['mtime', 'atime', 'ctime', 'gzip-mtime', 'pax-header-mtime', 'date', 'pyc-mtime'],
]);

/** Whether two artifacts differ in times and dates alone. */
export function onlyTimes({ classes, differences, obstacles }: Explanation): boolean {
  const own = differences.filter(({ follows }) => follows !== true);
  // Of a class there are examples only: the rest of them must be known as well.
  const told = classes.every(({ class: name, count }) => {
    if (name === 'mtime' || name === 'embedded-date') return true;
    return own.filter((each) => each.class === name).length === count;
  });
  return told && obstacles.length === 0 && own.every(({ field }) => TIME_FIELDS.has(field));
}

/** Both at once; of what only one can be, the second. */
export function merged(one: Variation, two: Variation): Variation {
  const [outer, inner] = [one.around, two.around];
  return {
    ...one,
    ...two,
    prefix: [...(one.prefix ?? []), ...(two.prefix ?? [])],
    variables: { ...one.variables, ...two.variables },
    ...(outer === undefined || inner === undefined
      ? {}
      : { around: (workspace, work) => outer(workspace, () => inner(workspace, work)) }),
  };
}

/** Milliseconds until a second build is sure to be at another time than the first: zip counts in two seconds. */
export const untilLater = ({ startedAt }: Base): number => Math.max(0, startedAt + 2500 - now());
