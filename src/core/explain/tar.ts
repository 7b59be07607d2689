import { decodeText } from '../model/bytes.js';
import { ObstacleError } from './budget.js';
import type { Walk } from './archive.js';
import { ByteReader } from './byteReader.js';
import { parsePax } from './pax.js';
import { checksumHolds, parseTarHeader, TAR_BLOCK } from './tarHeader.js';
import type { TarHeader } from './tarHeader.js';
import { archiveFacts, memberFacts } from './tarFacts.js';

/** Names and pax records are kept in memory; GNU tar itself stops far below. */
const MOST_META = 1 << 20;
/** `g` records of one archive. */
const MOST_GLOBAL = 1000;
/** Where a header says what it is. */
const TYPE_FLAG = 156;
/** Types that describe the member after them. */
const META = ['x', 'g', 'L', 'K'];
/** Types that have no data, whatever their size says, as in Python's tarfile and Go. */
const HEADER_ONLY = ['1', '2', '3', '4', '5', '6'];

/** What stood before a member's own header. */
export interface Preamble {
  /** The blocks of that kind themselves, in order. */
  readonly headers: readonly TarHeader[];
  /** Of the `x` header; those of `g` headers are not repeated here. */
  readonly records: ReadonlyMap<string, string>;
  readonly longName?: string;
  readonly longLink?: string;
}

/** Reads a tar archive. @throws {ObstacleError} `damaged`. */
export async function* walkTar(chunks: AsyncIterable<Buffer>): Walk {
  const reader = new ByteReader(chunks);
  const global = new Map<string, string>();
  try {
    for (;;) {
      const preamble = await readPreamble(reader, global);
      const block = await reader.take(TAR_BLOCK);
      if (isEnd(block)) return await archiveFacts(reader, { global, preamble, block });
      const member = memberOf(headerOf(block, reader), preamble, global);
      const padding: Buffer[] = [];
      // Sparse files of the old GNU form go on in further blocks.
      if (member.header.type === 'S') padding.push(...(await sparseBlocks(reader, block)));
      const end = reader.offset + member.size + padLength(member.size);
      yield {
        name: member.name,
        content: contentOf(reader, member.size, padding),
        facts: () => memberFacts(member, preamble, padding),
      };
      await reader.skipTo(end);
    }
  } finally {
    await reader.close();
  }
}

export interface TarMember {
  readonly header: TarHeader;
  readonly name: string;
  readonly link: string;
  readonly size: number;
  /** Of `x` and `g` headers together. */
  readonly records: ReadonlyMap<string, string>;
}

function memberOf(
  header: TarHeader,
  preamble: Preamble,
  global: ReadonlyMap<string, string>,
): TarMember {
  const records = new Map([...global, ...preamble.records]);
  const named = records.get('GNU.sparse.name') ?? records.get('path') ?? preamble.longName;
  const link = records.get('linkpath') ?? preamble.longLink ?? header.link;
  const said = records.get('size');
  const size = said === undefined ? header.size : Number(said);
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new ObstacleError('damaged', { detail: 'a member of impossible size' });
  }
  return {
    ...{ header, records, link, name: named ?? header.name },
    size: HEADER_ONLY.includes(header.type) ? 0 : size,
  };
}

async function readPreamble(reader: ByteReader, global: Map<string, string>): Promise<Preamble> {
  const headers: TarHeader[] = [];
  let found: Omit<Preamble, 'headers'> = { records: new Map() };
  for (;;) {
    const type = await reader.peek(TYPE_FLAG);
    if (type === undefined || !META.includes(type)) return { ...found, headers };
    const header = headerOf(await reader.need(TAR_BLOCK), reader);
    if (header.size > MOST_META) throw new ObstacleError('too-large');
    const padded = await reader.need(header.size + padLength(header.size));
    const bytes = padded.subarray(0, header.size);
    headers.push(header);
    if (header.type === 'x') found = { ...found, records: parsePax(bytes) };
    else if (header.type === 'L') found = { ...found, longName: untilNul(bytes) };
    else if (header.type === 'K') found = { ...found, longLink: untilNul(bytes) };
    else addGlobal(global, parsePax(bytes));
  }
}

/** They count for every member that follows. */
function addGlobal(global: Map<string, string>, records: ReadonlyMap<string, string>): void {
  for (const [key, value] of records) global.set(key, value);
  if (global.size > MOST_GLOBAL) throw new ObstacleError('too-large');
}

function headerOf(block: Buffer, reader: ByteReader): TarHeader {
  const at = reader.offset - block.length;
  if (block.length < TAR_BLOCK) {
    throw new ObstacleError('damaged', { detail: `ends early, after ${reader.offset} bytes` });
  }
  if (checksumHolds(block)) return parseTarHeader(block);
  throw new ObstacleError('damaged', { detail: `no header where one belongs, at byte ${at}` });
}

async function* contentOf(
  reader: ByteReader,
  size: number,
  padding: Buffer[],
): AsyncGenerator<Buffer> {
  yield* reader.stretch(size);
  padding.push(await reader.need(padLength(size)));
}

async function sparseBlocks(reader: ByteReader, header: Buffer): Promise<Buffer[]> {
  const blocks: Buffer[] = [];
  for (let more = header[482] === 1; more; more = blocks.at(-1)?.[504] === 1) {
    blocks.push(await reader.need(TAR_BLOCK));
    if (blocks.length * TAR_BLOCK > MOST_META) throw new ObstacleError('too-large');
  }
  return blocks;
}

const padLength = (size: number): number => (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;

const isEnd = (block: Buffer): boolean =>
  block.length === 0 || (block.length === TAR_BLOCK && block.every((byte) => byte === 0));

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}
