/** `vary` in a container: what an image does not have is skipped, what the engine can change is changed. */
import assert from 'node:assert/strict';
import { chooseBuildIsolation } from '../../../src/core/rebuild/buildIsolation.js';
import { vary } from '../../../src/core/rebuild/vary.js';
import { VARIED_FACTORS } from '../../../src/core/model/variation.js';
import { Containers, lacking, pushedImage, withVariables } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { installed, planOf, repos } from './buildSupport.js';
import { of, told } from './varySupport.js';

describe('vary in a container', function () {
  this.timeout(300_000);
  const newRepo = repos();
  let own: Containers | undefined;
  let image = '';
  let variables: Readonly<Record<string, string>> = {};

  before(async function () {
    const missing = lacking('podman', 'runc', 'busybox', 'docker-registry');
    if (missing !== undefined) skip(this, missing);
    if (!installed('disorderfs')) skip(this, 'disorderfs is not installed');
    own = new Containers();
    // The first build has to pull it, and the others must not.
    ({ image, variables } = await pushedImage(own));
  });
  after(() => own?.stop());

  const results = (...steps: string[]) =>
    withVariables(variables, async () => {
      const plan = planOf(`artifact: out\nsources: [in]\nsteps: ${JSON.stringify(steps)}`);
      const choice = await chooseBuildIsolation('container', image, { file: plan.file });
      assert.ok(choice.sandbox);
      const repo = newRepo();
      for (const name of ['one', 'two', 'three', 'four']) repo.write(`in/${name}`, name);
      const request = {
        ...{ root: repo.root, plan, sandbox: choice.sandbox },
        ...(choice.image === undefined ? {} : { image: choice.image }),
      };
      const made = await vary(request, { mode: 'shell', factors: VARIED_FACTORS });
      assert.ok(made.kind === 'varied', JSON.stringify(made));
      return made.results;
    });

  it('finds user, host, build path, umask and file order by name', async () => {
    const found = await results(
      'id -u > out; uname -n >> out; pwd >> out; umask >> out; find in -type f >> out',
    );
    const differing = told(found).filter((each) => each.endsWith('differs'));
    const expected = ['umask', 'file-order', 'build-path', 'host'];
    if (process.getuid?.() === 0) expected.push('user');
    for (const factor of expected) assert.ok(differing.includes(`${factor} differs`), factor);
    const time = of(found, 'time');
    assert.ok(time.outcome === 'skipped');
    assert.deepEqual(time.why, { kind: 'no-tool', tool: 'faketime' });
    for (const factor of ['chance', 'timezone', 'environment'] as const) {
      assert.equal(of(found, factor).outcome, 'same', factor);
    }
  });
});
