/** Fixes in steps that are lists, and in `RUN` lines that are. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { execWords } from '../../../src/core/formats/dockerfile/arguments.js';
import { dockerfileLines } from '../../../src/core/formats/dockerfile/lines.js';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import { substitute } from '../../../src/core/formats/plan/substitute.js';
import { editsOfAll } from '../../../src/core/lint/fixes.js';
import { lintFile, lintPlan } from '../../../src/core/lint/lint.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { edited, editsOf } from './edited.js';
import { dockerfileWith, HEAD, layouts, planWith, WITHOUT_ANCHORS } from './listWriter.js';

const FILE = 'build/plan.yaml' as RepoPath;
const lint = (text: string, tag = ''): Finding[] =>
  lintPlan(substitute(parsePlan(text, FILE), tag), []);
const TAR = ['--sort=name', '--mtime=2023-01-01Z', '--owner=0', '--group=0', '--numeric-owner'];
const PAX = '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime';

function wordsOf(text: string): string[] {
  const { steps, structure } = parsePlan(text, FILE);
  assert.deepEqual(structure, [], text);
  const [step] = steps;
  assert.ok(step?.kind === 'exec', text);
  return step.words.map((word) => word.text);
}

/** The same fix once, as of a list that two steps are. */
function fixed(text: string, findings: readonly Finding[]): string {
  const fixes = new Map(findings.map(({ fix }) => [JSON.stringify(fix), fix]));
  return edited(
    text,
    [...fixes.values()].flatMap((fix) => fix?.edits ?? []),
  );
}

/** Commands, and their words when all fixes are made. */
const COMMANDS: readonly (readonly [before: readonly string[], after: readonly string[]])[] = [
  [
    ['gzip', 'a b'],
    ['gzip', '-n', 'a b'],
  ],
  [['gzip'], ['gzip', '-n']],
  [
    ['sudo', 'gzip', '-9', 'a-{tag}'],
    ['sudo', 'gzip', '-n', '-9', 'a-{tag}'],
  ],
  [
    ['tar', '-cf', 'a.tar', 'src'],
    ['tar', ...TAR, '-cf', 'a.tar', 'src'],
  ],
  [
    ['tar', 'cf', 'a-{tag}.tar', 'src'],
    ['tar', 'cf', 'a-{tag}.tar', ...TAR, 'src'],
  ],
  [
    ['tar', '-czf', '{tag}.tgz', 'src'],
    ['tar', ...TAR, '--use-compress-program=gzip -n', '-cf', '{tag}.tgz', 'src'],
  ],
  [
    ['tar', ...TAR, '-cf', 'a.tgz', 'src', '--gzip'],
    ['tar', ...TAR, '-cf', 'a.tgz', 'src', '--use-compress-program=gzip -n'],
  ],
  [
    ['tar', '--format=pax', ...TAR, '-cf', 'a', 'src'],
    ['tar', PAX, '--format=pax', ...TAR, '-cf', 'a', 'src'],
  ],
  [
    ['npm', 'install'],
    ['npm', 'ci'],
  ],
  [
    ['sh', '-c', 'make; gzip "a"'],
    ['sh', '-c', 'make; gzip -n "a"'],
  ],
  [
    ['python3', '-c', 'import os\nfor a in os.listdir():\n  print(a)'],
    ['python3', '-c', 'import os\nfor a in sorted(os.listdir()):\n  print(a)'],
  ],
  [
    ['sh', '-c', 'gzip'],
    ['sh', '-c', 'gzip -n'],
  ],
  [
    ['sh', '-c', "cat {tag} | 'gzip'"],
    ['sh', '-c', "cat {tag} | 'gzip' -n"],
  ],
  [
    ['sh', '-c', 'date > {tag}'],
    ['sh', '-c', 'date -u -d @${SOURCE_DATE_EPOCH:-0} > {tag}'],
  ],
  [
    ['env', 'A=b', 'sh', '-ec', "gzip 'a'; gzip b"],
    ['env', 'A=b', 'sh', '-ec', "gzip -n 'a'; gzip -n b"],
  ],
];

