import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAnnexTarget, parsePointer } from '../../../src/core/formats/pointer.js';

const D = '4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393';
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${D}\nsize 12345\n`;
const lfs = { kind: 'git-lfs', digest: D };
const annex = { kind: 'git-annex', digest: D };
const KEY = `SHA256E-s123--${D}.tar.gz`;

describe('parsePointer', () => {
  for (const [title, text, expected] of [
    ['git-lfs', LFS, lfs],
    ['git-lfs, CR LF', LFS.replaceAll('\n', '\r\n'), lfs],
    ['git-lfs without a final newline', LFS.trimEnd(), lfs],
    ['git-lfs of before', LFS.replace('git-lfs.github', 'hawser.github'), lfs],
    ['git-lfs with extensions', LFS.replace('oid', `ext-0-foo sha256:${D}\noid`), lfs],
    ['git-lfs of another version', LFS.replace('v1', 'v2'), undefined],
    ['git-lfs without an oid', LFS.replace(/oid.*\n/, ''), undefined],
    ['git-lfs with a short oid', LFS.replace('oid sha256:4', 'oid sha256:'), undefined],
    ['git-lfs without a size', LFS.replace(/size.*\n/, ''), undefined],
    ['git-lfs with another key', `${LFS}zzz 1\n`, undefined],
    ['git-lfs, then much else', LFS + ' '.repeat(1024), undefined],
    ['git-annex', `/annex/objects/${KEY}\n`, annex],
    ['git-annex without an extension', `/annex/objects/SHA256-s0--${D}`, annex],
    ['git-annex with a reserved line', `/annex/objects/${KEY}\n/annex/x\n`, annex],
    ['git-annex, then text', `/annex/objects/${KEY}\ntext\n`, undefined],
    [
      'git-annex of another hash',
      `/annex/objects/MD5E-s1--${D.slice(32)}.a\n`,
      { kind: 'git-annex' },
    ],
    ['git-annex of a date', '/annex/objects/WORM-s1-m2--a b\n', { kind: 'git-annex' }],
    ['git-annex of SHA-512', `/annex/objects/SHA512E-s1--${D}${D}.a`, { kind: 'git-annex' }],
    ['git-annex with a long digest', `/annex/objects/SHA256E-s1--${D}0.a`, { kind: 'git-annex' }],
    ['git-annex of an unknown backend', `/annex/objects/SHA256X-s1--${D}`, { kind: 'git-annex' }],
    ['git-annex without a key', '/annex/objects/\n', undefined],
    ['git-annex with a path for a key', '/annex/objects/SHA256-s1--a/b\n', undefined],
    ['git-annex, far too long', `/annex/objects/URL--${'x'.repeat(40_000)}\n`, undefined],
    ['nothing', '', undefined],
    ['a text about versions', 'version 1\n', undefined],
  ] as const) {
    it(`reads ${title}`, () => {
      assert.deepEqual(parsePointer(text), expected);
    });
  }

  it('never throws', () => {
    const start = fc.constantFrom('', 'version ', '/annex/objects/', LFS, `/annex/objects/${KEY}`);
    fc.assert(
      fc.property(start, fc.string({ unit: 'binary' }), (a, b) => {
        parsePointer(a + b);
        parseAnnexTarget(a + b);
      }),
    );
  });
});

describe('parseAnnexTarget', () => {
  for (const [target, expected] of [
    [`../../.git/annex/objects/Xq/7P/${KEY}/${KEY}`, annex],
    [`.git/annex/objects/Xq/7P/${KEY}/${KEY}`, annex],
    [`/srv/repo/.git/annex/objects/f87/4d5/${KEY}/${KEY}`, annex],
    [`..\\.git\\annex\\objects\\Xq\\7P\\${KEY}\\${KEY}`, annex],
    ['.git/annex/objects/Xq/7P/MD5-s1--ab/MD5-s1--ab', { kind: 'git-annex' }],
    [`.git/annex/objects/Xq/7P/${KEY}/other`, undefined],
    [`x.git/annex/objects/Xq/7P/${KEY}/${KEY}`, undefined],
    [`.git/annex/objects/${KEY}/${KEY}`, undefined],
    ['.git/annex/objects/Xq/7P/a/a', undefined],
    ['../data.csv', undefined],
    ['', undefined],
  ] as const) {
    it(`reads ${target || 'nothing'}`, () => {
      assert.deepEqual(parseAnnexTarget(target), expected);
    });
  }
});
