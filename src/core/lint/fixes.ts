/** The edits that settle what the lint found (docs/nondeterminism.md). Pure. */
import type { Finding } from '../model/finding.js';
import { isComplete } from '../model/fix.js';
import type { Fix, TextEdit } from '../model/fix.js';
import type { RepoPath } from '../model/paths.js';
import type { Position, Span } from '../model/span.js';

/** A finding that a fix settles; its edits lie in the file of the finding's place. */
export interface LintFix extends Fix {
  readonly finding: Finding;
  /** What the finding points at. */
  readonly span: Span;
}

/** The findings in one file that a fix settles, in their order; what is found twice, once. */
export function fixesIn(findings: readonly Finding[], file: RepoPath): LintFix[] {
  const known = new Set<string>();
  return findings.flatMap((finding) => {
    const { fix, place } = finding;
    if (fix === undefined || place?.file !== file) return [];
    // A script that is run twice is read once for each plan.
    const key = JSON.stringify([finding.code, place.span, fix]);
    if (known.has(key)) return [];
    known.add(key);
    return [{ finding, edits: fix.edits, span: place.span }];
  });
}

/**
 * What makes the fixes of a text that can be made at once and without a look: those that are complete,
 * of two that overlap the first, and an edit that several of them share once.
 */
export function editsOfAll(fixes: readonly Fix[]): TextEdit[] {
  const kept = new Map<string, TextEdit>();
  for (const { edits } of fixes.filter(isComplete)) {
    const added = edits.filter((edit) => !kept.has(JSON.stringify(edit)));
    const isFree = added.every((edit) =>
      [...kept.values()].every((each) => !overlap(each.span, edit.span)),
    );
    if (isFree) for (const edit of added) kept.set(JSON.stringify(edit), edit);
  }
  return [...kept.values()];
}

/** Whether they share a unit, or one puts something into the middle of the other. */
const overlap = (a: Span, b: Span): boolean => isBefore(a.start, b.end) && isBefore(b.start, a.end);

/** Whether one position comes before another. */
const isBefore = (a: Position, b: Position): boolean =>
  a.line < b.line || (a.line === b.line && a.column < b.column);

/** Whether a span lies inside of another, ends included. */
export const isWithin = (inner: Span, outer: Span): boolean =>
  !isBefore(inner.start, outer.start) && !isBefore(outer.end, inner.end);
