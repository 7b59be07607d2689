import type { LockEntry } from '../../model/envelope.js';
import type { LockFindings } from './findings.js';

/**
 * Marks names that stand twice. Different markers may choose different versions (`python_version <
 * "3.11"`); without them two versions contradict each other, and of two lists of hashes pip accepts
 * only what is in both.
 */
export function markRepeated(entries: readonly LockEntry[], findings: LockFindings): void {
  const byName = new Map<string, LockEntry[]>();
  for (const entry of entries) {
    const before = byName.get(entry.name) ?? [];
    const first = before.slice(0, MOST_COMPARED).find((other) => mayMeet(entry, other));
    if (first !== undefined) {
      const { name, place } = entry;
      const firstLine = first.place.span.start.line;
      if (agree(entry, first)) {
        findings.add('info', { code: 'lock-duplicate', name, firstLine }, place);
      } else findings.add('error', { code: 'lock-conflict', name, firstLine }, place);
    }
    before.push(entry);
    byName.set(entry.name, before);
  }
}

/** Of one name, lest a file of one name alone take quadratic time. */
const MOST_COMPARED = 64;

const mayMeet = (a: LockEntry, b: LockEntry): boolean =>
  a.marker === undefined || b.marker === undefined || spelling(a.marker) === spelling(b.marker);

const spelling = (marker: string): string => marker.replace(/[ \t]+/g, '').replaceAll("'", '"');

function agree(a: LockEntry, b: LockEntry): boolean {
  if (a.version !== b.version || a.url !== b.url) return false;
  return a.digests.length === 0 || a.digests.some((digest) => b.digests.includes(digest));
}
