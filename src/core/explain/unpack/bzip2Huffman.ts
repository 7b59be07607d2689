/** Huffman tables of a bzip2 block, and the symbols that they code. */
import { damaged } from './bzip2Bits.js';
import type { Bits } from './bzip2Bits.js';

const MOST_BITS = 20;
/** Symbols that are coded with one table before the next one is chosen. */
const GROUP = 50;
/** `bzip2` itself writes no more; others may, and they are passed over. */
const MOST_SELECTORS = 18_002;

interface Table {
  readonly shortest: number;
  /** For each length: codes below this one have it. */
  readonly limits: Int32Array;
  /** For each length: what to add to a code to get its place. */
  readonly shifts: Int32Array;
  readonly symbols: Uint16Array;
}

/** Gives the next symbol of a block. */
export function symbolReader(bits: Bits, symbols: number): () => number {
  const count = bits.take(3);
  if (count < 2 || count > 6) throw damaged('a number of tables that cannot be');
  const selectors = selectorsAt(bits, count);
  const tables = Array.from({ length: count }, () => tableOf(lengthsAt(bits, symbols)));
  let [group, left] = [0, 0];
  let table: Table | undefined;
  return () => {
    if (left === 0) {
      table = tables[selectors[group++] ?? count];
      left = GROUP;
    }
    left -= 1;
    if (table === undefined) throw damaged('more symbols than tables');
    return symbolAt(bits, table);
  };
}

function selectorsAt(bits: Bits, tables: number): Uint8Array {
  const count = bits.take(15);
  if (count === 0) throw damaged('no table is chosen');
  const selectors = new Uint8Array(Math.min(count, MOST_SELECTORS));
  const recent = Array.from({ length: tables }, (_, index) => index);
  for (let index = 0; index < count; index++) {
    let place = 0;
    while (bits.take(1) === 1) {
      place += 1;
      if (place >= tables) throw damaged('a table that there is not');
    }
    const [selector = 0] = recent.splice(place, 1);
    recent.unshift(selector);
    if (index < MOST_SELECTORS) selectors[index] = selector;
  }
  return selectors;
}

/** Each length is told by its difference from the one before. */
function lengthsAt(bits: Bits, symbols: number): Uint8Array {
  const lengths = new Uint8Array(symbols);
  let length = bits.take(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (length < 1 || length > MOST_BITS) throw damaged('a code of no valid length');
      if (bits.take(1) === 0) break;
      length += bits.take(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return lengths;
}

function tableOf(lengths: Uint8Array): Table {
  const limits = new Int32Array(MOST_BITS + 1);
  const shifts = new Int32Array(MOST_BITS + 1);
  const symbols = new Uint16Array(lengths.length);
  let [code, place] = [0, 0];
  for (let length = 1; length <= MOST_BITS; length++) {
    shifts[length] = place - code;
    lengths.forEach((each, symbol) => {
      if (each !== length) return;
      symbols[place++] = symbol;
      code += 1;
    });
    limits[length] = code;
    code *= 2;
  }
  return { shortest: Math.min(...lengths), limits, shifts, symbols };
}

function symbolAt(bits: Bits, { shortest, limits, shifts, symbols }: Table): number {
  const ahead = bits.peek(MOST_BITS);
  for (let length = shortest; length <= MOST_BITS; length++) {
    const code = ahead >>> (MOST_BITS - length);
    if (code >= (limits[length] ?? 0)) continue;
    const symbol = symbols[code + (shifts[length] ?? 0)];
    if (symbol === undefined) break;
    bits.skip(length);
    return symbol;
  }
  throw damaged('a code that there is not');
}
