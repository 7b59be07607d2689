import type { Difference } from '../model/difference.js';
import type { Windows } from './content.js';
import { isoSeconds } from './times.js';

const HEADER = 16;
const FLAGS = 4;
const STAMP = 8;

/** A time stamp that was found, and the contents as they are without it. */
export interface Unstamped {
  readonly found: Omit<Difference, 'path' | 'within'>;
  readonly rest: Windows;
}

/**
 * Compiled Python says when its source was last changed (PEP 552: magic number with a line end in it,
 * flags 0, seconds since 1970); `undefined` when these are none, or that is the same in both.
 */
export function withoutStamp(windows: Windows): Unstamped | undefined {
  const { left, right, from } = windows;
  if (from !== 0 || ![left, right].every(isStamped)) return undefined;
  if (!left.subarray(0, FLAGS).equals(right.subarray(0, FLAGS))) return undefined;
  const [one, two] = [left.readUInt32LE(STAMP), right.readUInt32LE(STAMP)];
  if (one === two) return undefined;
  return {
    found: {
      ...{ class: 'embedded-date', field: 'pyc-mtime', offset: STAMP },
      ...{ left: isoSeconds(one), right: isoSeconds(two) },
    },
    rest: { ...windows, left: blank(left), right: blank(right) },
  };
}

const isStamped = (bytes: Buffer): boolean =>
  bytes.length > HEADER &&
  bytes.toString('latin1', 2, FLAGS) === '\r\n' &&
  bytes.readUInt32LE(FLAGS) === 0;

function blank(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE(0, STAMP);
  return copy;
}
