import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { MOST_YAML, YamlText } from '../../../src/core/formats/yaml/text.js';
import type { YamlNode } from '../../../src/core/formats/yaml/text.js';
import { skip } from '../../harness/skip.js';

/** A value as JSON, keys that stand twice read as Python does: the last counts. */
function plain(node: YamlNode | undefined): unknown {
  if (node === undefined) return null;
  if (node.kind === 'list') return node.items.map(plain);
  if (node.kind === 'scalar') return node.value === undefined ? 'other' : node.value;
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}
const read = (text: string): unknown => plain(new YamlText(text).root);
const problems = (text: string): string[] =>
  new YamlText(text).problems.map((each) => (each.kind === 'refused' ? each.why : 'syntax'));

describe('YAML', () => {
  it('reads what Python reads', () => {
    assert.deepEqual(read('a: yes\nb: 3.10\nc: "3.10"\nd:\ne: [x, 1]\nf: {g: off}\n'), {
      a: true,
      b: 3.1,
      c: '3.10',
      d: null,
      e: ['x', 1],
      f: { g: false },
    });
  });
  it('knows where keys and values stand', () => {
    const { root } = new YamlText('a:\n  - b: "x y"\n    c:\n');
    assert.ok(root?.kind === 'map');
    const [a] = root.entries;
    assert.deepEqual(a?.keySpan, { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } });
    assert.ok(a.value.kind === 'list' && a.value.items[0]?.kind === 'map');
    const [b, c] = a.value.items[0].entries;
    assert.deepEqual(b?.value.span, {
      start: { line: 2, column: 8 },
      end: { line: 2, column: 13 },
    });
    assert.deepEqual(c?.value.span.start, { line: 3, column: 7 });
  });
  it('says where the text is no YAML', () => {
    const { problems } = new YamlText('a: 1\nb: [1, 2\nc: 3\n');
    assert.ok(problems.length > 0);
    assert.ok(problems.every(({ kind }) => kind === 'syntax'));
    assert.ok(problems.every(({ span }) => span.start.line >= 2));
  });
  it('follows aliases and merges to the values of the place', () => {
    assert.deepEqual(read('a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\nc: [*x]\n'), {
      a: { p: 1, q: 2 },
      b: { q: 3, p: 1 },
      c: [{ p: 1, q: 2 }],
    });
  });
  it('keeps both of two equal keys', () => {
    const { root, problems } = new YamlText('a: 1\na: 2\n');
    assert.deepEqual(problems, []);
    assert.deepEqual(root?.kind === 'map' && root.entries.map(({ key }) => key), ['a', 'a']);
  });
  it('takes a name from Object for a key like others', () => {
    assert.deepEqual(problems('__proto__: 1\nconstructor: 2\n'), []);
    const { root } = new YamlText('__proto__: 1\n');
    assert.equal(root?.kind === 'map' && root.entries[0]?.key, '__proto__');
  });
  it('builds nothing from tags', () => {
    for (const text of [
      'a: !x 1',
      'a: !!python/object:os.system {}',
      'a: !!js/function "x"',
      'a: !!set {x}',
      '!x\na: 1',
    ]) {
      const said = problems(text);
      assert.ok(said.includes('tag') || said.includes('syntax'), `${text}: ${said.join()}`);
    }
    assert.deepEqual(problems('a: !!str 1'), []);
  });
  it('reads one document, plain keys and no alias without an end', () => {
    assert.deepEqual(problems('a: 1\n---\nb: 2\n'), ['documents']);
    assert.deepEqual(problems('? [a]\n: 1\n'), ['key']);
    assert.deepEqual(problems('a: &x [*x]\n'), ['cycle']);
    assert.ok(problems('a: *none\n').length > 0);
  });
  it('has no value for empty text', () => {
    for (const text of ['', '\n\n', '# nothing\n'])
      assert.equal(new YamlText(text).root, undefined);
  });
});

