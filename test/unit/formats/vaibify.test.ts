import assert from 'node:assert/strict';
import { parseVaibify } from '../../../src/core/formats/vaibify/vaibify.js';
import type { VaibifyDocument } from '../../../src/core/formats/vaibify/document.js';
import { declaredUnder } from '../../../src/core/formats/vaibify/declared.js';
import type { Convention } from '../../../src/core/formats/vaibify/declared.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { Span } from '../../../src/core/model/span.js';
import {
  emptyStep,
  EXAMPLE_1,
  EXAMPLE_1_SET,
  EXAMPLE_2,
  EXAMPLE_2_SET,
  pipelineText,
} from './vaibifySamples.js';

const FILE = 'workflow.json' as RepoPath;
const parse = (text: string, repo?: string): VaibifyDocument => parseVaibify(text, FILE, repo);
const parseStep = (more: Record<string, unknown>, top: Record<string, unknown> = {}) =>
  parse(pipelineText([emptyStep(more)], top));

const pathsOf = (document: VaibifyDocument, convention: Convention = 'joined'): string[] =>
  [...new Set(declaredUnder(document, convention).declared.map(({ path }) => path))].sort();
const problemsOf = (document: VaibifyDocument): readonly Finding[] =>
  declaredUnder(document, 'joined').findings;

/** The text that a span marks. */
function marked(text: string, { start, end }: Span): string {
  const lines = text.split('\n');
  const offset = (line: number, column: number): number =>
    lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  return text.slice(offset(start.line, start.column), offset(end.line, end.column));
}

describe('vaibify: the documented examples', () => {
  it('declares the set of example 1', () => {
    const document = parse(EXAMPLE_1);
    assert.deepEqual(pathsOf(document), EXAMPLE_1_SET);
    assert.deepEqual(document.findings, []);
    assert.deepEqual(problemsOf(document), []);
    assert.equal(document.title, 'Stellar samples');
    assert.equal(document.generation, 'current');
    assert.equal(document.schemaVersion, 12);
  });
  it('declares the set of example 2', () => {
    const document = parse(EXAMPLE_2);
    assert.deepEqual(pathsOf(document), EXAMPLE_2_SET);
    assert.deepEqual([...document.findings, ...problemsOf(document)], []);
  });
  it('labels steps by kind and marks them whole', () => {
    const { steps } = parse(EXAMPLE_1);
    assert.deepEqual(
      steps.map(({ label }) => label),
      ['A01', 'A02', 'I01'],
    );
    const [first] = steps;
    const object = JSON.parse(marked(EXAMPLE_1, first!.span)) as { sName: string };
    assert.equal(object.sName, 'Generate Samples');
  });
  it('places every entry at its text', () => {
    for (const text of [EXAMPLE_1, EXAMPLE_2]) {
      const { entries } = parse(text);
      assert.ok(entries.length > 9);
      for (const entry of entries) assert.equal(marked(text, entry.place.span), entry.text);
    }
  });
});

