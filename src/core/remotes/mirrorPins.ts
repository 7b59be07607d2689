import type { Sha256 } from '../model/digest.js';
import type { MirrorDifference } from '../model/envelope.js';
import type { RepoPath } from '../model/paths.js';
import { compareCodePoints } from '../model/paths.js';
import type { Pin, Project } from '../model/project.js';

/** Downloads at a time: kind to the service, and enough to hide the way there and back. */
const AT_ONCE = 6;

/** One claim of the manifest, each once. */
export type Expected = Pick<Pin, 'path' | 'digest'>;

/** What the manifest pins, each path and digest once, by path. */
export function expectedOf({ pins }: Project): Expected[] {
  const unique = new Map(pins.map((pin) => [`${pin.digest}${pin.path}`, pin]));
  return [...unique.values()].sort((a, b) => compareCodePoints(a.path, b.path));
}

/** Declared files without a pin: no comparison says anything of them. */
export function unpinnedOf({ declared, pins }: Project): RepoPath[] {
  const pinned = new Set(pins.map(({ path }) => path));
  const names = declared.map(({ path }) => path).filter((path) => !pinned.has(path));
  return [...new Set(names)].sort(compareCodePoints);
}

/** The digest of the published file for each path; the first failure ends all, for a part is no comparison. */
export async function digestsOf(
  paths: readonly RepoPath[],
  digest: (path: RepoPath, signal: AbortSignal) => Promise<Sha256 | undefined>,
  options: { signal?: AbortSignal | undefined; onProgress?: ((done: number) => void) | undefined },
): Promise<Map<RepoPath, Sha256>> {
  const found = new Map<RepoPath, Sha256>();
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const waiting = paths[Symbol.iterator]();
  let done = 0;
  const worker = async (): Promise<void> => {
    for (const path of waiting) {
      signal.throwIfAborted();
      const actual = await digest(path, signal);
      if (actual !== undefined) found.set(path, actual);
      options.onProgress?.(++done);
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    worker().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const [first] = (await Promise.allSettled(workers)).filter(({ status }) => status === 'rejected');
  if (first === undefined) return found;
  throw options.signal?.aborted === true ? options.signal.reason : failed.signal.reason;
}

/** Which claims the published copy does not hold to. */
export const differences = (
  expected: readonly Expected[],
  published: ReadonlyMap<RepoPath, Sha256>,
): MirrorDifference[] =>
  expected.flatMap(({ path, digest }) => {
    const actual = published.get(path);
    if (actual === digest) return [];
    return [{ path, expected: digest, ...(actual === undefined ? {} : { actual }) }];
  });
