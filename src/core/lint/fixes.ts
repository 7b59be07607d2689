/** The edits that settle what the lint found (docs/nondeterminism.md). Pure. */
import type { Finding } from '../model/finding.js';
import type { LintFinding, TextEdit } from '../model/findings/lint.js';
import type { RepoPath } from '../model/paths.js';
import type { Position, Span } from '../model/span.js';

/** A finding that one edit settles, and that edit; its span lies in the file of the finding's place. */
export interface LintFix {
  readonly finding: Finding & LintFinding;
  readonly edit: TextEdit;
  /** What the finding points at. */
  readonly span: Span;
}

/** The findings in one file that an edit settles, in their order; equal edits once. */
export function fixesIn(findings: readonly Finding[], file: RepoPath): LintFix[] {
  const known = new Set<string>();
  return findings.flatMap((finding) => {
    if (!('fix' in finding)) return [];
    if (finding.place?.file !== file) return [];
    // A script that is run twice is read once for each plan.
    const key = JSON.stringify([finding.code, finding.fix]);
    if (known.has(key)) return [];
    known.add(key);
    return [{ finding, edit: finding.fix, span: finding.place.span }];
  });
}

/** Those of some edits that can be made at once: of two that overlap, the first. */
export function independentEdits(edits: readonly TextEdit[]): TextEdit[] {
  const kept: TextEdit[] = [];
  for (const edit of edits) {
    if (kept.every((each) => !overlap(each.span, edit.span))) kept.push(edit);
  }
  return kept;
}

/** Whether they share a unit, or one puts something into the middle of the other. */
const overlap = (a: Span, b: Span): boolean => isBefore(a.start, b.end) && isBefore(b.start, a.end);

/** Whether one position comes before another. */
const isBefore = (a: Position, b: Position): boolean =>
  a.line < b.line || (a.line === b.line && a.column < b.column);

/** Whether a span lies inside of another, ends included. */
export const isWithin = (inner: Span, outer: Span): boolean =>
  !isBefore(inner.start, outer.start) && !isBefore(outer.end, inner.end);
