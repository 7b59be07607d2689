import { parseAnnexTarget, parsePointer } from '../formats/pointer.js';
import { compareStates } from '../model/status.js';
import type { Check, FileStatus } from '../model/status.js';
import type { Pin } from '../model/project.js';
import type { Sha256 } from '../model/digest.js';
import type { Observation } from '../system/observation.js';

/**
 * The verdict over one pin (or, without one, over a declared file) from one look at the disk.
 * The only place where `verified` is made: it takes a digest that was computed from the bytes.
 */
export function judge(expected: Sha256 | undefined, seen: Observation | undefined): FileStatus {
  const pinned = expected === undefined ? {} : { expected };
  switch (seen?.kind) {
    case undefined:
      return { kind: 'unknown', reason: 'not-checked', ...pinned };
    case 'file':
      return judgeBytes(expected, seen);
    case 'missing':
      return { kind: 'missing', ...pinned };
    case 'linked': {
      const pointer = parseAnnexTarget(seen.target);
      return pointer === undefined
        ? { kind: 'linked', segment: seen.segment, ...pinned }
        : { kind: 'pointer', pointer, ...pinned };
    }
    case 'unreadable':
      return { kind: 'unreadable', reason: seen.reason, ...pinned };
    case 'too-large':
      return { kind: 'unknown', reason: 'too-large', ...pinned };
    case 'changing':
      return { kind: 'unknown', reason: 'changed-while-read', ...pinned };
    case 'cancelled':
      return { kind: 'unknown', reason: 'cancelled', ...pinned };
  }
}

function judgeBytes(
  expected: Sha256 | undefined,
  seen: Observation & { readonly kind: 'file' },
): FileStatus {
  const actual = seen.digest;
  const check: Check = { at: seen.at, size: seen.size, how: seen.how };
  if (actual === expected) return { kind: 'verified', actual, check };
  const pointer = seen.pointerText === undefined ? undefined : parsePointer(seen.pointerText);
  if (pointer !== undefined) {
    return { kind: 'pointer', pointer, ...(expected === undefined ? {} : { expected }) };
  }
  return expected === undefined
    ? { kind: 'unpinned', actual, check }
    : { kind: 'drifted', expected, actual, check };
}

/** The verdict over a file that several lines pin: the worst of theirs. */
export function judgeAll(
  pins: readonly Pin[],
  look: (name: string) => Observation | undefined,
): FileStatus {
  const [worst] = pins
    .map((pin) => judge(pin.digest, look(pin.name)))
    .sort((a, b) => compareStates(a.kind, b.kind));
  return worst ?? judge(undefined, undefined);
}
