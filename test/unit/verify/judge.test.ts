import assert from 'node:assert/strict';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Pin } from '../../../src/core/model/project.js';
import { lineSpan } from '../../../src/core/model/span.js';
import { STATES, countStates, weigh } from '../../../src/core/model/status.js';
import type { Observation } from '../../../src/core/system/observation.js';
import { judge, judgeAll } from '../../../src/core/verify/judge.js';

const A = 'a'.repeat(64) as Sha256;
const B = 'b'.repeat(64) as Sha256;
const file = (digest: Sha256, pointerText?: string): Observation => ({
  kind: 'file',
  digest,
  size: 3,
  at: 1000,
  how: 'read',
  ...(pointerText === undefined ? {} : { pointerText }),
});
const lfs = (oid: string): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12\n`;

describe('judge', () => {
  it('verifies only a digest that was computed from bytes and equals the pin', () => {
    assert.equal(judge(A, file(A)).kind, 'verified');
    const others: (Observation | undefined)[] = [
      undefined,
      file(B),
      { kind: 'missing' },
      { kind: 'linked', segment: 'x', target: A },
      { kind: 'unreadable', reason: 'io' },
      { kind: 'changing' },
      { kind: 'cancelled' },
      { kind: 'too-large', size: 9 },
    ];
    for (const seen of others)
      assert.notEqual(judge(A, seen).kind, 'verified', seen?.kind ?? 'nothing');
    assert.notEqual(judge(undefined, file(A)).kind, 'verified');
  });

  it('tells a pointer from drift, and never counts it as good even when it agrees', () => {
    const agrees = judge(A, file(B, lfs(A)));
    assert.deepEqual(agrees, {
      kind: 'pointer',
      pointer: { kind: 'git-lfs', digest: A },
      expected: A,
    });
    assert.equal(STATES[agrees.kind].weight, 'unknown');
    assert.equal(
      judge(B, file(B, lfs(A))).kind,
      'verified',
      'the pointer text itself is what is pinned',
    );
  });

  it('takes an annex link for content that was not fetched, any other link for a link', () => {
    const key = `SHA256E-s3--${A}.csv`;
    const target = `../.git/annex/objects/aa/bb/${key}/${key}`;
    assert.equal(judge(A, { kind: 'linked', segment: 'x', target }).kind, 'pointer');
    assert.equal(judge(A, { kind: 'linked', segment: 'x', target: '../y' }).kind, 'linked');
  });

  it('gives a file that two lines pin differently the worse verdict', () => {
    const pin = (digest: Sha256): Pin => {
      const place = { file: 'M' as RepoPath, span: lineSpan(1, 1, 2) };
      return { path: 'x' as RepoPath, name: 'x', digest, line: 1, place };
    };
    assert.equal(judgeAll([pin(A), pin(B)], () => file(A)).kind, 'drifted');
    assert.equal(judgeAll([], () => file(A)).kind, 'unknown');
  });
});

describe('weigh', () => {
  it('never calls an empty list good', () => assert.equal(weigh(countStates([])), 'unknown'));
  it('lets a problem outrank the unknown, and the unknown the good', () => {
    assert.equal(weigh(countStates(['verified', 'unknown', 'drifted'])), 'problem');
    assert.equal(weigh(countStates(['verified', 'unknown'])), 'unknown');
    assert.equal(weigh(countStates(['verified', 'unpinned'])), 'blocker');
    assert.equal(weigh(countStates(['verified'])), 'good');
  });
});
