import * as z from 'zod/mini';
import type { ZenodoRemote } from '../formats/vaibify/remotes.js';
import type { Sha256 } from '../model/digest.js';
import type { RepoPath } from '../model/paths.js';
import { digestAt, documentAt, hostOf, serviceAddress, urlPath } from './mirrorHttp.js';
import type { Asking } from './mirrorHttp.js';
import { digestsOf } from './mirrorPins.js';
import { MirrorError } from './mirrorProblem.js';

/** Everything that one look at Zenodo needs. */
export interface ZenodoLook extends Asking {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** The published files of one record. */
export interface ZenodoCopy {
  readonly doi?: string;
  readonly files: ReadonlyMap<RepoPath, Sha256>;
  /** Paths that were found under their base name only. */
  readonly byBaseName: readonly RepoPath[];
}

const HOSTS: Readonly<Record<string, string>> = {
  zenodo: 'https://zenodo.org',
  sandbox: 'https://sandbox.zenodo.org',
};
const RECORD = z.object({
  id: z.union([z.number(), z.string()]),
  doi: z.optional(z.string()),
  metadata: z.optional(z.object({ doi: z.optional(z.string()) })),
  files: z.array(
    z.object({ key: z.string(), links: z.optional(z.object({ self: z.optional(z.string()) })) }),
  ),
});

type PublishedRecord = z.infer<typeof RECORD>;

/**
 * Hashes files of a published record. A file is found by its path in the repository, else by its base
 * name where that is the only one on both sides: vaibify uploads base names, and the format of
 * Zenodo's own upload form knows no folders.
 * @throws {MirrorError} when the copy cannot be read whole.
 */
export async function zenodoCopy(
  remote: ZenodoRemote,
  paths: readonly RepoPath[],
  look: ZenodoLook,
): Promise<ZenodoCopy> {
  const base = addressOf(remote, look);
  const record = await recordAt(base, remote, look);
  const addresses = new Map(record.files.map((file) => [file.key, contentOf(base, record, file)]));
  const keys = keysFor(paths, [...addresses.keys()]);
  const digest = async (path: RepoPath, signal: AbortSignal): Promise<Sha256 | undefined> => {
    const url = addresses.get(keys.get(path) ?? '');
    if (url === undefined) return undefined;
    const actual = await digestAt(url, {}, { ...look, signal });
    // The record lists it: that it cannot be had is no answer about its bytes.
    if (actual === undefined) throw new MirrorError({ code: 'malformed', host: hostOf(url) });
    return actual;
  };
  const doi = record.doi ?? record.metadata?.doi;
  return {
    ...(doi ? { doi } : {}),
    files: await digestsOf(paths, digest, look),
    byBaseName: paths.filter((path) => keys.has(path) && keys.get(path) !== path),
  };
}

function addressOf({ record, endpoint }: ZenodoRemote, { env }: ZenodoLook): string {
  const host = Object.hasOwn(HOSTS, endpoint) ? HOSTS[endpoint] : undefined;
  const unusable = (field: string): never => {
    const problem = { code: 'not-configured', service: 'zenodo', field } as const;
    throw new MirrorError(problem);
  };
  if (!/^\d{1,18}$/.test(record)) return unusable('dictRemotes.zenodo.sRecordId');
  if (host === undefined) return unusable('dictRemotes.zenodo.sService');
  return serviceAddress('REPROLENS_ZENODO', host, env);
}

async function recordAt(
  base: string,
  remote: ZenodoRemote,
  look: ZenodoLook,
): Promise<PublishedRecord> {
  const url = `${base}/api/records/${remote.record}`;
  const headers = { accept: 'application/json' };
  const { status, body } = await documentAt(url, headers, { ...look, expected: GONE });
  const host = hostOf(url);
  if (status !== 200) {
    throw new MirrorError({ code: 'not-there', host, what: `record ${remote.record}` });
  }
  try {
    return RECORD.parse(JSON.parse(body.toString('utf8')));
  } catch (error) {
    throw new MirrorError({ code: 'malformed', host }, { cause: error });
  }
}

/** 404: no such record, or not a published one; 410: withdrawn. */
const GONE = [404, 410];

/** Where a file's bytes are: where the record says, as long as that is the service itself. */
function contentOf(
  base: string,
  { id }: PublishedRecord,
  { key, links }: PublishedRecord['files'][number],
): string {
  const self = links?.self;
  if (self !== undefined && URL.canParse(self) && new URL(self).origin === new URL(base).origin) {
    return self;
  }
  return `${base}/api/records/${encodeURIComponent(id)}/files/${urlPath(key)}/content`;
}

/** The key of each path that has one: the path itself, or a base name that only one path can mean. */
function keysFor(paths: readonly RepoPath[], keys: readonly string[]): Map<RepoPath, string> {
  const known = new Set(keys);
  const found = new Map<RepoPath, string>();
  const names = new Map<string, number>();
  for (const path of paths) {
    if (known.has(path)) found.set(path, path);
    names.set(baseName(path), (names.get(baseName(path)) ?? 0) + 1);
  }
  for (const path of paths) {
    const name = baseName(path);
    if (!found.has(path) && known.has(name) && names.get(name) === 1) found.set(path, name);
  }
  return found;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
