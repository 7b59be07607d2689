/** The few words that stand beside a line of a document: above a step, behind an entry. */
import * as l10n from '@vscode/l10n';
import { shortDigest } from '../model/digest.js';
import { STATES, STATUS_KINDS, total } from '../model/status.js';
import type { Counts, FileStatus } from '../model/status.js';
import { age, stateWord } from './states.js';

/**
 * `2 of 5 drifted, 1 missing`, worst first; `5 verified` when all are in one state. What is verified
 * is left out beside anything else: it is the difference to the total. An empty list is not good.
 */
export function lensTitle(counts: Counts): string {
  const files = total(counts);
  const [worst, ...others] = STATUS_KINDS.filter((kind) => counts[kind] > 0);
  if (worst === undefined) return l10n.t('nothing declared');
  const word = stateWord(worst);
  if (others.length === 0) return `${files} ${word}`;
  return [
    l10n.t('{0} of {1} {2}', counts[worst], files, word),
    ...others
      .filter((kind) => kind !== 'verified')
      .map((kind) => `${counts[kind]} ${stateWord(kind)}`),
  ].join(', ');
}

/**
 * What is shown behind the line of one file: `3f2a9c01beef · 5 min ago`, or what is wrong. Holds
 * nothing but digests and our own words, so it needs no escaping. `now` in milliseconds since 1970.
 */
export function inlinePhrase(status: FileStatus, now: number): string {
  const { glyph } = STATES[status.kind];
  const word = stateWord(status.kind);
  switch (status.kind) {
    case 'verified':
      return `${shortDigest(status.actual)} · ${age(now - status.check.at)}`;
    case 'drifted':
      return l10n.t(
        '{0} expected {1}, got {2} · {3}',
        glyph,
        shortDigest(status.expected),
        shortDigest(status.actual),
        age(now - status.check.at),
      );
    case 'unpinned':
      return status.actual === undefined
        ? `${glyph} ${word}`
        : `${glyph} ${word} · ${shortDigest(status.actual)}`;
    case 'missing':
    case 'pointer':
    case 'linked':
    case 'unreadable':
    case 'unknown':
      return `${glyph} ${word}`;
  }
}
