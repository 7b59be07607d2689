import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import {
  ENVIRONMENT_FILE,
  parseEnvironment,
} from '../../../src/core/formats/environment/environment.js';
import type { CapturedEnvironment } from '../../../src/core/model/envelope.js';
import type { TierReport } from '../../../src/core/model/tier.js';
import { environmentTier } from '../../../src/core/remotes/environmentTier.js';
import type { EnvironmentTierOptions } from '../../../src/core/remotes/environmentTier.js';
import { sha256 } from '../../../src/core/system/files.js';
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

type Json = Record<string, unknown>;

function environment(more: Json): CapturedEnvironment {
  const text = JSON.stringify({ sSchemaVersion: '1', ...more });
  return parseEnvironment(text, ENVIRONMENT_FILE, sha256(Buffer.from(text)));
}
const recorded = (reference: string, more: Json = {}): CapturedEnvironment =>
  environment({ dictContainer: { sImageDigest: reference, ...more } });

const codes = ({ findings }: TierReport, but = /-drifted$/): string[] =>
  findings.filter(({ code }) => !but.test(code)).map(({ code }) => code);

describe('tier 3: the pinned image', function () {
  this.timeout(180_000);
  let own: Containers;
  let registry: Registry;
  let podman: TestEngine;
  let docker: TestEngine;
  const image = (name: string): string => `${registry.host}/lab/${name}`;
  const tier = (of: CapturedEnvironment, options: Partial<EnvironmentTierOptions> = {}) =>
    withVariables({ ...podman.env, ...docker.env }, () =>
      environmentTier(of, { layers: false, ...options }),
    );

  before(async function () {
    const reason = lacking('docker-registry', 'podman', 'docker', 'dockerd', 'busybox');
    if (reason !== undefined) skip(this, reason);
    own = new Containers();
    registry = await startRegistry(own);
    podman = preparePodman(own);
    docker = await startDocker(own);
  });
  after(() => (own as Containers | undefined)?.stop());

  /** Pushes an image and forgets it again, so that whoever wants it must ask the registry. */
  function push(name: string, by: TestEngine = podman): string {
    const digest = buildAndPush(by, own, `${image(name)}:1`, `${name}\n`);
    by.run('rmi', '-f', `${image(name)}:1`);
    return digest;
  }

  for (const kind of ['docker', 'podman'] as const) {
    it(`passes by ${kind}, which pulls the image once and then has it`, async () => {
      const digest = push(`pass-${kind}`, kind === 'docker' ? docker : podman);
      const reference = `${image(`pass-${kind}`)}@${digest}`;
      let output = '';
      const onOutput = (text: string): void => void (output += text);
      const first = await tier(recorded(reference), { engine: kind, onOutput });
      assert.deepEqual(first.detail, { kind: 'image', reference, by: kind, layers: false });
      assert.equal(first.outcome, 'pass', JSON.stringify(first.findings));
      assert.deepEqual(codes(first), []);
      assert(first.total > 2 && first.verified === first.total);
      const engine = kind === 'docker' ? docker : podman;
      assert.match(engine.run('image', 'inspect', reference), new RegExp(digest));
      assert.notEqual(output, '');
      output = '';
      const second = await tier(recorded(reference), { engine: kind, onOutput });
      assert.equal(second.outcome, 'pass');
      assert.equal(output, '');
    });

    it(`fails for a digest that nobody has, by ${kind}`, async () => {
      const reference = `${image('pass-podman')}@sha256:${'1'.repeat(64)}`;
      const report = await tier(recorded(reference), { engine: kind });
      assert.equal(report.outcome, 'fail');
      assert.deepEqual(codes(report), ['image-missing']);
      assert.deepEqual([report.verified, report.basis?.length], [0, 64]);
    });
  }

  it('passes with no engine by the registry, and hashes every layer on request', async () => {
    const reference = `${image('alone')}@${push('alone')}`;
    const plain = await tier(recorded(reference), { engine: 'none' });
    assert.deepEqual(plain.detail, { kind: 'image', reference, by: 'registry', layers: false });
    assert.equal(plain.outcome, 'pass');
    const layers = await tier(recorded(reference), { engine: 'none', layers: true });
    assert.deepEqual(layers.detail, { kind: 'image', reference, by: 'registry', layers: true });
    assert.equal(layers.outcome, 'pass');
  });

  it('fails for a manifest that was altered although docker still has the old one', async () => {
    const digest = push('stale');
    const name = `${image('stale')}@${digest}`;
    docker.run('pull', name);
    const file = registry.blob(digest);
    writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{ '));
    // Docker itself finds nothing wrong.
    assert.equal(docker.run('run', '--rm', '--network', 'none', name, 'cat', '/text'), 'stale');
    const report = await tier(recorded(name), { engine: 'docker' });
    assert.equal(report.outcome, 'fail');
    assert.deepEqual(codes(report), ['image-manifest-mismatch']);
  });

  it('fails for a manifest that was deleted although the engine still has the image', async () => {
    const digest = buildAndPush(podman, own, `${image('deleted')}:1`, 'deleted\n');
    const path = `/v2/lab/deleted/manifests/${digest}`;
    assert.equal((await registry.fetch(path, { method: 'DELETE' })).status, 202);
    const report = await tier(recorded(`${image('deleted')}@${digest}`), { engine: 'podman' });
    assert.equal(report.outcome, 'fail');
    assert.deepEqual(codes(report), ['image-missing']);
  });

  it('fails for a flipped byte of a layer: the engines find it, and so do we', async () => {
    const digest = push('flipped');
    const manifest = JSON.parse(readFileSync(registry.blob(digest), 'utf8')) as {
      layers: { digest: string }[];
    };
    const file = registry.blob(manifest.layers.at(-1)!.digest);
    const bytes = readFileSync(file);
    bytes[bytes.length - 5]! ^= 1;
    writeFileSync(file, bytes);
    const reference = `${image('flipped')}@${digest}`;
    for (const engine of ['docker', 'podman'] as const) {
      const report = await tier(recorded(reference), { engine });
      assert.equal(report.outcome, 'fail', `${engine}: ${JSON.stringify(report.findings)}`);
      assert.deepEqual(codes(report), ['image-engine-refused']);
    }
    const hashed = await tier(recorded(reference), { engine: 'none', layers: true });
    assert.equal(hashed.outcome, 'fail');
    assert.deepEqual(codes(hashed), ['image-blob-mismatch']);
    const [finding] = hashed.findings;
    assert(finding?.code === 'image-blob-mismatch');
    assert.equal(finding.actual, createHash('sha256').update(bytes).digest('hex'));
    assert.deepEqual(finding.place, recorded(reference).image?.place);
  });

  it('tells that a tag has moved, and still passes', async () => {
    const digest = push('moved');
    const reference = `${image('moved')}:1@${digest}`;
    assert.deepEqual(codes(await tier(recorded(reference), { engine: 'podman' })), []);
    const next = buildAndPush(podman, own, `${image('moved')}:1`, 'newer\n');
    const report = await tier(recorded(reference), { engine: 'podman' });
    assert.equal(report.outcome, 'pass');
    const moved = report.findings.find(({ code }) => code === 'image-tag-moved');
    assert(moved?.code === 'image-tag-moved');
    assert.deepEqual([moved.recorded, moved.current], [digest.slice(7), next.slice(7)]);
  });

  it('offline: an engine that has the image passes, else nothing is claimed', async () => {
    const digest = buildAndPush(docker, own, `${image('offline')}:1`, 'offline\n');
    const away = `127.0.0.1:${await freePort()}/lab/offline`;
    const gone = await tier(recorded(`${away}@${digest}`), { engine: 'docker' });
    assert.equal(gone.outcome, 'error');
    assert.equal(gone.detail.kind, 'image-recorded');
    assert.deepEqual(codes(gone), ['image-unreachable', 'image-engine-refused']);
    const none = await tier(recorded(`${away}@${digest}`), { engine: 'none' });
    assert.deepEqual([none.outcome, none.detail.kind], ['error', 'image-recorded']);
  });

  it('an image that no registry has passes only where an engine has it', async () => {
    docker.run('tag', `${image('offline')}:1`, 'local:1');
    const id = docker.run('inspect', '-f', '{{.Id}}', 'local:1');
    const of = recorded(id, { bLocalImageOnly: true });
    const held = await tier(of, { engine: 'docker' });
    assert.equal(held.outcome, 'pass');
    assert.deepEqual(codes(held), ['image-local-only']);
    assert.equal((await tier(of, { engine: 'podman' })).outcome, 'fail');
    assert.equal((await tier(of, { engine: 'none' })).outcome, 'error');
  });

  it('never passes without an image: no document, no digest, a tag, two images, on the host', async () => {
    assert.equal((await environmentTier(undefined, { layers: false })).outcome, 'error');
    const cases: [CapturedEnvironment, string][] = [
      [environment({ dictContainer: { sImageDigest: null } }), 'error'],
      [environment({ sMode: 'host' }), 'error'],
      [recorded('python:3.11'), 'fail'],
      [recorded(`python@sha256:${'A'.repeat(64)}`), 'fail'],
      [
        environment({
          dictContainer: { sImageDigest: `python@sha256:${'a'.repeat(64)}` },
          sImageDigest: `python@sha256:${'b'.repeat(64)}`,
        }),
        'fail',
      ],
    ];
    for (const [of, outcome] of cases) {
      const report = await tier(of, { engine: 'none' });
      assert.deepEqual([report.outcome, report.total], [outcome, 0], JSON.stringify(of.findings));
      assert.notDeepEqual(report.findings, []);
    }
  });

  it('tells what differs on this machine, and never runs what is recorded', async () => {
    const trap = own.at('trap');
    writeFileSync(trap, `#!/bin/sh\ntouch ${own.at('sprung')}\n`, { mode: 0o755 });
    const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
    const of = environment({
      sMode: 'host',
      dictHostBinaries: {
        listBinaries: [
          { sBinaryPath: trap, sSha256: digest('other'), sVersion: '1' },
          { sBinaryPath: own.at('absent'), sSha256: digest('x'), sVersion: null },
          { sBinaryPath: '/bin/sh', sSha256: digest(readFileSync('/bin/sh', 'latin1')) },
          { sBinaryPath: own.at('pids'), sSha256: sha256(readFileSync(own.at('pids'))) },
        ],
      },
      dictSystemTools: { sPython: '2.7.18', sOsRelease: 'PRETTY_NAME="Another 1"\nID=x\n' },
    });
    const report = await tier(of, { engine: 'none' });
    const drifted = report.findings.flatMap((f) => (f.code === 'binary-drifted' ? [f] : []));
    assert.deepEqual(
      drifted.slice(0, 2).map(({ path, actual }) => [path, actual]),
      [
        [trap, sha256(readFileSync(trap))],
        [own.at('absent'), undefined],
      ],
    );
    assert(!drifted.some(({ path }) => path === own.at('pids')));
    const tools = report.findings.flatMap((f) => (f.code === 'tool-drifted' ? [f.tool] : []));
    assert.deepEqual(tools, ['python', 'os']);
    assert.throws(() => readFileSync(own.at('sprung')));
  });

  it('a cancelled look claims nothing', async () => {
    const reference = `${image('alone')}@sha256:${'1'.repeat(64)}`;
    const report = await tier(recorded(reference), { signal: AbortSignal.abort() });
    assert.equal(report.outcome, 'error');
  });
});
