/** The 512 bytes before each member of a tar archive: POSIX.1-1988 (ustar), GNU and the older v7 form. */
import { decodeText } from '../model/bytes.js';

export const TAR_BLOCK = 512;

/** One header block, read; numbers that are none are 0, as in GNU tar. */
export interface TarHeader {
  readonly name: string;
  /** One character: `0` file, `5` directory, `x` pax header of the next member, ... */
  readonly type: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly link: string;
  readonly uname: string;
  readonly gname: string;
  readonly device: string;
  readonly format: 'ustar' | 'gnu' | 'v7';
  /** How the values above are written, and the bytes that mean nothing. */
  readonly style: string;
}

type Field = readonly [offset: number, length: number];
const NAME: Field = [0, 100];
const MODE: Field = [100, 8];
const UID: Field = [108, 8];
const GID: Field = [116, 8];
const SIZE: Field = [124, 12];
const MTIME: Field = [136, 12];
const CHECKSUM: Field = [148, 8];
const LINK: Field = [157, 100];
const MAGIC: Field = [257, 8];
const UNAME: Field = [265, 32];
const GNAME: Field = [297, 32];
const MAJOR: Field = [329, 8];
const MINOR: Field = [337, 8];
const PREFIX: Field = [345, 155];
const END: Field = [500, 12];
const NUMBERS = [MODE, UID, GID, SIZE, MTIME, CHECKSUM] as const;

const bytesOf = (block: Buffer, [offset, length]: Field): Buffer =>
  block.subarray(offset, offset + length);

/** Whether a block is a header: the sum of its bytes, the checksum itself taken as blanks. */
export function checksumHolds(block: Buffer): boolean {
  let unsigned = 8 * 32;
  let signed = unsigned;
  const [from, length] = CHECKSUM;
  for (let at = 0; at < TAR_BLOCK; at++) {
    if (at >= from && at < from + length) continue;
    unsigned += block[at] ?? 0;
    // Sun's tar added signed bytes.
    signed += block.readInt8(at);
  }
  const said = numberOf(block, CHECKSUM);
  return said > 0 && (said === unsigned || said === signed);
}

/** Reads a block whose checksum holds. */
export function parseTarHeader(block: Buffer): TarHeader {
  const format = formatOf(block);
  const prefix = format === 'ustar' ? textOf(block, PREFIX) : '';
  const name = textOf(block, NAME);
  const owned = format !== 'v7';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: typeOf(block),
    size: numberOf(block, SIZE),
    mode: numberOf(block, MODE),
    uid: numberOf(block, UID),
    gid: numberOf(block, GID),
    mtime: numberOf(block, MTIME),
    link: textOf(block, LINK),
    uname: owned ? textOf(block, UNAME) : '',
    gname: owned ? textOf(block, GNAME) : '',
    device: owned ? `${numberOf(block, MAJOR)}, ${numberOf(block, MINOR)}` : '',
    format,
    style: styleOf(block, format),
  };
}

const typeOf = (block: Buffer): string => {
  const flag = block[156] ?? 0;
  return flag === 0 ? '0' : String.fromCharCode(flag);
};

function formatOf(block: Buffer): TarHeader['format'] {
  const magic = bytesOf(block, MAGIC).toString('latin1');
  if (magic.startsWith('ustar\0')) return 'ustar';
  return magic.startsWith('ustar ') ? 'gnu' : 'v7';
}

function textOf(block: Buffer, field: Field): string {
  const bytes = bytesOf(block, field);
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Octal digits, or GNU's base 256, whose first byte has its highest bit set. */
function numberOf(block: Buffer, field: Field): number {
  const bytes = bytesOf(block, field);
  const first = bytes[0] ?? 0;
  if ((first & 0x80) === 0) {
    const digits = /^[ \0]*([0-7]+)/.exec(bytes.toString('latin1'))?.[1] ?? '0';
    return Number.parseInt(digits, 8);
  }
  const negative = (first & 0x40) !== 0;
  let value = negative ? BigInt(first) - 256n : BigInt(first & 0x7f);
  for (const byte of bytes.subarray(1)) value = value * 256n + BigInt(byte);
  return Number(value);
}

/** Everything of a block but the values: two writers that say the same differ here. */
function styleOf(block: Buffer, format: TarHeader['format']): string {
  const texts = [NAME, LINK, ...(format === 'v7' ? [] : [UNAME, GNAME])];
  const rest: Field = [257, TAR_BLOCK - 257];
  const tail = format === 'v7' ? [rest] : format === 'gnu' ? [PREFIX, END] : [END];
  const prefix = format === 'ustar' ? [PREFIX] : [];
  const numbers = [...NUMBERS, ...(format === 'v7' ? [] : [MAJOR, MINOR])];
  return [
    ...numbers.map((field) => digitless(bytesOf(block, field))),
    ...[...texts, ...prefix].map((field) => afterNul(bytesOf(block, field))),
    ...prefix.map((field) => String(textOf(block, field).length)),
    ...tail.map((field) => bytesOf(block, field).toString('latin1')),
  ].join('|');
}

/** Base 256 is chosen by the size of the value, so it says nothing about style. */
const digitless = (bytes: Buffer): string =>
  ((bytes[0] ?? 0) & 0x80) === 0 ? bytes.toString('latin1').replace(/ *[0-7]+/g, '0') : '0\0';

function afterNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return end < 0 ? '' : bytes.subarray(end).toString('latin1').replace(/\0+$/, '');
}
