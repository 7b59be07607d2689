/** Where the members of a YAML list stand, so that others can be put between them. */
import type { LineIndex, Position } from '../../model/span.js';
import type { ListMember, WordList } from '../../model/wordList.js';
import type { YamlList } from '../yaml/text.js';

/** Blanks, line ends and comments; a comment stands at a line's start or behind a blank. */
const GAP = /(?:[ \t\r\n]|#[^\n]*)*/y;
const BLANKS = /[ \t\r\n]*/y;
const LINE = /[^\r\n]*/y;

type Range = readonly [start: number, end: number];

/**
 * The places of a list's members; `undefined` where not every one of them is a value that is written.
 *
 * @param document The text that the list was read from.
 */
export function wordListOf(
  document: string,
  lines: LineIndex,
  list: YamlList,
): WordList | undefined {
  const { ranges, flow, items } = list;
  if (ranges.length !== items.length || items.some(({ kind }) => kind !== 'scalar')) {
    return undefined;
  }
  const members: ListMember[] = [];
  const reader = new MemberReader(document, lines, flow);
  let from = flow ? list.start + 1 : list.start;
  for (const [index, range] of ranges.entries()) {
    const before = ranges[index - 1];
    const read = reader.member(from, { range, before, isLast: index === ranges.length - 1 });
    if (read === undefined) return undefined;
    members.push(read.member);
    from = read.next;
  }
  const line = flow ? '' : reader.newLine(list.start, ranges);
  return line === undefined ? undefined : { syntax: flow ? 'flow' : 'block', line, members };
}

interface Asked {
  readonly range: Range;
  readonly before: Range | undefined;
  readonly isLast: boolean;
}

class MemberReader {
  readonly #document: string;
  readonly #lines: LineIndex;
  readonly #flow: boolean;

  constructor(document: string, lines: LineIndex, flow: boolean) {
    this.#document = document;
    this.#lines = lines;
    this.#flow = flow;
  }

  /** The member whose part of the list begins behind the blanks and comments at `from`. */
  member(
    from: number,
    { range, before, isLast }: Asked,
  ): { readonly member: ListMember; readonly next: number } | undefined {
    const start = this.#skip(GAP, from);
    const [value] = range;
    const end = this.#endOf(range);
    if (value === range[1] || start > value) return undefined;
    if (!this.#flow && this.#document[start] !== '-') return undefined;
    const next = this.#next(range[1]);
    const shared = this.#shared(this.#flow ? start : start + 1, value);
    const member: ListMember = {
      value: { start: this.#lines.at(value), end: this.#lines.at(end) },
      start: this.#lines.at(start),
      ...this.#placed('behind', this.#flow ? end : this.#lineEnd(range)),
      ...this.#placed('next', isLast ? undefined : next),
      ...this.#placed('comma', before && this.#comma(before, start)),
      ...(shared === undefined ? {} : { shared }),
    };
    return { member, next };
  }

  #placed<Name extends string>(
    name: Name,
    offset: number | undefined,
  ): Partial<Record<Name, Position>> {
    return offset === undefined
      ? {}
      : ({ [name]: this.#lines.at(offset) } as Record<Name, Position>);
  }

  /** Whether a value is an alias, or has an anchor before it. */
  #shared(from: number, value: number): ListMember['shared'] {
    if (this.#document[value] === '*') return 'alias';
    const properties = this.#document.slice(this.#skip(GAP, from), value);
    return properties.includes('&') ? 'anchor' : undefined;
  }

  /** The line end and the blanks that the lines of a block begin with. */
  newLine(start: number, ranges: readonly Range[]): string | undefined {
    const document = this.#document;
    const lineStart = document.lastIndexOf('\n', start - 1) + 1;
    const before = document.slice(lineStart, start);
    // `- - a`: the dashes before the own one are not said again.
    if (!/^[ ?:-]*$/.test(before)) return undefined;
    const from = document.indexOf('\n', ranges[0]?.[0] ?? start);
    const end = from < 0 ? document.indexOf('\n') : from;
    return `${end > 0 && document[end - 1] === '\r' ? '\r\n' : '\n'}${' '.repeat(before.length)}`;
  }

  /** A block ends behind its line; what is meant ends before. */
  #endOf([start, end]: Range): number {
    return start + this.#document.slice(start, end).trimEnd().length;
  }

  /** The end of the line that a member of a block ends on, where nothing of its value stands behind it. */
  #lineEnd(range: Range): number | undefined {
    const end = this.#skip(LINE, this.#endOf(range));
    const isAll = end >= range[1] || /^(?:\r?\n)+$/.test(this.#document.slice(end, range[1]));
    // Of `|+` the empty lines count.
    const isKept = /^[|>]\d?\+/.test(this.#document.slice(range[0], range[1]));
    return isAll && !isKept ? end : undefined;
  }

  /** Where what follows a member begins; in brackets behind its comma. */
  #next(end: number): number {
    if (!this.#flow) {
      const lineEnd = this.#skip(
        LINE,
        Math.max(0, end - (this.#document[end - 1] === '\n' ? 1 : 0)),
      );
      return this.#skip(BLANKS, lineEnd);
    }
    const behind = this.#skip(GAP, end) + 1;
    const next = this.#skip(BLANKS, behind);
    // A comment needs the blank before it.
    return this.#document[next] === '#' ? behind : next;
  }

  /** From where on a member goes that nothing follows: the end of the one before it. */
  #comma(before: Range, start: number): number | undefined {
    if (!this.#flow) return this.#lineEnd(before);
    const end = this.#endOf(before);
    return /^[ \t\r\n]*,[ \t\r\n]*$/.test(this.#document.slice(end, start)) ? end : undefined;
  }

  #skip(pattern: RegExp, from: number): number {
    pattern.lastIndex = from;
    return from + (pattern.exec(this.#document)?.[0].length ?? 0);
  }
}
