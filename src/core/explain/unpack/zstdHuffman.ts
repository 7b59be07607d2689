/** Huffman coded literals of Zstandard (RFC 8878, section 4.2). */
import { BackwardBits, damaged } from './zstdBits.js';
import { readTable } from './zstdFse.js';

const MOST_BITS = 11;
const MOST_SYMBOLS = 256;

/** What the next bits stand for, and how many of them it takes. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

/** Reads the description of a table, and how long that is (section 4.2.1). */
export function readHuffman(bytes: Buffer): { table: HuffmanTable; length: number } {
  const head = bytes[0];
  if (head === undefined) throw damaged('a table that ends early');
  const length = head < 128 ? head + 1 : 1 + ((head - 126) >> 1);
  if (length > bytes.length) throw damaged('a table that ends early');
  const described = bytes.subarray(1, length);
  const weights = head < 128 ? packedWeights(described) : plainWeights(described, head - 127);
  return { table: tableOf(weights), length };
}

/** Two to a byte, the first in its upper half. */
const plainWeights = (bytes: Buffer, count: number): number[] =>
  Array.from({ length: count }, (_, index) => {
    const byte = bytes[index >> 1] ?? 0;
    return index % 2 === 0 ? byte >> 4 : byte & 15;
  });

/** Two states take turns until the bits run out. */
function packedWeights(bytes: Buffer): number[] {
  const { table, length } = readTable(bytes, { mostLog: 6, mostSymbol: MOST_BITS + 1 });
  const reader = new BackwardBits(bytes.subarray(length));
  const weights: number[] = [];
  let state = reader.take(table.log);
  let other = reader.take(table.log);
  for (;;) {
    weights.push(table.symbols[state] ?? 0);
    if (weights.length >= MOST_SYMBOLS) throw damaged('a table of too many symbols');
    const bits = table.bits[state] ?? 0;
    if (reader.left < bits) {
      weights.push(table.symbols[other] ?? 0);
      return weights;
    }
    const next = (table.base[state] ?? 0) + reader.take(bits);
    [state, other] = [other, next];
  }
}

/** The last symbol's weight is what is missing to a power of two. */
function tableOf(weights: number[]): HuffmanTable {
  const sum = weights.reduce((all, weight) => all + ((1 << weight) >> 1), 0);
  const log = 32 - Math.clz32(sum);
  const missing = (1 << log) - sum;
  if (sum === 0 || log > MOST_BITS || (missing & (missing - 1)) !== 0) {
    throw damaged('a table that does not add up');
  }
  const all = [...weights, 32 - Math.clz32(missing)];
  if (all.length > MOST_SYMBOLS) throw damaged('a table of too many symbols');
  const symbols = new Uint8Array(1 << log);
  const bits = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    all.forEach((each, symbol) => {
      if (each !== weight) return;
      const end = at + (1 << (weight - 1));
      symbols.fill(symbol, at, end);
      bits.fill(log + 1 - weight, at, end);
      at = end;
    });
  }
  return { log, symbols, bits };
}

/** Decodes one stream; its bits have to come out even. */
export function decodeHuffman(
  bytes: Buffer,
  { log, symbols, bits }: HuffmanTable,
  out: Buffer,
): void {
  const reader = new BackwardBits(bytes);
  for (let index = 0; index < out.length; index++) {
    const next = reader.peek(log);
    out[index] = symbols[next] ?? 0;
    reader.skip(bits[next] ?? 0);
  }
  if (reader.left !== 0) throw damaged('literals of another length');
}
