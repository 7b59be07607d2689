import { Block, DIGEST_BYTES, STAT_WIDTH } from './block.js';

const STAT_WORDS = STAT_WIDTH * 2;
const DIGEST_WORDS = DIGEST_BYTES / 4;
const FIRST_CAPACITY = 1024;

/** Where rows are copied from and to. */
export interface RowCopy {
  readonly from: Block;
  readonly fromRow: number;
  readonly to: Block;
  readonly toRow: number;
}

/** Copies stats and digests of `count` rows, in whole words: no number is made of any of it. */
export function copyRows({ from, fromRow, to, toRow }: RowCopy, count: number): void {
  copyWords(from.statWords, to.statWords, (toRow - fromRow) * STAT_WORDS, {
    start: fromRow * STAT_WORDS,
    end: (fromRow + count) * STAT_WORDS,
  });
  copyWords(from.digestWords, to.digestWords, (toRow - fromRow) * DIGEST_WORDS, {
    start: fromRow * DIGEST_WORDS,
    end: (fromRow + count) * DIGEST_WORDS,
  });
}

/** A plain loop: for a row or two, `subarray` and `set` cost more than the copy. */
function copyWords(
  from: Int32Array,
  to: Int32Array,
  shift: number,
  { start, end }: { start: number; end: number },
): void {
  for (let word = start; word < end; word++) to[word + shift] = from[word] ?? 0;
}

/**
 * The stat cache's rows, in the columns of a growing block: some 80 bytes a file instead of some 350
 * for an object with five bigints, and a row goes into a batch and comes back by copying words.
 */
export class StatTable {
  /** Valid until the next {@link claim}. */
  rows = new Block(FIRST_CAPACITY);
  #capacity = FIRST_CAPACITY;
  #used = 0;
  readonly #free: number[] = [];

  /** A slot for a new row; its content is whatever was there. */
  claim(): number {
    const freed = this.#free.pop();
    if (freed !== undefined) return freed;
    if (this.#used === this.#capacity) this.#grow();
    return this.#used++;
  }

  /** Gives a slot back. */
  release(slot: number): void {
    this.#free.push(slot);
  }

  #grow(): void {
    this.#capacity *= 2;
    const rows = new Block(this.#capacity);
    rows.stats.set(this.rows.stats);
    rows.digests.set(this.rows.digests);
    this.rows = rows;
  }
}
