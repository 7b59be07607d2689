import { createHash } from 'node:crypto';
import type { Fact } from './archive.js';
import type { ByteReader } from './byteReader.js';
import type { Preamble, TarMember } from './tar.js';
import type { TarHeader } from './tarHeader.js';
import { isoSeconds } from './times.js';

const TYPES: Readonly<Record<string, string>> = {
  '0': 'file',
  '1': 'hard link',
  '2': 'symbolic link',
  '3': 'character device',
  '4': 'block device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'contiguous file',
  D: 'directory listing',
  S: 'sparse file',
};
/** Records that say what another fact says already. */
const SAID = ['path', 'linkpath', 'size', 'uid', 'gid', 'uname', 'gname', 'mtime'];

/** Everything that is said of a member, and how. */
export function memberFacts(
  member: TarMember,
  preamble: Preamble,
  padding: readonly Buffer[],
): Fact[] {
  const { header, link, records } = member;
  const facts: Fact[] = [
    ...ownerFacts(member),
    { class: 'mode', field: 'mode', value: header.mode.toString(8).padStart(4, '0') },
    { class: 'content', field: 'type', value: TYPES[header.type] ?? header.type },
    { class: 'content', field: 'link-target', value: link },
    { class: 'archive-metadata', field: 'tar-format', value: header.format },
    ...preamble.headers.flatMap(preambleFacts),
    ...[...preamble.records].filter(([key]) => !SAID.includes(key)).map(paxFact),
    { ...HEADER_BYTES, value: styleDigest(member, preamble, padding) },
  ];
  if (records.has('GNU.sparse.name')) {
    // GNU tar puts its process id there.
    const key = 'GNU.sparse.name';
    facts.push({
      ...{ class: 'archive-metadata', field: 'pax-header-name' },
      key,
      value: header.name,
    });
  }
  if (['3', '4'].includes(header.type)) {
    facts.push({ class: 'content', field: 'device', value: header.device });
  }
  return facts;
}

const HEADER_BYTES = { class: 'archive-metadata', field: 'header-bytes', hidden: true } as const;

function ownerFacts({ header, records }: TarMember): Fact[] {
  const said = (key: string, value: string | number): string => records.get(key) ?? String(value);
  return [
    { class: 'mtime', field: 'mtime', value: isoSeconds(said('mtime', header.mtime)) },
    { class: 'owner', field: 'uid', value: said('uid', header.uid) },
    { class: 'owner', field: 'gid', value: said('gid', header.gid) },
    { class: 'owner', field: 'uname', value: said('uname', header.uname) },
    { class: 'owner', field: 'gname', value: said('gname', header.gname) },
  ];
}

/** The header of a pax header has a name and a time of its own; GNU tar may put its process id there. */
function preambleFacts({ type, name, mtime }: TarHeader): Fact[] {
  if (type !== 'x') return [];
  return [
    { class: 'archive-metadata', field: 'pax-header-name', value: name },
    { class: 'mtime', field: 'pax-header-mtime', value: isoSeconds(mtime) },
  ];
}

function paxFact([key, value]: readonly [string, string]): Fact {
  const shown = key === 'atime' || key === 'ctime' ? isoSeconds(value) : value;
  return { class: 'archive-metadata', field: 'pax', key, value: shown };
}

function styleDigest(
  { header, name }: TarMember,
  { headers, records }: Preamble,
  padding: readonly Buffer[],
): string {
  const hash = createHash('sha256');
  const isKnown = name === header.name || records.has('GNU.sparse.name');
  hash.update([header.style, isKnown ? '' : header.name].join('\n'));
  for (const each of headers) {
    const owned = [each.uid, each.gid, each.uname, each.gname, each.mode].join(' ');
    hash.update(`\n${each.type} ${each.format} ${each.style} ${owned}`);
  }
  hash.update(`\n${[...records.keys()].join('\n')}`);
  for (const bytes of padding) if (bytes.some((byte) => byte !== 0)) hash.update(bytes);
  return hash.digest('base64url');
}

/** How far tar fills up by default; the length itself then follows from the members. */
const RECORD = 10_240;
/** Two blocks of zeros end an archive. */
const END = 1024;

const endOf = (total: number, length: number): string =>
  total % RECORD === 0 && length < RECORD + END ? `..${RECORD}` : String(length);

interface Ending {
  readonly global: ReadonlyMap<string, string>;
  readonly preamble: Preamble;
  /** The first block of the end, or nothing. */
  readonly block: Buffer;
}

/** What is said of the archive as a whole, and what stands behind its last member. */
export async function archiveFacts(
  reader: ByteReader,
  { global, preamble, block }: Ending,
): Promise<Fact[]> {
  const hash = createHash('sha256');
  let zeros = block.length;
  let others = 0;
  for await (const piece of reader.remainder()) {
    if (others === 0 && piece.every((byte) => byte === 0)) {
      zeros += piece.length;
    } else {
      others += piece.length;
      hash.update(piece);
    }
  }
  const facts: Fact[] = [
    ...[...global].map(paxFact),
    { class: 'archive-metadata', field: 'trailer', value: endOf(reader.offset, zeros + others) },
    ...preamble.headers.flatMap(preambleFacts),
  ];
  if (others > 0) facts.push({ ...HEADER_BYTES, value: hash.digest('base64url') });
  return facts;
}
