import type { Project } from '../core/model/project.js';
import type { TierReport } from '../core/model/tier.js';
import { now } from '../core/system/clock.js';
import { absolutePath, readBytes, sha256 } from '../core/system/files.js';
import type { StatCache } from '../core/system/statCache.js';
import type { CheckedPin } from '../core/verify/manifestCheck.js';
import { artifactsTier } from '../core/verify/tiers.js';
import { withHasher } from './context.js';
import type { Context } from './context.js';
import { UnusableError } from './errors.js';
import { runCheck } from './manifestCheck.js';
import { entryLine } from './render.js';

/** Lines of detail that a person still reads; `manifest check` lists every one. */
const DETAIL_LINES = 200;

/** Tier 1 with what is needed to tell it. */
export interface Artifacts {
  readonly report: TierReport;
  /** One line for each entry that does not hold. */
  readonly details: readonly string[];
  /** The names that were opened. */
  readonly checked: readonly string[];
}

/** Absolute path of the manifest that pins a project's files. */
export const manifestOf = ({ root, manifest }: Project): string =>
  absolutePath(root, manifest.file);

/**
 * Tier 1: hashes every entry of the manifest.
 * @throws UnusableError when there is no manifest.
 */
export async function checkArtifacts(
  project: Project,
  context: Context,
  cache: StatCache,
): Promise<Artifacts> {
  const manifest = manifestOf(project);
  const bytes = await readBytes(manifest);
  if (bytes === undefined) {
    throw new UnusableError(
      `${manifest}: no such file, so nothing is pinned; write it with "reprolens manifest write"`,
    );
  }
  const checked: string[] = [];
  const details: string[] = [];
  let bad = 0;
  const { root, manifest: evidence } = project;
  const drawing = { paint: context.terminal.paint, root };
  const note = ({ pin, status }: CheckedPin): void => {
    checked.push(pin.name);
    if (status.kind === 'verified') return;
    bad += 1;
    if (bad <= DETAIL_LINES) details.push(entryLine(pin, status, drawing));
  };
  const verdict = await withHasher(
    (hasher) => runCheck({ root, manifest, file: evidence.file, hasher }, context, note),
    cache,
  );
  if (bad > DETAIL_LINES) {
    details.push(`... and ${bad - DETAIL_LINES} more; "reprolens manifest check" lists all`);
  }
  return { report: artifactsTier(verdict, sha256(bytes), now()), details, checked };
}
