import { isLoopback } from '../formats/container/imageReference.js';
import type { RegistryReference } from '../formats/container/imageReference.js';
import { request, stream } from '../system/http.js';
import type { HttpAnswer, HttpOptions } from '../system/http.js';
import { basic } from './registryCredentials.js';
import type { Credentials } from './registryCredentials.js';
import { RegistryError } from './registryProblem.js';

/** How a registry is asked. */
export interface RegistryOptions {
  /** Gives what the user's own login has for a registry; asked only when the registry wants it. */
  readonly credentials?: (registry: string) => Promise<Credentials | undefined>;
  readonly signal?: AbortSignal | undefined;
  /** For one exchange; the bytes of a layer get thirty minutes. */
  readonly timeoutMs?: number;
}

/** One request below `/v2/<repository>/`. */
export interface Ask extends Pick<HttpOptions, 'method' | 'limit' | 'timeoutMs'> {
  readonly path: string;
  readonly accept?: string;
  /** Given the body of an answer of status 200 as it comes; without it the body is in the answer. */
  readonly take?: (chunk: Uint8Array) => void;
}

/** Asks one repository of one registry, logging in as it demands. */
export type RegistryClient = (ask: Ask) => Promise<HttpAnswer>;

const TIMEOUT_MS = 20_000;
const TOKEN_LIMIT = 1 << 20;
/** What may stand in a header; anything else in a token would forge further ones. */
const TOKEN = /^[\x21-\x7e]{1,65536}$/;

/**
 * A client for the registry HTTP API (distribution specification, token authentication). Bytes in the
 * clear, and with them credentials, go to this machine only.
 *
 * The client throws {@link RegistryError} or `HttpError`; answers of status 404 are the caller's.
 */
export function registryClient(
  { registry, repository }: RegistryReference,
  options: RegistryOptions,
): RegistryClient {
  let authorization: string | undefined;
  let base: Promise<string> | undefined;
  const send = async ({ path, accept, take, ...rest }: Ask): Promise<HttpAnswer> => {
    base ??= baseOf(registry, options);
    const headers = {
      // A body that was compressed on the way would have another length, and another digest.
      'Accept-Encoding': 'identity',
      ...(accept === undefined ? {} : { Accept: accept }),
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    };
    const url = `${await base}/v2/${repository}/${path}`;
    const http = { timeoutMs: TIMEOUT_MS, ...options, ...rest, headers };
    if (take === undefined) return request(url, http);
    const answer = await stream(url, http, (chunk, status) => {
      if (status === 200) take(chunk);
    });
    return { ...answer, body: new Uint8Array() };
  };
  return async (ask) => {
    let answer = await send(ask);
    if (answer.status === 401) {
      const challenge = answer.headers.get('www-authenticate') ?? '';
      authorization = await authorise(challenge, { registry, repository, ...options });
      answer = await send(ask);
    }
    if (answer.status === 401 || answer.status === 403) {
      throw new RegistryError({ kind: 'unauthorised' });
    }
    if (answer.status === 200 || answer.status === 404) return answer;
    throw new RegistryError({ kind: 'unreachable', reason: `HTTP ${answer.status}` });
  };
}

/** Where the API is. A registry on this machine speaks HTTP, or HTTPS when it says so. */
async function baseOf(registry: string, options: RegistryOptions): Promise<string> {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  if (!isLoopback(registry)) return `https://${registry}`;
  const { status } = await request(`http://${registry}/v2/`, { timeoutMs: TIMEOUT_MS, ...options });
  // What Go's server answers to HTTP on a port for HTTPS.
  return status === 400 ? `https://${registry}` : `http://${registry}`;
}

type Login = RegistryOptions & Pick<RegistryReference, 'registry' | 'repository'>;

/** The header that a challenge asks for. */
async function authorise(challenge: string, login: Login): Promise<string> {
  const scheme = /^\s*(\w+)/.exec(challenge)?.[1]?.toLowerCase();
  const known = await login.credentials?.(login.registry);
  if (scheme === 'basic' && known !== undefined) return basic(known);
  const parameters = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value ?? '']),
  );
  const realm = realmOf(parameters.get('realm') ?? '', login.registry);
  if (scheme !== 'bearer' || realm === undefined) throw new RegistryError({ kind: 'unauthorised' });
  const service = parameters.get('service');
  if (service !== undefined) realm.searchParams.set('service', service);
  return `Bearer ${await fetchToken(realm, login, known)}`;
}

async function fetchToken(realm: URL, login: Login, known: Credentials | undefined) {
  // Never more than to read this repository, whatever the challenge asks for.
  realm.searchParams.set('scope', `repository:${login.repository}:pull`);
  const answer = await request(realm.href, {
    timeoutMs: TIMEOUT_MS,
    ...login,
    limit: TOKEN_LIMIT,
    headers: known === undefined ? {} : { Authorization: basic(known) },
  });
  const token = answer.status === 200 ? tokenIn(answer.body) : undefined;
  if (token === undefined) throw new RegistryError({ kind: 'unauthorised' });
  return token;
}

/**
 * Where tokens are given out: over HTTPS, or on this machine when the registry itself is. A registry
 * elsewhere must not make us ask services of this machine.
 */
function realmOf(realm: string, registry: string): URL | undefined {
  if (!URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  const near = isLoopback(registry) && isLoopback(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && near) ? url : undefined;
}

function tokenIn(body: Uint8Array): string | undefined {
  try {
    const document = JSON.parse(Buffer.from(body).toString('utf8')) as {
      readonly token?: unknown;
      readonly access_token?: unknown;
    } | null;
    const token = document?.token ?? document?.access_token;
    return typeof token === 'string' && TOKEN.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
