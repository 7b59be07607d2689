import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import { PLAN_ALIASES, PLAN_KEYS } from '../../../src/core/formats/plan/keys.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { planExplanation, planProposals } from '../../../src/core/words/planCompletion.js';
import type { At, Proposal } from '../../../src/core/words/configCompletion.js';

/** The lines of a text without its mark, and where that stood. */
function cut(text: string, mark = '¦'): { lines: string[]; at: At } {
  const before = text.slice(0, text.indexOf(mark)).split('\n');
  const at = { line: before.length, column: before.at(-1)!.length + 1 };
  return { lines: text.replace(mark, '').split('\n'), at };
}
function proposals(text: string): Proposal[] {
  const { lines, at } = cut(text);
  return planProposals(lines, at);
}
const labels = (text: string): string[] => proposals(text).map(({ label }) => label);

/** The text after a proposal was taken, as the editor puts it in; places to be filled in as they are. */
function taken(text: string, label: string): string {
  const { lines, at } = cut(text);
  const one = planProposals(lines, at).find((each) => each.label === label);
  assert.ok(one, `${label} is not proposed: ${labels(text).join()}`);
  const line = lines[at.line - 1]!;
  assert.ok(one.start <= at.column && one.end >= at.column, 'the columns are around the position');
  const indent = /^ */.exec(line)![0];
  const plain = one.snippet
    ? one.insert
        .replace(/\$\{\d+:([^}]*)\}|\$0/g, '$1')
        .replace(/\\([$}\\])/g, '$1')
        .replaceAll('\n', `\n${indent}`)
    : one.insert;
  lines[at.line - 1] = line.slice(0, one.start - 1) + plain + line.slice(one.end - 1);
  return lines.join('\n');
}
const explained = (text: string): string => {
  const { lines, at } = cut(text);
  return planExplanation(lines, at)?.markdown ?? '';
};
const problems = (text: string): Finding[] => [
  ...parsePlan(text, 'build/plan.yaml' as RepoPath).structure,
];

const TOP = [...Object.keys(PLAN_KEYS), ...PLAN_ALIASES.keys()];
const STEPS = ['run: …', 'run: |', 'run: ["…"]'];

describe('Build plan: completion of keys', () => {
  it('proposes what is not there yet, by its name or by an alias', () => {
    assert.deepEqual(labels('¦'), TOP);
    assert.ok(proposals('¦').every(({ kind, markdown }) => kind === 'key' && markdown.length > 20));
    const rest = labels('artifact: x\nbuild_steps:\n  - make\n¦\n"tag": y\n');
    for (const key of ['artifact', 'steps', 'build_steps', 'tag']) assert.ok(!rest.includes(key));
    assert.equal(rest.length, TOP.length - 4);
  });
  it('marks the undocumented names', () => {
    const struck = proposals('¦').filter(({ deprecated }) => deprecated);
    assert.deepEqual(
      struck.map(({ label }) => label),
      [...PLAN_ALIASES.keys()],
    );
    assert.ok(struck.every(({ detail }) => detail.startsWith('Undocumented alias of "')));
  });
  it('puts a key in the place of what is typed', () => {
    assert.equal(taken('art¦', 'artifact'), 'artifact: ');
    assert.equal(taken('ste¦\nartifact: x', 'steps'), 'steps:\n  - \nartifact: x');
    assert.equal(taken('ar¦t: x', 'artifact'), 'artifact: x');
    assert.equal(taken('"ar¦t": x', 'artifact'), '"artifact": x');
    assert.equal(taken('exp¦', 'expected_digest'), 'expected_digest: "sha256:"');
    assert.equal(taken('\ufeffart¦', 'artifact'), '\ufeffartifact: ');
    assert.equal(taken('tag: x\r\nart¦\r', 'artifact'), 'tag: x\r\nartifact: \r');
    assert.deepEqual(labels('steps:\r\n  - run: |\r\n      a\r\n  - ¦\r'), [...STEPS, 'run']);
  });
  it('knows sources and steps, as lists of mappings in any indentation', () => {
    for (const indent of ['', '  ', '      ']) {
      assert.deepEqual(labels(`sources:\n${indent}- path: a\n${indent}  ¦`), ['destination']);
      assert.deepEqual(labels(`sources:\n${indent}- ¦\n${indent}- b`), [
        'path, destination',
        'path',
        'destination',
      ]);
      assert.deepEqual(labels(`steps:\n${indent}- make\n${indent}- ¦`), [...STEPS, 'run']);
      assert.deepEqual(labels(`build_steps:\n${indent}-\n${indent}  r¦`), ['run']);
    }
    assert.deepEqual(
      labels('steps:\n  - run: make\n  ¦'),
      STEPS.map((label) => `- ${label}`),
    );
    assert.deepEqual(labels('steps:\n  - run: make\n¦').length, TOP.length - 2);
    assert.deepEqual(labels('steps: &all\n  - ¦'), [...STEPS, 'run']);
    assert.deepEqual(labels('sources: [{¦}]'), ['{tag}', 'path', 'destination']);
    assert.deepEqual(labels('sources:\n  - {path: a, ¦}'), ['destination']);
    assert.deepEqual(
      taken('sources:\n  - {path: a, d¦}', 'destination'),
      'sources:\n  - {path: a, destination: }',
    );
  });
  it('has steps and sources that a plan can be made of', () => {
    for (const step of STEPS) {
      const typed = taken('artifact: a\nsteps:\n  - ¦\n', step);
      assert.deepEqual(problems(typed), [], typed);
      assert.deepEqual(
        parsePlan(typed, 'p' as RepoPath).steps[0]?.kind,
        step.includes('[') ? 'exec' : 'shell',
      );
      const fresh = taken('artifact: a\nsteps:\n  ¦\n', `- ${step}`);
      assert.deepEqual(problems(fresh), [], fresh);
    }
    const plan = taken('artifact: a\nsteps: [make]\nsources:\n  - ¦\n', 'path, destination');
    assert.equal(parsePlan(plan, 'p' as RepoPath).sources[0]?.destination?.text, 'src');
  });
  it('proposes variables with the values that the lint puts in', () => {
    assert.deepEqual(labels('environment:\n  TZ: UTC\n  ¦'), [
      ...['LC_ALL', 'LANG', 'SOURCE_DATE_EPOCH', 'PYTHONHASHSEED'],
    ]);
    assert.equal(taken('environment:\n  L¦', 'LC_ALL'), 'environment:\n  LC_ALL: C.UTF-8');
    assert.equal(taken('environment: {T¦}', 'TZ'), 'environment: {TZ: UTC}');
    let text = 'artifact: a\nsteps: [make]\nenvironment:\n';
    for (let count = labels(`${text}  ¦`).length; count > 0; count--) {
      text = `${taken(`${text}  ¦`, labels(`${text}  ¦`)[0]!)}\n`;
    }
    assert.deepEqual(problems(text), []);
    assert.deepEqual(labels(`${text}  ¦`), []);
  });
});

