import { decodeText } from '../model/bytes.js';
import { ObstacleError } from './budget.js';

/** Records of one header; every member may have a header. */
const MOST_RECORDS = 1000;
/** Longest length before a record: a header has at most a few megabytes. */
const MOST_DIGITS = 8;

/**
 * The records of a pax extended header, `LENGTH KEY=VALUE\n` each (POSIX.1-2001, pax); a later one
 * of the same key counts. A `Map`, for `__proto__` is a key like any other.
 * @throws {ObstacleError} `damaged`.
 */
export function parsePax(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const blank = bytes.indexOf(0x20, at);
    const digits = blank < 0 ? '' : bytes.toString('latin1', at, Math.min(blank, at + 20));
    const length = /^\d+$/.test(digits) && digits.length <= MOST_DIGITS ? Number(digits) : 0;
    const end = at + length;
    const equals = bytes.indexOf(0x3d, blank);
    if (end <= blank || end > bytes.length || equals < 0 || equals >= end) throw damaged();
    if (bytes[end - 1] !== 0x0a) throw damaged();
    const key = decodeText(bytes.subarray(blank + 1, equals));
    records.set(key, decodeText(bytes.subarray(equals + 1, end - 1)));
    if (records.size > MOST_RECORDS) throw new ObstacleError('too-large');
    at = end;
  }
  return records;
}

const damaged = (): ObstacleError =>
  new ObstacleError('damaged', { detail: 'a pax header that is no list of records' });
