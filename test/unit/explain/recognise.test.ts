import assert from 'node:assert/strict';
import fc from 'fast-check';
import { recognise } from '../../../src/core/explain/recognise.js';
import { stretches } from '../../../src/core/explain/hunks.js';
import { isText, lines, runs } from '../../../src/core/explain/tokens.js';

const kinds = (left: string, right: string): string[] | undefined =>
  recognise(left, right)?.map(({ kind, left: one, right: two }) => `${kind} ${one} ${two}`);

describe('recognise', () => {
  for (const [left, right] of [
    ['2026-11-21', '2026-11-22'],
    ['2026-11-21T10:00:00Z', '2026-11-22T11:00:00Z'],
    ['2026-11-21 10:00:00.123456+01:00', '2026-11-21 10:00:01.5+01:00'],
    ['2026/11/21 10:00', '2026/11/21 11:00'],
    ['20261121T152553Z', '20261122T152553Z'],
    ['20261121-1525', '20261122-1525'],
    ['Sat, 21 Nov 2026 15:25:53 +0000', 'Sun, 22 Nov 2026 15:25:53 +0000'],
    ['Sat Nov 21 15:25:53 UTC 2026', 'Sun Nov 22 15:25:53 CET 2026'],
    ['Sat 21 Nov 2026 03:25:53 PM UTC', 'Sat 21 Nov 2026 04:25:53 PM UTC'],
    ['Sat Nov 21 15:25:53 2026', 'Sun Nov  1 15:25:53 2026'],
    ['Nov 21 2026', 'Dec  1 2026'],
    ['November 21, 2026', 'December 1, 2026'],
    ['21/11/2026', '22/11/2026'],
    ['15:25:53', '15:25:54'],
    ['1795274753', '1795274754'],
    ['1795274753.123', '1795274754.5'],
    ['1795274753123', '1795274754123'],
    ['1795274753123456789', '1795274754123456789'],
  ] as const) {
    it(`sees a date in "${left}"`, () => {
      const found = recognise(`built at ${left}.\n`, `built at ${right}.\n`);
      assert.deepEqual(found, [{ kind: 'date', left, right }]);
      assert.deepEqual(recognise(left, right), [{ kind: 'date', left, right }]);
    });
  }

  for (const [left, right] of [
    ['/tmp/build.1/src/a.c', '/tmp/build.2/src/a.c'],
    ['/home/ada/x', '/home/bob/x'],
    ['/tmp/tmpabc', '/tmp/tmpxyz'],
    ['/opt/one/lib', '/opt/two/lib'],
    ['C:\\build\\1\\a', 'C:\\build\\2\\a'],
  ] as const) {
    it(`sees a path in "${left}"`, () => {
      assert.deepEqual(recognise(`"${left}", 1`, `"${right}", 1`), [{ kind: 'path', left, right }]);
    });
  }

  for (const [title, left, right] of [
    ['a number', 'width 12', 'width 13'],
    ['a version', 'v1.2.3', 'v1.2.4'],
    ['a year alone', 'Copyright 2025', 'Copyright 2026'],
    ['a date and something else', '2026-11-21 a', '2026-11-22 b'],
    ['hexadecimal digits of no digest', 'id 2026112a', 'id 2026112b'],
    ['a date on one side only', 'x 2026-11-21', 'x'],
    ['a month that there is not', '2026-13-01', '2026-14-01'],
    ['another program of one directory', '/usr/bin/python3.11', '/usr/bin/python3.12'],
    ['an address', 'https://a.org/one/x', 'https://a.org/two/x'],
    ['a relative path', 'src/one/x', 'src/two/x'],
    ['a longer number', '17952747531', '17952747532'],
    ['the same text', '2026-11-21', '2026-11-21'],
  ] as const) {
    it(`sees nothing in ${title}`, () => {
      assert.equal(recognise(left, right), undefined);
    });
  }

  it('sees a path that holds a date, both together, and digests', () => {
    assert.deepEqual(kinds('/tmp/b-20261121/x', '/tmp/b-20261122/x'), ['date 20261121 20261122']);
    assert.deepEqual(kinds('/tmp/b-1/x at 10:00:00', '/tmp/b-2/x at 10:00:01'), [
      'path /tmp/b-1/x /tmp/b-2/x',
      'date 10:00:00 10:00:01',
    ]);
    const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
    assert.deepEqual(kinds(`${a}  x`, `${b}  x`), [`digest ${a} ${b}`]);
  });

  it('finds the date in a line that is very long, and gives up on one that differs everywhere', () => {
    const long = 'x, '.repeat(100_000);
    const found = recognise(`${long}2026-11-21 ${long}`, `${long}2026-11-22 ${long}`);
    assert.deepEqual(found, [{ kind: 'date', left: '2026-11-21', right: '2026-11-22' }]);
    assert.equal(recognise(`a${long}`, `b${'y, '.repeat(100_000)}`), undefined);
  });

  it('says nothing that does not hold: what it names, put in place, makes the texts equal', () => {
    const piece = fc.constantFrom(
      '2026-11-21',
      '10:00:00',
      '/tmp/a/b',
      '/home/x/y',
      ' ',
      'a',
      '1',
      '/',
      ':',
      '\n',
    );
    const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (left, right) => {
        const found = recognise(left, right);
        if (found === undefined) return;
        assert.notEqual(left, right);
        for (const each of found) {
          assert.notEqual(each.left, each.right);
          assert.ok(left.includes(each.left) || each.left.includes('\0'));
        }
      }),
    );
  });
});

describe('tokens and stretches', () => {
  const bytes = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)),
  });

  it('cut without losing a byte', () => {
    fc.assert(
      fc.property(bytes, (text) => {
        for (const cut of [lines, runs]) {
          assert.equal(
            cut(text)
              .map((token) => token.text)
              .join(''),
            text,
          );
        }
      }),
    );
    assert.ok(isText('a\tb\r\n\u00e9\x1b[0m'));
    assert.ok(!isText('a\0b'));
  });

  it('make the one sequence out of the other', () => {
    const word = fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n', 'e\n', 'f\n');
    const text = fc.array(word, { maxLength: 30 }).map((words) => words.join(''));
    fc.assert(
      fc.property(text, text, (left, right) => {
        const [one, two] = [lines(left), lines(right)];
        const found = stretches(one, two);
        assert.equal(found.length === 0, left === right);
        // What is left after both sides of every stretch are taken out is common to both.
        const without = (tokens: typeof one, side: 'left' | 'right') => {
          const gone = new Set(found.map((each) => each[side]));
          return tokens.filter((token) => !gone.has(token)).map(({ text: each }) => each);
        };
        assert.deepEqual(without(one, 'left'), without(two, 'right'));
      }),
    );
  });

  it('find a single changed line among thousands, and one that was put in', () => {
    const many = Array.from({ length: 5000 }, (_, index) => `line ${index % 700} ${index}\n`);
    const changed = many.with(3000, 'other\n');
    const found = stretches(lines(many.join('')), lines(changed.join('')));
    assert.deepEqual(
      found.map(({ left, right, leftIndex }) => [left?.text, right?.text, leftIndex]),
      [['line 200 3000\n', 'other\n', 3000]],
    );
    const more = many.toSpliced(100, 0, 'new\n');
    const inserted = stretches(lines(many.join('')), lines(more.join('')));
    assert.deepEqual(
      inserted.map(({ left, right }) => [left?.text, right?.text]),
      [[undefined, 'new\n']],
    );
  });
});
