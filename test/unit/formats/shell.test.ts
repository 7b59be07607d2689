import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { MOST_SHELL, parseShell } from '../../../src/core/formats/shell/shell.js';
import type { ShellCommand } from '../../../src/core/formats/shell/shell.js';
import { splitWords } from '../../../src/core/formats/shell/split.js';
import { skip } from '../../harness/skip.js';

/** The commands as lists of words. */
const wordsOf = (script: string): string[][] =>
  parseShell(script).commands.map(({ words }) => words.map(({ text }) => text));
const find = (script: string, program: string): ShellCommand => {
  const { commands } = parseShell(script);
  const found = commands.find(({ words }) => words[0]?.text === program);
  assert.ok(found, `${program} in ${script}`);
  return found;
};

describe('Shell scripts', () => {
  it('are divided into commands', () => {
    assert.deepEqual(wordsOf('a b; c && d || e | f & g\n# no command\nh \\\n  i # j\n'), [
      ['a', 'b'],
      ['c'],
      ['d'],
      ['e'],
      ['f'],
      ['g'],
      ['h', 'i'],
    ]);
  });
  it('are read through brackets, branches and functions', () => {
    const script =
      'f() { a; }\nif b; then (c); fi\nfor x in 1 2; do d "$x"; done\ncase $y in z) e;; esac';
    const programs = wordsOf(script).map((words) => words.join(' '));
    for (const each of ['{ a', 'then', 'c', 'do d $x', 'e']) {
      assert.ok(programs.includes(each), `${each}: ${programs.join(' / ')}`);
    }
  });
  it('have words without their quotes, at their places', () => {
    const { words } = find(`x 'a b' "c \\" $D" e\\ f g"h"'i' ''`, 'x');
    assert.deepEqual(
      words.map(({ text, inner }) => [text, inner]),
      [
        ['x', 0],
        ['a b', 3],
        ['c " $D', undefined],
        ['e f', undefined],
        ['ghi', undefined],
        ['', 32],
      ],
    );
    assert.deepEqual(
      words.map(({ start, end }) => [start, end]),
      [
        [0, 1],
        [2, 7],
        [8, 17],
        [18, 22],
        [23, 30],
        [31, 33],
      ],
    );
  });
  it('have variables and patterns', () => {
    const { words } = find('x $A "${B:-$C}" \'$D\' $$ *.c "*.c"', 'x');
    const names = words.map(({ variables }) => variables.map(({ name }) => name).join());
    assert.deepEqual(names, ['', 'A', 'B,C', '', '$', '', '']);
    assert.deepEqual(
      words.map(({ glob }) => glob),
      [false, false, false, false, false, true, false],
    );
  });
  it('have commands inside of words, which know where their output goes', () => {
    for (const script of ['x "$(y)"', 'x `y`', 'x <(y)', 'x ${A:-$(y)}', 'x <<E\n$(y)\nE\n']) {
      const inner = find(script, 'y');
      assert.equal(inner.parent?.words[0]?.text, 'x', script);
    }
    assert.deepEqual(wordsOf("x '$(y)' \\$(z) $((1 + 2))")[0]?.[0], 'x');
    assert.ok(!wordsOf("x '$(y)'").flat().includes('y'));
    assert.deepEqual(
      wordsOf('x `a "b c"` d').map((words) => words.length),
      [3, 2],
    );
  });
  it('have assignments and redirections', () => {
    const command = find('A=1 B="2 3" x 2>&1 >out <in', 'x');
    assert.deepEqual(
      command.assignments.map(({ name, value }) => [name, value]),
      [
        ['A', '1'],
        ['B', '2 3'],
      ],
    );
    assert.deepEqual(
      command.redirects.map(({ operator, target }) => operator + target.text),
      ['>&1', '>out', '<in'],
    );
    assert.deepEqual(command.words.length, 1);
  });
  it('have pipelines', () => {
    const [a, b, c] = parseShell('a | b\nc').commands;
    assert.equal(a?.pipeline, b?.pipeline);
    assert.notEqual(b?.pipeline, c?.pipeline);
    const lines = parseShell('a |\n# why\n b | # d\n\n c').commands;
    assert.equal(new Set(lines.map(({ pipeline }) => pipeline)).size, 1);
  });
  it('say what stands around each command', () => {
    const stands = (script: string): string[] =>
      parseShell(script).commands.map(({ words, stand }) => {
        const brackets = [];
        for (let each = stand?.bracket; each !== undefined; each = each.outer) {
          brackets.push(`${each.kind} ${String(each.at)}`);
        }
        return [words[0]?.text, stand?.before, stand?.after, ...brackets].join(' ');
      });
    assert.deepEqual(stands('a && b ||\n c; d | e &\nf'), [
      ...['a  &&', 'b && ||', 'c || ;', 'd ; |', 'e | &', 'f & '],
    ]);
    assert.deepEqual(stands('(a; (b) )\nc'), [
      ...['a ( ; subshell 0', 'b ( ) subshell 4 subshell 0', 'c \n '],
    ]);
    assert.deepEqual(stands('f() { a; }; g() ( b )'), [
      ...['f  (', '{ () ;', '} ; ;', 'g ; (', 'b ( ) list 16'],
    ]);
    assert.deepEqual(stands('x=(a b); ((c)); [[ d || (e) ]] && (f)').slice(1), [
      ...['a ( ) list 2', 'c ( ) list 10 list 9', '[[ ; ||', 'e ( ) list 24'],
      ...[']] ) &&', 'f ( ) subshell 34'],
    ]);
    assert.deepEqual(stands('case a in b) c;; esac'), ['case  )', 'c ) ;;', 'esac ;; ']);
    const nested = parseShell('a $(b; c `d`) <(e)').commands;
    assert.deepEqual(
      nested.map(({ stand }) => [stand?.from, stand?.backticks]),
      [
        [0, false],
        [4, false],
        [4, false],
        [10, true],
        [16, false],
      ],
    );
  });
  it('keep here-documents apart', () => {
    const script = "cat <<'A' > f <<-B\n$(no) tar\nA\n\t$(yes)\n\tB\nnext\n";
    const programs = wordsOf(script).map(([first]) => first);
    assert.deepEqual(programs, ['cat', 'yes', 'next']);
    const { heredocs } = parseShell(script);
    assert.deepEqual(
      heredocs.map(({ start, end }) => script.slice(start, end)),
      ['$(no) tar\n', '\t$(yes)\n'],
    );
    // Backticks end one that nothing else ends.
    assert.deepEqual(wordsOf('a `b <<E\nc $(d)\n` e\nf'), [
      ['a', '`b <<E\nc $(d)\n`', 'e'],
      ['b'],
      ['d'],
      ['f'],
    ]);
  });
  it('say what nothing closes', () => {
    const open: Readonly<Record<string, number | undefined>> = {
      'a "b': 2,
      "a 'b": 2,
      'a $(b': 3,
      'a ${b': 3,
      'a `b': 2,
      "a # don't": undefined,
      "cat <<E\ndon't\nE\n": undefined,
      'a "$(b ")")"': undefined,
    };
    for (const [script, expected] of Object.entries(open)) {
      assert.equal(parseShell(script).open, expected, script);
    }
  });
});

