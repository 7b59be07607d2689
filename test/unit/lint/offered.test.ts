/** What the fixes of the shell lint write, and where none is offered because it would not be right. */
import assert from 'node:assert/strict';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import type { CalledKind } from '../../../src/core/formats/plan/calls.js';
import { substitute } from '../../../src/core/formats/plan/substitute.js';
import { lintFile, lintPlan } from '../../../src/core/lint/lint.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Finding, FindingCode } from '../../../src/core/model/finding.js';
import { isComplete } from '../../../src/core/model/fix.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { edited } from './edited.js';

const E = '${SOURCE_DATE_EPOCH:-0}';
const lint = (text: string, kind: CalledKind = 'shell'): Finding[] =>
  lintFile({ file: 'x' as RepoPath, kind, text, digest: '0'.repeat(64) as Sha256 });
/** The text after each fix of one code, by itself; `none` where a finding has none. */
const fixes = (code: FindingCode, text: string, kind?: CalledKind): string[] =>
  lint(text, kind)
    .filter((each) => each.code === code)
    .map(({ fix }) => (fix === undefined ? 'none' : edited(text, fix.edits)));

type Case = readonly [text: string, ...now: string[]];

const GIVEN: Readonly<Record<string, readonly Case[]>> = {
  'lint-random': [
    [
      '#!/bin/bash\n# x\nmake\necho $RANDOM > id',
      '#!/bin/bash\n# x\nRANDOM=0; make\necho $RANDOM > id',
    ],
    ['if x; then echo $SRANDOM > id; fi', 'RANDOM=0; if x; then echo $RANDOM > id; fi'],
    ['X=$( # y\n echo $RANDOM); cp x $X', 'X=$( # y\n RANDOM=1; echo $RANDOM); cp x $X'],
    ['cat <<E > x\n$(echo ${RANDOM}x)\nE', 'cat <<E > x\n$(RANDOM=1; echo ${RANDOM}x)\nE'],
    // Only one shell draws from the seed.
    ['RANDOM=1; echo $RANDOM | tee x', 'none'],
    ['{ echo $RANDOM > x; } &', 'none'],
    ['x | while read y; do echo $RANDOM > y; done', 'none'],
    ['f() { echo $RANDOM > x; }', 'none'],
    ['f() ( echo $RANDOM > x )', 'none'],
    ['function f { echo $RANDOM > x; }', 'none'],
    ['cat a > $RANDOM', 'none'],
    ['cat <<E > x\n$RANDOM\nE', 'none'],
    ['echo $((1 + RANDOM)) > x', 'RANDOM=0; echo $((1 + RANDOM)) > x'],
    ['echo $((SRANDOM % 3)) > x', 'RANDOM=0; echo $(($RANDOM % 3)) > x'],
    ['until (echo $RANDOM > x); do :; done', 'none'],
    ['a=(b $RANDOM)', 'none'],
    ['cp a @(x|$RANDOM)', 'none'],
    ['[[ a || ( b == $RANDOM ) ]]', 'none'],
    ['cp a x.$$; rm x.$$', 'cp a x.0; rm x.0', 'cp a x.0; rm x.0'],
    ['cp a x.$$; cat /tmp/x.$$', 'none'],
    ['echo x.$$ > y; ls /proc/$$ > z', 'none', 'none'],
    ['echo x.${$} $PPID > y', 'echo x.0 $PPID > y', 'echo x.${$} 0 > y'],
    ['P=$$; cp $P x', 'none'],
    ["cp a x.$$; awk '{ print $$ }' x", 'none'],
    ['uuidgen -t > "a/b c"', 'uuidgen --sha1 --namespace @dns --name build > "a/b c"'],
    ['uuidgen --time > out/id -r', 'none'],
    ['head -c 4 /dev/random > x; openssl rand 4 > y', 'none', 'none'],
  ],
  'lint-mktemp': [
    ['cp a x-$(mktemp -u XXXXX.c)', 'cp a x-$(echo 00000.c)'],
    ['cp a x-$(mktemp -u $D/XXX)', 'cp a x-$(echo "$D/000")'],
    ['cp 0000 x-$(mktemp -u XXXX)', 'cp 0000 x-$(echo 0001)'],
    ['cp a x-$(mktemp -u $(x)/XXX)', 'none'],
    ['cp a x-$(mktemp -u "$D"x/XXX)', 'none'],
    ['cp a x-$(mktemp -u $DXXX)', 'none'],
    ['cp a x-$(mktemp -u x*XXX)', 'none'],
    ['cp a x-$(sudo mktemp -u XXX)', 'none'],
    ['cp a x-$(TMPDIR=y mktemp -u)', 'none'],
    ['cp a x-$(y || mktemp -u XXX)', 'none'],
    ['cp a x-$(mktemp -u -- XXX)', 'cp a x-$(echo 000)'],
    ['cp a x-$(mktemp -x XXX)', 'none'],
    ['f() { cp a x-$(mktemp -u XXX); }', 'none'],
  ],
  'lint-host': [
    ['if x; then /bin/hostname --short > y; fi', 'if x; then echo localhost > y; fi'],
    ['uname --nodename -v > y', 'echo localhost unknown > y'],
    ['uname > y; uname -p > z', 'echo MACHINE > y; uname -p > z', 'uname > y; echo MACHINE > z'],
    ['uname -X > y; hostname new | tee x', 'none', 'none'],
    ['hostname > y -f', 'none'],
    ['echo "$HOSTNAME" > x; # HOSTNAME', 'none'],
    ["echo $HOSTNAME > x; sh -c 'echo $HOSTNAME'", 'none'],
    ['echo ${HOSTNAME:-x} > y', 'none'],
    ['cat <<E\n$HOSTNAME\nE\necho $HOSTNAME > x', 'cat <<E\nlocalhost\nE\necho localhost > x'],
    ["cat <<'E'\n$HOSTNAME\nE\necho $HOSTNAME > x", 'none'],
  ],
  'lint-date': [
    [
      'export SOURCE_DATE_EPOCH=1; cp a ${EPOCHSECONDS}x',
      'export SOURCE_DATE_EPOCH=1; cp a ${SOURCE_DATE_EPOCH}x',
    ],
    [
      'date --date=Yesterday +%F > x',
      `date -u --date="$(date -u -d @${E} '+%F %T') Yesterday" +%F > x`,
    ],
    ['echo `date -d yesterday` > x', 'none'],
    ['date -d "tomorrow 9:00" > x', 'none'],
    ['echo ${SECONDS%x} > x', 'none'],
  ],
  'lint-unsorted': [
    [
      'ls -ltr > x; ls -U -1 "d e" > y',
      'ls -lr > x; ls -U -1 "d e" > y',
      'ls -ltr > x; ls -1 "d e" > y',
    ],
    ['ls -f | cat > x', 'ls -a | cat > x'],
    ['ls -lf > x; ls -tI x > y; ls --sort time > z', 'none', 'none', 'none'],
    ['cat $(ls -t | sed 1q) > x', 'none'],
    [
      'if find a -exec cat -n {} + > x; then :; fi',
      'if find a -print0 | LC_ALL=C sort -z | xargs -r0 cat -n > x; then :; fi',
    ],
    ['find a \\( -name b -exec cat {} + \\) > x', 'none'],
    ['find a -exec cat {} + -exec cat {} + > x', 'none'],
    ['find a -print -exec cat {} \\; > x', 'none'],
    ['find a -exec cat {} + < y > x', 'none'],
    ['find a -exec cat {} + > x 2>&1', 'none'],
    ['find a -exec cat b \\; > x', 'none'],
    ['y | find a -exec cat {} + > x', 'none'],
    ['find a -ok cat {} \\; > x; time find a -exec cat {} + > y', 'none'],
  ],
  'lint-zip-order': [
    ['zip a.zip -r9q b "c d" -x x y', 'find -L b "c d" | LC_ALL=C sort | zip a.zip -9q -@ -x x y'],
    [
      'while A=b zip -r a.zip *; do :; done',
      'while find -L ./* | LC_ALL=C sort | A=b zip a.zip -@; do :; done',
    ],
    ['zip -r a.zip b < c; x | zip -r a.zip b', 'none', 'none'],
    ['zip -rm a.zip b; zip -r a.zip -- b; zip -rn .c a.zip b', 'none', 'none', 'none'],
    ['zip -r a.zip $D; zip -r a.zip "$(x)"; zip -r -x c @ a.zip b', 'none', 'none', 'none'],
    ['zip -r a.zip b -x c -q', 'none'],
    ['> a zip -r - b', 'none'],
    ['echo `zip -r a.zip "b"`', 'none'],
    ['a=(zip -r a.zip b)', 'none'],
  ],
  'lint-zip-times': [
    ['zip -ry a.zip b', `find b -exec touch -h -d @${E} {} + && zip -ry a.zip b`],
    ['set -e\nx && zip a.zip b', `set -e\nx && touch -c -d @${E} b && zip a.zip b`],
    ['set -eu; zip a.zip b || x', `set -eu; touch -c -d @${E} b; zip a.zip b || x`],
    [
      'set -e; if zip a.zip b; then :; fi',
      `set -e; if touch -c -d @${E} b && zip a.zip b; then :; fi`,
    ],
    ['x || zip a.zip b; if ! zip a.zip b; then :; fi', 'none', 'none'],
    ['zip -r b/a.zip b/; find c | sort | zip c/a.zip -@', 'none', 'none'],
    ['find a -o -name b | sort | zip c.zip -@; cat b | zip d.zip -@', 'none', 'none'],
  ],
  'lint-git-clone': [
    ['git clone a:b/c.git/', 'git clone a:b/c.git/ && git -C c checkout --detach COMMIT'],
    ['(git clone a:b) &', '(git clone a:b && git -C b checkout --detach COMMIT) &'],
    ['set -e; git clone a:b &', 'set -e; git clone a:b && git -C b checkout --detach COMMIT &'],
    [
      '#!/bin/sh -e\ngit clone a:b 2>&1',
      '#!/bin/sh -e\ngit clone a:b 2>&1; git -C b checkout --detach COMMIT',
    ],
    [
      'set -e; git clone a:b || x',
      'set -e; git clone a:b && git -C b checkout --detach COMMIT || x',
    ],
    ['set -e; while git clone --depth=1 -o up a:b; do :; done', 'none'],
    [
      'git clone --depth=1 -o up a:b "$D"',
      'git clone --depth=1 -o up a:b "$D" && git -C "$D" fetch --depth 1 up COMMIT && git -C "$D" checkout --detach FETCH_HEAD',
    ],
    ['git clone a:$X; git clone a:b $(c); git -C d clone a:b', 'none', 'none', 'none'],
    ['git clone a:b | x; ! git clone a:b; exec git clone a:b', 'none', 'none', 'none'],
    ['a=(git clone a:b); env -i git clone a:b; git clone --bare a:b', 'none', 'none', 'none'],
  ],
};