describe('Build plan: completion of values', () => {
  it('proposes them with the quotes that YAML wants', () => {
    assert.equal(taken('expected_digest: ¦', 'sha256:'), 'expected_digest: "sha256:"');
    assert.equal(taken("expected_digest: '¦'", 'sha256:'), "expected_digest: 'sha256:'");
    assert.deepEqual(labels(`expected_digest: "${'1'.repeat(64)}¦"`), []);
    assert.equal(taken('environment:\n  TZ: ¦', 'UTC'), 'environment:\n  TZ: UTC');
    assert.equal(
      taken('environment:\n  SOURCE_DATE_EPOCH: ¦ # when', '1672531200'),
      'environment:\n  SOURCE_DATE_EPOCH: "1672531200" # when',
    );
    assert.deepEqual(labels('steps:¦'), []);
    assert.deepEqual(labels('artifact:¦'), []);
    assert.deepEqual(labels('version: ¦'), []);
  });
  it('proposes {tag} where it is replaced', () => {
    assert.equal(taken('artifact: dist/a-{¦', '{tag}'), 'artifact: dist/a-{tag}');
    assert.equal(taken('artifact: dist/a-{t¦}.tgz', '{tag}'), 'artifact: dist/a-{tag}.tgz');
    assert.equal(taken('artifact: "{¦}"', '{tag}'), 'artifact: "{tag}"');
    // At the front it would begin a mapping.
    for (const half of ['', '{', '{}', '{ta']) {
      const at = half === '{}' ? '{¦}' : `${half}¦`;
      assert.equal(taken(`artifact: ${at}`, '{tag}'), 'artifact: "{tag}"');
    }
    assert.equal(taken('steps:\n  - [cp, a, {¦}]', '{tag}'), 'steps:\n  - [cp, a, "{tag}"]');
    assert.equal(taken('steps:\n  - [cp, "a-{¦}"]', '{tag}'), 'steps:\n  - [cp, "a-{tag}"]');
    assert.equal(taken('sources:\n  - src/{¦}', '{tag}'), 'sources:\n  - src/{tag}');
    assert.deepEqual(labels('steps:\n  - - cp\n    - a-{¦'), ['{tag}']);
    assert.equal(taken('environment:\n  V: v{¦', '{tag}'), 'environment:\n  V: v{tag}');
  });
  it('leaves alone who is typing something else', () => {
    for (const text of ['artifact: dis¦', 'steps:\n  - run: tar¦', 'x: {¦}', 'version: {¦}']) {
      assert.deepEqual(labels(text), [], text);
    }
    assert.deepEqual(labels('environment: {V: {¦}}'), []);
  });
});

