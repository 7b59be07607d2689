import { createHash } from 'node:crypto';
import { MANIFEST_TYPES, parseImageManifest } from '../formats/container/imageManifest.js';
import type { Blob, ImageManifest } from '../formats/container/imageManifest.js';
import type { RegistryReference } from '../formats/container/imageReference.js';
import { sha256FromBytes } from '../model/digest.js';
import type { Sha256 } from '../model/digest.js';
import { sha256 } from '../system/files.js';
import { registryClient } from './registryClient.js';
import type { RegistryClient, RegistryOptions } from './registryClient.js';
import { problemOf, RegistryError } from './registryProblem.js';
import type { RegistryProblem } from './registryProblem.js';

/** A reference that says which bytes it means. */
export type PinnedReference = RegistryReference & { readonly digest: Sha256 };

export interface InspectOptions extends RegistryOptions {
  /** Whether the bytes of every blob are fetched and hashed; else the registry's word is taken. */
  readonly layers: boolean;
  /** Which images of an index: all, or that of this machine where there is one (the default). */
  readonly platforms?: 'own' | 'every';
  /** Told the bytes that were hashed so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** What a registry has. */
export interface InspectedImage {
  readonly kind: 'ok';
  /** Manifests whose digest was recomputed: the image's, and with an index those of its platforms. */
  readonly manifests: number;
  /** Blobs that are there in their size; hashed when that was asked for. */
  readonly blobs: number;
  /** Bytes of the blobs. */
  readonly bytes: number;
  readonly layers: boolean;
}

export type ImageInspection = InspectedImage | RegistryProblem;

/** What a tag names at present. */
export type TagResolution =
  | {
      readonly kind: 'ok';
      readonly digest: Sha256;
      /** Digests of the platforms' images when it is an index. */
      readonly platforms: readonly Sha256[];
      /** Of the image's configuration: its identifier in every engine; absent for an index. */
      readonly config?: Sha256;
    }
  | RegistryProblem;

/** The largest manifest that registries must accept (OCI distribution specification). */
const MANIFEST_LIMIT = 4 << 20;
const BLOB_MS = 30 * 60_000;
/** Indexes within indexes. */
const DEEPEST = 3;

/**
 * Looks at an image in its registry, with no engine: fetches its manifest by digest, recomputes the
 * digest over the bytes, follows an index, and asks for every blob. Never throws for what a registry
 * can answer or fail to.
 */
export async function inspectImage(
  reference: PinnedReference,
  options: InspectOptions,
): Promise<ImageInspection> {
  const client = registryClient(reference, options);
  const walk: Walk = { client, options, manifests: 0, blobs: new Map() };
  try {
    await walkManifest(walk, reference.digest, 0);
    let bytes = 0;
    for (const blob of walk.blobs.values()) {
      await (options.layers ? hashBlob(walk, blob, bytes) : probeBlob(client, blob));
      bytes += blob.size;
    }
    const { manifests, blobs } = walk;
    return { kind: 'ok', manifests, blobs: blobs.size, bytes, layers: options.layers };
  } catch (error) {
    return problemOf(error);
  }
}

/** The digest of what a tag names now (default `latest`), recomputed over the manifest's bytes. */
export async function resolveTag(
  reference: RegistryReference,
  options: RegistryOptions = {},
): Promise<TagResolution> {
  try {
    const client = registryClient(reference, options);
    const { digest, manifest } = await fetchManifest(client, { tag: reference.tag ?? 'latest' });
    if (manifest.kind === 'image') {
      return { kind: 'ok', digest, platforms: [], config: manifest.config };
    }
    return { kind: 'ok', digest, platforms: manifest.images.map((each) => each.digest) };
  } catch (error) {
    return problemOf(error);
  }
}

/** Whether a registry has the manifest of this digest; `unknown` when it cannot be asked. */
export async function hasManifest(
  reference: PinnedReference,
  options: RegistryOptions = {},
): Promise<'yes' | 'no' | 'unknown'> {
  try {
    await fetchManifest(registryClient(reference, options), reference);
    return 'yes';
  } catch (error) {
    const { kind } = problemOf(error);
    return kind === 'manifest-missing' || kind === 'digest-mismatch' ? 'no' : 'unknown';
  }
}

interface Walk {
  readonly client: RegistryClient;
  readonly options: InspectOptions;
  manifests: number;
  readonly blobs: Map<Sha256, Blob>;
}

async function walkManifest(walk: Walk, digest: Sha256, depth: number): Promise<void> {
  if (depth > DEEPEST) throw malformed('indexes nest too deep');
  const { manifest } = await fetchManifest(walk.client, { digest });
  walk.manifests += 1;
  if (manifest.kind === 'index') {
    for (const each of chosen(manifest.images, walk.options)) {
      await walkManifest(walk, each.digest, depth + 1);
    }
  } else {
    for (const blob of manifest.blobs) if (!blob.foreign) walk.blobs.set(blob.digest, blob);
  }
}

/** @throws RegistryError also when the bytes are not those of a digest that was asked for. */
async function fetchManifest(client: RegistryClient, which: { tag: string } | { digest: Sha256 }) {
  const expected = 'digest' in which ? which.digest : undefined;
  const path = `manifests/${'digest' in which ? `sha256:${which.digest}` : which.tag}`;
  const answer = await client({ path, accept: MANIFEST_TYPES, limit: MANIFEST_LIMIT });
  if (answer.status === 404) {
    const data = expected === undefined ? {} : { digest: expected };
    throw new RegistryError({ kind: 'manifest-missing', ...data });
  }
  const actual = sha256(answer.body);
  if (expected !== undefined && actual !== expected) {
    throw new RegistryError({ kind: 'digest-mismatch', expected, actual });
  }
  const manifest = parseImageManifest(Buffer.from(answer.body).toString('utf8'));
  if (manifest.kind === 'malformed') throw malformed(manifest.problem);
  return { digest: actual, manifest };
}

const malformed = (problem: string): RegistryError =>
  new RegistryError({ kind: 'malformed', problem });

/** The names of Node's architectures that are not Go's, which images use. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

function chosen(
  images: Extract<ImageManifest, { kind: 'index' }>['images'],
  { platforms = 'own' }: InspectOptions,
) {
  if (images.length === 0) throw malformed('the index names no image');
  const own = `linux/${ARCHITECTURES[process.arch] ?? process.arch}`;
  const mine = images.filter(({ platform }) => platform === own || platform?.startsWith(`${own}/`));
  return platforms === 'every' || mine.length === 0 ? images : mine;
}

async function probeBlob(client: RegistryClient, { digest, size }: Blob): Promise<void> {
  const answer = await client({ path: `blobs/sha256:${digest}`, method: 'HEAD' });
  if (answer.status === 404) throw new RegistryError({ kind: 'blob-missing', digest });
  const length = answer.headers.get('content-length');
  if (length !== undefined && Number(length) !== size) {
    throw new RegistryError({ kind: 'blob-mismatch', expected: digest });
  }
}

/** Hashes as the bytes come: a layer may be larger than memory. */
async function hashBlob(walk: Walk, { digest, size }: Blob, before: number): Promise<void> {
  const hash = createHash('sha256');
  let length = 0;
  const answer = await walk.client({
    path: `blobs/sha256:${digest}`,
    timeoutMs: BLOB_MS,
    take: (chunk) => {
      length += chunk.length;
      // A server that never ends would keep us for half an hour.
      if (length > size) throw new RegistryError({ kind: 'blob-mismatch', expected: digest });
      hash.update(chunk);
      walk.options.onProgress?.(before + length);
    },
  });
  if (answer.status === 404) throw new RegistryError({ kind: 'blob-missing', digest });
  const actual = sha256FromBytes(hash.digest());
  if (actual !== digest)
    throw new RegistryError({ kind: 'blob-mismatch', expected: digest, actual });
}
