/** Chooses what a build of a plan is shut into, and names it as the command line does. */
import { parseSha256 } from '../model/digest.js';
import type { RepoPath } from '../model/paths.js';
import type { Isolation } from '../model/tier.js';
import { startOf } from '../projects/evidence.js';
import { chooseIsolation } from './isolation.js';
import type { IsolationChoice, PassedOver } from './isolation.js';

/** What `--isolation` takes. */
export type BuildIsolation = 'auto' | 'network-off' | 'container' | 'clean-folder';

/** What is recorded of a run: the word of the command line. */
export const isolationName = (isolation: Isolation): Exclude<BuildIsolation, 'auto'> =>
  isolation === 'sandbox' ? 'network-off' : isolation;

/**
 * bubblewrap where it works, else a container where an image is named by its digest, else a clean
 * folder. Starts nothing of the plan's, pulls nothing.
 * @param image `name@sha256:...`; without a digest it is no image that could be named afterwards.
 */
export async function chooseBuildIsolation(
  wish: BuildIsolation,
  image: string | undefined,
  options: { readonly file: RepoPath; readonly signal?: AbortSignal | undefined },
): Promise<IsolationChoice> {
  const { file, signal } = options;
  if (wish === 'clean-folder') return chooseIsolation(wish, undefined, signal);
  const passedOver: PassedOver[] = [];
  if (wish !== 'container') {
    const choice = await chooseIsolation('sandbox', undefined, signal);
    if (choice.sandbox !== undefined) return choice;
    passedOver.push(...choice.passedOver);
  }
  if (wish === 'container' || (wish === 'auto' && image !== undefined)) {
    const choice = await chooseIsolation('container', imageOf(image, file), signal);
    if (choice.sandbox !== undefined) return { ...choice, passedOver };
    passedOver.push(...choice.passedOver);
  }
  return wish === 'auto' ? { sandbox: { kind: 'clean-folder' }, passedOver } : { passedOver };
}

function imageOf(reference: string | undefined, file: RepoPath) {
  const digest = parseSha256(/(?:^|@)sha256:(.*)$/.exec(reference ?? '')?.[1] ?? '');
  if (reference === undefined || digest === undefined) return undefined;
  const localOnly = reference.startsWith('sha256:');
  return { reference, digest, localOnly, place: startOf(file) };
}
