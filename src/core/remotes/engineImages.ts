import { isLoopback, pinnedName } from '../formats/container/imageReference.js';
import type { RegistryReference } from '../formats/container/imageReference.js';
import type { Sha256 } from '../model/digest.js';
import type { RunResult } from '../system/processes.js';
import type { Engine, EngineOptions } from './engine.js';

/** What an engine says of an image. */
export type EngineVerdict =
  | { readonly kind: 'held' }
  | { readonly kind: 'pulled' }
  /** The image is not there, or its bytes are others. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The engine could not tell: no network, no login, no space. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'cancelled' };

const ASK_MS = 30_000;
/** Images have gigabytes. */
const PULL_MS = 60 * 60_000;
/** How docker, podman and their libraries word that an image does not hold. */
const REFUSED =
  /manifest unknown|manifest for \S+ not found|manifest \S* ?not found|blob unknown|unknown blob|verification failed|does not match|did not match|digest mismatch|unexpected commit digest|NAME_UNKNOWN|name unknown|: not found$/im;

/**
 * The names with digests under which an engine knows an image, `undefined` when it does not have it.
 * @param image A name, or the digest of a local image.
 */
export async function repoDigests(
  engine: Engine,
  image: string,
  options: EngineOptions = {},
): Promise<string[] | undefined> {
  return texts(await inspect(engine, ['image', '{{json .RepoDigests}}', image], options));
}

/** The names with tags under which an engine knows an image. */
export async function repoTags(
  engine: Engine,
  image: string,
  options: EngineOptions = {},
): Promise<string[]> {
  return texts(await inspect(engine, ['image', '{{json .RepoTags}}', image], options)) ?? [];
}

/** What `inspect` prints for a format; `undefined` when there is no such thing. */
export async function inspect(
  engine: Engine,
  [type, format, name]: readonly ['image' | 'container', string, string],
  options: EngineOptions = {},
): Promise<string | undefined> {
  const args = ['inspect', '--type', type, '--format', format, '--', name];
  const { outcome, status, stdout } = await engine.run(args, { timeoutMs: ASK_MS, ...options });
  return outcome === 'exited' && status === 0 ? stdout.trim() : undefined;
}

/** Whether the engine has an image of this configuration digest, which no registry needs to have. */
export async function holdsLocal(
  engine: Engine,
  digest: Sha256,
  options: EngineOptions = {},
): Promise<boolean> {
  const id = await inspect(engine, ['image', '{{.Id}}', `sha256:${digest}`], options);
  return id?.replace(/^sha256:/, '') === digest;
}

/** Sees to it that the engine has the image: it is there by this digest, or it is pulled. */
export async function obtain(
  engine: Engine,
  reference: RegistryReference & { readonly digest: Sha256 },
  options: EngineOptions = {},
): Promise<EngineVerdict> {
  const name = pinnedName(reference, reference.digest);
  const known = await repoDigests(engine, name, { signal: options.signal });
  if (known?.some((each) => each.endsWith(`@sha256:${reference.digest}`)) === true) {
    return { kind: 'held' };
  }
  // Docker itself takes a registry on this machine for one without TLS.
  const clear = engine.kind === 'podman' && isLoopback(reference.registry);
  const args = ['pull', ...(clear ? ['--tls-verify=false'] : []), name];
  return verdictOf(await engine.run(args, { timeoutMs: PULL_MS, ...options }));
}

function verdictOf(result: RunResult): EngineVerdict {
  if (result.outcome === 'cancelled') return { kind: 'cancelled' };
  if (result.outcome === 'exited' && result.status === 0) return { kind: 'pulled' };
  if (result.outcome !== 'exited') {
    return { kind: 'failed', reason: result.reason ?? result.outcome };
  }
  const reason = lastLine(result.stderr);
  return { kind: REFUSED.test(result.stderr.trim()) ? 'refused' : 'failed', reason };
}

/** The last line of what a program complained, without the passwords that addresses may hold. */
function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? '').trim().replace(/\/\/[^/\s@]*@/g, '//***@');
}

function texts(json: string | undefined): string[] | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
