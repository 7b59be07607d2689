/** Rebuilds a plan and judges what came of it. */
import type { VerificationKey } from '../formats/attestation/dsse.js';
import type { SigstoreTrust } from '../formats/attestation/sigstoreBundle.js';
import type { Finding } from '../model/finding.js';
import { refusals } from '../model/plan.js';
import type { RebuildReason, Verdict } from '../model/reference.js';
import { absolutePath } from '../system/files.js';
import { build } from './build.js';
import type { BuildRequest, Built } from './build.js';
import type { StepOptions } from './buildRun.js';
import { lookUpReferences } from '../projects/planReferences.js';
import type { ReferenceAnswer } from '../projects/planReferences.js';
import { judge } from './buildVerdict.js';

/** How to judge, and whom to tell. */
export interface RebuildOptions extends StepOptions {
  /** A disagreement of references is a mismatch. */
  readonly strict?: boolean;
  readonly key?: VerificationKey | undefined;
  readonly trust?: SigstoreTrust | undefined;
  /** FixOps's rule for attestations that do not name the artifact. */
  readonly compat?: boolean;
  /**
   * Called before the workspace is removed, when the artifact differs from a `reference_artifact`:
   * the one chance to see both. Paths are absolute; `reference` is the expected one.
   */
  readonly onMismatch?: ((built: string, reference: string) => Promise<void>) | undefined;
}

/** What a rebuild came to. */
export type RebuildResult =
  | {
      readonly kind: 'failed';
      readonly reason: RebuildReason;
      readonly findings: readonly Finding[];
    }
  | {
      readonly kind: 'judged';
      readonly verdict: Verdict;
      /** Its file is gone. */
      readonly built: Built;
      readonly findings: readonly Finding[];
    };

/**
 * Rebuilds a plan in a fresh workspace and compares the artifact with every reference. Writes nothing.
 * @throws as {@link build}.
 */
export async function rebuildPlan(
  request: BuildRequest,
  options: RebuildOptions,
): Promise<RebuildResult> {
  const { root, plan } = request;
  const { strict = false, compat = false, key, trust } = options;
  const answers =
    refusals(plan).length > 0 ? [] : await lookUpReferences(plan, { root, key, trust, compat });
  const [first] = answers;
  if (first?.kind === 'failed') {
    return { kind: 'failed', reason: first.reason, findings: [first.finding] };
  }
  const result = await build(request, options, async (built) => {
    const judged = judge(built.digest, answers, { strict });
    await tellDifference(request, { built, answers }, options);
    return { ...judged, built };
  });
  if (result.kind === 'failed') return result;
  const { verdict, built, findings } = result.value;
  const more = plan.referenceAttestation === undefined ? unusedOf(options) : [];
  return { kind: 'judged', verdict, built, findings: [...findings, ...more] };
}

const unusedOf = ({ key, trust }: RebuildOptions): Finding[] => [
  ...(key === undefined ? [] : [{ code: 'rebuild-key-unused', severity: 'warning' } as const]),
  ...(trust === undefined ? [] : [{ code: 'rebuild-root-unused', severity: 'warning' } as const]),
];

async function tellDifference(
  { root }: BuildRequest,
  { built, answers }: { readonly built: Built; readonly answers: readonly ReferenceAnswer[] },
  { onMismatch }: RebuildOptions,
): Promise<void> {
  for (const answer of answers) {
    if (answer.kind !== 'digest' || answer.reference.file === undefined) continue;
    if (answer.reference.digest === built.digest) continue;
    await onMismatch?.(built.file, absolutePath(root, answer.reference.file));
  }
}
