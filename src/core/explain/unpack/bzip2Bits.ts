import { ObstacleError } from '../budget.js';

export const damaged = (detail: string): ObstacleError => new ObstacleError('damaged', { detail });

/** Bits from the first byte on, the highest first. */
export class Bits {
  #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Whole bytes that are left. */
  get left(): number {
    return this.#bytes.length - ((this.#at + 7) >> 3);
  }

  /** Goes on with more bytes behind those that are left. */
  append(more: readonly Buffer[]): void {
    const from = this.#at >> 3;
    this.#bytes = Buffer.concat([this.#bytes.subarray(from), ...more]);
    this.#at &= 7;
  }

  /** To the next whole byte. */
  align(): void {
    this.#at = (this.#at + 7) & ~7;
  }

  /** Up to 24 bits. @throws {ObstacleError} `damaged` when there are fewer. */
  take(count: number): number {
    const value = this.peek(count);
    this.skip(count);
    return value;
  }

  /** Up to 24 bits; zeros behind the end. */
  peek(count: number): number {
    const bytes = this.#bytes;
    const from = this.#at >> 3;
    const four =
      ((bytes[from] ?? 0) << 24) |
      ((bytes[from + 1] ?? 0) << 16) |
      ((bytes[from + 2] ?? 0) << 8) |
      (bytes[from + 3] ?? 0);
    return count === 0 ? 0 : (four << (this.#at & 7)) >>> (32 - count);
  }

  skip(count: number): void {
    this.#at += count;
    if (this.#at > this.#bytes.length * 8) throw damaged('ends early');
  }
}
