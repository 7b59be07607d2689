import assert from 'node:assert/strict';
import { isPlan, parsePlan } from '../../../src/core/formats/plan/plan.js';
import { checkSteps } from '../../../src/core/formats/plan/argv.js';
import { substitute } from '../../../src/core/formats/plan/substitute.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import {
  destinationOf,
  literalDigest,
  refusals,
  spanWithin,
} from '../../../src/core/model/plan.js';
import type { BuildPlan } from '../../../src/core/model/plan.js';
import { sentence } from '../../../src/core/words/findings.js';

const FILE = 'build/plan.yaml' as RepoPath;
const parse = (text: string): BuildPlan => parsePlan(text, FILE);
/** `line:column severity code` of each finding, by place. */
const said = (findings: readonly Finding[]): string[] =>
  findings.map(({ place, severity, code }) => {
    const { line, column } = place?.span.start ?? { line: 0, column: 0 };
    return `${line}:${column} ${severity} ${code}`;
  });
const DIGEST = 'a1'.repeat(32);
/** A plan without fault, but for what is put in. */
const plan = (more: string, rest = `expected_digest: sha256:${DIGEST}\n`): string =>
  `artifact: out.tar\nsteps: [make]\n${more}${more.includes('expected_digest') ? '' : rest}`;

/** The document of docs/plan.md. */
const EXAMPLE = `version: 1
artifact: dist/app-{tag}.tar.gz
sources:
  - path: src
    destination: source
  - README.md
steps:
  - run: |
      mkdir -p dist
      tar -cf dist/app-{tag}.tar -C source .
  - [gzip, -n, 'dist/app-{tag}.tar']
  - run: ['true', 1.50, yes]
environment:
  TZ: UTC
  N: 010
reference_attestation: att/{tag}.json
`;

