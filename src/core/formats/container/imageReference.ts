import { parseSha256 } from '../../model/digest.js';
import type { Sha256 } from '../../model/digest.js';

/** Names an image in a registry. */
export interface RegistryReference {
  readonly kind: 'registry';
  /** Host and port as people write them: `docker.io`, `127.0.0.1:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** `library/python`. */
  readonly repository: string;
  /** What was written before the tag: `python`, which is what engines and people know it by. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: Sha256;
}

/** Names an image that only one engine has, by the digest of its configuration. */
export interface LocalReference {
  readonly kind: 'local';
  readonly digest: Sha256;
}

export type ImageReference = RegistryReference | LocalReference;

/** The longest reference: 255 for the name (distribution/reference), 128 for the tag, the digest. */
const LONGEST = 512;
const LONGEST_NAME = 255;
const DIGEST = /^sha256:([0-9a-f]{64})$/;
const TAG = /^\w[\w.-]{0,127}$/;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const HOST_LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const LITERAL = /^\[[0-9A-Fa-f:.]+\]$/;
const HUB = 'docker.io';

/**
 * Reads an image reference by the grammar of the distribution project; `undefined` when it is none.
 * Digests of other algorithms than SHA-256 are not known here, and hexadecimal digits must be small:
 * no registry and no engine accepts others.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > LONGEST) return undefined;
  const local = digestOf(text);
  if (local !== undefined) return { kind: 'local', digest: local };
  const at = text.indexOf('@');
  if (at < 0) return named(text);
  const digest = digestOf(text.slice(at + 1));
  const reference = digest === undefined ? undefined : named(text.slice(0, at));
  return digest === undefined || reference === undefined ? undefined : { ...reference, digest };
}

/** A name with or without a tag. */
function named(text: string): RegistryReference | undefined {
  // A colon before the last slash is a port's.
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : text.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  const name = colon < 0 ? text : text.slice(0, colon);
  const place = placeOf(name);
  if (place === undefined) return undefined;
  return { kind: 'registry', ...place, name, ...(tag === undefined ? {} : { tag }) };
}

/** `name@sha256:...`, without the tag: podman knows no reference with both. */
export const pinnedName = ({ name }: RegistryReference, digest: Sha256): string =>
  `${name}@sha256:${digest}`;

/** Whether the registry is on this machine: only there may bytes travel in the clear. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '').toLowerCase();
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function digestOf(text: string): Sha256 | undefined {
  const hex = DIGEST.exec(text)?.[1];
  return hex === undefined ? undefined : parseSha256(hex);
}

/** The first part is a host when it could be no name: with a dot, a port, or `localhost`. */
function placeOf(name: string): Pick<RegistryReference, 'registry' | 'repository'> | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hosted = first === 'localhost' || /[.:A-Z]/.test(first);
  const path = hosted ? name.slice(slash + 1) : name;
  if (!path.split('/').every((part) => COMPONENT.test(part))) return undefined;
  if (!hosted) return { registry: HUB, repository: path.includes('/') ? path : `library/${path}` };
  if (!isHost(first)) return undefined;
  const official = first === HUB || first === 'index.docker.io';
  return official
    ? { registry: HUB, repository: path.includes('/') ? path : `library/${path}` }
    : { registry: first, repository: path };
}

function isHost(text: string): boolean {
  const port = /:(\d{1,5})$/.exec(text);
  const host = port === null ? text : text.slice(0, port.index);
  if (port !== null && Number(port[1]) > 65_535) return false;
  return LITERAL.test(host) || host.split('.').every((label) => HOST_LABEL.test(label));
}
