import type { Finding } from '../model/finding.js';
import type { Project } from '../model/project.js';
import type { FileEntry } from '../model/snapshot.js';
import type { Tier, TierReport } from '../model/tier.js';
import type { Sha256 } from '../model/digest.js';
import type { ManifestVerdict } from './manifestCheck.js';

/** The tiers of the ceremony, in order, with the evidence that each one reads. */
export const TIERS = [
  { tier: 1, name: 'artifacts', evidence: 'MANIFEST.sha256' },
  { tier: 2, name: 'dependencies', evidence: 'requirements.lock' },
  { tier: 3, name: 'environment', evidence: '.vaibify/environment.json' },
  { tier: 4, name: 'rerun', evidence: '' },
] as const;

/** Findings of one tier that are kept; a person reads no more, and the terminal has all of them. */
export const MOST_FINDINGS = 500;

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

/**
 * The digest of the evidence that a tier checks, as it is now; absent when there is none. A rerun
 * compares what the manifest pins, so its evidence is the manifest's.
 */
export function evidenceDigest({ manifest, envelope }: Project, tier: Tier): Sha256 | undefined {
  switch (tier) {
    case 1:
    case 4:
      return manifest.digest;
    case 2:
      return envelope?.lock?.digest;
    case 3:
      return envelope?.environment?.digest;
  }
}

/** Joins known results with newer ones: the newest of each tier stays. What was skipped is no result. */
export function mergeTiers(
  known: readonly TierReport[],
  news: readonly TierReport[],
): readonly TierReport[] {
  const newest = new Map<Tier, TierReport>();
  for (const report of [...known, ...news]) {
    const before = newest.get(report.tier);
    if (report.outcome === 'skipped') continue;
    if (before === undefined || before.finishedAt <= report.finishedAt) {
      newest.set(report.tier, report);
    }
  }
  return [...newest.values()].sort((a, b) => a.tier - b.tier);
}

/**
 * Those results that still count: made from the evidence as it is now, and, for
 * tier 1, not contradicted by what has been seen of the files since.
 */
export const currentTiers = (
  project: Project,
  reports: readonly TierReport[] | undefined,
  files: readonly FileEntry[],
): TierReport[] =>
  (reports ?? []).filter((report) => {
    const { tier, basis } = report;
    if (basis === undefined || basis !== evidenceDigest(project, tier)) return false;
    return tier !== 1 || agrees(report, files);
  });

function agrees({ outcome, total, verified }: TierReport, files: readonly FileEntry[]): boolean {
  const pinned = files.filter(({ pins }) => pins.length > 0).map(({ status }) => status.kind);
  if (outcome === 'pass') return pinned.every((kind) => kind === 'verified' || kind === 'unknown');
  // What failed for its files alone has been mended since when all of them hold now.
  return verified === total || pinned.some((kind) => kind !== 'verified');
}

/**
 * What the tiers found that nothing else says: findings of tier 1 are those of the manifest and of
 * its files, which are listed anyway, as are those of a document that a tier read again.
 */
export function tierFindings(
  tiers: readonly TierReport[],
  known: readonly Finding[],
): readonly Finding[] {
  const news = tiers.filter(({ tier }) => tier !== 1).flatMap(({ findings }) => findings);
  if (news.length === 0) return [];
  const codes = new Set(news.map(({ code }) => code));
  const said = new Set(known.filter(({ code }) => codes.has(code)).map(identity));
  return news.filter((finding) => !said.has(identity(finding)));
}

/** By content, whatever the order of the keys: one of the two may come from a report. */
const identity = (finding: Finding): string =>
  JSON.stringify(Object.entries(finding).sort(([a], [b]) => (a < b ? -1 : 1)));
