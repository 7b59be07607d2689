import type { Fact } from '../archive.js';

/** What the header of a compressed file says, and a digest of the rest. */
export interface Look {
  readonly facts: readonly Fact[];
  /** SHA-256 of the compressed bytes that the facts say nothing about. */
  readonly body: string;
}

/** Values that are kept of one field; a hostile file has millions of streams. */
const MOST = 8;

/** What several streams say in one field: every value once, in the order in which they come. */
export class Values {
  readonly #seen = new Set<string>();

  add(value: string): void {
    if (this.#seen.size <= MOST) this.#seen.add(value);
  }

  /** No fact where no stream said anything. */
  facts(field: Fact['field'], options: Pick<Fact, 'whenSame'> = {}): Fact[] {
    if (this.#seen.size === 0) return [];
    const values = [...this.#seen];
    const shown = values.length > MOST ? [...values.slice(0, MOST), '…'] : values;
    return [headerFact(field, shown.join(', '), options)];
  }
}

export const headerFact = (
  field: Fact['field'],
  value: string,
  options: Pick<Fact, 'whenSame'> = {},
): Fact => ({ class: 'compression-header', field, value, ...options });