describe('Build plan: where nothing is proposed', () => {
  it('holds for comments, scripts and texts that go on', () => {
    for (const text of [
      '# art¦',
      'artifact: x # {¦',
      'steps:\n  - run: |\n      ta¦',
      'steps:\n  - run: |\n      tar\n¦\n      make',
      'steps:\n  - run: |\n      ¦',
      'steps:\n  - run: >-\r\n      make\r\n\r\n      r¦\r\n  - b',
      'steps:\n  - |\n    make\n    ¦',
      'steps:\n  - "make\n    r¦"',
      "artifact: 'a\n  r¦",
      'artifact: a\n  r¦',
      'steps:\n  - make\n    r¦',
      'environment: {\n  T¦\n}',
      'steps: make\n  ¦',
      'sources: "a\n  ¦"',
      'tag: "a\n  steps:\n    ¦"',
      'unknown:\n  ¦',
      'steps:\n  - run:\n      - r¦',
      'steps:\n  - - r¦',
      'steps: ¦',
      '¦  artifact: x',
      `${'x'.repeat(1100)}¦`,
    ]) {
      assert.deepEqual(labels(text), [], JSON.stringify(text));
    }
  });
  it('ends where they end', () => {
    for (const text of [
      'steps:\n  - run: |\n      make\n¦',
      'steps:\n  - run: |\n      make\n\n¦\nartifact: x',
      'tag: "half\n¦',
      "tag: 'it''s'\n¦",
      'artifact: {tag\n¦',
    ]) {
      assert.ok(labels(text).includes('sources'), JSON.stringify(text));
    }
    assert.deepEqual(labels('steps:\n  - run: |\n      make\n  - ¦'), [...STEPS, 'run']);
    assert.deepEqual(labels('steps:\n  - run: echo "a: b" # |\n  - ¦'), [...STEPS, 'run']);
  });
  it('never throws, and stays on the line', () => {
    const units = fc.constantFrom(
      ...['steps:', 'sources:', 'environment:', 'run: ', 'path: ', ' ', '  ', '- ', '\n', '\n  '],
      ...[
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        ',',
        '|',
        '>-',
        '#',
        ' #',
        'a',
        '\r\n',
        '\ufeff',
        '&a',
        '{tag}',
        '\t',
        ':',
      ],
    );
    fc.assert(
      fc.property(fc.array(units, { maxLength: 25 }), fc.nat(), (list, where) => {
        const text = list.join('');
        const at = where % (text.length + 1);
        const { lines, at: position } = cut(`${text.slice(0, at)}¦${text.slice(at)}`);
        const length = lines[position.line - 1]!.length;
        const found = [
          ...planProposals(lines, position),
          ...[planExplanation(lines, position)].filter((each) => each !== undefined),
        ];
        for (const { start, end } of found) {
          assert.ok(start >= 1 && start <= end && end <= length + 1, JSON.stringify(text));
          assert.ok(start <= position.column && position.column <= end, JSON.stringify(text));
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('Build plan: explanation', () => {
  it('is given over a key, and not over its value, where its state stands', () => {
    const text = explained('expected¦_digest: x');
    assert.match(text, /^\*\*expected\\_digest\*\* — .*SHA\\-256/);
    assert.match(text, /quotes/);
    for (const over of ['expected_digest: "x¦y"', 'expected_digest: x¦']) {
      assert.equal(explained(over), '');
    }
    assert.match(explained('build¦_steps:\n  - a'), /Undocumented alias of "steps"/);
    assert.match(explained('t¦ag: "1"'), /attestation is still called after/);
    assert.match(explained('sources:\n  - pa¦th: x'), /\*\*path\*\*.*Required/s);
    assert.match(explained('sources:\n  - {path: x, dest¦ination: y}'), /\*\*destination\*\*/);
    assert.match(explained('steps:\n  - r¦un: make'), /\*\*run\*\*/);
    assert.match(explained('environment:\n  T¦Z: UTC'), /Recommended\\: UTC/);
    assert.match(explained('artifact: a-{t¦ag}.tgz'), /\*\*\\\{tag\\\}\*\*/);
  });
  it('says nothing of other words', () => {
    for (const text of [
      ...['constr¦uctor: x', 'artifact:\n  artif¦act: x', 'steps:\n  - run: |\n      art¦ifact: x'],
      ...['# artif¦act: x', 'environment:\n  art¦ifact: x', 'other:\n  - run: r¦'],
    ]) {
      assert.equal(explained(text), '', text);
    }
  });
  it('has facts and a sentence for every key', () => {
    for (const key of TOP) {
      const text = explained(`${key.slice(0, 1)}¦${key.slice(1)}: x`);
      assert.ok(text.split('\n\n').length >= 2 && text.length > 60, key);
    }
  });
});
