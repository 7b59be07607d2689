import { lastAtOrBefore } from '../../model/span.js';
import type { LineIndex, Span } from '../../model/span.js';

/** A stretch of the file, and where it begins there. */
export interface Piece {
  readonly text: string;
  readonly source: number;
}

/** Text that was put together from stretches of a file, and knows where each of them came from. */
export class PiecedText {
  readonly text: string;
  readonly #starts: readonly number[];
  readonly #pieces: readonly Piece[];

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces.filter(({ text }) => text !== '');
    let at = 0;
    this.#starts = this.#pieces.map(({ text }) => {
      const start = at;
      at += text.length;
      return start;
    });
    this.text = this.#pieces.map(({ text }) => text).join('');
  }

  /** Where a unit of the text stands in the file. */
  source(offset: number): number {
    const piece = lastAtOrBefore(this.#starts, offset, (start) => start);
    return (this.#pieces[piece]?.source ?? 0) + offset - (this.#starts[piece] ?? 0);
  }

  /** The place of the units from `start` to `end`, the end exclusive. */
  span(lines: LineIndex, start: number, end: number): Span {
    const from = this.source(start);
    // The unit behind a stretch may lie lines away: the end is measured from the last one inside.
    const to = end > start ? this.source(end - 1) + 1 : from;
    return { start: lines.at(from), end: lines.at(to) };
  }

  /** Without its first units. */
  from(start: number): PiecedText {
    const rest: Piece[] = [];
    this.#pieces.forEach(({ text, source }, index) => {
      const cut = Math.max(0, start - (this.#starts[index] ?? 0));
      if (cut < text.length) rest.push({ text: text.slice(cut), source: source + cut });
    });
    return new PiecedText(rest);
  }
}

/** A word of an instruction or a command, and the units that it stands on. */
export interface Word {
  /** With its quotes and escapes. */
  readonly raw: string;
  readonly start: number;
  readonly end: number;
}
