/** The fixes of the lint, run by real tools on another machine, by another person, at another time. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { skip } from '../../harness/skip.js';
import { found, missing, outputs, runIn, scratch, withFixes, WORLDS } from './worlds.js';

/** Scripts that write `out`, each with the programs that it needs. */
const SCRIPTS: readonly (readonly [script: string, ...programs: string[]])[] = [
  // Chance
  ['echo $RANDOM > out'],
  ['echo $((RANDOM % 10000)) $(( (SRANDOM + 1) % 10000 )) > out'],
  ['read X <<E\n$RANDOM\nE\necho $X > out'],
  ['cat > out <<E\n$HOSTNAME $(hostname) $(date)\nE'],
  ['for i in 1 2; do date; done > out'],
  ['set -e\nfor i in 1 2 3; do echo $RANDOM ${SRANDOM} >> out; done; echo $RANDOM >> out'],
  ['A=$(echo $RANDOM); B="`echo ${RANDOM}`"; (cd src; echo $RANDOM $A $B > ../out)'],
  ["bash -c 'echo $RANDOM > out'"],
  ['cp src/a out-$RANDOM; ls out-* > out'],
  ['echo "run $$" > a.$$; mv a.$$ b.$$; ls *.$$ > out; cat b.$$ >> out'],
  ['uuidgen > out; A=$(uuidgen -r); B="$(uuidgen)"; echo "$A $B" >> out', 'uuidgen'],
  ['seq 100 | shuf > out; shuf -n 3 -i 1-100000 >> out; shuf -e -r -n 5 a b c >> out'],
  ['seq 100 | sort -R > out; seq 9 | sort --sort=random -u >> out'],
  // The machine
  ['hostname > out; uname -nr >> out; echo "$HOSTNAME ${HOSTNAME}x `whoami`" >> out'],
  ['cp src/a out-$(uname -n); mkdir "d-$HOSTNAME"; ls -d out-* d-* > out'],
  // Time
  ['echo $EPOCHSECONDS ${EPOCHSECONDS}x "$EPOCHREALTIME" > out'],
  ['date -d "1 day ago" > out; date --date=yesterday +%s >> out; date -d "next month" >> out'],
  ['date -u -d now >> out; date -d now +%s >> out; date > out'],
  // Names
  ['A=$(mktemp -d); B="$(mktemp)"; echo a > $A/x; tar -cf out $A $B', 'tar'],
  ['A=$(mktemp -d "$PWD/../x-XXXX" | sed "s:.*/:../:"); tar -cf out $A; rm -r $A', 'tar'],
  [
    'A=$(mktemp -p src x.XXX --suffix=.c); ls src > "$(mktemp -u list-XXXX)"; tar -cf out $A list*',
    'tar',
  ],
  // Order
  ['find src -type f -exec cat {} + > out'],
  ['find src -type f -exec sha256sum {} \\; > out 2> log'],
  ["find src -name '[a-z]' -type f -exec cat -- src/Z {} src/a ';' > out"],
  ['cat $(ls -td src/[abZ]) > out; (cd src; ls -f1 > ../list); cat list >> out'],
  ['ls -1U src > out'],
  ['zip -rq out.zip src; mv out.zip out', 'zip'],
  ['(cd src && zip -q9r - . -x "*/c d" > ../out)', 'zip'],
  ['set -e; ln -s a src/l; ln -s d src/m; zip -rqy out.zip src src/a; mv out.zip out', 'zip'],
  ['ln -s d src/m; if zip --recurse-paths -q out.zip src; then mv out.zip out; fi', 'zip'],
  ['zip -q out.zip src/a src/[bZ] && mv out.zip out', 'zip'],
  ['find src | LC_ALL=C sort | zip -qX out.zip -@; mv out.zip out', 'zip'],
];

describe('Fixes of the lint, elsewhere', function () {
  this.timeout(120_000);
  for (const [script, ...programs] of SCRIPTS) {
    it(`make equal what was not: ${script.replaceAll('\n', '⏎')}`, function () {
      const absent = missing(programs);
      if (absent.length > 0) skip(this, `there is no ${absent.join(', ')}`);
      for (const { fix, code } of found(script)) assert.ok(fix, code);
      const now = withFixes(script);
      const [one, two] = outputs(now);
      assert.ok(one === two, now);
      assert.deepEqual(found(now), [], now);
      const [before, after] = outputs(script);
      assert.ok(before !== after, 'nothing was different');
    });
  }

  it('draw other numbers in other shells', function () {
    const absent = missing([]);
    if (absent.length > 0) skip(this, `there is no ${absent.join(', ')}`);
    const [out = ''] = outputs(
      withFixes('A=$(echo $RANDOM); B=$(echo $RANDOM); echo $A $B $RANDOM > out'),
    );
    assert.equal(new Set(out.trim().split(' ')).size, 3, out);
  });

  it('are built again beside what the last build left', function () {
    const absent = missing(['tar']);
    if (absent.length > 0) skip(this, `there is no ${absent.join(', ')}`);
    const script = withFixes(
      'A=$(mktemp -d); B=$(mktemp); ls $A; echo a > $A/$(ls -A $A | wc -l); echo b >> $B; tar -cf out $A $B',
    );
    const directory = scratch();
    try {
      const [first, second] = WORLDS.map((world) => {
        runIn(world, directory, script);
        return readFileSync(path.join(directory, 'out'), 'latin1');
      });
      assert.ok(first === second, script);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('pack the same members as before', function () {
    const absent = missing(['zip', 'unzip']);
    if (absent.length > 0) skip(this, `there is no ${absent.join(', ')}`);
    for (const script of [
      'ln -s d src/l; ln -s a src/k; echo q > "src/[x]?.t"; zip -rq x.zip src',
      'ln -s d src/l; ln -s a src/k; zip -rqy x.zip src/d/.. src/l',
      'cd src; zip -qr ../x.zip . -x "*d/*"; cd ..',
      'cd src; zip -qrD ../x.zip *; cd ..',
      'zip -rq x.zip src/ && zip -rq x.zip src/a',
    ]) {
      const list = `\nunzip -Z1 x.zip | LC_ALL=C sort > out`;
      const [before] = outputs(script + list);
      const now = withFixes(script);
      assert.match(now, /\| zip .* -@/);
      const [after] = outputs(now + list);
      assert.equal(after, before, now);
      const [one, two] = outputs(`${now}\nunzip -Z1 x.zip > out`);
      assert.equal(one, two, now);
    }
  });
});
