/** Edits of words in lists, held against what a real shell makes of the same edits in a line. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { execWords } from '../../../src/core/formats/dockerfile/arguments.js';
import { execList } from '../../../src/core/formats/dockerfile/exec.js';
import { dockerfileLines } from '../../../src/core/formats/dockerfile/lines.js';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import { substitute } from '../../../src/core/formats/plan/substitute.js';
import type { UnitEdit } from '../../../src/core/lint/hit.js';
import { listGround, placesOf } from '../../../src/core/lint/lists/lists.js';
import type { ListText } from '../../../src/core/lint/lists/lists.js';
import type { TextEdit } from '../../../src/core/model/fix.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { LineIndex } from '../../../src/core/model/span.js';
import { edited } from './edited.js';
import { dockerfileWith, layouts, planWith } from './listWriter.js';
import type { Layout } from './listWriter.js';

const FILE = 'build/plan.yaml' as RepoPath;

const WORDS = [
  ...[
    'gzip',
    '-n',
    'a',
    'a b',
    '0',
    '1.10',
    'yes',
    'null',
    '2023-01-01',
    '-czf',
    'x=y',
    '~',
    '*.c',
  ],
  ...[
    "it's",
    'a: b',
    'c #d',
    '"',
    '\\',
    '$HOME',
    '{tag}',
    'a-{tag}.tar',
    '',
    ' ',
    '\n',
    'a\nb',
    '- x',
  ],
  ...[
    'é',
    '\u0007',
    '\u0085',
    '\u2028',
    '\ufeff',
    '😀',
    '[',
    ',',
    '&a',
    '*a',
    '!x',
    '%',
    '@0',
    '?',
    '|',
  ],
];
const PLAIN = [
  ...[
    ' -n',
    ' --sort=name --x',
    'x',
    ' a b ',
    "'a b'",
    ' "c  d"',
    "--y='gzip -n' -cf",
    '',
    ' ',
    'b ',
  ],
  ...[
    '\\ y',
    ' @0',
    ' 0',
    ' 2023-01-01Z',
    "''",
    ' {}',
    ' é',
    ' {tag}',
    '=1.2',
    " 'a: #b'",
    ' "\'"',
  ],
];
const SHELL = [
  ...[
    ' | sort',
    ' && x',
    '; x',
    ' $X',
    ' "$(date)"',
    ' `x`',
    ' > f',
    ' 2>&1',
    ' &',
    ' # c',
    ' *.c',
  ],
  ...[' ~', ' {a,b}', ' {1..3}', " 'x", ' (x)', '\nx', '$X', ' @${SOURCE_DATE_EPOCH:-0}', '<<E'],
];

/** Where an edit is made, as parts of the length of all words, and what it puts in. */
interface Wish {
  readonly from: number;
  readonly to: number;
  readonly replacement: string;
}

const wishes = (replacements: readonly string[]): fc.Arbitrary<Wish[]> => {
  const wish = fc.record({
    from: fc.nat(),
    to: fc.nat(),
    replacement: fc.constantFrom(...replacements),
  });
  return fc.array(wish, { minLength: 1, maxLength: 3 });
};

/** Edits between units, more often between words than inside of them, none of which overlap. */
function editsFrom(texts: readonly string[], list: readonly Wish[]): UnitEdit[] {
  const places = placesOf(texts.map((text) => ({ text }) as ListText['words'][number]));
  const bounds = places.flatMap(({ start, end }) => [start, end]);
  const some = [...bounds, ...bounds, ...bounds, ...Array(bounds.at(-1)! + 1).keys()];
  const line = texts.join(' ');
  // No edit of ours stands between the halves of a character.
  const all = some.filter((at) => !/[\udc00-\udfff]/.test(line[at] ?? ''));
  const edits: UnitEdit[] = [];
  for (const { from, to, replacement } of list) {
    const [a, b] = [all[from % all.length]!, to % 3 === 0 ? -1 : all[to % all.length]!];
    const [start, end] = b < 0 ? [a, a] : [Math.min(a, b), Math.max(a, b)];
    if (edits.every((each) => end < each.start || start > each.end)) {
      edits.push({ start, end, replacement });
    }
  }
  return edits;
}

/** The same edits in a line of shell, and the words that `sh` makes of it. */
function wordsOfShell(texts: readonly string[], edits: readonly UnitEdit[]): string[] {
  const ordered = edits.toSorted((a, b) => a.start - b.start);
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  let line = '';
  let at = 0;
  const copy = (to: number): void => {
    for (const { text, start, end } of placesOf(texts.map((each) => ({ text: each }) as never))) {
      if (start > at && start <= to) line += ' ';
      const part = text.slice(Math.max(0, at - start), Math.max(0, to - start));
      const isEmpty = text === '' && start >= at && start <= to;
      if ((part !== '' && end >= at) || isEmpty) line += quoted(part);
    }
    at = to;
  };
  for (const { start, end, replacement } of ordered) {
    copy(start);
    line += replacement;
    at = end;
  }
  copy(1e6);
  const printed = execFileSync('/bin/sh', [
    '-c',
    `p() { for x; do printf '%s\\0' "$x"; done; }; p ${line}`,
  ]);
  return printed.toString('utf8').split('\0').slice(0, -1);
}

/** A document with a list, and how it is read. */
interface Document {
  readonly text: string;
  readonly read: (text: string) => ListText;
  readonly tag?: string;
}

