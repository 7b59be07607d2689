/** From units of a text to places of a file, and to edits that the file's own syntax allows. */
import type { Finding } from '../model/finding.js';
import type { TextEdit } from '../model/fix.js';
import type { RepoPath } from '../model/paths.js';
import { spanWithin } from '../model/plan.js';
import type { PlanText } from '../model/plan.js';
import { LineIndex } from '../model/span.js';
import type { Span } from '../model/span.js';
import type { Hit, UnitEdit } from './hit.js';

/** A text that is linted: how its units lie in the file, and how what is put in has to be written. */
export interface Ground {
  readonly file: RepoPath;
  readonly span: (start: number, end: number) => Span;
  /** What is written for a replacement; `undefined` where it cannot be. */
  readonly write: (replacement: string) => string | undefined;
}

/** A whole file. */
export function fileGround(file: RepoPath, text: string): Ground {
  const lines = new LineIndex(text);
  return {
    file,
    span: (start, end) => lines.span(start, end - start),
    write: (replacement) => replacement,
  };
}

/** A text of a plan. */
export const planGround = (file: RepoPath, text: PlanText): Ground => ({
  file,
  span: (start, end) => spanWithin(text, start, end),
  write: (replacement) => (text.stretches.length === 0 ? undefined : written(replacement, text)),
});

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
  const written = edits.flatMap((edit) => editOf(edit, ground) ?? []);
  const isWhole = edits.length > 0 && written.length === edits.length;
  return { ...data, severity, place, ...(isWhole ? { fix: { edits: written } } : {}) };
}

function editOf(
  { start, end, replacement, blank }: UnitEdit,
  ground: Ground,
): TextEdit | undefined {
  const text = ground.write(replacement);
  const span = ground.span(start, end);
  // Units that are spelled as escapes, or that lie on two lines, are not replaced blindly.
  const isWhole =
    span.start.line === span.end.line && span.end.column - span.start.column === end - start;
  if (text === undefined || !isWhole) return undefined;
  return { span, replacement: text, ...(blank === undefined ? {} : { blank }) };
}