describe('Build plans', () => {
  it('are read with the place of every part', () => {
    const { artifact, sources, steps, environment, referenceAttestation, version } = parse(EXAMPLE);
    assert.equal(version?.text, '1');
    assert.equal(artifact?.text, 'dist/app-{tag}.tar.gz');
    assert.deepEqual(artifact.keySpan.start, { line: 2, column: 1 });
    assert.deepEqual(artifact.span, {
      start: { line: 2, column: 11 },
      end: { line: 2, column: 32 },
    });
    assert.deepEqual(
      sources.map(({ path, destination }) => [path.text, destination?.text]),
      [
        ['src', 'source'],
        ['README.md', undefined],
      ],
    );
    assert.deepEqual(
      steps.map(({ kind, number }) => `${number} ${kind}`),
      ['1 shell', '2 exec', '3 exec'],
    );
    const [first, , third] = steps;
    assert.ok(first?.kind === 'shell' && third?.kind === 'exec');
    const at = first.script.text.indexOf('tar');
    assert.deepEqual(spanWithin(first.script, at, at + 3).start, { line: 10, column: 7 });
    assert.deepEqual(
      third.words.map(({ text }) => text),
      ['true', '1.5', 'True'],
    );
    assert.deepEqual(
      environment.map(({ name, value }) => `${name}=${value.text}`),
      ['TZ=UTC', 'N=8'],
    );
    assert.equal(referenceAttestation?.key, 'reference_attestation');
  });

  it('have the tag put in everywhere, and keep their places', () => {
    const { artifact, steps, referenceAttestation, file } = substitute(parse(EXAMPLE), 'v1.2');
    assert.equal(file, FILE);
    assert.equal(artifact?.text, 'dist/app-v1.2.tar.gz');
    assert.equal(referenceAttestation?.text, 'att/v1.2.json');
    const [first, second] = steps;
    assert.ok(first?.kind === 'shell' && second?.kind === 'exec');
    assert.equal(first.script.text, 'mkdir -p dist\ntar -cf dist/app-v1.2.tar -C source .\n');
    assert.equal(second.words[2]?.text, 'dist/app-v1.2.tar');
    const place = (text: string) => {
      const at = first.script.text.indexOf(text);
      return spanWithin(first.script, at, at + text.length).start;
    };
    assert.deepEqual(place('tar -cf'), { line: 10, column: 7 });
    assert.deepEqual(place('-C source'), { line: 10, column: 34 });
    assert.deepEqual(place('v1.2'), { line: 10, column: 24 });
    assert.equal(substitute(parse(EXAMPLE), '').artifact?.text, 'dist/app-{tag}.tar.gz');
  });

  it('have the tag put in by its five characters only', () => {
    const { artifact, environment, tag } = substitute(
      parse(plan('tag: rc-{tag}\nenvironment: {"{tag}": "{{tag}}{ tag }{TAG}"}\n')),
      'x',
    );
    assert.equal(artifact?.text, 'out.tar');
    assert.equal(tag?.text, 'rc-x');
    assert.deepEqual(
      environment.map(({ name, value }) => [name, value.text]),
      [['{tag}', '{x}{ tag }{TAG}']],
    );
  });

  it('are checked again with the tag', () => {
    const plain = parse('artifact: "{tag}"\nsteps: [make]\nattestation: att/{tag}\n');
    assert.deepEqual(refusals(plain), []);
    for (const tag of ['../x', '/x', 'a/../..', 'a\0']) {
      assert.ok(refusals(substitute(plain, tag)).length > 0, tag);
    }
    assert.deepEqual(refusals(substitute(plain, 'v1')), []);
  });

  it('are recognised by what they hold', () => {
    for (const text of [EXAMPLE, 'steps: []\nartifact: x\n', '\ufeffartifact: x\nbuild_steps:\n']) {
      assert.ok(isPlan(text), text);
    }
    assert.ok(isPlan('{"artifact": "x", "steps": ["make"]}'));
    assert.ok(isPlan('artifact: x\nsteps: [unfinished\n'));
    for (const text of [
      '',
      'artifact: x\n',
      'jobs:\n  artifact: x\n  steps: []\n',
      '{"plan": {"artifact": "x", "steps": []}}',
      `artifact: x\nsteps: [make]\n${'#'.repeat(70_000)}`,
    ]) {
      assert.ok(!isPlan(text), text.slice(0, 60));
    }
  });

  it('copy to the last component unless they say where to', () => {
    const { sources } = parse(
      plan(
        'sources: [deep/er/file.txt, a/, ., {path: x, destination: y/z}, {path: w, destination: ""}]\n',
      ),
    );
    const to = sources.map((source) => destinationOf(source));
    assert.deepEqual(
      to.map((each) => (each.ok ? each.path : each.problem)),
      ['file.txt', 'a', '', 'y/z', 'w'],
    );
  });

  it('compare what follows the first colon of a literal digest', () => {
    assert.equal(literalDigest(' sha256: ab '), 'ab');
    assert.equal(literalDigest('ab'), 'ab');
    for (const text of ['sha256:', '  ', 'sha256: ']) assert.equal(literalDigest(text), undefined);
  });
});