describe('Fixes that the shell lint offers', () => {
  for (const [code, cases] of Object.entries(GIVEN)) {
    for (const [text, ...expected] of cases) {
      it(`${code}: ${text.replaceAll('\n', '⏎')}`, () => {
        assert.deepEqual(fixes(code as FindingCode, text), expected);
      });
    }
  }

  it('keep apart what several commands make', () => {
    const text = 'A=$(mktemp -d); B=$(mktemp); C=$(mktemp -u); tar -cf x $A $B $C';
    const names = fixes('lint-mktemp', text).map((now) => /tmp\.(\d+)/.exec(now)?.[1]);
    assert.equal(new Set(names).size, 3);
    // Scripts that run each other
    const [other] = fixes('lint-mktemp', `${text}\n`);
    assert.notEqual(/tmp\.(\d+)/.exec(other ?? '')?.[1], names[0]);
  });

  it('in makefiles: where each line is a shell, and dollars are doubled', () => {
    const of = (code: FindingCode, line: string): string[] =>
      fixes(code, `a:\n\t${line}\n`, 'make').map((now) => now.split('\n')[1]?.slice(1) ?? '');
    assert.deepEqual(of('lint-random', 'echo $$RANDOM > $@'), ['']);
    assert.deepEqual(of('lint-host', '@echo $$HOSTNAME > $@; hostname > x'), [
      '',
      '@echo $$HOSTNAME > $@; echo localhost > x',
    ]);
    assert.deepEqual(
      of('lint-zip-order', '-zip -r $@ src; zip -r x $(SRC); zip -r y $(wildcard a/*)'),
      [
        '-find -L src | LC_ALL=C sort | zip $@ -@; zip -r x $(SRC); zip -r y $(wildcard a/*)',
        '',
        '',
      ],
    );
    assert.deepEqual(of('lint-git-clone', 'git clone a:b; git clone a:b $(D)'), [
      'git clone a:b && git -C b checkout --detach COMMIT; git clone a:b $(D)',
      '',
    ]);
    assert.deepEqual(of('lint-mktemp', 'cp a out/$$(mktemp -u XXX)'), ['cp a out/$$(echo 000)']);
  });

  it('never write the tag of one release into the plan of all', () => {
    const text =
      'artifact: a\nsteps:\n  - run: |\n      zip -r a.zip src-{tag}\n      zip -r {tag}.zip src\n';
    for (const tag of ['1', '1.2.3', 'v10.2.3-rc.1']) {
      const found = lintPlan(substitute(parsePlan(text, 'p.yaml' as RepoPath), tag), []);
      const [one, two] = found.filter(({ code }) => code === 'lint-zip-order');
      assert.equal(one?.fix, undefined, tag);
      assert.match(
        edited(text, two?.fix?.edits ?? []),
        /^ {6}find -L src \| LC_ALL=C sort \| zip \{tag\}\.zip -@$/m,
      );
    }
    const [untagged] = lintPlan(parsePlan(text, 'p.yaml' as RepoPath), []).filter(
      ({ code }) => code === 'lint-zip-order',
    );
    assert.match(edited(text, untagged?.fix?.edits ?? []), /find -L src-\{tag\} \|/);
  });

  it('leave to a person what only a person knows', () => {
    const blanks = (text: string): (string | undefined)[] =>
      lint(text).flatMap(({ fix }) => fix?.edits.map(({ blank }) => blank) ?? []);
    assert.deepEqual(blanks('uname > x'), ['MACHINE']);
    assert.deepEqual(blanks('cp a $OSTYPE; cp b $OSTYPE'), Array(4).fill('MACHINE'));
    assert.deepEqual(blanks('git clone a:b'), ['COMMIT']);
    assert.ok(!lint('git clone a:b; uname > x').some(({ fix }) => fix && isComplete(fix)));
    assert.ok(lint('hostname > x').every(({ fix }) => fix && isComplete(fix)));
  });
});
