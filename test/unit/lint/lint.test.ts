import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { lintPlan } from '../../../src/core/lint/lint.js';
import { sentence } from '../../../src/core/words/findings.js';
import { CORPUS } from './corpus.js';
import { edited, editsOf } from './edited.js';

const FILE = 'build/plan.yaml' as RepoPath;
const lint = (text: string): Finding[] => lintPlan(parsePlan(text, FILE), []);
const HEAD = 'artifact: a\nenvironment: {LC_ALL: C, TZ: UTC, PYTHONHASHSEED: "0"}\nsteps:\n';
const block = (line: string): string => `${HEAD}  - run: |\n${line.replace(/^/gm, '      ')}\n`;
const codes = (findings: readonly Finding[]): string[] =>
  findings.map(({ code }) => code).filter((code) => code !== 'lint-environment');

describe('Lint of steps', () => {
  for (const [line, ...expected] of CORPUS) {
    it(`${expected.length === 0 ? 'lets pass' : 'tells'}: ${line.replaceAll('\n', '⏎').slice(0, 90)}`, () => {
      const findings = lint(block(line));
      assert.deepEqual(codes(findings).sort(), [...expected].sort());
      for (const finding of findings) assert.ok(sentence(finding).length > 20);
    });
  }

  it('says the same of a list as of a text, where no shell is needed', () => {
    for (const [line, ...expected] of CORPUS) {
      if (!/^[\w ./=:@-]+$/.test(line) || /^[A-Z_]+=/.test(line)) continue;
      const words = line.split(' ').map((word) => JSON.stringify(word));
      assert.deepEqual(
        codes(lint(`${HEAD}  - [${words.join(', ')}]\n`)).sort(),
        expected.sort(),
        line,
      );
    }
  });

  it('points at the guilty word, in every style of YAML', () => {
    for (const [step, line, column] of [
      ['run: gzip a', 4, 10],
      ["run: 'make; gzip a'", 4, 17],
      ['run: "make;\\u0020gzip a"', 4, 22],
      ['run: >-\n      make;\n      gzip a', 6, 7],
      ['run: |\n      make\n        gzip a', 6, 9],
      ['run: [sh, -c, "make; gzip a"]', 4, 26],
      ["run: |\n      sh -c 'make; gzip a'", 5, 20],
    ] as const) {
      const [finding] = lint(`${HEAD}  - ${step}\n`);
      assert.deepEqual(
        finding?.place?.span,
        {
          start: { line, column },
          end: { line, column: column + 4 },
        },
        step,
      );
    }
  });

  it('has fixes that leave valid YAML and nothing to fix', () => {
    const styles: readonly ((line: string) => string)[] = [
      block,
      (line) => `${HEAD}  - run: >-\n${line.replace(/^/gm, '      ')}\n`,
      (line) => `${HEAD}  - run: ${JSON.stringify(line)}\n`,
      (line) => `${HEAD}  - run: '${line.replaceAll("'", "''")}'\n`,
      (line) => `${HEAD}  - ${line}\n`,
    ];
    let fixed = 0;
    for (const [line] of CORPUS.filter(([each]) => !each.includes('\n'))) {
      for (const [index, style] of styles.entries()) {
        if (index === 4 && /[#"'{}[\]]|: /.test(line)) continue;
        const text = style(line);
        const before = lint(text);
        const edits = editsOf(before);
        const after = parsePlan(edited(text, edits), FILE);
        assert.deepEqual(after.structure, [], edited(text, edits));
        const open = before.filter(({ fix }) => fix === undefined);
        // That a package has no hash is told once it has a version.
        const next = before.some(({ code }) => code === 'package-not-pinned');
        const left = codes(lintPlan(after, []));
        assert.deepEqual(
          left.filter((code) => !next || code !== 'pip-without-hashes').sort(),
          codes(open).sort(),
          edited(text, edits),
        );
        fixed += edits.length;
      }
    }
    assert.ok(fixed > 100);
  });

  it('never throws, and points into the document', () => {
    const units = fc.constantFrom(
      ...[
        'tar',
        ' -czf',
        ' x',
        '$(',
        ')',
        '`',
        '"',
        "'",
        '|',
        ';',
        '\n',
        '>',
        'gzip',
        'date',
        '<<E',
      ],
      ...[
        'sh -c ',
        'zip -r',
        'find',
        '${',
        '}',
        '=',
        'E',
        '\\',
        'é',
        '{tag}',
        'mktemp',
        ' $RANDOM',
      ],
    );
    fc.assert(
      fc.property(fc.array(units, { maxLength: 30 }), (list) => {
        const text = `${HEAD}  - ${JSON.stringify(list.join(''))}\n`;
        const length = text.split('\n').map((line) => line.length);
        for (const { place } of lint(text)) {
          const { start, end } = place!.span;
          assert.ok(start.line <= end.line && start.column >= 1);
          assert.ok(end.column <= (length[end.line - 1] ?? 0) + 1, text);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('Lint of the environment', () => {
  const variables = (text: string): string[] =>
    lint(text).flatMap((each) => (each.code === 'lint-environment' ? each.variables : []));
  const withFixes = (text: string): string => edited(text, editsOf(lint(text)));

  it('asks for locale and zone, and for more where a step needs it', () => {
    assert.deepEqual(variables('artifact: a\nsteps: [make]\n'), ['LC_ALL', 'TZ']);
    assert.deepEqual(variables('artifact: a\nsteps: [export LC_ALL=C TZ=UTC]\n'), []);
    const python = 'artifact: a\nenvironment: {TZ: UTC, LC_ALL: C}\nsteps: [python3 x.py]\n';
    assert.deepEqual(variables(python), ['PYTHONHASHSEED']);
    const docker = 'artifact: a\nenvironment: {TZ: UTC, LC_ALL: C}\nsteps: [docker build .]\n';
    assert.deepEqual(variables(docker), ['SOURCE_DATE_EPOCH']);
    assert.deepEqual(variables('artifact: a\nsteps: [null]\n'), []);
  });
  it('puts in what is missing', () => {
    for (const text of [
      'artifact: a\nsteps: [python3 -m build]\n',
      '# first\nsteps:\n  - python3 -m build\nartifact: a\n',
      'artifact: a\nenvironment:\n    A: b\nsteps: [python3 -m build]\n',
      'artifact: a\nsteps: [python3 -m build]\nenvironment:\n  # why\n  TZ: UTC\n',
    ]) {
      const now = withFixes(text);
      assert.deepEqual(variables(now), [], now);
      assert.deepEqual(parsePlan(now, FILE).structure, [], now);
    }
  });
  it('leaves braces alone', () => {
    for (const text of [
      '{artifact: a, steps: [make]}\n',
      'artifact: a\nsteps: [make]\nenvironment: {A: b}\n',
    ]) {
      assert.deepEqual(
        lint(text)
          .map(({ fix }) => fix)
          .filter(Boolean),
        [],
      );
      assert.deepEqual(variables(text), ['LC_ALL', 'TZ']);
    }
  });
});
