import type { Finding } from '../model/finding.js';
import type { RebuildReason } from '../model/reference.js';
import { destinationOf, planPath } from '../model/plan.js';
import type { BuildPlan, PlanSource } from '../model/plan.js';
import { CopyError, copyInto } from '../system/copyTree.js';

/** Why a build ended before there was an artifact. */
export interface BuildFailure {
  readonly reason: RebuildReason;
  readonly finding: Finding;
}

/** Where sources come from and go to; absolute paths. */
export interface SourceRoots {
  readonly root: string;
  readonly workspace: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies the sources of a plan that is not refused, in order, up to the first that cannot be.
 * @throws `AbortError`; the I/O error when the workspace cannot be written.
 */
export async function copySources(
  plan: BuildPlan,
  roots: SourceRoots,
): Promise<BuildFailure | undefined> {
  for (const source of plan.sources) {
    const failure = await copySource(plan, source, roots);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function copySource(
  { file }: BuildPlan,
  source: PlanSource,
  { root, workspace, signal }: SourceRoots,
): Promise<BuildFailure | undefined> {
  const from = planPath(source.path.text);
  const to = destinationOf(source);
  // What leaves its root is refused before anything is made; this only tells the types.
  if (!from.ok || !to.ok) throw new Error(`refused path: ${source.path.text}`);
  try {
    await copyInto({ root, from: from.path, target: workspace, to: to.path, signal });
    return undefined;
  } catch (error) {
    if (!(error instanceof CopyError)) throw error;
    const { code: problem, path: name } = error;
    const place = { file, span: source.path.span };
    return {
      reason: problem === 'outside' ? 'unsafe-path' : 'source-missing',
      finding: { code: 'rebuild-source', severity: 'error', problem, name, place },
    };
  }
}
