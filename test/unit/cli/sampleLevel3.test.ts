/**
 * The recipe of sample/README.md from a fresh copy to level 3, remedy by remedy, on real tools: git, a
 * registry, pip, a sandbox. What plays GitHub and Zenodo is the sample's own stand-in; the base image
 * in the registry is a tiny stand-in too, so the rerun takes this system's Python.
 */
import assert from 'node:assert/strict';
import { Sample } from './sampleRecipe.js';

describe('the sample on its way to level 3', () => {
  let sample: Sample;

  before(async function () {
    this.timeout(600_000);
    sample = await Sample.copy(this);
  });
  after(() => sample.remove());

  it('begins at level 0, with one drifted file and a blocker for each thing to do', async () => {
    const { level, blockers, counts } = await sample.status();
    assert.equal(level, 0);
    assert.equal(counts['drifted'], 1);
    assert.deepEqual([...new Set(blockers.map((each) => `${each.level} ${each.code}`))].sort(), [
      '1 input-data-undeclared',
      '1 user-not-approved',
      '2 ai-models-undeclared',
      '2 missing-ai-declaration-step',
      '2 personal-layer-undeclared',
      '2 remote-not-verified',
      '3 binaries-not-declared-or-waived',
      '3 dependency-lock-missing',
      '3 dockerfile-not-pinned',
      '3 drifted',
      '3 environment-snapshot-missing',
      '3 l3-attestation-stale',
      '3 nondeterminism-undeclared',
      '3 outputs-not-verified',
      '3 reproduce-script-missing',
    ]);
  });

  /** Each remedy takes its blockers away, and no other. */
  const gone = (remedy: string, codes: readonly string[], work: () => Promise<void>): void => {
    it(remedy, async function () {
      this.timeout(600_000);
      const before = await sample.codes();
      for (const code of codes) assert.ok(before.has(code), `${code} should stand in the way`);
      await work();
      const after = await sample.codes();
      for (const code of codes) assert.ok(!after.has(code), `${code} still stands in the way`);
    });
  };

  gone('1: makes the table again', ['outputs-not-verified'], () => sample.rebuild());
  gone('2: declares that A05 has no input data', ['input-data-undeclared'], () =>
    sample.declareNoInputs(),
  );
  gone(
    '3: declares the use of AI',
    ['missing-ai-declaration-step', 'ai-models-undeclared', 'personal-layer-undeclared'],
    () => sample.declareAi(),
  );
  gone(
    '4: declares determinism and that there are no binaries',
    ['nondeterminism-undeclared', 'binaries-not-declared-or-waived'],
    () => sample.declareEnvironment(),
  );
  gone('5: pins the base image', ['dockerfile-not-pinned'], () => sample.pinImage());
  gone('6: writes the lock', ['dependency-lock-missing'], () => sample.writeLock());
  gone('7: captures the environment', ['environment-snapshot-missing'], () => sample.capture());
  gone('8 and 9: writes reproduce.sh, pins it and commits', ['reproduce-script-missing'], () =>
    sample.writeScript(),
  );
  gone('10: verifies the published copies', ['remote-not-verified'], () => sample.verifyMirrors());
  gone('11: runs everything again', ['l3-attestation-stale'], () => sample.rerun());
  gone('12: signs off', ['user-not-approved', 'ai-declaration-unattested'], () => sample.signOff());

  it('then stands at level 3, with nothing in the way', async () => {
    const { level, blockers } = await sample.status();
    assert.deepEqual(
      blockers.filter(({ advisory }) => advisory !== true),
      [],
    );
    assert.equal(level, 3);
  });

  it('falls back to level 2 when an output changes afterwards', async () => {
    sample.append('WriteTable/results.csv', 'one more line\n');
    const { level, blockers } = await sample.status();
    assert.equal(level, 2);
    assert.ok(blockers.some(({ code }) => code === 'outputs-not-verified'));
    await sample.rebuild();
    assert.equal((await sample.status()).level, 3);
  });
});