describe('Shell scripts: hostile text', () => {
  const fill = (text: string): string => text.repeat(MOST_SHELL / text.length);
  for (const text of [
    ...['$(', '${', '`', '"$(', '((', '$((', '<<a ', '<<a\n', "'", '"', '\\', 'a|', '<(', '${a:-'],
    ...['$', '>', '#', '=', 'a=$(', '\n\n', ' ', '`$('],
  ]) {
    it(`ends on ${JSON.stringify(text)} again and again`, () => {
      parseShell(fill(text));
      splitWords(fill(text));
    });
  }
  it('keeps every place inside of the script', () => {
    const units = fc.constantFrom(...'ab $(){}`"\'\\|;&<>\n=#*-EOF'.split(''));
    fc.assert(
      fc.property(fc.array(units, { maxLength: 40 }), (list) => {
        const script = list.join('');
        for (const { words, redirects } of parseShell(script).commands) {
          for (const word of [...words, ...redirects.map(({ target }) => target)]) {
            assert.ok(word.start >= 0 && word.start <= word.end && word.end <= script.length);
            const { inner, text } = word;
            if (inner === undefined) continue;
            assert.equal(script.slice(inner, inner + text.length), text, script);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});

const SHLEX = `
import json, shlex, sys
def split(text):
    try:
        return shlex.split(text)
    except ValueError:
        return None
print(json.dumps([split(text) for text in json.load(sys.stdin)]))
`;

describe('Words without a shell', () => {
  it('are those of shlex', function () {
    const units = fc.constantFrom(...'ab "\'\\\n\t#|$*é'.split(''), '\r\n', '""', "''", '\\\n');
    const texts = fc.sample(
      fc.array(units, { maxLength: 16 }).map((list) => list.join('')),
      4000,
    );
    const ran = spawnSync('python3', ['-c', SHLEX], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (ran.status !== 0) skip(this, 'there is no Python');
    const theirs = JSON.parse(ran.stdout) as (string[] | null)[];
    texts.forEach((text, index) => {
      const split = splitWords(text);
      const own = split.ok ? split.words.map((word) => word.text) : null;
      assert.deepEqual(own, theirs[index], JSON.stringify(text));
    });
    assert.ok(theirs.some((each) => each === null));
  });
});
