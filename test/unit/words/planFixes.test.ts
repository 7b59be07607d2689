/** Every fix of the lint, made by itself and with the others: what it is about is gone afterwards. */
import assert from 'node:assert/strict';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import type { CalledKind } from '../../../src/core/formats/plan/calls.js';
import { substitute } from '../../../src/core/formats/plan/substitute.js';
import { editsOfAll, fixesIn, isWithin } from '../../../src/core/lint/fixes.js';
import { lintFile, lintPlan } from '../../../src/core/lint/lint.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Finding } from '../../../src/core/model/finding.js';
import { isComplete } from '../../../src/core/model/fix.js';
import type { TextEdit } from '../../../src/core/model/fix.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { fixTitle } from '../../../src/core/words/planFixes.js';
import { CORPUS } from '../lint/corpus.js';
import { edited, filledIn } from '../lint/edited.js';

const FILE = 'build/plan.yaml' as RepoPath;
const HEAD =
  'artifact: a\nenvironment: {LC_ALL: C, TZ: UTC, PYTHONHASHSEED: "0", SOURCE_DATE_EPOCH: "0"}\nsteps:\n';
/** Texts of plans as people write them, on Windows too. */
const STYLES: readonly ((line: string) => string)[] = [
  (line) => `${HEAD}  - run: |\n${line.replace(/^/gm, '      ')}\n`,
  (line) => `${HEAD}  - run: ${JSON.stringify(line)}\n`,
  (line) => `${HEAD}  - '${line.replaceAll("'", "''")}'\n`,
  (line) => `# x\n${HEAD}  - run: |\n${line.replace(/^/gm, '      ')}\n`.replaceAll('\n', '\r\n'),
  (line) => `${HEAD}  - run: >-\n${line.replace(/^/gm, '      ')}\n`,
];
/** Without quotes; of a line that YAML would read otherwise, in others. */
const plainly = (line: string): string =>
  /[#"'{}[\]\n]|: /.test(line) ? STYLES[0]!(line) : `${HEAD}  - run: ${line}\n`;
const lint = (text: string): Finding[] => lintPlan(parsePlan(text, FILE), []);
const counts = (findings: readonly Finding[]): Record<string, number> => {
  const all: Record<string, number> = {};
  for (const { code } of findings) all[code] = (all[code] ?? 0) + 1;
  return all;
};

/** What only shows once another thing is settled: that a pinned package has no hash. */
const NEXT: Readonly<Record<string, string>> = { 'package-not-pinned': 'pip-without-hashes' };
const without = (all: Record<string, number>, code: string): Record<string, number> =>
  Object.fromEntries(Object.entries(all).filter(([each]) => each !== NEXT[code]));

describe('Quick fixes of the lint', () => {
  it('settle what they are about and bring nothing new, one by one, in every style', () => {
    const fixed = new Set<string>();
    for (const [line] of CORPUS) {
      for (const [index, style] of [...STYLES, plainly].entries()) {
        if (line.includes('\n') && index > 0) continue;
        const text = style(line);
        const before = lint(text);
        for (const fix of fixesIn(before, FILE)) {
          const { finding } = fix;
          const now = edited(text, filledIn(fix));
          const after = parsePlan(now, FILE);
          assert.deepEqual(after.structure, [], now);
          const { [finding.code]: was = 0, ...others } = counts(before);
          const { [finding.code]: is = 0, ...left } = counts(lintPlan(after, []));
          // One seed settles all calls of one generator.
          assert.ok(is < was, now);
          assert.deepEqual(without(left, finding.code), without(others, finding.code), now);
          fixed.add(finding.code);
        }
      }
    }
    assert.deepEqual(
      [...fixed].sort(),
      [
        ...['lint-tar-order', 'lint-tar-mtime', 'lint-tar-owner', 'lint-tar-pax'],
        ...['lint-gzip-header', 'lint-zip-extra', 'lint-zip-order', 'lint-zip-times'],
        ...['lint-date', 'lint-host', 'lint-random', 'lint-mktemp', 'lint-unsorted'],
        ...['lint-git-clone', 'lint-npm-install'],
        // Of Python, and what is installed and downloaded.
        ...['lint-python-archive', 'lint-python-order', 'lint-python-seed'],
        ...['package-not-pinned', 'pip-without-hashes', 'piped-script'],
        // lint-environment is settled below, and is no finding of a step.
      ].sort(),
    );
  });

  it('settle everything at once, where no two overlap', () => {
    for (const [line] of CORPUS) {
      const text = STYLES[0]!(line);
      const before = lint(text);
      const fixes = fixesIn(before, FILE);
      const now = edited(text, editsOfAll(fixes));
      const open = before.filter(({ fix }) => fix === undefined || !isComplete(fix));
      assert.deepEqual(counts(lint(now)), counts(open), now);
      assert.ok(!fixesIn(lint(now), FILE).some(isComplete));
    }
  });

  it('set the variables of a plan, each by itself', () => {
    for (const text of [
      'artifact: a\nsteps: [python3 -m build]\n',
      '# why\nsteps:\r\n  - python3 -m build\r\nartifact: a\r\n',
      'artifact: a\nsteps: [python3 -m build]\nenvironment:\n  # why\n  A: b\n',
    ]) {
      for (const { edits } of fixesIn(lint(text), FILE)) {
        const now = edited(text, edits);
        assert.deepEqual(parsePlan(now, FILE).structure, [], now);
        assert.equal(lint(now).length, lint(text).length - 1, now);
      }
      assert.deepEqual(lint(edited(text, editsOfAll(fixesIn(lint(text), FILE)))), []);
    }
  });

  it('are written beside a {tag}, whatever stood for it when the plan was read', () => {
    const text = `${HEAD}  - run: tar -cf {tag}.tar src && gzip {tag}.tar # {tag}\n`;
    for (const tag of ['1', 'v10.2.3-rc.1']) {
      const read = substitute(parsePlan(text, FILE), tag);
      const edits = fixesIn(lintPlan(read, []), FILE).flatMap((fix) => fix.edits);
      assert.equal(edits.length, 4);
      assert.match(
        edited(text, edits),
        /^ {2}- run: tar --sort.* -cf \{tag\}\.tar src && gzip -n \{tag\}\.tar/m,
      );
    }
  });

  it('never put another text in place of a {tag}, were it as long as the token', () => {
    const text = `${HEAD}  - run: pip install numpy~={tag}\n`;
    const ofTag = (tag: string): Finding[] => lintPlan(substitute(parsePlan(text, FILE), tag), []);
    assert.deepEqual(counts(ofTag('1.2.3')), { 'package-not-pinned': 1 });
    assert.deepEqual(fixesIn(ofTag('1.2.3'), FILE), []);
    assert.equal(fixesIn(lint(text.replace('{tag}', '1.2.3')), FILE).length, 1);
  });

  it('mend the scripts and Dockerfiles that a plan runs', () => {
    const digest = '0'.repeat(64) as Sha256;
    const cases: readonly (readonly [CalledKind, string])[] = [
      ['shell', '#!/bin/sh\nset -e\ntar -czf out.tgz src\ndate > stamp\n'],
      ['shell', '\r\ngzip a\r\nzip -X -q a.zip b.txt && touch -d @0 b.txt\r\n'],
      ['make', 'out: in\n\ttar -cf $@ $<\n\tdate > stamp\n'],
      ['dockerfile', 'FROM scratch\nRUN tar -czf a.tgz src \\\n && npm install\n'],
    ];
    for (const [kind, text] of cases) {
      const file = 'scripts/x' as RepoPath;
      const of = (now: string): Finding[] => lintFile({ file, kind, text: now, digest });
      const fixes = fixesIn(of(text), file);
      assert.ok(fixes.length > 0, text);
      assert.deepEqual(fixesIn(of(text), FILE), [], 'they are not of the plan');
      for (const fix of fixes) {
        const { finding } = fix;
        const now = of(edited(text, filledIn(fix)));
        assert.equal(
          counts(now)[finding.code] ?? 0,
          (counts(of(text))[finding.code] ?? 0) - 1,
          text,
        );
      }
      const now = of(edited(text, editsOfAll(fixes)));
      assert.ok(!fixesIn(now, file).some(isComplete), text);
    }
  });

  it('have a title each, by what they do', () => {
    const titles = new Map<string, Set<string>>();
    const texts = [...CORPUS.map(([line]) => STYLES[0]!(line)), 'artifact: a\nsteps: [make]\n'];
    for (const { finding } of texts.flatMap((text) => fixesIn(lint(text), FILE))) {
      const title = fixTitle(finding);
      assert.ok(title, finding.code);
      titles.set(finding.code, (titles.get(finding.code) ?? new Set()).add(title));
    }
    assert.deepEqual([...titles.get('lint-gzip-header')!].sort(), [
      'Add -n to gzip',
      'Let tar run "gzip -n"',
    ]);
    assert.ok(titles.get('lint-tar-owner')!.has('Add --numeric-owner to tar'));
    assert.deepEqual([...titles.get('lint-unsorted')!].sort(), [
      'List by name: take the other order out of ls',
      'Sort the list by bytes: add "LC_ALL=C sort"',
    ]);
    assert.ok(titles.get('lint-random')!.has('Replace $$ by 0'));
    assert.ok(titles.get('lint-random')!.has("Seed bash's generator with a number"));
    assert.ok(titles.get('lint-random')!.has('Make the UUID of a name'));
    assert.ok(titles.get('lint-environment')!.has('Set LC_ALL, TZ in "environment"'));
    assert.equal(
      new Set([...titles.values()].flatMap((each) => [...each])).size,
      [...titles.values()].flatMap((each) => [...each]).length,
    );
    assert.equal(fixTitle({ code: 'manifest-empty', severity: 'error' }), undefined);
  });
});

describe('Edits that are made at once', () => {
  const edit = (from: number, to: number, replacement = 'x'): TextEdit => ({
    span: { start: { line: 1, column: from }, end: { line: 1, column: to } },
    replacement,
  });
  it('are those that share nothing, the first of two that do', () => {
    const kept = (...edits: TextEdit[]): number[] =>
      editsOfAll(edits.map((each) => ({ edits: [each] }))).map((each) => edits.indexOf(each));
    assert.deepEqual(kept(edit(1, 4), edit(3, 6), edit(6, 8)), [0, 2]);
    assert.deepEqual(kept(edit(2, 2), edit(2, 2, 'y'), edit(2, 5)), [0, 1, 2]);
    assert.deepEqual(kept(edit(1, 4), edit(2, 2), edit(4, 4), edit(1, 1)), [0, 2, 3]);
    assert.deepEqual(kept(edit(1, 4), edit(1, 4)), [0]);
  });
  it('knows what lies in a step', () => {
    assert.ok(isWithin(edit(2, 3).span, edit(2, 3).span));
    assert.ok(!isWithin(edit(2, 4).span, edit(2, 3).span));
    assert.ok(!isWithin(edit(1, 3).span, edit(2, 3).span));
  });
  it('counts what two plans find in one script once', () => {
    const finding = lint(STYLES[0]!('gzip a'))[0]!;
    assert.equal(fixesIn([finding, { ...finding }], FILE).length, 1);
  });
});