describe('vaibify: from declaration to path', () => {
  const outputs: [string, string, string | undefined][] = [
    ['A', 'x', 'A/x'],
    ['A', './b//x', 'A/b/x'],
    ['A', '../x', 'x'],
    ['', 'x', 'x'],
    ['.', 'x', 'x'],
    ['A/', 'x', 'A/x'],
    ['/workspace/R/A', 'x', 'R/A/x'],
    ['A', '{sPlotDirectory}/x', 'Plot/x'],
    ['A', '{a}/x', 'early/late/x'],
    ['A', '{sMissing}/x', undefined],
    ['A', '{iNumberOfCores}/x', undefined],
    ['{sPlotDirectory}', 'x', '{sPlotDirectory}/x'],
    ['A', '{z}', undefined],
  ];
  for (const [directory, text, path] of outputs) {
    it(`output ${text} in "${directory}" is ${path ?? 'left out'}`, () => {
      const top = { iNumberOfCores: 4, a: 'early/{b}', b: 'late', z: '{a}' };
      const document = parseStep({ sDirectory: directory, saOutputDataFiles: [text] }, top);
      assert.deepEqual(pathsOf(document), path === undefined ? [] : [path]);
      const codes = problemsOf(document).map(({ code, severity }) => `${code} ${severity}`);
      assert.deepEqual(codes, path === undefined ? ['token-unresolved warning'] : []);
    });
  }
  const commands: [string, string | undefined][] = [
    ['python x.py', 'A/x.py'],
    ['python3 -u x.py y.py', 'A/x.py'],
    ['  python\tx.py', 'A/x.py'],
    ['./x.py --all', 'A/x.py'],
    ['/workspace/R/x.py', 'R/x.py'],
    ['python ../lib/x.py', 'lib/x.py'],
    ['python3.11 x.py', undefined],
    ['/usr/bin/python x.py', undefined],
    ['ENV=1 python x.py', undefined],
    ['cd d && python x.py', undefined],
    ['bash run.sh', undefined],
    ['python -W ignore d.py', undefined],
    ['python -m pytest tests/t.py', undefined],
    ["python 'p q.py'", undefined],
    ['python', undefined],
    ['', undefined],
  ];
  for (const [command, path] of commands) {
    it(`command "${command}" runs ${path ?? 'no script'}`, () => {
      for (const field of ['saDataCommands', 'saPlotCommands']) {
        assert.deepEqual(pathsOf(parseStep({ [field]: [command] })), path ? [path] : []);
      }
    });
  }
  it('drops a script that holds a token, as information', () => {
    const document = parseStep({ saDataCommands: ['python {sPlotDirectory}/x.py'] });
    assert.deepEqual(pathsOf(document), []);
    const [finding] = problemsOf(document);
    assert.equal(`${finding!.code} ${finding!.severity}`, 'token-unresolved info');
  });
  it('never joins inputs', () => {
    const document = parseStep({ saInputDataFiles: ['./data//x', '{t}/y', '/abs', '../up'] });
    assert.deepEqual(pathsOf(document), ['data/x']);
    assert.deepEqual(
      problemsOf(document).map((f) => `${f.code} ${'problem' in f ? f.problem : ''}`),
      ['token-unresolved ', 'declared-refused-path absolute', 'declared-refused-path escapes'],
    );
  });
  it('takes test scripts among the words of a test command', () => {
    const commands = ['pytest tests/t.py tests/u.py::x -k.py {a}.py', 'python -W ignore v.py'];
    const document = parseStep({ saTestCommands: commands });
    assert.deepEqual(pathsOf(document), ['A/tests/t.py', 'A/v.py']);
  });
  it('reads standards literally and test files without tokens', () => {
    const category = { sFilePath: '{a}/t.py', sStandardsPath: '/workspace/{a}/s.json' };
    const document = parseStep({ dictTests: { dictQualitative: category } });
    assert.deepEqual(pathsOf(document), ['{a}/s.json']);
  });
  for (const off of [false, null, 0, '']) {
    it(`leaves tests, standards and declaration out with bArchiveTests ${JSON.stringify(off)}`, () => {
      const document = JSON.parse(EXAMPLE_1) as Record<string, unknown>;
      const paths = pathsOf(parse(JSON.stringify({ ...document, bArchiveTests: off })));
      assert.deepEqual(
        paths,
        EXAMPLE_1_SET.filter((path) => !/AI_USAGE|tests/.test(path)),
      );
    });
  }
  it('gives the declaration step its default, at the kind', () => {
    const text = pipelineText([emptyStep({ sStepKind: 'ai-declaration', sDeclarationFile: '' })]);
    const [entry, ...more] = parse(text).entries;
    assert.deepEqual(more, []);
    assert.equal(entry!.text, 'AI_USAGE.md');
    assert.equal(marked(text, entry!.place.span), 'ai-declaration');
    assert.deepEqual(parseStep({ sDeclarationFile: 'X.md' }).entries, []);
    const other = parseStep({ sStepKind: 'data', sDeclarationFile: 'X.md' });
    assert.deepEqual(other.entries, []);
  });
  it('refuses what is absolute or leads out', () => {
    for (const [text, problem] of [
      ['/etc/passwd', 'absolute'],
      ['/workspace/R/A/x', 'absolute'],
      ['../../x', 'escapes'],
      ['..', 'empty'],
    ] as const) {
      const [finding] = problemsOf(parseStep({ saPlotFiles: [text] }));
      assert.ok(finding?.code === 'declared-refused-path', text);
      assert.deepEqual([finding.problem, finding.severity], [problem, 'error']);
    }
  });
  it('does not let tokens grow without bound', () => {
    const top: Record<string, string> = {};
    for (let i = 0; i < 60; i++) top[`t${i}`] = `{t${i + 1}}{t${i + 1}}`;
    const document = parseStep({ saPlotFiles: ['{t0}'] }, top);
    assert.equal(problemsOf(document)[0]?.code, 'token-unresolved');
  });
});

