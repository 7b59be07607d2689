import path from 'node:path';
import { readBytes } from '../system/files.js';
import { environmentOf } from '../system/processes.js';

/** What a user has told docker about a registry; never shown and never written. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const LIMIT = 1 << 20;
/** The name under which docker keeps those of its own registry. */
const HUB_KEY = 'index.docker.io';

/**
 * What `docker login` wrote into docker's `config.json`. Only its `auths` are read: credential helpers
 * are programs, and an image's name in a foreign repository must not start any.
 */
export async function dockerCredentials(registry: string): Promise<Credentials | undefined> {
  const { DOCKER_CONFIG, HOME, USERPROFILE } = environmentOf(['DOCKER_CONFIG']);
  const home = HOME ?? USERPROFILE;
  const directory = DOCKER_CONFIG ?? (home === undefined ? undefined : path.join(home, '.docker'));
  if (directory === undefined) return undefined;
  try {
    const bytes = await readBytes(path.join(directory, 'config.json'), { limit: LIMIT });
    const config: unknown = JSON.parse(Buffer.from(bytes ?? []).toString('utf8'));
    return credentialsIn(config, registry === 'docker.io' ? HUB_KEY : registry);
  } catch {
    // Without a readable file there are no credentials; what is in it goes into no message.
    return undefined;
  }
}

function credentialsIn(config: unknown, registry: string): Credentials | undefined {
  const auths = (config as { readonly auths?: unknown } | null)?.auths;
  if (typeof auths !== 'object' || auths === null) return undefined;
  const entry = Object.entries(auths).find(([key]) => hostOf(key) === registry);
  const auth: unknown = (entry?.[1] as { readonly auth?: unknown } | null | undefined)?.auth;
  if (typeof auth !== 'string') return undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1
    ? undefined
    : { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

/** Keys are hosts or, from old versions of docker, addresses. */
const hostOf = (key: string): string => key.replace(/^https?:\/\//, '').split('/')[0] ?? '';

/** The header of HTTP's Basic scheme. */
export const basic = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
