import type { Sha256 } from './digest.js';

/** How and when bytes were looked at. */
export interface Check {
  /** When the bytes were read, in milliseconds since 1970. */
  readonly at: number;
  /** Size in bytes. */
  readonly size: number;
  /**
   * `read`: every byte was hashed in this pass; `unchanged`: hashed then, and by `stat` the same
   * since; `rebuilt`: made again from its sources, and hashed then.
   */
  readonly how: 'read' | 'unchanged' | 'rebuilt';
}

/** A file that stands in for content that was not fetched. */
export interface Pointer {
  readonly kind: 'git-lfs' | 'git-annex';
  /** The content's digest, as the pointer claims it; annex keys need not carry one. */
  readonly digest?: Sha256;
}

/** Why a file could not be read. */
export type UnreadableReason = 'permission' | 'directory' | 'special' | 'io';

/** Why nothing can be said of a file. */
export type UnknownReason =
  | 'not-checked'
  | 'too-large'
  | 'changed-while-read'
  | 'cancelled'
  /** Nobody on this computer has made the artifact again. */
  | 'not-rebuilt'
  /** It was made again, and its sources have changed since. */
  | 'sources-changed';

/** What is known of one file's bytes; one state each, see the table in the README. */
export type FileStatus =
  | { readonly kind: 'verified'; readonly actual: Sha256; readonly check: Check }
  | {
      readonly kind: 'drifted';
      readonly expected: Sha256;
      readonly actual: Sha256;
      readonly check: Check;
    }
  | { readonly kind: 'missing'; readonly expected?: Sha256 }
  | { readonly kind: 'unpinned'; readonly actual?: Sha256; readonly check?: Check }
  | { readonly kind: 'pointer'; readonly pointer: Pointer; readonly expected?: Sha256 }
  | { readonly kind: 'linked'; readonly segment: string; readonly expected?: Sha256 }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason; readonly expected?: Sha256 }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason; readonly expected?: Sha256 };

export type StatusKind = FileStatus['kind'];

/** What a state counts as: problem outranks unknown outranks blocker outranks good. */
export type Weight = 'problem' | 'unknown' | 'blocker' | 'good';

/** Every state, worst first; the order of lists, filters and counts. */
export const STATUS_KINDS = [
  'drifted',
  'missing',
  'linked',
  'unreadable',
  'pointer',
  'unknown',
  'unpinned',
  'verified',
] as const satisfies readonly StatusKind[];

/** Weight and glyph of every state. A glyph is the explorer's badge: at most two characters. */
export const STATES: Readonly<
  Record<StatusKind, { readonly weight: Weight; readonly glyph: string }>
> = {
  verified: { weight: 'good', glyph: '✓' },
  drifted: { weight: 'problem', glyph: '≠' },
  missing: { weight: 'problem', glyph: '∅' },
  unpinned: { weight: 'blocker', glyph: '+' },
  pointer: { weight: 'unknown', glyph: '↓' },
  linked: { weight: 'problem', glyph: '↗' },
  unreadable: { weight: 'unknown', glyph: '!' },
  unknown: { weight: 'unknown', glyph: '?' },
};

export type Counts = Readonly<Record<StatusKind, number>>;

/** Counts a list of states. */
export function countStates(kinds: Iterable<StatusKind>): Counts {
  const counts: Record<StatusKind, number> = {
    verified: 0,
    drifted: 0,
    missing: 0,
    unpinned: 0,
    pointer: 0,
    linked: 0,
    unreadable: 0,
    unknown: 0,
  };
  for (const kind of kinds) counts[kind] += 1;
  return counts;
}

/** The worst weight among the states counted; `unknown` for none at all: an empty list never passes. */
export function weigh(counts: Counts): Weight {
  const worst = STATUS_KINDS.find((kind) => counts[kind] > 0);
  return worst === undefined ? 'unknown' : STATES[worst].weight;
}

/** The counts of several projects together. */
export function sumCounts(all: readonly Counts[]): Counts {
  const sum: Record<StatusKind, number> = { ...countStates([]) };
  for (const counts of all) for (const kind of STATUS_KINDS) sum[kind] += counts[kind];
  return sum;
}

/** The number of files counted. */
export const total = (counts: Counts): number =>
  STATUS_KINDS.reduce((sum, kind) => sum + counts[kind], 0);

/** Sorts states worst first. */
export const compareStates = (a: StatusKind, b: StatusKind): number =>
  STATUS_KINDS.indexOf(a) - STATUS_KINDS.indexOf(b);
