import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { parseDockerfile } from '../../../src/core/formats/dockerfile/dockerfile.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import {
  DOCKERFILE,
  dockerfileText,
  writeDockerfile,
} from '../../../src/core/produce/dockerfile.js';
import { Sandbox } from '../projects/support.js';

const DIGEST = 'ab'.repeat(32) as Sha256;
const facts = { image: `python:3.12-slim@sha256:${DIGEST}`, epoch: 1_700_000_000, lock: true };

describe('a new Dockerfile', () => {
  it('has nothing in it that makes builds differ', () => {
    for (const lock of [true, false]) {
      const text = dockerfileText({ ...facts, lock });
      assert.ok(text);
      const read = parseDockerfile(text, DOCKERFILE, DIGEST);
      assert.equal(read.clean, true, JSON.stringify(read.findings));
      assert.deepEqual(
        read.bases.map(({ digest }) => digest),
        [DIGEST],
      );
      assert.match(text, /^# python:3\.12-slim\nFROM python@sha256:/);
      assert.match(text, /^ENV SOURCE_DATE_EPOCH=1700000000$/m);
      assert.equal(text.includes('requirements.lock'), lock);
    }
  });

  it('is not made from an image that can move, nor from something else', () => {
    for (const image of [
      'python:3.12',
      'python',
      '',
      `sha256:${DIGEST}`,
      `a\nRUN x@sha256:${DIGEST}`,
      'a@sha256:12',
    ]) {
      assert.equal(dockerfileText({ ...facts, image }), undefined, image);
    }
  });

  it('replaces nothing, and is written through no link', async () => {
    const box = new Sandbox().write({ Dockerfile: 'FROM scratch\n' });
    try {
      await assert.rejects(writeDockerfile(box.root, 'x'), { code: 'dockerfile-exists' });
      assert.equal(readFileSync(box.at('Dockerfile'), 'utf8'), 'FROM scratch\n');
      symlinkSync('/nonexistent/file', box.at('link'));
      const other = new Sandbox();
      symlinkSync('/nonexistent/file', other.at('Dockerfile'));
      await assert.rejects(writeDockerfile(other.root, 'x'), { code: 'link-on-path' });
      other.remove();
    } finally {
      box.remove();
    }
  });
});
