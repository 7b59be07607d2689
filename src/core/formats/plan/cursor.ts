/** Where in a build plan a position stands, told by indentation, brackets and quotes. */
import { flowCursor } from './flow.js';
import { bareLine, closingQuote, isBlank, planLine, textLines } from './lines.js';
import type { PlanLine } from './lines.js';

/** What stands at a position. Columns count from 1. */
export interface PlanCursor {
  /** The keys around it, `-` for an element of a list: `['sources', '-', 'path']`. */
  readonly path: readonly string[];
  /** `key`: it is being named, and `path` leads to what is around it. */
  readonly part: 'key' | 'value';
  /** What the position is in, without quotes, and its columns; the end exclusive. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The quote that the value stands in, `''` for none. */
  readonly quote: string;
  /** Whether a colon follows the key. */
  readonly hasColon: boolean;
  /** Whether an element of a list begins on this line, or right behind this bracket. */
  readonly isItem: boolean;
  /** Whether it stands inside of brackets. */
  readonly isFlow: boolean;
  /** The keys beside it, in the same mapping. */
  readonly beside: ReadonlySet<string>;
}

/** Lines above and below that are looked at. */
const MOST_LINES = 2000;

/**
 * @param line From 1.
 * @param column From 1, in UTF-16 units.
 * @returns `undefined` inside of comments, block scalars and texts that go on for lines.
 */
export function planCursorAt(
  lines: readonly string[],
  { line, column }: { readonly line: number; readonly column: number },
): PlanCursor | undefined {
  // A byte-order mark is no column of YAML's.
  const mark = line === 1 && lines[0]?.startsWith('\ufeff') === true ? 1 : 0;
  const all = lines[0]?.startsWith('\ufeff') === true ? unmarked(lines) : lines;
  const cursor = cursorIn(all, line - 1, column - 1 - mark);
  if (cursor === undefined || mark === 0) return cursor;
  return { ...cursor, start: cursor.start + mark, end: cursor.end + mark };
}

const unmarked = ([first = '', ...rest]: readonly string[]): string[] => [first.slice(1), ...rest];

function cursorIn(lines: readonly string[], index: number, at: number): PlanCursor | undefined {
  const inside = textLines(lines);
  const text = bareLine(lines[index]);
  const own = planLine(text);
  const isEmpty = own.key === undefined && own.value === '';
  const most = Math.min(inside.get(index) ?? Infinity, own.comment);
  if (at < leastOf(own, isEmpty) || at > most) return undefined;
  const indent = isEmpty ? at : own.indent;
  const place = { lines, inside, index };
  const path = around(place, { ...own, indent });
  if (path === undefined) return undefined;
  const isItem = own.dashes.length > 0;
  const context = { hasColon: own.key !== undefined, isItem, isFlow: false, quote: '' };
  if (own.key !== undefined && at > own.keyEnd) {
    return valueCursor({ text, at, own, path: [...path, own.key] }, context);
  }
  if (own.key === undefined && !isWord(own.value)) {
    return valueCursor({ text, at, own, path }, context);
  }
  const key = keyAt(text, { ...own, indent });
  const beside = besideOf(place, isItem, indent);
  return at < key.end ? { path, part: 'key', ...key, ...context, beside } : undefined;
}

/** The first column where something can be written: not before what stands on the line. */
const leastOf = ({ dashes, indent }: PlanLine, isEmpty: boolean): number =>
  isEmpty ? (dashes.at(-1) ?? -1) + 1 : indent;

/** Half a key, or nothing yet. */
const isWord = (value: string): boolean => /^(?:[A-Za-z_][\w.-]*)?$/.test(value);

