import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { isPinned, isVersion } from '../../../src/core/formats/lock/version.js';
import { skip } from '../../harness/skip.js';

const JUDGE = `
import json, sys
from pip._vendor.packaging.specifiers import SpecifierSet
from pip._vendor.packaging.version import Version, InvalidVersion
def judge(pair):
    try:
        have, want = Version(pair[0]), Version(pair[1])
    except InvalidVersion:
        return None
    return SpecifierSet('==' + str(pair[1])).contains(pair[0], prereleases=True)
print(json.dumps([judge(pair) for pair in json.load(sys.stdin)]))
`;

const often = (usual: string, ...others: string[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
const version = fc
  .tuple(
    often('', 'v', '0!', '1!'),
    fc.constantFrom('1', '1.0', '01.00', '1.0.0', '10', '1.0.1', '0', '00.0'),
    often('', 'a1', '.alpha1', '-a.01', 'rc', 'c0', 'PRE0', 'preview'),
    often('', '.post1', '-1', 'post', '.rev01', 'r1', 'R', '.x'),
    often('', '.dev1', 'dev', '-dev01'),
    often('', '+cpu', '+CPU.1', '+cpu-1'),
  )
  .map((parts) => parts.join(''));

describe('versions are compared as pip compares them', () => {
  it('on generated pairs', function () {
    const pairs = fc.sample(fc.tuple(version, version), {
      numRuns: 20_000,
      seed: Date.now() % 1e9,
    });
    const ran = spawnSync('python3', ['-I', '-c', JUDGE], {
      cwd: tmpdir(),
      input: JSON.stringify(pairs),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (ran.status !== 0) skip(this, 'no python3 with pip');
    const judged = JSON.parse(ran.stdout) as (boolean | null)[];
    let same = 0;
    pairs.forEach(([installed, pinned], i) => {
      const both = isVersion(installed) && isVersion(pinned);
      assert.equal(both, judged[i] !== null, `${installed} ${pinned}`);
      if (!both) return;
      assert.equal(isPinned(installed, pinned), judged[i], `${installed} == ${pinned}`);
      if (judged[i] === true) same += 1;
    });
    assert.ok(same > 100, `only ${same} pairs were the same version`);
  });
});
