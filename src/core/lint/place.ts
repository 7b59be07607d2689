/** From units of a text to places of a file, and to edits that the file's own syntax allows. */
import type { Finding } from '../model/finding.js';
import type { TextEdit } from '../model/fix.js';
import type { RepoPath } from '../model/paths.js';
import { isVerbatim, spanWithin } from '../model/plan.js';
import type { PlanText } from '../model/plan.js';
import { LineIndex } from '../model/span.js';
import type { Span } from '../model/span.js';
import type { Hit, UnitEdit } from './hit.js';

/** A text that is linted: how its units lie in the file, and how it is changed there. */
export interface Ground {
  readonly file: RepoPath;
  readonly span: (start: number, end: number) => Span;
  /** The edits of the file that make those of the units; `undefined` where one of them cannot be made. */
  readonly edits: (edits: readonly UnitEdit[]) => readonly TextEdit[] | undefined;
}

/** A text in which replacements are written by one rule; `undefined` where one cannot be. */
export const textGround = (
  file: RepoPath,
  span: Ground['span'],
  write: (replacement: string) => string | undefined = (replacement) => replacement,
): Ground => ({
  file,
  span,
  edits: (edits) => {
    const made = edits.flatMap((edit) => editOf(edit, span, write) ?? []);
    return made.length === edits.length ? made : undefined;
  },
});

/** A whole file. */
export function fileGround(
  file: RepoPath,
  text: string,
  write?: (replacement: string) => string,
): Ground {
  const lines = new LineIndex(text);
  return textGround(file, (start, end) => lines.span(start, end - start), write);
}

/** A text of a plan. */
export function planGround(file: RepoPath, text: PlanText): Ground {
  const ground = textGround(
    file,
    (start, end) => spanWithin(text, start, end),
    (replacement) => (text.stretches.length === 0 ? undefined : written(replacement, text)),
  );
  // What is replaced must be what is written: another tag may come, of another length or of the same.
  const edits = (all: readonly UnitEdit[]): ReturnType<Ground['edits']> =>
    all.every(({ start, end }) => start === end || isVerbatim(text, start, end))
      ? ground.edits(all)
      : undefined;
  return { ...ground, edits };
}

function written(replacement: string, { style }: PlanText): string | undefined {
  switch (style) {
    case 'block':
      return replacement;
    case 'single':
      return replacement.replaceAll("'", "''");
    case 'double':
      return replacement.replace(/["\\]/g, '\\$&');
    case 'plain':
      // They end a plain text, at least inside of brackets.
      return /[{}[\],"\\#]|: /.test(replacement) ? undefined : replacement;
  }
}

/** A finding at its place, with its edits as the fix where the text allows all of them. */
export function placeHit({ severity, data, start, end, edits }: Hit, ground: Ground): Finding {
  const place = { file: ground.file, span: ground.span(start, end) };
  const made = edits.length > 0 ? ground.edits(edits) : undefined;
  return { ...data, severity, place, ...(made === undefined ? {} : { fix: { edits: made } }) };
}

function editOf(
  { start, end, replacement, blank }: UnitEdit,
  spanOf: Ground['span'],
  write: (replacement: string) => string | undefined,
): TextEdit | undefined {
  const text = write(replacement);
  const span = spanOf(start, end);
  // Units that are spelled as escapes, or that lie on two lines, are not replaced blindly.
  const isWhole =
    span.start.line === span.end.line && span.end.column - span.start.column === end - start;
  if (text === undefined || !isWhole) return undefined;
  return { span, replacement: text, ...(blank === undefined ? {} : { blank }) };
}
