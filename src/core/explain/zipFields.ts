/** What the headers of a zip archive say of a member (PKWARE APPNOTE 6.3, Info-ZIP's extra fields). */
import { createHash } from 'node:crypto';
import { parseExtraFields } from 'yauzl';
import type { Entry, LocalFileHeader } from 'yauzl';
import { decodeText } from '../model/bytes.js';
import type { Fact } from './archive.js';
import { dosTime, isoSeconds } from './times.js';

const METHODS: Readonly<Record<number, string>> = {
  0: 'stored',
  8: 'deflate',
  9: 'deflate64',
  12: 'bzip2',
  14: 'lzma',
  93: 'zstd',
  95: 'xz',
};
/** Which effort a deflate stream was made with. */
const EFFORT = 0b110;
const SYMBOLIC_LINK = 0o120000;
/** Longest extra field that is shown; the rest of a longer one is compared all the same. */
const MOST_SHOWN = 64;

export const methodName = (method: number): string => METHODS[method] ?? String(method);

/** The facts of a member from both of its headers. */
export function entryFacts(entry: Entry, local: LocalFileHeader): Fact[] {
  const { generalPurposeBitFlag: flags, externalFileAttributes: attributes } = entry;
  const mode = attributes >>> 16;
  const kind = (mode & 0o170000) === SYMBOLIC_LINK ? 'symbolic link' : 'file';
  const extras = extrasOf(entry.extraFields);
  const dos = dosTime(entry.lastModFileDate, entry.lastModFileTime);
  return [
    // Two seconds fine and in local time; the extra field is exact.
    { class: 'mtime', field: 'mtime', key: 'DOS', value: dos, echo: true },
    { class: 'mode', field: 'mode', value: mode.toString(8) },
    { class: 'content', field: 'type', value: kind },
    { class: 'compression', field: 'zip-method', value: methodName(entry.compressionMethod) },
    ...packing('zip-flags', String(flags & ~EFFORT)),
    { class: 'compression', field: 'zip-flags', value: String(flags & EFFORT) },
    ...packing('zip-version', `${entry.versionMadeBy}, ${entry.versionNeededToExtract}`),
    ...packing('zip-attributes', `${attributes & 0xffff}, ${entry.internalFileAttributes}`),
    ...packing('zip-comment', decodeText(entry.fileCommentRaw)),
    ...extras,
    ...localExtra(local, extras),
    { ...HIDDEN, value: localStyle(entry, local) },
    // Follows from the content, unless somebody wrote it there.
    { ...HIDDEN, key: 'crc', value: String(entry.crc32), whenSame: true },
  ];
}

const HIDDEN = { class: 'archive-metadata', field: 'header-bytes', hidden: true } as const;

const packing = (field: Fact['field'], value: string): Fact[] =>
  value === '' ? [] : [{ class: 'archive-metadata', field, value }];

/** Both headers say most things: once is enough. */
function localExtra({ extraField }: LocalFileHeader, said: readonly Fact[]): Fact[] {
  const keyOf = ({ field, key, value }: Fact): string => [field, key, value].join('\0');
  const known = new Set(said.map(keyOf));
  try {
    return extrasOf(parseExtraFields(extraField)).filter((fact) => !known.has(keyOf(fact)));
  } catch {
    // Android's zipalign pads with bytes that are no extra field.
    return [{ ...HIDDEN, key: 'local', value: digestOf(extraField) }];
  }
}

/** A header has room for sixteen thousand of them; nobody writes more than a handful. */
const MOST_EXTRAS = 32;

function extrasOf(extras: readonly Extra[]): Fact[] {
  const rest = extras.slice(MOST_EXTRAS);
  const facts = extras.slice(0, MOST_EXTRAS).flatMap(extraFacts);
  if (rest.length === 0) return facts;
  const bytes = Buffer.concat(rest.flatMap(({ id, data }) => [Buffer.of(id & 255, id >> 8), data]));
  return [...facts, { ...HIDDEN, key: 'extra', value: digestOf(bytes) }];
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url');

/** Where the header before the content says other things than the directory at the end. */
function localStyle(entry: Entry, local: LocalFileHeader): string {
  const same = [
    local.versionNeededToExtract === entry.versionNeededToExtract,
    local.generalPurposeBitFlag === entry.generalPurposeBitFlag,
    local.compressionMethod === entry.compressionMethod,
    local.lastModFileTime === entry.lastModFileTime,
    local.lastModFileDate === entry.lastModFileDate,
    local.crc32 === entry.crc32,
    local.compressedSize === entry.compressedSize,
    local.fileName.equals(entry.fileNameRaw),
  ];
  return same.map(Number).join('');
}

interface Extra {
  readonly id: number;
  readonly data: Buffer;
}

function extraFacts({ id, data }: Extra): Fact[] {
  switch (id) {
    case 0x0001:
      // Zip64: sizes and offsets, which follow from the content.
      return packing('zip-extra', 'zip64');
    case 0x5455:
      return unixTimes(data);
    case 0x000a:
      return ntfsTimes(data);
    case 0x7875:
      return owner(data);
    default:
      return [{ ...packed(id), value: shownBytes(data) }];
  }
}

const packed = (id: number) =>
  ({ class: 'archive-metadata', field: 'zip-extra', key: `0x${id.toString(16)}` }) as const;

const shownBytes = (data: Buffer): string =>
  data.length <= MOST_SHOWN ? data.toString('hex') : digestOf(data);

/** `UT`: times in seconds since 1970; the directory at the end has the first one only. */
function unixTimes(data: Buffer): Fact[] {
  const flags = data[0] ?? 0;
  const present = (['mtime', 'atime', 'ctime'] as const).filter((_, bit) => (flags >> bit) & 1);
  return present.flatMap((field, index): Fact[] => {
    const at = 1 + index * 4;
    if (at + 4 > data.length) return [];
    const value = isoSeconds(data.readInt32LE(at));
    return [{ class: field === 'mtime' ? 'mtime' : 'archive-metadata', field, value }];
  });
}

/** Seconds between 1601, from which Windows counts, and 1970. */
const NTFS_EPOCH = 11_644_473_600n;

function ntfsTimes(data: Buffer): Fact[] {
  if (data.length !== 32 || data.readUInt16LE(4) !== 1) {
    return [{ ...packed(0x000a), value: shownBytes(data) }];
  }
  return (['mtime', 'atime', 'ctime'] as const).map((field, index): Fact => {
    const ticks = data.readBigUInt64LE(8 + index * 8);
    const value = isoSeconds(String(ticks / 10_000_000n - NTFS_EPOCH));
    return { class: field === 'mtime' ? 'mtime' : 'archive-metadata', field, key: 'NTFS', value };
  });
}

/** `ux`: user and group, each with its length before it. */
function owner(data: Buffer): Fact[] {
  const user = 2 + (data[1] ?? 0);
  const group = user + 1 + (data[user] ?? 0);
  if (data.length !== group) return [{ ...packed(0x7875), value: shownBytes(data) }];
  const number = (from: number, to: number): string =>
    BigInt(`0x0${Buffer.from(data.subarray(from, to)).reverse().toString('hex')}`).toString();
  return [
    { class: 'owner', field: 'uid', value: number(2, user) },
    { class: 'owner', field: 'gid', value: number(user + 1, group) },
  ];
}
