/** Finite state entropy of Zstandard (RFC 8878, section 4.1). */
import { damaged } from './zstdBits.js';

/** Decoding table: what each state stands for, and how the next one comes about. */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly base: Uint16Array;
}

/** One symbol and nothing else. */
export const fixedTable = (symbol: number): FseTable => ({
  log: 0,
  symbols: Uint8Array.of(symbol),
  bits: new Uint8Array(1),
  base: new Uint16Array(1),
});

/** Reads how often symbols occur, and where that ends (section 4.1.1). */
export function readTable(
  bytes: Buffer,
  { mostLog, mostSymbol }: { readonly mostLog: number; readonly mostSymbol: number },
): { table: FseTable; length: number } {
  const reader = new ForwardBits(bytes);
  const log = reader.take(4) + 5;
  if (log > mostLog) throw damaged('a table that is too precise');
  const counts: number[] = [];
  let left = 1 << log;
  while (left > 0) {
    if (counts.length > mostSymbol) throw damaged('a table of too many symbols');
    const count = countAt(reader, left);
    left -= Math.abs(count);
    counts.push(count);
    if (count === 0) skipZeros(reader, counts, mostSymbol);
  }
  if (counts.length > mostSymbol + 1) throw damaged('a table of too many symbols');
  const length = reader.bytesRead;
  if (length > bytes.length) throw damaged('a table that ends early');
  return { table: tableOf(counts, log), length };
}

/** Small values take a bit less; -1 stands for "less than one". */
function countAt(reader: ForwardBits, left: number): number {
  const bits = 32 - Math.clz32(left + 1);
  const low = (1 << (bits - 1)) - 1;
  const spare = (1 << bits) - 1 - (left + 1);
  const value = reader.take(bits - 1);
  if (value < spare) return value - 1;
  const whole = value + (reader.take(1) << (bits - 1));
  return (whole > low ? whole - spare : whole) - 1;
}

function skipZeros(reader: ForwardBits, counts: number[], mostSymbol: number): void {
  for (;;) {
    const repeat = reader.take(2);
    for (let index = 0; index < repeat; index++) counts.push(0);
    if (repeat < 3) return;
    if (counts.length > mostSymbol + 1) throw damaged('a table of too many symbols');
  }
}

/** Lays symbols out over the states (section 4.1.1, "from normalized distribution to decoding tables"). */
export function tableOf(counts: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = spread(counts, size);
  const next = counts.map((count) => Math.max(1, count));
  const bits = new Uint8Array(size);
  const base = new Uint16Array(size);
  symbols.forEach((symbol, state) => {
    const at = next[symbol] ?? 1;
    next[symbol] = at + 1;
    const taken = log - (31 - Math.clz32(at));
    bits[state] = taken;
    base[state] = (at << taken) - size;
  });
  return { log, symbols, bits, base };
}

function spread(counts: readonly number[], size: number): Uint8Array {
  const symbols = new Uint8Array(size);
  let high = size;
  counts.forEach((count, symbol) => {
    if (count < 0) symbols[--high] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  counts.forEach((count, symbol) => {
    for (let index = 0; index < count; index++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  });
  if (at !== 0) throw damaged('a table that does not add up');
  return symbols;
}

/** Bits from the first byte on, the lowest first; zeros behind the end. */
class ForwardBits {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get bytesRead(): number {
    return (this.#at + 7) >> 3;
  }

  /** Up to 16 bits. */
  take(count: number): number {
    const from = this.#at >> 3;
    const bytes = this.#bytes;
    const three =
      (bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8) | ((bytes[from + 2] ?? 0) << 16);
    const value = (three >> (this.#at & 7)) & ((1 << count) - 1);
    this.#at += count;
    return value;
  }
}
