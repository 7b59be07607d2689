/** The lines of a YAML document by their looks: half a document is no YAML yet. */

/** What stands on a line. Columns from 0. */
export interface PlanLine {
  /** The columns of the dashes that begin elements of lists. */
  readonly dashes: readonly number[];
  /** The column of what follows them; the end of the line when nothing does. */
  readonly indent: number;
  /** Without quotes; absent when there is no colon behind it. */
  readonly key?: string;
  /** The column behind the key, and behind its quote. */
  readonly keyEnd: number;
  readonly valueAt: number;
  /** What the key holds, else all that follows the dashes; without comment. */
  readonly value: string;
  /** The column of `#`, or of the end of the line. */
  readonly comment: number;
}

/** No key stands on a longer line; of commands the beginning is enough. */
const LONGEST = 1000;
/** Lines that are looked at: as many as a plan of the greatest size has with 30 units each. */
const MOST_LINES = 2200;

const KEY = /^(?:"([\w.-]*)"|'([\w.-]*)'|([A-Za-z_][\w.-]*))( *:)(?= |$)/;
const BLOCK = /^(?:[&!]\S* +)*[|>](?:[+-]?[1-9]?|[1-9][+-])$/;

/** A line without what ends it. */
export const bareLine = (line: string | undefined): string =>
  (line ?? '').replace(/\r$/, '').slice(0, LONGEST);

/** @param text Without its line end. */
export function planLine(text: string): PlanLine {
  const lead = /^ *(?:-(?: +|$))*/.exec(text)?.[0] ?? '';
  const dashes = [...lead.matchAll(/-/g)].map(({ index }) => index);
  const indent = lead.length;
  const found = KEY.exec(text.slice(indent));
  const [all = '', double, single, plain, colon = ''] = found ?? [];
  const valueAt = indent + all.length + (found === null ? 0 : blanksAt(text, indent + all.length));
  const comment = commentAt(text, valueAt);
  return {
    dashes,
    indent,
    ...(found === null ? {} : { key: double ?? single ?? plain ?? '' }),
    keyEnd: indent + all.length - colon.length,
    valueAt,
    value: text.slice(valueAt, comment).trimEnd(),
    comment,
  };
}

const blanksAt = (text: string, at: number): number => /^ */.exec(text.slice(at))?.[0].length ?? 0;

/** Whether nothing but a comment stands on a line. */
export const isBlank = (text: string): boolean => /^\s*(?:#|$)/.test(text);

/** Where a quote that opens at a column is closed; `undefined` when it is not, on this line. */
export function closingQuote(text: string, open: number): number | undefined {
  const mark = text[open];
  for (let at = open + 1; at < text.length; at++) {
    if (mark === '"' && text[at] === '\\') at += 1;
    else if (text[at] === mark) {
      if (mark === "'" && text[at + 1] === mark) at += 1;
      else return at;
    }
  }
  return undefined;
}

/** Whether a quote at a column begins a text: an apostrophe inside of one does not. */
export const opensQuote = (text: string, at: number, from: number): boolean =>
  /["']/.test(text[at] ?? '') && /(?:^|[[{,:])$/.test(text.slice(from, at).trimEnd());

function commentAt(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '#' && (at === 0 || /\s/.test(text[at - 1] ?? ''))) return at;
    if (opensQuote(text, at, from)) at = closingQuote(text, at) ?? text.length;
  }
  return text.length;
}

/**
 * The lines that are the text of a block scalar. By index, each with the column from 0 behind which it
 * is: blank lines at the end may belong to what follows.
 */
export function textLines(lines: readonly string[]): ReadonlyMap<number, number> {
  const inside = new Map<number, number>();
  let parent: number | undefined;
  let blanks: number[] = [];
  for (const [index, line] of lines.slice(0, MOST_LINES).entries()) {
    const text = bareLine(line);
    if (parent !== undefined && text.trim() === '') {
      inside.set(index, parent);
      blanks.push(index);
      continue;
    }
    if (parent !== undefined && text.search(/\S/) > parent) {
      for (const each of [...blanks, index]) inside.set(each, -1);
    } else parent = isBlank(text) ? undefined : openedBy(planLine(text));
    blanks = [];
  }
  return inside;
}

/** The column that the text of a block scalar is right of, if the line opens one. */
function openedBy({ key, dashes, indent, value }: PlanLine): number | undefined {
  if (!BLOCK.test(value)) return undefined;
  return key === undefined ? (dashes.at(-1) ?? indent) : indent;
}
