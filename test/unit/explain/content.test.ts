import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { before } from 'mocha';
import { skip } from '../../harness/skip.js';
import { differences, explained, has, sh, temporaryDirectory } from './support.js';

describe('explain: contents', () => {
  const cwd = temporaryDirectory();
  const against = (left: string | Buffer, right: string | Buffer) => {
    writeFileSync(path.join(cwd, 'one'), left);
    writeFileSync(path.join(cwd, 'two'), right);
    return explained(cwd, 'one', 'two');
  };

  it('shows line and both values', async () => {
    const { differences: found, classes } = await against(
      'a\nbuilt 2026-11-21 10:00\nb\nwidth 12\n',
      'a\nbuilt 2026-11-22 10:00\nb\nwidth 13\n',
    );
    assert.deepEqual(classes, [
      { class: 'embedded-date', count: 1 },
      { class: 'content', count: 1 },
    ]);
    assert.deepEqual(
      found.map(({ field, left, right, line }) => [field, left, right, line]),
      [
        ['date', '2026-11-21 10:00', '2026-11-22 10:00', 2],
        ['text', 'width 12', 'width 13', 4],
      ],
    );
  });

  it('counts what is alike and shows the first', async () => {
    const text = (day: string): string => Array(50).fill(`made 2026-11-${day} ok`).join('\n');
    const { differences: found } = await against(text('21'), text('22'));
    assert.deepEqual(
      found.map(({ field, count, line }) => [field, count, line]),
      [['date', 50, 1]],
    );
  });

  for (const [title, left, right, expected] of [
    ['lines in another order', 'b\na\nc\n', 'a\nc\nb\n', 'order line-order'],
    ['a set as Python prints it', "x = {'a', 'b'}\n", "x = {'b', 'a'}\n", 'order line-order'],
    ['line ends', 'a\r\nb\r\n', 'a\nb\n', 'content text'],
    ['a missing last line end', 'a\nb\n', 'a\nb', 'content text'],
    ['other brackets', '{a, b}\n', '[a, b]\n', 'content text'],
    ['blanks and tabs', 'a b\n', 'a\tb\n', 'content text'],
    ['a line more', 'a\n', 'a\n2026-11-21\n', 'content text'],
  ] as const) {
    it(`tells ${title}`, async () => {
      await against(left, right);
      assert.deepEqual(await differences(cwd, 'one', 'two'), [expected]);
    });
  }

  it('finds dates and paths between bytes that nobody can read', async () => {
    const binary = (text: string): Buffer =>
      Buffer.concat([Buffer.of(0, 1, 2, 200, 0), Buffer.from(text), Buffer.of(0, 9, 0, 255)]);
    const { differences: found } = await against(
      binary('Nov 21 2026\0/tmp/b1/main.c'),
      binary('Dec  1 2026\0/tmp/build2/main.c'),
    );
    assert.deepEqual(
      found.map(({ class: name, left, right, offset }) => [name, left, right, offset]),
      [
        ['embedded-date', 'Nov 21 2026', 'Dec  1 2026', 5],
        ['embedded-path', '/tmp/b1/main.c', '/tmp/build2/main.c', 17],
      ],
    );
    await against(Buffer.of(0, 1, 2), Buffer.of(0, 1, 3));
    assert.deepEqual(await differences(cwd, 'one', 'two'), ['content bytes']);
  });

  describe('of a compiler', () => {
    before(function () {
      if (!has('gcc')) skip(this, 'gcc is not installed');
      sh(cwd, `echo 'const char *when = __DATE__ " " __TIME__, *file = __FILE__;' > when.c`);
    });

    it('finds __DATE__ and __FILE__', async () => {
      const compile = (out: string, directory: string, date: string): string =>
        `mkdir -p ${directory}; cp when.c ${directory}; SOURCE_DATE_EPOCH=${date} gcc -c -o ${out} $PWD/${directory}/when.c`;
      sh(cwd, `${compile('one', 'b1', '1700000000')}; ${compile('two', 'b2', '1700090061')}`);
      const { classes } = await explained(cwd, 'one', 'two');
      assert.deepEqual(classes, [
        { class: 'embedded-path', count: 1 },
        { class: 'embedded-date', count: 1 },
      ]);
    });
  });
});