describe('vaibify: earlier documents', () => {
  const legacy = (more: Record<string, unknown>, version = 3): string =>
    pipelineText([emptyStep(more)], { iWorkflowSchemaVersion: version });
  it('reads the three lists of May 2026 as written and joined', () => {
    const text = legacy({ saPlotFiles: ['p'], saDataFiles: ['./d'], saOutputFiles: ['A/o'] });
    const document = parse(text);
    assert.equal(document.generation, 'legacy');
    assert.deepEqual(pathsOf(document, 'verbatim'), ['A/o', 'd', 'p']);
    assert.deepEqual(pathsOf(document, 'joined'), ['A/A/o', 'A/d', 'A/p']);
  });
  it('covers outputs alone under the first convention, or the roles it is told of', () => {
    const document = parse(legacy({ saDataFiles: ['d'], saDataCommands: ['python x.py'] }));
    assert.deepEqual(pathsOf(document, 'verbatim'), ['d']);
    const { declared } = declaredUnder(document, 'verbatim', new Set(['script'] as const));
    assert.deepEqual(declared.map(({ path }) => path).sort(), ['A/x.py', 'd']);
  });
  it('is current with schema 8 or a list of that schema', () => {
    assert.equal(parse(legacy({}, 8)).generation, 'current');
    assert.equal(parse(legacy({ saOutputDataFiles: [] }, 7)).generation, 'current');
  });
  it('migrates container paths of schema 1 as vaibify does, its oddity included', () => {
    const files = ['/workspace/R/A/x', '/workspace/R/shared/s', '/workspace/Q/y'];
    const step = { sDirectory: '/workspace/R/A', saDataFiles: files };
    for (const repo of ['R', undefined]) {
      const document = parse(legacy(step, 1), repo);
      assert.deepEqual(pathsOf(document), ['A/shared/s', 'A/x']);
      assert.deepEqual(pathsOf(document, 'verbatim'), ['shared/s', 'x']);
      assert.equal(problemsOf(document)[0]?.code, 'declared-refused-path');
      assert.deepEqual(document.findings, []);
    }
    const elsewhere = parse(legacy(step, 1), 'clone');
    assert.deepEqual(pathsOf(elsewhere), []);
    assert.equal(elsewhere.findings[0]?.code, 'declared-refused-path');
    assert.deepEqual(pathsOf(parse(legacy({ saDataFiles: files }, 2), 'R')), []);
  });
});

describe('vaibify: labels', () => {
  const values: [unknown, 'A01' | 'I01'][] = [
    [true, 'I01'],
    [' FALSE ', 'A01'],
    ['off', 'A01'],
    ['None', 'A01'],
    ['', 'A01'],
    ['yes', 'I01'],
    ['anything', 'I01'],
    [null, 'A01'],
    [0, 'A01'],
    [2, 'I01'],
    [[], 'A01'],
    [[0], 'I01'],
  ];
  for (const [value, label] of values) {
    it(`bInteractive ${JSON.stringify(value)} is ${label}`, () => {
      assert.equal(parseStep({ bInteractive: value }).steps[0]?.label, label);
    });
  }
});

