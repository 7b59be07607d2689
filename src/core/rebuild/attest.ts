import {
  ATTESTATION,
  ATTESTATIONS,
  formatAttestation,
  recordStem,
} from '../formats/attestation/attestation.js';
import type { AttestationFacts } from '../formats/attestation/attestation.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import type { TierReport } from '../model/tier.js';
import { now } from '../system/clock.js';
import { absolutePath, FileError, writeAtomic } from '../system/files.js';
import { makeDirectory } from '../system/temporary.js';
import { entryAt } from '../system/within.js';
import type { ComparedRerun, RerunResult } from './rerun.js';

/** Where a record was written, relative to the project's root. */
export interface Attested {
  readonly file: RepoPath;
  readonly record: RepoPath;
  readonly log: RepoPath;
}

/**
 * Records a rerun of the whole pipeline, passed or failed: its log, its place in the history, and
 * then the newest record; each whole or not at all. Of a single step nothing is recorded.
 * @throws {FileError} `link-on-path`; the I/O error. The newest record then is as it was.
 */
export async function writeAttestation(
  result: ComparedRerun,
  tool: AttestationFacts['tool'],
): Promise<Attested | undefined> {
  const { plan, outcome, endedAt } = result;
  if (plan.single) return undefined;
  const { root } = plan.project;
  if ((await entryAt(root, ATTESTATIONS)) === 'link') {
    throw new FileError('link-on-path', absolutePath(root, ATTESTATIONS));
  }
  await makeDirectory(absolutePath(root, ATTESTATIONS));
  const stem = await freeStem(root, recordStem(endedAt, outcome));
  const log = `${stem}.log` as RepoPath;
  const record = `${stem}.json` as RepoPath;
  const bytes = Buffer.from(formatAttestation({ ...factsOf(result), log, tool }));
  await writeAtomic(absolutePath(root, log), Buffer.from(result.log), { within: root });
  await writeAtomic(absolutePath(root, record), bytes, { within: root });
  await writeAtomic(absolutePath(root, ATTESTATION), bytes, { within: root });
  return { file: ATTESTATION, record, log };
}

/** A name that nothing has: two runs may end in one second, and history is never overwritten. */
async function freeStem(root: string, stem: string): Promise<string> {
  for (let more = 1; ; more++) {
    // `_` sorts behind `.`, so the later record is the newer one for who reads them by name.
    const name = `${ATTESTATIONS}/${stem}${more === 1 ? '' : `_${more}`}`;
    const taken = await Promise.all(['.json', '.log'].map((end) => entryAt(root, name + end)));
    if (taken.every((kind) => kind === undefined)) return name;
  }
}

function factsOf(result: ComparedRerun): Omit<AttestationFacts, 'log' | 'tool'> {
  const { plan, outcome, matched, total, endedAt, seconds } = result;
  return {
    outcome,
    manifest: plan.manifest.digest,
    matched,
    total,
    diverged: [...befallen(result), ...result.diverged],
    attestedAt: endedAt,
    durationSeconds: seconds,
    ...(plan.image === undefined ? {} : { image: plan.image.reference }),
    isolation: plan.sandbox.kind,
    commit: plan.commit.id,
    epoch: plan.epoch,
  };
}

/** What befell the run as a whole, in the record's own words. */
function befallen({ findings, manifestChanged }: ComparedRerun): string[] {
  const failed = findings.flatMap((finding) =>
    finding.code === 'rerun-step-failed' ? [`step ${finding.step} failed`] : [],
  );
  return [...failed, ...(manifestChanged ? ['the run wrote to the manifest'] : [])];
}

/** Tier 4 from what a rerun came to; one that did not run to its end is never a pass. */
export function rerunTier(result: RerunResult): TierReport {
  const { plan } = result;
  if (result.kind === 'not-run') return refusedTier(result.findings);
  const { outcome, total, matched, endedAt } = result;
  return {
    tier: 4,
    outcome: outcome === 'passed' ? 'pass' : 'fail',
    detail: { kind: 'rerun', isolation: plan.sandbox.kind },
    total,
    verified: matched,
    findings: [...plan.findings, ...result.findings],
    basis: plan.manifest.digest,
    finishedAt: endedAt,
  };
}

/** Tier 4 where a plan was refused: nothing was executed, so nothing was checked. */
export const refusedTier = (findings: readonly Finding[]): TierReport => ({
  tier: 4,
  outcome: 'error',
  detail: { kind: 'rerun-refused' },
  total: 0,
  verified: 0,
  findings,
  finishedAt: now(),
});
