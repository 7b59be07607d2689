import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { normpath, pythonNumber, words } from '../../../src/core/formats/vaibify/paths.js';

/** Python itself is the oracle: what vaibify calls. */
function python(expression: string, values: readonly string[]): unknown[] {
  const program = `import json,sys,posixpath\nprint(json.dumps([${expression} for x in json.load(sys.stdin)]))`;
  const input = JSON.stringify(values);
  return JSON.parse(
    execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }),
  ) as unknown[];
}

const samples = (letters: readonly string[]): string[] =>
  fc
    .sample(fc.array(fc.constantFrom(...letters), { maxLength: 9 }), 3000)
    .map((all) => all.join(''));

describe('vaibify paths, against Python', () => {
  it('normalises as posixpath.normpath', () => {
    const values = [...samples(['/', '/', '.', '..', 'a', 'b']), '', '//a', '///a', 'a/..', '//..'];
    assert.deepEqual(values.map(normpath), python('posixpath.normpath(x)', values));
  });
  it('splits words as str.split', () => {
    const blanks = [' ', '\t', '\x1c', '\x85', '\xa0', '\u2003', '\u3000', '\ufeff', '\u200b'];
    const values = samples(['a', 'b', '"', ...blanks]);
    const texts = values.map((value) => words(value).map(({ text }) => text));
    assert.deepEqual(texts, python('x.split()', values));
    for (const value of values) {
      for (const { text, at } of words(value))
        assert.equal(value.slice(at, at + text.length), text);
    }
  });
  it('prints numbers as str', () => {
    const doubles = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 2000);
    const small = fc.sample(fc.double({ noNaN: true, min: -1e18, max: 1e18 }), 2000);
    const values = [
      ...[...doubles, ...small].map((value) => JSON.stringify(value)),
      ...[
        '0',
        '-0',
        '0.0',
        '-0.0',
        '1.0',
        '1e3',
        '1E16',
        '1e15',
        '1e-4',
        '1e-5',
        '12345678901234567890',
      ],
    ];
    assert.deepEqual(values.map(pythonNumber), python('str(json.loads(x))', values));
  });
});
