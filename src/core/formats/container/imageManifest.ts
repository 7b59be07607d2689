/** Manifests of images and of indexes, Docker's (schema 2) and OCI's. */
import * as z from 'zod/mini';
import { parseSha256 } from '../../model/digest.js';
import type { Sha256 } from '../../model/digest.js';

/** One part of an image, as its manifest names it. */
export interface Blob {
  readonly digest: Sha256;
  /** In bytes. */
  readonly size: number;
  /** Whether a registry need not have it: layers of licensed systems are fetched elsewhere. */
  readonly foreign: boolean;
}

/** An image for one platform, as an index names it. */
export interface PlatformImage {
  readonly digest: Sha256;
  /** `linux/amd64`, `linux/arm/v7`; absent when the index does not say. */
  readonly platform?: string;
}

export type ImageManifest =
  | {
      readonly kind: 'image';
      /** Of the configuration: what engines call the image's identifier. */
      readonly config: Sha256;
      /** The configuration and the layers, each once. */
      readonly blobs: readonly Blob[];
    }
  | { readonly kind: 'index'; readonly images: readonly PlatformImage[] }
  | { readonly kind: 'malformed'; readonly problem: string };

/** The media types that are understood; a registry that is not told gives its oldest. */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Parts that one manifest may have: images have tens. */
const MOST = 2000;

const digest = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/));
const size = z.int().check(z.minimum(0));
const blob = z.looseObject({ digest, size, mediaType: z.optional(z.string()) });
const image = z.looseObject({
  schemaVersion: z.literal(2),
  config: blob,
  layers: z.array(blob).check(z.maxLength(MOST)),
});
const platform = z.looseObject({
  os: z.string(),
  architecture: z.string(),
  variant: z.optional(z.string()),
});
const index = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z
    .array(z.looseObject({ digest, size, platform: z.optional(platform) }))
    .check(z.maxLength(MOST)),
});

/** Reads the bytes of a manifest. Never throws; foreign keys are passed over. */
export function parseImageManifest(text: string): ImageManifest {
  const value = jsonOf(text);
  if (value === undefined) return { kind: 'malformed', problem: 'it is no JSON object' };
  // A document that is both would be another image to every reader (CVE-2021-41190).
  if ('manifests' in value && ('layers' in value || 'config' in value)) {
    return { kind: 'malformed', problem: 'it is an index and an image at once' };
  }
  if (value['schemaVersion'] === 1) {
    return { kind: 'malformed', problem: 'it is of schema 1, which no longer pins an image' };
  }
  return 'manifests' in value ? indexOf(value) : imageOf(value);
}

function indexOf(value: unknown): ImageManifest {
  const result = index.safeParse(value);
  if (!result.success) return deviation(result.error.issues);
  return {
    kind: 'index',
    images: result.data.manifests.map((each) => ({
      digest: hexOf(each.digest),
      ...(each.platform === undefined ? {} : { platform: platformName(each.platform) }),
    })),
  };
}

function imageOf(value: unknown): ImageManifest {
  const result = image.safeParse(value);
  if (!result.success) return deviation(result.error.issues);
  const parts = [result.data.config, ...result.data.layers].map((each) => ({
    digest: hexOf(each.digest),
    size: each.size,
    foreign: /foreign|nondistributable/.test(each.mediaType ?? ''),
  }));
  // Two layers may be the same blob.
  const config = hexOf(result.data.config.digest);
  const blobs = [...new Map(parts.map((part) => [part.digest, part])).values()];
  return { kind: 'image', config, blobs };
}

const deviation = (issues: readonly { readonly path: readonly PropertyKey[] }[]): ImageManifest => {
  const at = issues[0]?.path.map(String).join('.') ?? '';
  return { kind: 'malformed', problem: `"${at}" is not as the specification has it` };
};

const platformName = ({ os, architecture, variant }: z.infer<typeof platform>): string =>
  [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');

/** @throws never: the schema has checked the form. */
function hexOf(text: string): Sha256 {
  const hex = parseSha256(text.slice('sha256:'.length));
  if (hex === undefined) throw new TypeError('unchecked digest');
  return hex;
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
