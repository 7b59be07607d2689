import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { parseDockerfile } from '../../../src/core/formats/dockerfile/dockerfile.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { skip } from '../../harness/skip.js';

/** A registry that does not exist: nothing is ever pulled, and the error names what was wanted. */
const REGISTRY = 'registry.invalid';

/** How podman reads the base image of a Dockerfile. */
function podmanBase(directory: string, text: string): string {
  const file = path.join(directory, 'Dockerfile');
  writeFileSync(file, text);
  const { status, stderr, stdout } = spawnSync(
    'podman',
    ['build', '--pull=never', '--isolation=chroot', '-f', file, directory],
    { encoding: 'utf8', timeout: 60_000 },
  );
  const wanted = /creating build container: (.*): image not known/.exec(stderr)?.[1];
  assert.ok(status !== 0 && wanted !== undefined, `podman said otherwise:\n${stdout}${stderr}`);
  return wanted;
}

const ourBase = (text: string): string | undefined =>
  parseDockerfile(text, 'Dockerfile' as RepoPath, '' as Sha256).bases.at(-1)?.reference;

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const gap = fc.constantFrom(' ', '  ', '\t', ' \\\n', ' \\\n  # comment\n', ' \\\n\n ');
const value = fc.oneof(
  word,
  word.map((each) => `"${each}"`),
  word.map((each) => `'${each}'`),
);
const reference = fc.oneof(
  fc.constantFrom('$A', '${A}', '${B}', '${A:-x}', '${N:-y}', '${E:-z}', '${A:+p}', '${N:+q}'),
  // Not a letter: `$A` and `x` would be the variable `$Ax`.
  word.map((each) => `.${each}`),
);

/** Dockerfiles of one stage, its image put together from arguments. */
const dockerfile = fc
  .record({
    comment: fc.constantFrom('', '# syntax=x\n', '# a comment\n\n', '\n'),
    a: value,
    b: value,
    gaps: fc.array(gap, { minLength: 4, maxLength: 4 }),
    platform: fc.constantFrom('', '--platform=linux/amd64'),
    parts: fc.array(reference, { minLength: 1, maxLength: 3 }),
    as: fc.constantFrom('', 'AS', 'as'),
    from: fc.constantFrom('FROM', 'from', '  From'),
  })
  .map(({ comment, a, b, gaps, platform, parts, as, from }) => {
    const flag = platform === '' ? '' : `${gaps[1]!}${platform}`;
    const name = as === '' ? '' : `${gaps[2]!}${as}${gaps[3]!}stage`;
    const image = `${gaps[0]!}${REGISTRY}/a${parts.join('')}`;
    return `${comment}ARG A=${a}\nARG B=${b}\nARG E=\n${from}${flag}${image}${name}\nRUN true\n`;
  });

describe('Dockerfile: base images as podman reads them', function () {
  this.timeout(300_000);
  let directory: string;

  before(function () {
    try {
      execFileSync('podman', ['--version'], { stdio: 'ignore' });
    } catch {
      skip(this, 'podman is not installed');
    }
    directory = mkdtempSync(path.join(tmpdir(), 'dockerfile-'));
    try {
      podmanBase(directory, `FROM ${REGISTRY}/probe\n`);
    } catch {
      skip(this, 'podman cannot build here');
    }
  });
  after(() => {
    if (directory) rmSync(directory, { recursive: true, force: true });
  });

  it('agrees on what arguments and continued lines make', () => {
    fc.assert(
      fc.property(dockerfile, (text) => {
        assert.equal(ourBase(text), podmanBase(directory, text), text);
      }),
      { numRuns: 25 },
    );
  });
  it('agrees that a number names no stage, and a name in any case does', () => {
    const scratch = 'FROM scratch AS One\nLABEL a=b\n';
    assert.equal(podmanBase(directory, `${scratch}FROM 0\n`), '0');
    assert.equal(ourBase(`${scratch}FROM 0\n`), '0');
    const text = `${scratch}FROM ${REGISTRY}/x`;
    assert.equal(podmanBase(directory, text), `${REGISTRY}/x`);
    assert.equal(ourBase(text), `${REGISTRY}/x`);
  });
});