function keyAt(text: string, { indent, key, keyEnd, value }: PlanLine) {
  const quoted = key === undefined || !/["']/.test(text[indent] ?? '') ? 0 : 1;
  const end = key === undefined ? indent + value.length : keyEnd - quoted;
  const start = indent + quoted;
  return { text: text.slice(start, end), start: start + 1, end: end + 1 };
}

interface Valued {
  readonly text: string;
  readonly at: number;
  readonly own: PlanLine;
  readonly path: readonly string[];
}

function valueCursor(
  { text, at, own, path }: Valued,
  context: Pick<PlanCursor, 'hasColon' | 'isItem' | 'isFlow' | 'quote'>,
): PlanCursor | undefined {
  const { valueAt, value } = own;
  if (/^[[{]/.test(value) && at > valueAt) {
    return flowCursor(text.slice(0, own.comment), { from: valueAt, at, path });
  }
  const values = { path, part: 'value', ...context, beside: new Set<string>() } as const;
  if (value === '') {
    // Right behind the colon, a value would make one word with it.
    return text[at - 1] === ' ' ? { ...values, text: '', start: at + 1, end: at + 1 } : undefined;
  }
  const quote = /^["']/.exec(value)?.[0] ?? '';
  const start = valueAt + quote.length;
  const end = quote === '' ? start + value.length : (closingQuote(text, valueAt) ?? own.comment);
  if (at < start || at > end) return undefined;
  return { ...values, quote, text: text.slice(start, end), start: start + 1, end: end + 1 };
}

interface Placed {
  readonly lines: readonly string[];
  readonly inside: ReadonlyMap<number, number>;
  readonly index: number;
}

/** A line, as far as it can be around another: not empty, no comment, no text of a block. */
function lineAt({ lines, inside }: Placed, index: number): PlanLine | undefined {
  const text = bareLine(lines[index]);
  return isBlank(text) || inside.get(index) === -1 ? undefined : planLine(text);
}

/** The keys and elements that a line stands in; `undefined` when it goes on with a text above it. */
function around(place: Placed, own: PlanLine): string[] | undefined {
  const path: string[] = own.dashes.map(() => '-');
  let limit: Limit = limitOf(own);
  for (let at = place.index - 1; at >= 0 && at >= place.index - MOST_LINES; at--) {
    const line = lineAt(place, at);
    const steps = line === undefined ? [] : stepsAbove(line, limit);
    if (line === undefined || steps?.length === 0) continue;
    if (steps === undefined) return undefined;
    path.unshift(...steps);
    const { column } = limit;
    limit = limitOf({ ...line, dashes: line.dashes.filter((dash) => dash < column) });
  }
  return path;
}

/** What a line above must stand before to be around. */
interface Limit {
  readonly column: number;
  /** Whether it is the column of a dash: the key of a list may stand in the same. */
  readonly isDash: boolean;
}

const limitOf = ({ dashes: [first], indent }: PlanLine): Limit => ({
  column: first ?? indent,
  isDash: first !== undefined,
});

/** The steps that a line above adds to the path; `undefined` when its text goes on below it. */
function stepsAbove(line: PlanLine, { column, isDash }: Limit): string[] | undefined {
  const { key, indent, dashes, value } = line;
  const elements = dashes.filter((dash) => dash < column).map(() => '-');
  const isBeside = dashes.includes(column);
  const isParent = key !== undefined && !isBeside && indent < (isDash ? column + 1 : column);
  // Anchors are no value yet.
  const isText = value !== '' && !/^[&!]\S*$/.test(value);
  if (isParent) return isText ? undefined : [...elements, key];
  const goesOn = elements.length > 0 && key === undefined && isText && !isBeside;
  return goesOn ? undefined : elements;
}

/** The keys of the mapping whose keys stand in a column. */
function besideOf(place: Placed, isItem: boolean, column: number): Set<string> {
  const keys = new Set<string>();
  const look = (step: -1 | 1): void => {
    const { index } = place;
    for (let at = index + step; at >= 0 && Math.abs(at - index) <= MOST_LINES; at += step) {
      if (at >= place.lines.length) return;
      const line = lineAt(place, at);
      if (line === undefined) continue;
      const first = line.dashes[0] ?? line.indent;
      if (step > 0 && first < column) return;
      if (line.indent === column && line.key !== undefined) keys.add(line.key);
      if (first < column) return;
    }
  };
  if (!isItem) look(-1);
  look(1);
  return keys;
}
