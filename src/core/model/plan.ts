import type { Finding, FindingCode } from './finding.js';
import type { PathProblem, RepoPath } from './paths.js';
import { toRepoPath } from './paths.js';
import { lastAtOrBefore } from './span.js';
import type { Position, Span } from './span.js';
import type { WordList } from './wordList.js';

/** How a text is quoted in its document, which decides what may be written into it. */
export type TextStyle = 'plain' | 'single' | 'double' | 'block';

/** A stretch of a text on one line: from `start` on, its units stand side by side from `at` on. */
export interface Stretch {
  readonly start: number;
  readonly at: Position;
}

/** A text of a plan, and where it stands. */
export interface PlanText {
  /** As FixOps takes it: what is no text in YAML is spelled as Python spells it (`True`, `2.0`). */
  readonly text: string;
  /** The whole value in the document, quotes included. */
  readonly span: Span;
  readonly style: TextStyle;
  /** Where the units of `text` stand, in order; empty where that is not known. */
  readonly stretches: readonly Stretch[];
  /** Whether a tag was put in place of `{tag}`: then `text` is not what is written. */
  readonly tagged?: true;
}

/** A text below a key. */
export interface PlanField extends PlanText {
  /** As written: an alias such as `attestation` stays one. */
  readonly key: string;
  readonly keySpan: Span;
}

/** One thing that is copied into the workspace before the steps, in order. */
export interface PlanSource {
  /** Relative to the repository; `.` is all of it. */
  readonly path: PlanText;
  /** Below the workspace; absent or empty: the last component of `path`. */
  readonly destination?: PlanText;
  readonly span: Span;
}

/** One step, in the order of execution. */
export type PlanStep = {
  /** From 1; those that are skipped count as well. */
  readonly number: number;
  readonly span: Span;
} & (
  | {
      /** For a shell, or split into words without one. */
      readonly kind: 'shell';
      readonly script: PlanText;
    }
  | {
      /** A program and its arguments. */
      readonly kind: 'exec';
      readonly words: readonly PlanText[];
      /** Where the words stand, in their order; absent where one of them is not a value of its own. */
      readonly list?: WordList;
    }
  /** Nothing to run: `null`, a number, a mapping without `run`. */
  | { readonly kind: 'skipped' }
);

/** A variable of every step's environment. */
export interface PlanVariable {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: PlanText;
}

/** A build plan: what is copied, what is run, what comes out and what it must equal. Immutable. */
export interface BuildPlan {
  readonly file: RepoPath;
  readonly version?: PlanField;
  /** Reported in place of the tag of the command line. */
  readonly tag?: PlanField;
  /** Absent only when the plan is refused. */
  readonly artifact?: PlanField;
  readonly sources: readonly PlanSource[];
  readonly steps: readonly PlanStep[];
  readonly environment: readonly PlanVariable[];
  /** As written; {@link literalDigest} says what is compared. */
  readonly expectedDigest?: PlanField;
  readonly referenceAttestation?: PlanField;
  readonly referenceArtifact?: PlanField;
  /** The keys of the plan and where they stand, also of those whose values were not read. */
  readonly keys: ReadonlyMap<string, Span>;
  /** What is wrong with the form of the plan, whatever `{tag}` stands for. */
  readonly structure: readonly Finding[];
  /** `structure`, and what is wrong with paths and digests. */
  readonly findings: readonly Finding[];
}

/** Errors of a plan that let it be built all the same: the verdict tells the rest. */
const HARMLESS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'plan-digest',
  'plan-source-missing',
  'plan-reference-missing',
]);

/** Why a plan is not run at all (exit status 2); empty for one that can be. */
export const refusals = ({ findings }: Pick<BuildPlan, 'findings'>): readonly Finding[] =>
  findings.filter(({ severity, code }) => severity === 'error' && !HARMLESS.has(code));

/** Where the units from `start` to `end` (exclusive) of a text stand. */
export function spanWithin({ stretches, span }: PlanText, start: number, end: number): Span {
  const from = positionOf(stretches, start);
  if (from === undefined) return span;
  // The unit behind a stretch may stand lines away: the end is measured from the last one inside.
  const last = end > start ? positionOf(stretches, end - 1) : undefined;
  const to = last === undefined ? from : { line: last.line, column: last.column + 1 };
  return { start: from, end: to };
}

/** Whether some units of a text are written so in its document: none is an escape or came with a tag. */
export function isVerbatim({ stretches, tagged }: PlanText, start: number, end: number): boolean {
  const index = lastAtOrBefore(stretches, start, (each) => each.start);
  const next = stretches[index + 1]?.start ?? Infinity;
  // A tag is a stretch of its own.
  const isTag = tagged === true && next === end && stretches[index]?.start === start;
  return stretches.length > 0 && next >= end && !isTag;
}

function positionOf(stretches: readonly Stretch[], offset: number): Position | undefined {
  const stretch = stretches[lastAtOrBefore(stretches, offset, ({ start }) => start)];
  if (stretch === undefined) return undefined;
  return { line: stretch.at.line, column: stretch.at.column + offset - stretch.start };
}

/** Whether a tag can name a file of its own in a directory, on every system. */
export const namesFile = (tag: string): boolean =>
  tag.isWellFormed() && !/[/\\\u0000-\u001f\u007f]|\.\./.test(tag) && Buffer.byteLength(tag) <= 200;

/** A path of a plan: below a root, or the root itself (`''`); or why it is refused. */
export type PlanPath =
  | { readonly ok: true; readonly path: RepoPath | '' }
  | { readonly ok: false; readonly problem: PathProblem };

/** Reads a path that must stay below its root. `.` and `a/..` are the root. */
export function planPath(text: string): PlanPath {
  const result = toRepoPath(text);
  if (result.ok) return result;
  // Only to `sha256sum` is `-` the standard input.
  if (result.problem === 'stdin') return { ok: true, path: '-' as RepoPath };
  return result.problem === 'empty' && text !== '' ? { ok: true, path: '' } : result;
}

/** Where a source is copied to, below the workspace. */
export function destinationOf({ path, destination }: PlanSource): PlanPath {
  const given = destination?.text ?? '';
  const last = path.text.split('/').findLast((segment) => segment !== '' && segment !== '.');
  return planPath(given === '' ? (last ?? '.') : given);
}

/**
 * What a literal digest is compared as, by FixOps's rule: trimmed, and behind the first colon.
 * `undefined` when nothing is left, which counts as not given.
 */
export function literalDigest(text: string): string | undefined {
  const digest = text.slice(text.indexOf(':') + 1).trim();
  return digest === '' ? undefined : digest;
}
