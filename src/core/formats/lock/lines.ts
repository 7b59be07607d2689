/**
 * Logical lines of a requirements file, exactly as pip makes them (pip/_internal/req/req_file.py):
 * Python's line ends, backslash continuation, comments. Reading lines as an editor does would let a
 * requirement hide from us behind a U+2028 in a comment, where pip sees a new line.
 */
import { lastAtOrBefore } from '../../model/span.js';

/** One logical line without its comment, and where its characters stand in the source. */
export interface LogicalLine {
  readonly text: string;
  /** Ascending by `at`: from this index of the text on, characters stand from `source` on. */
  readonly pieces: readonly Piece[];
}

interface Piece {
  readonly at: number;
  readonly source: number;
}

/** What Python's `str.isspace` holds for; JavaScript's `\s` lacks some of it and adds U+FEFF. */
const SPACE = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
/** Where Python's `str.splitlines` ends a line. */
const LINE_END = /\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/g;

export const isSpace = (character: string | undefined): boolean =>
  character !== undefined && SPACE.test(character);

/** A line of the file without its line end, and the offset of its first character. */
export interface PhysicalLine {
  readonly text: string;
  readonly source: number;
}

/** The lines as Python's `str.splitlines` gives them. */
export function physicalLines(text: string): PhysicalLine[] {
  const lines: PhysicalLine[] = [];
  let source = 0;
  for (const match of text.matchAll(LINE_END)) {
    lines.push({ text: text.slice(source, match.index), source });
    source = match.index + match[0].length;
  }
  if (source < text.length) lines.push({ text: text.slice(source), source });
  return lines;
}

/** The logical lines that hold more than a comment. */
export function logicalLines(text: string): LogicalLine[] {
  return joined(text)
    .map(withoutComment)
    .filter((line) => line.text !== '');
}

function* joinedLines(text: string): Generator<LogicalLine> {
  let parts: string[] = [];
  let pieces: Piece[] = [];
  let length = 0;
  const add = (part: string, source: number): void => {
    pieces.push({ at: length, source });
    parts.push(part);
    length += part.length;
  };
  const take = (): LogicalLine => {
    const line = { text: parts.join(''), pieces };
    [parts, pieces, length] = [[], [], 0];
    return line;
  };
  for (const { text: line, source } of physicalLines(text)) {
    const comment = isComment(line);
    if (line.endsWith('\\') && !comment) {
      const [start, end] = withoutBackslashes(line);
      add(line.slice(start, end), source + start);
      continue;
    }
    // A blank before a comment, so that it stays one behind a joined line.
    if (comment) add(' ', source);
    add(line, source);
    yield take();
  }
  if (pieces.length > 0) yield take();
}

const joined = (text: string): LogicalLine[] => [...joinedLines(text)];

/** pip strips backslashes from both ends of a line that goes on. */
function withoutBackslashes(line: string): [number, number] {
  let [start, end] = [0, line.length];
  while (start < end && line[start] === '\\') start++;
  while (end > start && line[end - 1] === '\\') end--;
  return [start, end];
}

function isComment(line: string): boolean {
  let i = 0;
  while (isSpace(line[i])) i++;
  return line[i] === '#';
}

/** A comment begins with `#` at the beginning or behind a blank. */
function withoutComment({ text, pieces }: LogicalLine): LogicalLine {
  let end = text.indexOf('#');
  while (end > 0 && !isSpace(text[end - 1])) end = text.indexOf('#', end + 1);
  if (end < 0) end = text.length;
  let start = 0;
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  const kept = pieces.map(({ at, source }) => ({ at: at - start, source }));
  return { text: text.slice(start, end), pieces: kept };
}

/** The offset in the source of a character of the text. */
export function sourceAt({ pieces }: LogicalLine, index: number): number {
  const piece = pieces[lastAtOrBefore(pieces, index, ({ at }) => at)] ?? { at: 0, source: 0 };
  return piece.source + index - piece.at;
}
