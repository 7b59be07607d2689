/** A plan built in a container of an image that is named by its digest. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { build } from '../../../src/core/rebuild/build.js';
import type { BuildResult } from '../../../src/core/rebuild/build.js';
import { chooseBuildIsolation } from '../../../src/core/rebuild/buildIsolation.js';
import type { StepOptions } from '../../../src/core/rebuild/buildRun.js';
import { Containers, lacking, pushedImage, withVariables } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { gone, planOf, repos } from './buildSupport.js';

describe('a build in a container', function () {
  this.timeout(300_000);
  const newRepo = repos();
  let own: Containers | undefined;
  let image = '';
  let variables: Readonly<Record<string, string>> = {};

  before(async function () {
    const missing = lacking('podman', 'runc', 'busybox', 'docker-registry');
    if (missing !== undefined) skip(this, missing);
    own = new Containers();
    ({ image, variables } = await pushedImage(own));
  });
  after(() => own?.stop());

  /** What a plan makes there, pulled first where it has to be. */
  const made = (yaml: string, options: Partial<StepOptions> = {}): Promise<BuildResult<string>> =>
    withVariables(variables, async () => {
      const plan = planOf(yaml);
      const choice = await chooseBuildIsolation('container', image, { file: plan.file });
      assert.equal(choice.sandbox?.kind, 'container', JSON.stringify(choice));
      const { sandbox } = choice;
      const request = { root: newRepo().write('in', 'in\n').root, plan, sandbox };
      return build(
        { ...request, ...(choice.image ? { image: choice.image } : {}) },
        { mode: 'shell', ...options },
        ({ file }) => Promise.resolve(readFileSync(file, 'utf8')),
      );
    });

  it("has the image's PATH, the plan's variables and nothing else", async () => {
    const yaml = `artifact: environ
sources: [in]
steps: [[cp, /proc/self/environ, environ]]
environment: {LANG: C}`;
    const result = await made(yaml);
    assert.ok(result.kind === 'built', JSON.stringify(result));
    assert.deepEqual(result.value.split('\0').filter(Boolean).sort(), ['LANG=C', 'PATH=/bin']);
  });

  it('runs in the same place as the sandbox, with the sources, and nothing of this machine', async () => {
    const yaml = `artifact: out
sources: [in]
steps: ["pwd > out; cat in /text >> out; test ! -e /usr && ! echo x > /bin/x"]`;
    const result = await made(yaml);
    assert.ok(result.kind === 'built', JSON.stringify(result));
    assert.equal(result.value, '/workspace/build\nin\none\n');
  });

  it('is ended when the time is up', async () => {
    const marker = `81536000.${process.pid}`;
    const yaml = `artifact: out\nsteps: ["sleep ${marker.replace('.', '')}"]`;
    const result = await made(yaml, { timeoutMs: 5000 });
    assert.ok(result.kind === 'failed' && result.reason === 'step-failed');
    await gone(`sleep ${marker.replace('.', '')}`);
  });

  it('takes no image without a digest', async () => {
    const { file } = planOf('artifact: a\nsteps: ["true"]');
    for (const odd of ['busybox', 'busybox:1', 'busybox@sha256:12', undefined]) {
      const choice = await chooseBuildIsolation('container', odd, { file });
      assert.equal(choice.sandbox, undefined);
      assert.equal(choice.passedOver[0]?.problem, 'no-image');
    }
  });
});
