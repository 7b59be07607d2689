/** Documents after the edits of fixes. */
import assert from 'node:assert/strict';
import type { Finding } from '../../../src/core/model/finding.js';
import type { Blank, Fix, TextEdit } from '../../../src/core/model/fix.js';
import { LineIndex } from '../../../src/core/model/span.js';

/** What a person might fill in. */
const FILLED: Readonly<Record<Blank, string>> = {
  VERSION: '1.2.3',
  COMMIT: '0123456789'.repeat(4),
  SHA256: '0123456789abcdef'.repeat(4),
  DIGEST: '0123456789abcdef'.repeat(4),
  MACHINE: 'x86_64',
  'requirements.lock': 'requirements.lock',
};

/** The edits of the fixes of some findings, what is left to a person filled in; equal ones once. */
export function editsOf(findings: readonly Finding[]): TextEdit[] {
  const edits = findings.flatMap(({ fix }) => fix?.edits ?? []).map(filled);
  return [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()];
}

/** One fix with what is left to a person filled in. */
export const filledIn = ({ edits }: Fix): TextEdit[] => edits.map(filled);

function filled(edit: TextEdit): TextEdit {
  const { replacement, blank } = edit;
  if (blank === undefined) return edit;
  assert.ok(replacement.includes(blank), replacement);
  return { ...edit, replacement: replacement.replace(blank, FILLED[blank]) };
}

/** A document after edits were made in it, of those at one place the first before the second. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const lines = new LineIndex(text);
  const starts = text.split(/\r\n|\n|\r/).map(() => 0);
  for (let offset = 0; offset <= text.length; offset++) {
    const { line, column } = lines.at(offset);
    if (column === 1) starts[line - 1] = offset;
  }
  const at = ({ line, column }: { line: number; column: number }): number =>
    (starts[line - 1] ?? 0) + column - 1;
  // What is put in comes before what is replaced at the same place, as in the editor.
  const ordered = edits.toSorted(
    (a, b) => at(a.span.start) - at(b.span.start) || at(a.span.end) - at(b.span.end),
  );
  let now = '';
  let from = 0;
  for (const { span, replacement } of ordered) {
    assert.ok(at(span.start) >= from, 'edits overlap');
    now += text.slice(from, at(span.start)) + replacement;
    from = at(span.end);
  }
  return now + text.slice(from);
}