/** Text of a plan, and what is found in it. */
const MISTAKES: Readonly<Record<string, readonly [text: string, ...expected: string[]]>> = {
  nothing: [plan('')],
  'a scalar for sources': [plan('sources: abc\n'), '3:10 error plan-shape'],
  'a mapping for sources': [plan('sources: {path: a}\n'), '3:10 error plan-shape'],
  'a scalar for steps': [
    `artifact: a\nsteps: abc\nexpected_digest: ${DIGEST}\n`,
    '2:8 error plan-shape',
  ],
  'a mapping for steps': [
    `artifact: a\nsteps: {run: make}\nexpected_digest: ${DIGEST}\n`,
    '2:8 error plan-shape',
  ],
  'a list for environment': [plan('environment: [A=1]\n'), '3:14 error plan-shape'],
  'a text for environment': [plan('environment: A=1\n'), '3:14 error plan-shape'],
  'no artifact': [`steps: [make]\nexpected_digest: ${DIGEST}\n`, '1:1 error plan-missing'],
  'a date for artifact': [
    `artifact: 2024-01-01\nsteps: [make]\nexpected_digest: ${DIGEST}\n`,
    '1:11 error plan-shape',
  ],
  'a tag without quotes at the front': [
    `artifact: {tag}\nsteps: [make]\nexpected_digest: ${DIGEST}\n`,
    '1:11 error plan-shape',
  ],
  'no steps': [`artifact: a\nexpected_digest: ${DIGEST}\n`, '1:1 error plan-missing'],
  'empty steps': [`artifact: a\nsteps: []\nexpected_digest: ${DIGEST}\n`, '2:1 error plan-missing'],
  'only steps that are skipped': [
    `artifact: a\nsteps: [null, 3]\nexpected_digest: ${DIGEST}\n`,
    '2:9 warning plan-step-skipped',
    '2:15 warning plan-step-skipped',
    '2:9 warning plan-steps-skipped',
  ],
  'a step without run': [
    `artifact: a\nsteps:\n  - name: x\n  - make\nexpected_digest: ${DIGEST}\n`,
    '3:5 warning plan-step-skipped',
    '3:5 info config-unknown-key',
  ],
  'a number to run': [
    `artifact: a\nsteps:\n  - run: 12:30\nexpected_digest: ${DIGEST}\n`,
    '3:10 error plan-shape',
    '3:5 warning plan-steps-skipped',
  ],
  'an empty command': [
    `artifact: a\nsteps:\n  - run: []\n  - run: ""\nexpected_digest: ${DIGEST}\n`,
    '3:10 error plan-step-empty',
    '4:10 warning plan-step-empty',
  ],
  'words that are no texts': [
    `artifact: a\nsteps:\n  - [x, yes, 1.0, 7, {a: b}]\nexpected_digest: ${DIGEST}\n`,
    '3:22 error plan-shape',
    '3:9 warning plan-reads',
  ],
  'entries that are skipped': [
    plan('sources: [3, {path: [a]}, a]\n'),
    '3:11 warning plan-source-ignored',
    '3:15 warning plan-source-ignored',
  ],
  'unknown keys of a source': [
    plan('sources:\n  - path: a\n    exclude: .git\n'),
    '5:5 warning config-unknown-key',
  ],
  'paths that leave': [
    plan('sources: [../a, /b, {path: c, destination: ../d}, {path: e, destination: /f}]\n'),
    '3:11 error plan-path',
    '3:17 error plan-path',
    '3:44 error plan-path',
    '3:74 error plan-path',
  ],
  'an artifact that leaves': [
    `artifact: ../a\nsteps: [make]\nexpected_digest: ${DIGEST}\n`,
    '1:11 error plan-path',
  ],
  'an artifact that is the workspace': [
    `artifact: a/..\nsteps: [make]\nexpected_digest: ${DIGEST}\n`,
    '1:11 error plan-artifact-directory',
  ],
  'a reference that leaves': [plan('reference_artifact: ../a\n', ''), '3:21 error plan-path'],
  'the whole repository': [plan('sources: [.]\n'), '3:11 info plan-source-everything'],
  'a digest of digits': [plan(`expected_digest: ${'12'.repeat(32)}\n`), '3:18 error plan-shape'],
  'a digest that others read as a float': [
    plan(`expected_digest: ${'1'.repeat(30)}e${'1'.repeat(33)}\n`),
    '3:18 warning plan-digest',
  ],
  'a short digest': [plan('expected_digest: sha256:ab\n'), '3:18 error plan-digest'],
  'a digest in upper case': [
    plan(`expected_digest: sha256:${DIGEST.toUpperCase()}\n`),
    '3:18 error plan-digest',
  ],
  'a digest of another kind': [
    plan(`expected_digest: sha512:${DIGEST}\n`),
    '3:18 error plan-digest',
  ],
  'an empty digest': [
    plan('expected_digest: "sha256: "\n'),
    '3:18 warning plan-digest',
    '1:1 warning plan-no-reference',
  ],
  'no reference': [plan('', ''), '1:1 warning plan-no-reference'],
  'several references': [
    plan(`reference_artifact: a\nexpected_digest: ${DIGEST}\n`),
    '4:1 info plan-references',
  ],
  'a reference that is no text': [
    plan('reference_artifact: 3\n', ''),
    '3:21 warning plan-shape',
    '1:1 warning plan-no-reference',
  ],
  aliases: [
    `artifact: a\nbuild_steps: [make]\nattestation: a.json\n`,
    '2:1 info plan-alias',
    '3:1 info plan-alias',
  ],
  'an alias beside its key': [plan('build_steps: [other]\n'), '3:1 warning plan-key-ignored'],
  'unknown keys': [
    plan('expected_digst: a\nfoo: b\n'),
    '3:1 warning config-unknown-key',
    '4:1 info config-unknown-key',
  ],
  'keys that stand there twice': [
    plan('sources: [a]\nsources: [b]\n'),
    '4:1 warning config-duplicate-key',
  ],
  'a tag that is a number': [plan('tag: 1.10\n'), '3:6 warning plan-reads'],
  'a tag that is nothing': [plan('tag: 0\n'), '3:6 warning plan-reads'],
  'variables that YAML reads otherwise': [
    plan('environment:\n  A: no\n  B: 010\n  C:\n  on: x\n  D: 7\n  E-F: "1"\n'),
    '4:6 warning plan-reads',
    '5:6 warning plan-reads',
    '6:5 warning plan-reads',
    '7:3 warning plan-reads',
    '9:3 warning plan-variable-name',
  ],
  'a NUL': [plan('environment: {A: "a\\0b"}\n'), '3:18 error plan-nul'],
  'a list that is no plan': ['- a\n', '1:1 error plan-document'],
  nothing_at_all: ['# empty\n', '1:1 error plan-document'],
  'no YAML': ['artifact: [a\nsteps: b\n', '2:1 error yaml-syntax'],
  'a second document': [`${plan('')}---\na: 1\n`, '4:1 error yaml-refused'],
  'bytes that are no UTF-8': ['artifact: \udcff\n', '1:1 error not-utf8'],
  'a control character': [plan('# \u0007\n'), '3:3 error yaml-syntax'],
};

