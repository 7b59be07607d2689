import { damaged } from './zstdBits.js';
import { MOST_BLOCK } from './zstdLiterals.js';
import type { Sequence } from './zstdSequences.js';

/** Room beyond the window, so that it is moved only once in a while. */
const SLACK = 4 << 20;
const FIRST = 256 << 10;

/** What a frame has unfolded to of late: copies reach back into it. */
export class Window {
  readonly #size: number;
  readonly #mostBlock: number;
  /** Offsets that were used last (RFC 8878, section 3.1.2.5). */
  readonly #recent: [number, number, number] = [1, 4, 8];
  #bytes: Buffer;
  #end = 0;
  #total = 0;
  #blockStart = 0;

  /** @param size In bytes, as the frame says; memory is taken as it fills. */
  constructor(size: number) {
    this.#size = size;
    this.#mostBlock = Math.min(size, MOST_BLOCK);
    this.#bytes = Buffer.alloc(Math.min(FIRST, size + SLACK));
  }

  /** Bytes of the frame so far. */
  get total(): number {
    return this.#total;
  }

  /** Makes room for one block. */
  begin(): void {
    if (this.#end + MOST_BLOCK > this.#bytes.length) this.#makeRoom();
    this.#blockStart = this.#end;
  }

  /** The block that ends here: a copy, for its place will be used again. */
  finish(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#blockStart, this.#end));
  }

  append(bytes: Buffer): void {
    this.#claim(bytes.length);
    bytes.copy(this.#bytes, this.#end - bytes.length);
  }

  repeat(byte: number, times: number): void {
    this.#claim(times);
    this.#bytes.fill(byte, this.#end - times, this.#end);
  }

  /** Literals and copies in turn, then the literals that are left. */
  play(sequences: Iterable<Sequence>, literals: Buffer): void {
    let at = 0;
    for (const { literals: count, match, offset } of sequences) {
      if (at + count > literals.length) throw damaged('more literals than there are');
      this.#claim(count);
      moved(literals, at, { count, into: this.#bytes, to: this.#end - count });
      at += count;
      this.#copy(this.#distance(offset, { alone: count === 0 }), match);
    }
    this.append(literals.subarray(at));
  }

  #claim(count: number): void {
    if (this.#end - this.#blockStart + count > this.#mostBlock) {
      throw damaged('a block that is too large');
    }
    this.#end += count;
    this.#total += count;
  }

  #copy(distance: number, count: number): void {
    if (distance > Math.min(this.#total, this.#size)) throw damaged('a copy from too far back');
    this.#claim(count);
    const into = this.#bytes;
    const to = this.#end - count;
    // Where it overlaps itself, byte by byte: that is how runs are coded.
    if (distance < count) stepwise(into, to - distance, { count, into, to });
    else moved(into, to - distance, { count, into, to });
  }

  #distance(offset: number, { alone }: { readonly alone: boolean }): number {
    const [first, second, third] = this.#recent;
    if (offset > 3) {
      this.#recent.splice(0, 3, offset - 3, first, second);
      return offset - 3;
    }
    const which = alone ? offset + 1 : offset;
    if (which === 1) return first;
    if (which === 2) {
      this.#recent.splice(0, 3, second, first, third);
      return second;
    }
    const distance = which === 3 ? third : first - 1;
    if (distance === 0) throw damaged('a copy from nowhere');
    this.#recent.splice(0, 3, distance, first, second);
    return distance;
  }

  #makeRoom(): void {
    const most = this.#size + SLACK;
    if (this.#bytes.length < most) {
      const larger = Buffer.alloc(Math.min(most, this.#bytes.length * 4));
      this.#bytes.copy(larger, 0, 0, this.#end);
      this.#bytes = larger;
    }
    if (this.#end + MOST_BLOCK <= this.#bytes.length) return;
    const from = Math.max(0, this.#end - this.#size);
    this.#bytes.copyWithin(0, from, this.#end);
    this.#end -= from;
  }
}

interface Target {
  readonly count: number;
  readonly into: Buffer;
  readonly to: number;
}

/** Calls cost more than that many bytes. */
const FEW = 32;

function moved(bytes: Buffer, from: number, target: Target): void {
  const { count, into, to } = target;
  if (count < FEW) stepwise(bytes, from, target);
  else bytes.copy(into, to, from, from + count);
}

function stepwise(bytes: Buffer, from: number, { count, into, to }: Target): void {
  for (let index = 0; index < count; index++) into[to + index] = bytes[from + index] ?? 0;
}