function planDocument(texts: readonly string[], layout: Layout, tag = ''): Document {
  const read = (text: string): ListText => {
    const plan = parsePlan(text, FILE);
    assert.deepEqual(plan.structure, [], text);
    const [step] = substitute(plan, tag).steps;
    assert.ok(step?.kind === 'exec', text);
    return step;
  };
  return { text: planWith(texts, layout), read, tag };
}

function dockerDocument(texts: readonly string[], layout: Layout): Document {
  const read = (text: string): ListText => {
    const command = dockerfileLines(text).instructions[1]!.rest;
    assert.ok(execWords(command.text), text);
    return execList(command, new LineIndex(text))!;
  };
  return { text: dockerfileWith(texts, layout), read };
}

const textsOf = ({ words }: ListText): string[] => words.map(({ text }) => text);
const lists = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 5 });

/** Whether the edits were made; that they were made rightly is asserted. */
function holds({ text, read, tag = '' }: Document, list: readonly Wish[]): boolean {
  const before = read(text);
  const edits = editsFrom(textsOf(before), list);
  const made = listGround(FILE, before).edits(edits);
  if (made === undefined) return false;
  const now = edited(text, made);
  const expected = wordsOfShell(textsOf(before), edits);
  const told = tag === '' ? expected : expected.map((word) => word.replaceAll('{tag}', tag));
  assert.deepEqual(textsOf(read(now)), told, now);
  // What stands for the tag stays, and so do the line ends.
  if (tag !== '') assert.ok(now.split('{tag}').length >= text.split('{tag}').length, now);
  if (text.includes('\r\n')) assert.doesNotMatch(now, /[^\r]\n/);
  return true;
}

/** Whether an edit may be refused: something is shared, a comment would go, or nothing would be left. */
function isExcused({ text, read }: Document, layout: Layout, list: readonly Wish[]): boolean {
  const texts = textsOf(read(text));
  const hasComment = layout.list === 'flow' && layout.gaps.some((gap) => gap === 3 || gap === 5);
  return (
    layout.styles.includes('anchor') ||
    hasComment ||
    texts.includes('') ||
    wordsOfShell(texts, editsFrom(texts, list)).length === 0
  );
}

const EMPTY: Layout = {
  ...{ list: 'flow', run: false, lineEnd: '\n', styles: ['plain'], gaps: [0], tail: false },
};

describe('Edits of words in lists', function () {
  this.timeout(120_000);
  it('make the words that a shell makes of them, in lists of YAML', () => {
    let made = 0;
    fc.assert(
      fc.property(lists, layouts(), wishes(PLAIN), (texts, layout, list) => {
        const document = planDocument(texts, layout);
        if (holds(document, list)) made += 1;
        else assert.ok(isExcused(document, layout, list), document.text);
      }),
      { numRuns: 600 },
    );
    assert.ok(made > 280, String(made));
  });

  it('make them where a tag stands in other words', () => {
    let made = 0;
    fc.assert(
      fc.property(lists, layouts(), wishes(PLAIN), (texts, layout, list) => {
        made += Number(holds(planDocument([...texts, 'b{tag}'], layout, 'v1'), list));
      }),
      { numRuns: 500 },
    );
    assert.ok(made > 100, String(made));
  });

  it('make them in lists of JSON', () => {
    let made = 0;
    fc.assert(
      fc.property(lists, layouts(), wishes(PLAIN), (texts, layout, list) => {
        made += Number(holds(dockerDocument(texts, layout), list));
      }),
      { numRuns: 500 },
    );
    assert.ok(made > 350, String(made));
  });

  it('are refused where only a shell could make them', () => {
    fc.assert(
      fc.property(lists, layouts(), wishes(PLAIN), fc.constantFrom(...SHELL), (...given) => {
        const [texts, layout, list, replacement] = given;
        const step = planDocument(texts, layout).read(planWith(texts, layout));
        const [first, ...others] = editsFrom(textsOf(step), list);
        const edits = [...others, { ...first!, replacement }];
        assert.equal(listGround(FILE, step).edits(edits), undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('keep the word that a person has to fill in', () => {
    const text = 'artifact: a\nsteps:\n  - [pip, install, numpy]\n';
    const { read } = planDocument([], EMPTY);
    const edit = { start: 17, end: 17, replacement: '==VERSION', blank: 'VERSION' } as const;
    const made = (edits: readonly UnitEdit[]): readonly TextEdit[] | undefined =>
      listGround(FILE, read(text)).edits(edits);
    const span = { start: { line: 3, column: 20 }, end: { line: 3, column: 25 } };
    assert.deepEqual(made([edit]), [{ span, replacement: '"numpy==VERSION"', blank: 'VERSION' }]);
    // An edit has one such word, and it stands there once.
    for (const replacement of ['-VERSION==VERSION', ' x==VERSION y==VERSION']) {
      assert.equal(made([{ ...edit, replacement }]), undefined);
    }
  });

  it('are refused where an assignment would become the program', () => {
    const step = planDocument([], EMPTY).read('artifact: a\nsteps:\n  - [find, .]\n');
    const before = (start: number): UnitEdit => ({ start, end: start, replacement: 'LC_ALL=C ' });
    assert.equal(listGround(FILE, step).edits([before(0)]), undefined);
    assert.equal(listGround(FILE, step).edits([before(5)])?.length, 1);
  });
});