describe('vaibify: hostile and broken text', () => {
  const codes = (document: VaibifyDocument): string[] =>
    document.findings.map(({ code, severity }) => `${code} ${severity}`);
  it('goes on after a syntax error and says where it is', () => {
    const text = EXAMPLE_1.replace('"samples.json",', '"samples.json"');
    const document = parse(text);
    assert.deepEqual(codes(document), ['json-syntax error']);
    assert.equal(marked(text, document.findings[0]!.place!.span), '"tables/summary.csv"');
    assert.deepEqual(pathsOf(document), EXAMPLE_1_SET);
  });
  it('refuses comments and trailing commas', () => {
    const comment = parse(EXAMPLE_1.replace('{', '{ // note\n'));
    assert.deepEqual(codes(comment), ['json-syntax error']);
    assert.deepEqual(codes(parse(EXAMPLE_1.replace(/\}\s*$/, ',}')))[0], 'json-syntax error');
  });
  it('names a byte-order mark and keeps columns right', () => {
    const document = parse(`\uFEFF${EXAMPLE_1}`);
    assert.deepEqual(codes(document), ['not-utf8 error']);
    assert.equal(marked(EXAMPLE_1, document.entries[0]!.place.span), document.entries[0]!.text);
  });
  it('takes the last of two equal keys', () => {
    const text = pipelineText([emptyStep()]).replace(
      '"saPlotFiles": []',
      '"saPlotFiles": ["first"], "saPlotFiles": ["last"]',
    );
    assert.deepEqual(pathsOf(parse(text)), ['A/last']);
  });
  it('survives a million brackets, also where they do not match', () => {
    for (const deep of [
      '['.repeat(1e6),
      '{"a":'.repeat(3e5),
      // A quote in a comment hides nothing.
      `[ /* " */ ${'['.repeat(1e6)}`,
      '[}'.repeat(1e6),
      '[{]}'.repeat(3e5),
      '[{]},'.repeat(3e5),
      '{"a":[}]'.repeat(3e5),
      `${']'.repeat(1e6)}${'['.repeat(1e6)}`,
    ]) {
      const findings = parse(`{"listSteps": ${deep}`).findings;
      const syntax = findings.filter(({ code }) => code === 'json-syntax');
      assert.ok(syntax.length > 0 && syntax.length <= 20);
    }
    const [finding] = parse(`{"listSteps": ${'['.repeat(1e6)}`).findings;
    assert.ok(finding?.code === 'json-syntax' && /nested deeper/.test(finding.problem));
    assert.equal(finding.place?.span.start.column, 15 + 99);
  });
  for (const text of ['', 'null', '[]', '"x"', '7', '{', '{"listSteps"', '{"listSteps":[{', '\0']) {
    it(`says what is wrong with ${JSON.stringify(text)}`, () => {
      const document = parse(text);
      assert.deepEqual(document.entries, []);
      assert.ok(document.findings.some(({ severity }) => severity === 'error'));
    });
  }
  it('treats null as an empty list, and a string never as a list', () => {
    const nothing = parseStep({ saPlotFiles: null, saDataFiles: null });
    assert.deepEqual([nothing.entries, codes(nothing)], [[], ['schema warning', 'schema warning']]);
    const text = pipelineText([emptyStep({ saPlotFiles: 'abc' })]);
    const document = parse(text);
    assert.deepEqual([document.entries, codes(document)], [[], ['schema error']]);
    assert.equal(marked(text, document.findings[0]!.place!.span), '"abc"');
  });
  it('turns numbers into text as Python does and takes nothing else', () => {
    const text = pipelineText([emptyStep({ saPlotFiles: [] })]).replace(
      '"saPlotFiles": []',
      '"saPlotFiles": [1, 1.50, 1e-7, null, true, {"a": 1}, ["x"], ""]',
    );
    const document = parse(text);
    assert.deepEqual(pathsOf(document), ['A/1', 'A/1.5', 'A/1e-07']);
    const severities = document.findings.map(({ severity }) => severity[0]);
    assert.equal(severities.join(''), 'wwwweee');
  });
  it('places a missing key at the brace of its object', () => {
    const text = pipelineText([{ sName: 'x' }]);
    const document = parse(text);
    const fields = document.findings.map((f) => (f.code === 'schema' ? f.field : f.code));
    assert.deepEqual(fields, [
      'listSteps[0].sDirectory',
      'listSteps[0].saPlotCommands',
      'listSteps[0].saPlotFiles',
    ]);
    for (const { place, severity } of document.findings) {
      assert.equal(marked(text, place!.span), '{');
      assert.equal(place!.span.start.line, 5);
      assert.equal(severity, 'error');
    }
  });
  it('refuses steps that are none, and goes on with the others', () => {
    const document = parse(pipelineText([null, 'x', emptyStep({ saPlotFiles: ['p'] })]));
    assert.deepEqual(codes(document), ['schema error', 'schema error']);
    assert.deepEqual(pathsOf(document), ['A/p']);
    assert.equal(document.steps[0]?.label, 'A01');
  });
  it('finds newer versions, equal step ids and directories that lead out', () => {
    const steps = [emptyStep({ sStepId: 'a' }), emptyStep({ sStepId: 'a', sDirectory: '../x' })];
    const document = parse(pipelineText(steps, { iWorkflowSchemaVersion: 13 }));
    assert.deepEqual(codes(document), [
      'schema-newer warning',
      'step-id-duplicate error',
      'declared-refused-path error',
    ]);
  });
  it('only warns of a wrong type that vaibify loads, and of a version that is none', () => {
    const document = parseStep({ bRunEnabled: 'x' }, { iWorkflowSchemaVersion: '12' });
    assert.deepEqual(codes(document), ['schema warning', 'schema warning']);
    assert.equal(document.schemaVersion, 0);
  });
  it('keeps keys that it does not know, __proto__ among them', () => {
    const text = pipelineText([emptyStep({ sMine: 1 })], { mine: {} }).replace(
      '"sName"',
      '"__proto__": {"saPlotFiles": "x"}, "sName"',
    );
    assert.deepEqual(codes(parse(text)), []);
  });
  it('bounds what it says about a document of nothing but faults', () => {
    const document = parse(pipelineText(new Array(5000).fill(7)));
    assert.equal(document.findings.length, 200);
  });
  it('places entries behind escapes', () => {
    const raw = 'a\\u0062\\"\\\\c.py';
    const text = pipelineText([emptyStep()]).replace(
      '"saPlotFiles": []',
      `"saPlotFiles": ["${raw}"], "saDataCommands": ["python\\t-u\\u0020${raw} \\"x\\""]`,
    );
    const document = parse(text);
    const spans = document.entries.map(({ place }) => marked(text, place.span));
    assert.deepEqual(spans, [raw, raw]);
    assert.ok(document.entries.every((entry) => entry.text === 'ab"\\c.py'));
  });
});
