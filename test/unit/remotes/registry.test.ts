import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import { parseImageReference } from '../../../src/core/formats/container/imageReference.js';
import { inspectImage, resolveTag } from '../../../src/core/remotes/registry.js';
import type { InspectOptions, PinnedReference } from '../../../src/core/remotes/registry.js';
import {
  buildAndPush,
  Containers,
  freePort,
  lacking,
  preparePodman,
  remove,
  startRegistry,
} from '../../harness/containers.js';
import type { Registry, TestEngine } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';

const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const pinned = (text: string): PinnedReference => {
  const reference = parseImageReference(text);
  assert(reference?.kind === 'registry' && reference.digest !== undefined, text);
  return { ...reference, digest: reference.digest };
};
const inspect = (text: string, options: Partial<InspectOptions> = {}) =>
  inspectImage(pinned(text), { layers: false, ...options });

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

describe('images in a registry', function () {
  this.timeout(120_000);
  let own: Containers;
  let registry: Registry;
  let podman: TestEngine;
  let digest: string;
  const image = (name = 'lab/step'): string => `${registry.host}/${name}`;
  const manifestOf = (of = digest): Manifest =>
    JSON.parse(readFileSync(registry.blob(of), 'utf8')) as Manifest;
  /** A copy of the image in a repository of its own, whose parts no other shares but in storage. */
  const skopeo = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('skopeo', args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stdout;
  };

  before(async function () {
    const reason = lacking('docker-registry', 'podman', 'skopeo', 'busybox');
    if (reason !== undefined) skip(this, reason);
    own = new Containers();
    registry = await startRegistry(own);
    podman = preparePodman(own);
    digest = buildAndPush(podman, own, `${image()}:1`);
  });
  after(() => (own as Containers | undefined)?.stop());

  it('finds an image by its digest, with every part', async () => {
    const found = await inspect(`${image()}:1@${digest}`);
    const { layers } = manifestOf();
    assert.deepEqual(
      { ...found, bytes: 0 },
      { kind: 'ok', manifests: 1, blobs: layers.length + 1, bytes: 0, layers: false },
    );
    // Skopeo names the same digest.
    const raw = skopeo('inspect', '--raw', '--tls-verify=false', `docker://${image()}@${digest}`);
    assert.equal(`sha256:${hex(Buffer.from(raw))}`, digest);
  });

  it('hashes the bytes of every part on request', async () => {
    let seen = 0;
    const onProgress = (bytes: number): void => void (seen = bytes);
    const found = await inspect(`${image()}@${digest}`, { layers: true, onProgress });
    assert(found.kind === 'ok' && found.layers);
    assert.equal(found.bytes, seen);
    assert(found.bytes > 100_000);
  });

  it('resolves a tag to the digest that skopeo names', async () => {
    const found = await resolveTag(pinned(`${image()}:1@${digest}`));
    const told = skopeo(
      'inspect',
      '--tls-verify=false',
      '--format',
      '{{.Digest}}',
      `docker://${image()}:1`,
    );
    assert(found.kind === 'ok');
    assert.equal(`sha256:${found.digest}`, told.trim());
  });

  it('says that a digest is missing: a wrong one, and a deleted one', async () => {
    const wrong = `sha256:${'0'.repeat(64)}`;
    assert.deepEqual(await inspect(`${image()}@${wrong}`), {
      kind: 'manifest-missing',
      digest: '0'.repeat(64),
    });
    const gone = buildAndPush(podman, own, `${image('lab/gone')}:1`, 'gone\n');
    assert.equal((await inspect(`${image('lab/gone')}@${gone}`)).kind, 'ok');
    const path = `/v2/lab/gone/manifests/${gone}`;
    assert.equal((await registry.fetch(path, { method: 'DELETE' })).status, 202);
    assert.equal((await inspect(`${image('lab/gone')}@${gone}`)).kind, 'manifest-missing');
  });

  it('says that the bytes of a manifest are others', async () => {
    const altered = buildAndPush(podman, own, `${image('lab/altered')}:1`, 'altered\n');
    const file = registry.blob(altered);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"schemaVersion"', ' "schemaVersion"'));
    assert.deepEqual(await inspect(`${image('lab/altered')}@${altered}`), {
      kind: 'digest-mismatch',
      expected: altered.slice(7),
      actual: hex(readFileSync(file)),
    });
  });

  it('says that a byte of a layer is flipped, when it hashes them', async () => {
    const flipped = buildAndPush(podman, own, `${image('lab/flipped')}:1`, 'flipped\n');
    const layer = manifestOf(flipped).layers.at(-1)!.digest;
    const file = registry.blob(layer);
    const whole = readFileSync(file);
    const bytes = Buffer.from(whole);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
    const of = `${image('lab/flipped')}@${flipped}`;
    assert.equal((await inspect(of)).kind, 'ok');
    assert.deepEqual(await inspect(of, { layers: true }), {
      kind: 'blob-mismatch',
      expected: layer.slice(7),
      actual: hex(bytes),
    });
    // A shorter one shows already by its size.
    truncateSync(file, whole.length - 1);
    assert.deepEqual(await inspect(of), { kind: 'blob-mismatch', expected: layer.slice(7) });
    // And one that is gone.
    remove(file);
    const missing = { kind: 'blob-missing', digest: layer.slice(7) };
    assert.deepEqual(await inspect(of), missing);
    assert.deepEqual(await inspect(of, { layers: true }), missing);
    writeFileSync(file, whole);
    assert.equal((await inspect(of, { layers: true })).kind, 'ok');
  });

  it('follows an index to the image of every platform', async () => {
    const other = buildAndPush(podman, own, `${image('lab/multi')}:other`, 'other\n');
    const first = buildAndPush(podman, own, `${image('lab/multi')}:first`, 'first\n');
    const mediaTypes = 'application/vnd.oci.image.index.v1+json';
    const entry = (of: string, architecture: string) => ({
      mediaType: (manifestOf(of) as unknown as { mediaType: string }).mediaType,
      digest: of,
      size: readFileSync(registry.blob(of)).length,
      platform: { os: 'linux', architecture },
    });
    const own64 = process.arch === 'arm64' ? 'arm64' : 'amd64';
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes,
      manifests: [entry(first, own64), entry(other, 's390x')],
    });
    const put = await registry.fetch('/v2/lab/multi/manifests/all', {
      method: 'PUT',
      body: index,
      headers: { 'Content-Type': mediaTypes },
    });
    assert.equal(put.status, 201);
    const of = `${image('lab/multi')}:all@sha256:${hex(Buffer.from(index))}`;
    const every = await inspect(of, { platforms: 'every', layers: true });
    const mine = await inspect(of, { layers: true });
    assert(every.kind === 'ok' && mine.kind === 'ok');
    assert.deepEqual([every.manifests, mine.manifests], [3, 2]);
    assert(every.blobs > mine.blobs);
    const tag = await resolveTag(pinned(of));
    assert(tag.kind === 'ok');
    assert.deepEqual(tag.platforms, [first.slice(7), other.slice(7)]);
    // The image of another platform is gone: of no matter for this machine, but the index is broken.
    remove(registry.blob(other));
    assert.equal((await inspect(of)).kind, 'ok');
    assert.notEqual((await inspect(of, { platforms: 'every' })).kind, 'ok');
  });

  it('says that nobody answers, and stops when told to', async () => {
    const nobody = await inspect(`127.0.0.1:${await freePort()}/lab/x@${digest}`);
    assert.deepEqual(nobody, { kind: 'unreachable', reason: 'ECONNREFUSED' });
    const signal = AbortSignal.abort();
    assert.deepEqual(await inspect(`${image()}@${digest}`, { signal }), { kind: 'cancelled' });
  });
});
