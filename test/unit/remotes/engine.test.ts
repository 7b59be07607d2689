import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import { parseImageReference } from '../../../src/core/formats/container/imageReference.js';
import { findEngine } from '../../../src/core/remotes/engine.js';
import {
  holdsLocal,
  obtain,
  repoDigests,
  repoTags,
} from '../../../src/core/remotes/engineImages.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import {
  buildAndPush,
  Containers,
  freePort,
  lacking,
  preparePodman,
  startDocker,
  startRegistry,
  withVariables,
} from '../../harness/containers.js';
import type { Registry, TestEngine } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';

describe('container engines', function () {
  this.timeout(180_000);
  let own: Containers;
  let registry: Registry;
  let variables: Record<string, string>;
  const engines: Partial<Record<TestEngine['kind'], TestEngine>> = {};

  before(async function () {
    const reason = lacking('docker-registry', 'podman', 'docker', 'dockerd', 'busybox');
    if (reason !== undefined) skip(this, reason);
    own = new Containers();
    registry = await startRegistry(own);
    engines.podman = preparePodman(own);
    engines.docker = await startDocker(own);
    variables = { ...engines.podman.env, ...engines.docker.env };
  });
  after(() => (own as Containers | undefined)?.stop());

  it('are found by whether they answer, docker first', async () => {
    const found = await withVariables(variables, () => findEngine());
    assert.equal(found?.kind, 'docker');
    const dead = { ...variables, DOCKER_HOST: `unix://${own.at('nobody')}` };
    assert.equal((await withVariables(dead, () => findEngine()))?.kind, 'podman');
    assert.equal(await withVariables(dead, () => findEngine(['docker'])), undefined);
    assert.equal(
      await withVariables({ ...variables, PATH: own.at() }, () => findEngine()),
      undefined,
    );
  });

  for (const kind of ['docker', 'podman'] as const) {
    it(`${kind}: has an image, gets one, or says why not`, async () => {
      const name = `${registry.host}/lab/${kind}`;
      const digest = buildAndPush(engines[kind]!, own, `${name}:1`, `${kind}\n`);
      const image = engines[kind]!.run('image', 'inspect', '-f', '{{.Id}}', `${name}:1`);
      const id = image.replace('sha256:', '') as Sha256;
      await withVariables(variables, async () => {
        const engine = (await findEngine([kind]))!;
        const at = (host: string, hex = digest.slice(7)) => {
          const reference = parseImageReference(`${host}/lab/${kind}@sha256:${hex}`);
          assert(reference?.kind === 'registry' && reference.digest !== undefined);
          return { ...reference, digest: reference.digest };
        };
        assert.deepEqual(await repoTags(engine, `${name}:1`), [`${name}:1`]);
        assert.equal(await holdsLocal(engine, id), true);
        engines[kind]!.run('rmi', '-f', `${name}:1`);
        assert.equal(await holdsLocal(engine, id), false);
        assert.equal(await repoDigests(engine, `${name}:1`), undefined);
        assert.deepEqual(await obtain(engine, at(registry.host)), { kind: 'pulled' });
        assert.deepEqual(await obtain(engine, at(registry.host)), { kind: 'held' });
        const names = await repoDigests(engine, `${name}@${digest}`);
        assert(names?.includes(`${name}@${digest}`));
        const wrong = await obtain(engine, at(registry.host, '2'.repeat(64)));
        assert.equal(wrong.kind, 'refused', JSON.stringify(wrong));
        const away = await obtain(engine, at(`127.0.0.1:${await freePort()}`, '2'.repeat(64)));
        assert.equal(away.kind, 'failed', JSON.stringify(away));
        assert('reason' in away && /refused/.test(away.reason));
        const signal = AbortSignal.abort();
        assert.equal((await obtain(engine, at(registry.host), { signal })).kind, 'cancelled');
      });
    });
  }

  it('an option is never taken for a name', async () => {
    writeFileSync(own.at('x'), '');
    await withVariables(variables, async () => {
      for (const kind of ['docker', 'podman'] as const) {
        const engine = (await findEngine([kind]))!;
        assert.equal(await repoDigests(engine, '--help'), undefined);
      }
    });
  });
});
