import { ObstacleError } from '../budget.js';

export const damaged = (detail: string): ObstacleError => new ObstacleError('damaged', { detail });

/** Bits from the last byte backwards: the highest set bit of that one marks where they begin. */
export class BackwardBits {
  readonly #bytes: Buffer;
  #left: number;

  constructor(bytes: Buffer) {
    const last = bytes.at(-1) ?? 0;
    if (last === 0) throw damaged('bits without a beginning');
    this.#bytes = bytes;
    this.#left = bytes.length * 8 - 1 - Math.clz32(last) + 24;
  }

  /** Bits that were not taken yet. */
  get left(): number {
    return this.#left;
  }

  /** Up to 31 bits. @throws {ObstacleError} `damaged` when there are fewer. */
  take(count: number): number {
    if (count > 24) {
      const high = this.take(count - 16);
      return high * 65536 + this.take(16);
    }
    this.#left -= count;
    if (this.#left < 0) throw damaged('bits that end early');
    return this.#at(this.#left, count);
  }

  /** The next bits, up to 24 of them, without taking them; zeros behind the end. */
  peek(count: number): number {
    const from = this.#left - count;
    return from >= 0 ? this.#at(from, count) : this.#at(0, this.#left) << -from;
  }

  /** @throws {ObstacleError} `damaged` when there are fewer. */
  skip(count: number): void {
    this.#left -= count;
    if (this.#left < 0) throw damaged('bits that end early');
  }

  #at(from: number, count: number): number {
    const bytes = this.#bytes;
    const at = from >> 3;
    const four =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    return (four >>> (from & 7)) & ((1 << count) - 1);
  }
}
