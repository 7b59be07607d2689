/** Sequences of a Zstandard block: copies of what came before (RFC 8878, section 3.1.1.3.2). */
import { BackwardBits, damaged } from './zstdBits.js';
import { fixedTable, readTable, tableOf } from './zstdFse.js';
import type { FseTable } from './zstdFse.js';
import { MOST_BLOCK } from './zstdLiterals.js';

/** Tables of the three kinds; later blocks may use them again. */
export interface Tables {
  readonly literal?: FseTable;
  readonly offset?: FseTable;
  readonly match?: FseTable;
}

/** So many literals, then so many bytes from so far back. */
export interface Sequence {
  readonly literals: number;
  readonly match: number;
  /** As coded: 1 to 3 stand for offsets that were used before. */
  readonly offset: number;
}

const repeated = (times: number, value: number): number[] =>
  Array.from({ length: times }, () => value);

/** Section 3.1.1.3.2.1.1: bits that follow a code; the first value of each code follows from them. */
const LITERAL_BITS = [
  ...[...repeated(16, 0), 1, 1, 1, 1, 2, 2, 3, 3],
  ...[4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
];
const MATCH_BITS = [
  ...[...repeated(32, 0), 1, 1, 1, 1, 2, 2, 3, 3],
  ...[4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
];
const firsts = (bits: readonly number[], start: number): number[] => {
  let next = start;
  return bits.map((each) => {
    const first = next;
    next += 2 ** each;
    return first;
  });
};
const LITERAL_FIRST = firsts(LITERAL_BITS, 0);
const MATCH_FIRST = firsts(MATCH_BITS, 3);

/** Section 3.1.1.3.2.2: tables for blocks that bring none. */
const LITERAL_TABLE = tableOf(
  [
    ...[4, 3, ...repeated(11, 2), 1, 1, 1, ...repeated(9, 2)],
    ...[3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
  ],
  6,
);
const MATCH_TABLE = tableOf(
  [1, 4, 3, ...repeated(6, 2), ...repeated(37, 1), ...repeated(7, -1)],
  6,
);
const OFFSET_TABLE = tableOf(
  [...repeated(6, 1), 2, 2, 2, ...repeated(15, 1), ...repeated(5, -1)],
  5,
);

const KINDS = [
  { name: 'literal', usual: LITERAL_TABLE, mostLog: 9, mostSymbol: 35, shift: 6 },
  { name: 'offset', usual: OFFSET_TABLE, mostLog: 8, mostSymbol: 31, shift: 4 },
  { name: 'match', usual: MATCH_TABLE, mostLog: 9, mostSymbol: 52, shift: 2 },
] as const;
const MODE = { usual: 0, fixed: 1, described: 2, repeated: 3 } as const;

/** Reads the part of a block behind its literals; `tables` are those of the block before. */
export function readSequences(
  section: Buffer,
  tables: Tables,
): { sequences: Iterable<Sequence>; tables: Tables } {
  const { count, length } = countOf(section);
  if (count === 0) {
    if (section.length > length) throw damaged('bytes behind a block');
    return { sequences: [], tables };
  }
  // No match is shorter than three bytes.
  if (count > MOST_BLOCK / 3) throw damaged('more copies than a block has');
  const modes = byteAt(section, length);
  if ((modes & 3) !== 0) throw damaged('a reserved bit is set');
  let place = length + 1;
  const found: { -readonly [Name in keyof Tables]: FseTable } = {};
  for (const kind of KINDS) {
    const mode = (modes >> kind.shift) & 3;
    const rest = section.subarray(place);
    const read = tableFor(mode, { rest, kind, before: tables[kind.name] });
    found[kind.name] = read.table;
    place += read.length;
  }
  const bits = new BackwardBits(section.subarray(place));
  return { sequences: sequencesIn(bits, count, found as Required<Tables>), tables: found };
}

function countOf(section: Buffer): { count: number; length: number } {
  const first = byteAt(section, 0);
  if (first < 128) return { count: first, length: 1 };
  if (first < 255) return { count: ((first - 128) << 8) + byteAt(section, 1), length: 2 };
  return { count: byteAt(section, 1) + (byteAt(section, 2) << 8) + 0x7f00, length: 3 };
}

function tableFor(
  mode: number,
  {
    rest,
    kind,
    before,
  }: { rest: Buffer; kind: (typeof KINDS)[number]; before: FseTable | undefined },
): { table: FseTable; length: number } {
  if (mode === MODE.usual) return { table: kind.usual, length: 0 };
  if (mode === MODE.described) return readTable(rest, kind);
  if (mode === MODE.repeated) {
    if (before === undefined) throw damaged('a table of an earlier block that there is not');
    return { table: before, length: 0 };
  }
  const symbol = byteAt(rest, 0);
  if (symbol > kind.mostSymbol) throw damaged('a symbol that there is not');
  return { table: fixedTable(symbol), length: 1 };
}

function byteAt(bytes: Buffer, index: number): number {
  const byte = bytes[index];
  if (byte === undefined) throw damaged('a block that ends early');
  return byte;
}

function* sequencesIn(
  bits: BackwardBits,
  count: number,
  { literal, offset, match }: Required<Tables>,
): Generator<Sequence> {
  let ofLiteral = bits.take(literal.log);
  let ofOffset = bits.take(offset.log);
  let ofMatch = bits.take(match.log);
  for (let left = count; left > 0; left--) {
    const back = at(offset.symbols, ofOffset);
    const far = 2 ** back + bits.take(back);
    const code = at(match.symbols, ofMatch);
    const long = at(MATCH_FIRST, code) + bits.take(at(MATCH_BITS, code));
    const plain = at(literal.symbols, ofLiteral);
    const literals = at(LITERAL_FIRST, plain) + bits.take(at(LITERAL_BITS, plain));
    yield { literals, match: long, offset: far };
    if (left === 1) break;
    ofLiteral = at(literal.base, ofLiteral) + bits.take(at(literal.bits, ofLiteral));
    ofMatch = at(match.base, ofMatch) + bits.take(at(match.bits, ofMatch));
    ofOffset = at(offset.base, ofOffset) + bits.take(at(offset.bits, ofOffset));
  }
  if (bits.left !== 0) throw damaged('copies of another length');
}

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? 0;