describe('Build plans: mistakes', () => {
  for (const [name, [text, ...expected]] of Object.entries(MISTAKES)) {
    it(name.replaceAll('_', ' '), () => {
      const { findings } = parse(text);
      const places = said(findings).filter((each) => !/^\d+:\d+ error yaml-syntax/.test(each));
      if (expected.some((each) => each.includes('yaml-syntax'))) {
        assert.ok(findings.some(({ code }) => code === 'yaml-syntax'));
        return;
      }
      assert.deepEqual(places.sort(), [...expected].sort());
      for (const finding of findings) assert.ok(sentence(finding).length > 10);
    });
  }

  it('a plan is refused for what cannot be run, and for nothing else', () => {
    const refused = (text: string): string[] => refusals(parse(text)).map(({ code }) => code);
    assert.deepEqual(refused(plan('expected_digest: sha256:AB\n')), []);
    assert.deepEqual(refused(plan('sources: ["/etc"]\n')), ['plan-path']);
    assert.deepEqual(refused('artifact: x\n'), ['plan-missing']);
    assert.deepEqual(refused('a: [\n').slice(0, 1), ['yaml-syntax']);
  });

  it('a text that is too long is refused unread', () => {
    assert.deepEqual(said(parse('#'.repeat(70_000)).findings), ['1:1 error config-too-large']);
  });
});

describe('Build plans: steps with and without a shell', () => {
  const steps = (run: string): BuildPlan =>
    parse(`artifact: a\nexpected_digest: ${DIGEST}\nsteps:\n${run}`);
  const codes = (run: string, mode: 'shell' | 'argv'): string[] =>
    said(checkSteps(steps(run), mode));

  it('find quotes that nothing closes', () => {
    const run = "  - run: |\n      echo a\n      echo 'b\n";
    assert.deepEqual(codes(run, 'shell'), ['6:12 error plan-step-quote']);
    assert.deepEqual(codes(run, 'argv'), ['6:12 error plan-step-quote']);
  });
  it('know comments and here-documents of a shell', () => {
    const run = "  - run: |\n      echo a # don't\n      cat <<E\n      isn't\n      E\n";
    assert.deepEqual(codes(run, 'shell'), []);
  });
  it('know that there is no comment without a shell', () => {
    assert.deepEqual(codes('  - run: "make # don\'t"\n', 'argv'), ['4:21 error plan-step-quote']);
  });
  it('say what is lost without a shell', () => {
    assert.deepEqual(codes('  - run: |\n      make\n      make test\n', 'argv'), [
      '5:7 warning plan-step-lines',
    ]);
    assert.deepEqual(codes('  - a && b\n', 'argv'), ['4:7 warning plan-step-shell']);
    assert.deepEqual(codes('  - GZIP=-n tar\n', 'argv'), ['4:5 warning plan-step-shell']);
    assert.deepEqual(codes('  - echo $HOME\n', 'argv'), ['4:10 warning plan-step-shell']);
    assert.deepEqual(codes('  - "  "\n', 'argv'), ['4:5 error plan-step-empty']);
    assert.deepEqual(codes('  - tar -cf a.tar "b c"\n  - [sh, -c, a && b]\n', 'argv'), []);
  });
});
