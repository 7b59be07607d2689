import type { TierReport } from '../model/tier.js';
import type { Sha256 } from '../model/digest.js';
import type { ManifestVerdict } from './manifestCheck.js';

/** The tiers of the ceremony, in order, with the evidence that each one reads. */
export const TIERS = [
  { tier: 1, name: 'artifacts', evidence: 'MANIFEST.sha256' },
  { tier: 2, name: 'dependencies', evidence: 'requirements.lock' },
  { tier: 3, name: 'environment', evidence: '.vaibify/environment.json' },
  { tier: 4, name: 'rerun', evidence: '' },
] as const;

/**
 * Tier 1 from the verdict over its manifest. It passes when there is at least one entry, every entry
 * verified, and no line was refused or malformed: a line that cannot be checked does not hold.
 */
export function artifactsTier(
  verdict: ManifestVerdict,
  basis: Sha256 | undefined,
  finishedAt: number,
): TierReport {
  const { total, counts, findings } = verdict;
  const broken = findings.some((finding) => finding.severity === 'error');
  const cancelled = counts.unknown > 0;
  const held = total > 0 && counts.verified === total && !broken;
  return {
    tier: 1,
    detail: { kind: 'files' },
    outcome: held ? 'pass' : cancelled ? 'error' : 'fail',
    total,
    verified: counts.verified,
    findings,
    ...(basis === undefined ? {} : { basis }),
    finishedAt,
  };
}
