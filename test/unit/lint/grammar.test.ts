/** Scripts of all that the shell's grammar allows: bash accepts them after every fix as well. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { editsOfAll } from '../../../src/core/lint/fixes.js';
import { skip } from '../../harness/skip.js';
import { edited } from './edited.js';
import { found } from './worlds.js';

const SIMPLE = [
  ...['zip -r a.zip b', 'zip -qr a.zip "c d" *.x', 'A=1 B=2 zip -r x y > z 2>&1', 'git clone a:b'],
  ...['echo $RANDOM > x', '$(echo $SRANDOM)', 'cp a x.$$', 'echo "$HOSTNAME" > y', 'uname -m > u'],
  ...['find a -exec cat {} + > x', 'find a -exec md5sum {} \\; > x', 'ls -t > x', 'uuidgen > x'],
  ...['date -d yesterday > d', 'T=$(mktemp -d); tar cf x $T', 'cp a b-$(mktemp -u XXX)'],
  ...['cat <<E > z\n$(hostname) $(echo $RANDOM)\nE\n', 'x=(a $RANDOM `date`)', '((i = 1))'],
  ...['echo $((RANDOM % 3)) > x', 'X=$(( (1 + $SRANDOM) * $(date +%s) ))', 'echo $((SECONDS))>x'],
  ...['cat > x <<E\n$RANDOM $HOSTNAME $((SRANDOM))\nE\n', 'cat<<E|tee x\n$$ $SRANDOM\nE\n'],
  ...['[[ a || ( $RANDOM == b ) ]]', "bash -c 'echo $RANDOM > x; zip -r a.zip b'", '# note\n'],
  ...['sh -c "zip -r a.zip $D"', 'echo ${A:-$(hostname)} > h', 'sudo git clone a:b', 'set -e'],
  ...['case $RANDOM in a|b) echo $RANDOM > x;; *) zip -r a.zip b;; esac', '! true', 'cat < a'],
  ...['cat <(find a -exec cat {} +) > k', 'X=$(echo $RANDOM | tr a b)', 'seq 3 | shuf > x'],
];

const { script } = fc.letrec<{ script: string }>((tie) => {
  const inner = tie('script');
  const joined = fc.constantFrom('; ', '\n', ' && ', ' || ', ' | ', ' & ', ' &&\n');
  return {
    script: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...SIMPLE),
      fc.tuple(inner, joined, inner).map((parts) => parts.join('')),
      inner.map((text) => `( ${text}\n)`),
      inner.map((text) => `{ ${text}\n}`),
      inner.map((text) => `f() {\n${text}\n}`),
      inner.map((text) => `while ${text}\ndo ${text}\ndone`),
      inner.map((text) => `if ${text}\nthen ${text}\nelse ${text}\nfi > x`),
      inner.map((text) => `for i in a $(${text}\n); do ${text}\ndone`),
      inner.map((text) => `echo "$(${text}\n)" > x`),
      inner.map((text) => `! ${text}`),
      inner.map((text) => `y=\`${text.replaceAll(/[`\\]/g, '')}\n\``),
    ),
  };
});

const isScript = (text: string): boolean => spawnSync('bash', ['-n', '-c', text]).status === 0;

describe('Fixes of the lint, in any script', () => {
  it('leave a script that bash can read', function () {
    this.timeout(300_000);
    if (spawnSync('bash', ['--version']).status !== 0) skip(this, 'there is no bash');
    let fixes = 0;
    fc.assert(
      fc.property(script, (text) => {
        if (text.length > 400 || !isScript(text)) return;
        const offered = found(text).flatMap(({ fix }) => (fix === undefined ? [] : [fix]));
        const after = new Set(offered.map(({ edits }) => edited(text, edits)));
        fixes += after.size;
        after.add(edited(text, editsOfAll(offered)));
        for (const now of after) assert.ok(isScript(now), now);
      }),
      { numRuns: 300 },
    );
    assert.ok(fixes > 100);
  });
});