describe('YAML: hostile text', () => {
  const fill = (text: string): string => text.repeat(Math.floor(MOST_YAML / text.length));
  const bomb = [
    'a0: &a0 [x, x, x, x, x, x, x, x, x]',
    ...Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`),
  ].join('\n');
  const hostile: Readonly<Record<string, string>> = {
    'an alias bomb': bomb,
    'a bomb of merges': bomb
      .replaceAll('[', '{<<: [')
      .replaceAll(']', ']}')
      .replaceAll('x, ', '{}, '),
    'lists in lists': fill('['),
    'maps in maps': fill('{a: '),
    'dashes in dashes': fill('- '),
    'questions in questions': fill('? '),
    'indented maps': Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    'brackets that close nothing': fill(']'),
    'documents after documents': fill('---\n'),
    'tags of tags': `a: ${fill('!!x ')}`,
    'anchors of anchors': `a: ${fill('&x ')}`,
    'a quote that never ends': `a: "${fill('x\\n')}`,
    tabs: fill('\t: ? - '),
  };
  for (const [name, text] of Object.entries(hostile)) {
    it(`ends quickly on ${name}`, () => {
      const { problems } = new YamlText(text);
      assert.ok(problems.length > 0);
      assert.ok(problems.length < 50);
    });
  }
  it('ends quickly on many keys', () => {
    const text = Array.from({ length: 5000 }, (_, i) => `a${i}: 1`).join('\n');
    assert.deepEqual(problems(text), []);
  });
});

/** What PyYAML makes of texts; what JSON does not have is the text `other`. */
const PYTHON = `
import json, sys, yaml
def load(text):
    try:
        return {'value': yaml.safe_load(text)}
    except yaml.YAMLError:
        return {'refused': True}
print(json.dumps([load(text) for text in json.load(sys.stdin)], default=lambda _: 'other'))
`;

describe('YAML as Python reads it', function () {
  this.timeout(120_000);
  const scalar = fc.oneof(
    fc.constantFrom(
      'yes',
      'No',
      'on',
      'OFF',
      'true',
      '~',
      'null',
      '3.10',
      '3.12',
      '010',
      '0x1F',
      '1_000',
      '1e3',
      '.5',
      '-1',
      '+2',
      'v1.2',
      '22:22',
      '8080:80',
      '2024-01-01',
      '"3.10"',
      "'it''s'",
      '"a\\tb"',
      'a b',
      'a#b',
      'x # note',
      'ubuntu:24.04',
      '/x:/y',
      '',
      '0o7',
      '1.',
      '.inf',
    ),
    // A lone `=` is a value that Python's reader knows and refuses.
    fc.stringMatching(/^[a-zA-Z0-9_./=+-]{1,8}$/).filter((text) => text !== '='),
  );
  const key = fc.constantFrom('a', 'b', 'name', 'yes', '"q"');
  const entry = fc.oneof(
    fc.tuple(key, scalar).map(([k, v]) => `${k}: ${v}`),
    fc
      .tuple(key, fc.array(scalar, { maxLength: 3 }))
      .map(([k, list]) => [`${k}:`, ...list.map((v) => `  - ${v}`)].join('\n')),
    fc.tuple(key, key, scalar).map(([k, l, v]) => `${k}:\n  ${l}: ${v}`),
    fc.tuple(key, key, scalar, scalar).map(([k, l, v, w]) => `${k}:\n  - ${l}: ${v}\n    z: ${w}`),
  );
  const documents = fc
    .array(entry, { minLength: 1, maxLength: 4 })
    .map((lines) => `${lines.join('\n')}\n`);

  it('agrees on settings of every form', function () {
    const texts = fc.sample(documents, 2000);
    const { status, stdout } = spawnSync('python3', ['-c', PYTHON], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (status !== 0) skip(this, 'there is no Python with PyYAML');
    const theirs = JSON.parse(stdout.replaceAll('Infinity', '"inf"')) as {
      value?: unknown;
      refused?: true;
    }[];
    texts.forEach((text, index) => {
      const { root, problems } = new YamlText(text);
      const { value, refused } = theirs[index]!;
      assert.equal(problems.length > 0, refused === true, text);
      if (refused) return;
      assert.deepEqual(normalised(plain(root)), normalised(value), text);
    });
  });
});

/** Keys of JSON are text in both; a boolean key is spelled by Python in its own way. */
function normalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value === 'number' && !Number.isFinite(value)) return 'inf';
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key === 'true' ? 'yes' : key, normalised(each)]),
  );
}
