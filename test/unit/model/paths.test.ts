import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { compareCodePoints, parentOf, toRepoPath } from '../../../src/core/model/paths.js';
import type { RepoPath } from '../../../src/core/model/paths.js';

describe('toRepoPath', () => {
  const accepted: [string, string][] = [
    ['a', 'a'],
    ['./a', 'a'],
    ['a//b', 'a/b'],
    ['a/./b/', 'a/b'],
    ['a/../b', 'b'],
    ['..a/b..', '..a/b..'],
    [' leading and trailing ', ' leading and trailing '],
    ['a\\b', 'a\\b'],
    ['-', ''],
    ['./-', '-'],
  ];
  for (const [text, expected] of accepted) {
    it(`${JSON.stringify(text)} ${expected === '' ? 'is refused' : `is ${expected}`}`, () => {
      const result = toRepoPath(text);
      assert.deepEqual(
        result,
        expected === '' ? { ok: false, problem: 'stdin' } : { ok: true, path: expected },
      );
    });
  }

  const refused: [string, string][] = [
    ['', 'empty'],
    ['.', 'empty'],
    ['a/..', 'empty'],
    ['/etc/passwd', 'absolute'],
    ['C:\\x', 'absolute'],
    ['c:/x', 'absolute'],
    ['\\\\server\\share', 'absolute'],
    ['..', 'escapes'],
    ['a/../../b', 'escapes'],
    ['a\0b', 'nul'],
  ];
  for (const [text, problem] of refused) {
    it(`${JSON.stringify(text)} is refused: ${problem}`, () => {
      assert.deepEqual(toRepoPath(text), { ok: false, problem });
    });
  }

  it('never gives a path that leaves the root, whatever the text', () => {
    const segment = fc.oneof(fc.constantFrom('..', '.', '', 'a', '-', '~'), fc.string());
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 12 }), (segments) => {
        const result = toRepoPath(segments.join('/'));
        if (!result.ok) return;
        const resolved = path.posix.resolve('/root/of/it', result.path);
        assert.ok(resolved.startsWith('/root/of/it/'), result.path);
        assert.equal(path.posix.normalize(result.path), result.path);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('compareCodePoints', () => {
  it('orders like the bytes of UTF-8', () => {
    const text = fc.string({ unit: 'binary', maxLength: 8 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        assert.equal(Math.sign(compareCodePoints(a, b)), bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('puts an astral character behind U+FFFD, where UTF-16 would put it before', () => {
    assert.ok(compareCodePoints('\u{1F600}', '\uFFFD') > 0);
    assert.deepEqual(['\uFFFD', '\u{1F600}'].sort(), ['\u{1F600}', '\uFFFD']);
  });
});

describe('parentOf', () => {
  it('is empty at the top', () => {
    assert.equal(parentOf('a' as RepoPath), '');
    assert.equal(parentOf('a/b/c' as RepoPath), 'a/b');
  });
});
