import assert from 'node:assert/strict';
import { parseSha256 } from '../../../src/core/model/digest.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import { countStates } from '../../../src/core/model/status.js';
import type { FileStatus, StatusKind } from '../../../src/core/model/status.js';
import { inlinePhrase, lensTitle } from '../../../src/core/words/lens.js';

const digest = (digit: string): Sha256 => parseSha256(digit.repeat(64))!;
const NOW = Date.UTC(2026, 10, 21);
const check = { at: NOW - 5 * 60_000, size: 1, how: 'read' } as const;

describe('lensTitle', () => {
  const cases: [string, StatusKind[]][] = [
    ['5 verified', Array<StatusKind>(5).fill('verified')],
    ['2 of 5 drifted', ['drifted', 'verified', 'verified', 'drifted', 'verified']],
    ['1 of 4 drifted, 1 missing, 1 not pinned', ['unpinned', 'verified', 'missing', 'drifted']],
    ['3 not checked', ['unknown', 'unknown', 'unknown']],
    ['1 of 2 not checked', ['verified', 'unknown']],
  ];
  for (const [title, kinds] of cases) {
    it(title, () => assert.equal(lensTitle(countStates(kinds)), title));
  }

  it('does not call an empty list good', () => {
    assert.equal(lensTitle(countStates([])), 'nothing declared');
  });
});

describe('inlinePhrase', () => {
  const cases: [string, FileStatus][] = [
    ['aaaaaaaaaaaa · 5 min ago', { kind: 'verified', actual: digest('a'), check }],
    [
      '≠ expected aaaaaaaaaaaa, got bbbbbbbbbbbb · 5 min ago',
      { kind: 'drifted', expected: digest('a'), actual: digest('b'), check },
    ],
    ['∅ missing', { kind: 'missing', expected: digest('a') }],
    ['+ not pinned · aaaaaaaaaaaa', { kind: 'unpinned', actual: digest('a'), check }],
    ['+ not pinned', { kind: 'unpinned' }],
    ['? not checked', { kind: 'unknown', reason: 'too-large' }],
    ['↓ not fetched', { kind: 'pointer', pointer: { kind: 'git-lfs' } }],
  ];
  for (const [phrase, status] of cases) {
    it(phrase, () => assert.equal(inlinePhrase(status, NOW), phrase));
  }

  it('shows nothing that came from a file', () => {
    const linked: FileStatus = { kind: 'linked', segment: 'evil\u202e\n' };
    assert.equal(inlinePhrase(linked, NOW), '↗ symbolic link');
  });
});