describe('Fixes in lists', function () {
  this.timeout(120_000);
  for (const [before, after] of COMMANDS) {
    it(`make members of them, however they are written: ${before.join(' ')}`, () => {
      fc.assert(
        fc.property(layouts(WITHOUT_ANCHORS), fc.constantFrom('', 'v1'), (layout, tag) => {
          const text = planWith(before, layout);
          assert.deepEqual(wordsOf(text), before, text);
          const found = lint(text, tag);
          assert.ok(found.length > 0 && found.every(({ fix }) => fix !== undefined), text);
          const now = edited(text, editsOf(found));
          assert.deepEqual(wordsOf(now), after, now);
          assert.deepEqual(lint(now, tag), [], now);
          const atOnce = editsOfAll(found.flatMap(({ fix }) => fix ?? []));
          assert.equal(edited(text, atOnce), now);
        }),
        { numRuns: 150 },
      );
    });
  }

  it('make members of the lists of a Dockerfile', () => {
    const read = (text: string): string[] =>
      execWords(dockerfileLines(text).instructions[1]!.rest.text)!.map(({ text: word }) => word);
    const findings = (text: string): Finding[] =>
      lintFile({ file: FILE, kind: 'dockerfile', text, digest: '0'.repeat(64) as Sha256 }).filter(
        // The variables of the image are not what is tested here.
        ({ code }) => code.startsWith('lint-'),
      );
    fc.assert(
      fc.property(
        fc.constantFrom(...COMMANDS),
        layouts(['plain', 'escaped']),
        ([before, after], layout) => {
          const text = dockerfileWith(before, layout);
          assert.deepEqual(read(text), before, text);
          const found = findings(text);
          assert.ok(found.length > 0 && found.every(({ fix }) => fix !== undefined), text);
          const now = edited(text, editsOf(found));
          assert.deepEqual(read(now), after, now);
          assert.deepEqual(findings(now), [], now);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are written as the members beside them are', () => {
    for (const [before, after] of [
      ['[gzip, a]', '[gzip, "-n", a]'],
      ["['gzip', 'a']", "['gzip', '-n', 'a']"],
      ['[gzip # why\n    , a]', '[gzip, "-n" # why\n    , a]'],
      ['[gzip,]', '[gzip, "-n",]'],
      ['{run: [gzip]}', '{run: [gzip, "-n"]}'],
      ['- gzip # why\n    - a', '- gzip # why\n    - "-n"\n    - a'],
      [
        "run:\n    - 'gzip'\n    # what\n    - a",
        "run:\n    - 'gzip'\n    - '-n'\n    # what\n    - a",
      ],
      ['run:\n    -   gzip', 'run:\n    -   gzip\n    - "-n"'],
      [
        'run:\n    - |-\n      gzip\n\n    - a',
        'run:\n    - |-\n      gzip\n    - "-n"\n\n    - a',
      ],
      ['[npm, install]', '[npm, "ci"]'],
      // A list that is another step as well is changed once.
      ['&l [gzip, a]\n  - *l', '&l [gzip, "-n", a]\n  - *l'],
      ['[&g gzip, *g]', '[&g gzip, "-n", *g]'],
    ] as const) {
      const text = `${HEAD}  - ${before}\n`;
      assert.equal(fixed(text, lint(text)), `${HEAD}  - ${after}\n`);
    }
  });

  it('are none where another place would change as well, and where a shell is needed', () => {
    for (const step of [
      '[npm, &i install]\n  - [echo, *i]',
      '[sh, -c, &s gzip a]\n  - [echo, *s]',
      '[echo, &g gzip]\n  - [*g, a]',
      '[sudo, find, src, -type, f, -exec, tar, -cf, a, "{}", +]',
    ]) {
      const text = `${HEAD}  - ${step}\n`;
      const found = lint(text);
      assert.deepEqual([found.length > 0, editsOf(found)], [true, []], step);
    }
  });
});
