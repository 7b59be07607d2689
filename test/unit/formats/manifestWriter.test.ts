import assert from 'node:assert/strict';
import { formatManifest, nameProblem } from '../../../src/core/formats/manifest/writer.js';
import { parseSha256 } from '../../../src/core/model/digest.js';

const D = parseSha256('0123456789ABCDEF'.repeat(4))!;
const text = (...names: string[]): string =>
  formatManifest(
    [],
    names.map((name) => ({ name, digest: D })),
  ).toString('latin1');

describe('formatManifest', () => {
  it('writes the header, LF, two blanks and lower case', () => {
    const bytes = formatManifest(['# one', '#two'], [{ name: 'a b', digest: D }]);
    assert.equal(bytes.toString(), `# one\n#two\n${'0123456789abcdef'.repeat(4)}  a b\n`);
  });

  it('orders by code point of the name before it is escaped', () => {
    const names = ['\u{1f600}', '\uffff', 'b', 'a\\', 'a[', 'a]', 'B'];
    const written = formatManifest(
      [],
      names.map((name) => ({ name, digest: D })),
    ).toString();
    const order = written.split('\n').map((line) => line.replace(/^.*? {2}/, ''));
    assert.deepEqual(order, ['B', 'a[', 'a\\\\', 'a]', 'b', '\uffff', '\u{1f600}', '']);
  });

  it('escapes backslash, LF and CR, and nothing else', () => {
    assert.equal(text('a\\b\nc\rd\t'), `\\${D}  a\\\\b\\nc\\rd\t\n`);
    assert.equal(text('#*- \t'), `${D}  #*- \t\n`);
  });

  it('writes names that are not UTF-8 byte for byte', () => {
    assert.equal(text('a\udcffb'), `${D}  a\xffb\n`);
  });

  it('writes a header alone', () => {
    assert.equal(formatManifest(['# h'], []).toString(), '# h\n');
  });

  it('keeps its order when given it in any', () => {
    assert.equal(text('b', 'a'), text('a', 'b'));
  });

  for (const name of ['', '-', '/a', '../a', 'a\0', 'a\ud800', '\udcc3\udca9']) {
    it(`throws rather than write ${JSON.stringify(name)}`, () => {
      assert.throws(() => text(name), RangeError);
    });
  }

  for (const header of ['no comment', '# a\n# b', '']) {
    it(`throws rather than write the header ${JSON.stringify(header)}`, () => {
      assert.throws(() => formatManifest([header], []), RangeError);
    });
  }
});

describe('nameProblem', () => {
  for (const [name, problem] of [
    ['a/b c', undefined],
    ['a\nb\\c', undefined],
    ['\u{1f600}\t#*', undefined],
    ['a\r', 'carriage-return'],
    ['a\udcff', 'not-unicode'],
    ['a\ud800', 'not-unicode'],
    ['a\0', 'nul'],
    ['-', 'stdin'],
    ['', 'empty'],
    ['/a', 'absolute'],
    ['../a', 'escapes'],
    ...['\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'].map(
      (mark) => [`a${mark}b`, 'line-separator'] as const,
    ),
  ] as const) {
    it(`of ${JSON.stringify(name)} is ${problem ?? 'none'}`, () => {
      assert.equal(nameProblem(name), problem);
    });
  }
});
