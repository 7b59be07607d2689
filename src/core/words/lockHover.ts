/** What is shown of one requirement of a lock file: its mark, and the text over it. */
import * as l10n from '@vscode/l10n';
import type { Lock, LockEntry } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import type { Snapshot } from '../model/snapshot.js';
import type { StatusKind } from '../model/status.js';
import type { TierReport } from '../model/tier.js';
import { sentence } from './findings.js';
import { plain } from './markdown.js';
import { age } from './states.js';
import { detailText, outcomeWord } from './tiers.js';

/** Hashes and findings that are listed one by one. */
const MOST_LISTED = 6;

export type LockState = Extract<StatusKind, 'verified' | 'unknown' | 'unpinned' | 'drifted'>;

/** What is shown of an entry. */
export interface LockMark {
  readonly entry: LockEntry;
  /**
   * `verified` only when pip has resolved this very lock by its hashes; `unknown` while nobody asked;
   * `unpinned` without one version or without a hash; `drifted` when something speaks against it.
   */
  readonly state: LockState;
  /** Of the lock's text, and of the last time that pip was asked. */
  readonly findings: readonly Finding[];
}

/** The marks of a lock's entries, in its order. Linear in entries and findings. */
export function lockMarks(lock: Lock, tiers: readonly TierReport[]): LockMark[] {
  const resolved = tiers.some(
    ({ tier, outcome, detail }) =>
      tier === 2 && outcome === 'pass' && detail.kind === 'lock-resolved',
  );
  const told = tiers.filter(({ tier }) => tier === 2).flatMap(({ findings }) => findings);
  const byLine = new Map<number, Finding[]>();
  for (const finding of new Set([...lock.findings, ...told])) {
    if (finding.place?.file !== lock.file) continue;
    const { line } = finding.place.span.start;
    byLine.set(line, [...(byLine.get(line) ?? []), finding]);
  }
  return lock.entries.map((entry) => {
    const findings = unique(linesOf(entry).flatMap((line) => byLine.get(line) ?? []));
    return { entry, state: stateOf(entry, findings, resolved), findings };
  });
}

function stateOf(entry: LockEntry, findings: readonly Finding[], resolved: boolean): LockState {
  const isFixed = entry.version !== undefined || entry.url !== undefined;
  if (!isFixed || entry.digests.length === 0) return 'unpinned';
  if (findings.some(({ severity }) => severity === 'error')) return 'drifted';
  return resolved ? 'verified' : 'unknown';
}

function linesOf({ place }: LockEntry): number[] {
  const { start, end } = place.span;
  return Array.from({ length: end.line - start.line + 1 }, (_, index) => start.line + index);
}

/** What the text and pip both say is told once. */
const unique = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map((finding) => [sentence(finding), finding])).values(),
];

/** Everything known of an entry, as Markdown. `now` in milliseconds since 1970. */
export function lockMarkdown(mark: LockMark, { tiers }: Snapshot, now: number): string {
  const { entry, findings } = mark;
  const shown = findings.slice(0, MOST_LISTED).map((finding) => plain(sentence(finding)));
  const more = findings.length - shown.length;
  if (more > 0) shown.push(plain(l10n.t('and {0} more', more)));
  return [
    `**${plain(entry.name)}** · ${plain(pinOf(entry))}`,
    entry.marker === undefined ? '' : plain(l10n.t('Only where {0}', entry.marker)),
    plain(l10n.t('SHA-256 hashes: {0}', entry.digests.length)),
    shown.join('  \n'),
    plain(checkOf(tiers, now)),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function pinOf({ version, url }: LockEntry): string {
  if (version !== undefined) return l10n.t('pinned to {0}', version);
  return url === undefined ? l10n.t('not pinned') : l10n.t('pinned to one archive');
}

/** When and how the lock was checked; a mark alone says only that it is complete. */
function checkOf(tiers: readonly TierReport[], now: number): string {
  const report = tiers.find(({ tier }) => tier === 2);
  if (report === undefined || report.outcome === 'skipped') {
    return l10n.t('Read, and not yet resolved by pip.');
  }
  const when = age(now - report.finishedAt);
  return l10n.t(
    'Dependencies {0}, {1}: {2}',
    outcomeWord(report.outcome),
    when,
    detailText(report),
  );
}
