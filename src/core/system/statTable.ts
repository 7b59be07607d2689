import type { Observation } from './observation.js';
import { Block, DIGEST_BYTES, STAT_WIDTH } from './block.js';
import { readRow, type StatRow } from './statRows.js';

const DIGEST_WORDS = DIGEST_BYTES / 4;
const FIRST_CAPACITY = 64;

/**
 * The stat cache's rows of one root, in the columns of a growing block: some 80 bytes a file instead
 * of some 350 for an object of its own. Each name has a slot; names that came one after the other
 * have slots one after the other, which saves most searches.
 */
export class StatTable {
  readonly #slots = new Map<string, number>();
  readonly #names: (string | undefined)[] = [];
  readonly #unchanged: (Observation | undefined)[] = [];
  readonly #free: number[] = [];
  #rows = new Block(FIRST_CAPACITY);
  #capacity = FIRST_CAPACITY;

  get size(): number {
    return this.#slots.size;
  }

  get names(): string[] {
    return [...this.#slots.keys()];
  }

  has(name: string): boolean {
    return this.#slots.has(name);
  }

  get(name: string): StatRow | undefined {
    const slot = this.#slots.get(name);
    return slot === undefined ? undefined : readRow(this.#rows, slot);
  }

  /** Every name, and when its file was read, in milliseconds since 1970. */
  *ages(): Generator<readonly [name: string, at: number]> {
    for (const [name, slot] of this.#slots) yield [name, this.#rows.stat(slot, 'at')];
  }

  /** Copies a row into the table. @returns whether the name is new. */
  set(name: string, from: Block, index: number): boolean {
    const known = this.#slots.get(name);
    const slot = known ?? this.#claim(name);
    copyRow({ from, fromRow: index, to: this.#rows, toRow: slot });
    this.#unchanged[slot] = undefined;
    return known === undefined;
  }

  /** @returns whether there was a row of that name. */
  delete(name: string): boolean {
    const slot = this.#slots.get(name);
    if (slot === undefined) return false;
    this.#slots.delete(name);
    this.#names[slot] = undefined;
    this.#unchanged[slot] = undefined;
    this.#free.push(slot);
    return true;
  }

  /** Copies whole rows, all of which there must be. */
  read(names: readonly string[], to: Block): void {
    names.forEach((name, toRow) => {
      copyRow({ from: this.#rows, fromRow: this.#slots.get(name) ?? 0, to, toRow });
    });
  }

  /**
   * Copies what stat said of these names; rows not known stay as they are.
   *
   * @returns what each name is found to be where its file is as the row says: the same objects every
   *   time, so that a look at 100,000 files of which none changed leaves no garbage.
   */
  fill(names: readonly string[], to: Block): (Observation | undefined)[] {
    const known = new Array<Observation | undefined>(names.length);
    let next = 0;
    for (let toRow = 0; toRow < names.length; toRow++) {
      const name = names[toRow] ?? '';
      const slot = this.#names[next] === name ? next : this.#slots.get(name);
      if (slot === undefined) continue;
      known[toRow] = this.#unchanged[slot] ??= unchangedFile(readRow(this.#rows, slot));
      copyStat({ from: this.#rows, fromRow: slot, to, toRow });
      next = slot + 1;
    }
    return known;
  }

  #claim(name: string): number {
    const slot = this.#free.pop() ?? this.#names.length;
    if (slot === this.#capacity) this.#grow();
    this.#slots.set(name, slot);
    this.#names[slot] = name;
    return slot;
  }

  #grow(): void {
    this.#capacity *= 2;
    const rows = new Block(this.#capacity);
    rows.stats.set(this.#rows.stats);
    rows.digests.set(this.#rows.digests);
    this.#rows = rows;
  }
}

const unchangedFile = ({ digest, size, at }: StatRow): Observation => ({
  kind: 'file',
  how: 'unchanged',
  digest,
  size,
  at,
});

interface RowCopy {
  readonly from: Block;
  readonly fromRow: number;
  readonly to: Block;
  readonly toRow: number;
}

/** A plain loop, as below: `subarray` and `set` cost more than the copy. */
function copyStat({ from, fromRow, to, toRow }: RowCopy): void {
  const [source, target] = [fromRow * STAT_WIDTH, toRow * STAT_WIDTH];
  for (let at = 0; at < STAT_WIDTH; at++) to.stats[target + at] = from.stats[source + at] ?? 0;
}

/** A whole row. */
function copyRow(copy: RowCopy): void {
  copyStat(copy);
  const { from, fromRow, to, toRow } = copy;
  const [source, target] = [fromRow * DIGEST_WORDS, toRow * DIGEST_WORDS];
  for (let at = 0; at < DIGEST_WORDS; at++) {
    to.digestWords[target + at] = from.digestWords[source + at] ?? 0;
  }
}
