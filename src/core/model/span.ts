/**
 * A position as people, compilers and editors count it: both from 1, the column in UTF-16 units.
 * Lines and columns rather than offsets, because an editor drops a byte-order mark and unifies line
 * ends when it opens a file: offsets into the stored bytes would then point beside the place.
 */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A stretch of a document, its end exclusive. */
export interface Span {
  readonly start: Position;
  readonly end: Position;
}

/** A stretch of one line; `column` and `endColumn` from 1, the end exclusive. */
export const lineSpan = (line: number, column: number, endColumn: number): Span => ({
  start: { line, column },
  end: { line, column: endColumn },
});

/**
 * The index of the last of some items, in the order of their starts, that begins at or before an
 * offset; 0 when none does.
 */
export function lastAtOrBefore<Item>(
  items: readonly Item[],
  offset: number,
  startOf: (item: Item) => number,
): number {
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const item = items[middle];
    if (item !== undefined && startOf(item) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Turns offsets of one text into positions. LF, CR LF and a lone CR end a line, as in the editor. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (const match of text.matchAll(/\r\n|\n|\r/g)) {
      this.#starts.push(match.index + match[0].length);
    }
  }

  /** The position of an offset. */
  at(offset: number): Position {
    const line = lastAtOrBefore(this.#starts, offset, (start) => start);
    return { line: line + 1, column: offset - (this.#starts[line] ?? 0) + 1 };
  }

  /** The span of `length` units from an offset. */
  span(offset: number, length: number): Span {
    return { start: this.at(offset), end: this.at(offset + length) };
  }
}
