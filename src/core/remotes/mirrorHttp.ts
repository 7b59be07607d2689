import { createHash } from 'node:crypto';
import { encodeText } from '../model/bytes.js';
import { sha256FromBytes } from '../model/digest.js';
import type { Sha256 } from '../model/digest.js';
import { now } from '../system/clock.js';
import { HttpError, stream } from '../system/http.js';
import { MirrorError } from './mirrorProblem.js';

/** What every request of one comparison shares. */
export interface Asking {
  readonly signal?: AbortSignal | undefined;
  /** For one exchange, body included; milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** A small answer, kept whole. */
export interface Small {
  readonly status: number;
  readonly body: Buffer;
}

/** For a whole file: one of many gigabytes may take this long. */
const TIMEOUT_MS = 30 * 60_000;
/** A server that never stops sending ends here. */
const MOST_FILE_BYTES = 64 * 2 ** 30;
/** Large enough for a record of some ten thousand files. */
const MOST_SMALL_BYTES = 32 << 20;
const RETRY_MS = 1000;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The address of a service: its own, or the one that an environment variable names (GitHub
 * Enterprise, an institute's Invenio). Anything but https is refused except on this machine, for
 * whoever sits between could give any answer and would see the token.
 * @throws {MirrorError} `bad-address`.
 */
export function serviceAddress(
  variable: string,
  ownAddress: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const given = env[variable];
  if (given === undefined || given === '') return ownAddress;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const safe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  const plain = url !== undefined && url.username + url.password + url.search + url.hash === '';
  if (!safe || !plain) throw new MirrorError({ code: 'bad-address', variable });
  return url.href.replace(/\/+$/, '');
}

/** A path in an address: byte for byte, also where a name is no UTF-8; slashes stay. */
export function urlPath(path: string): string {
  let out = '';
  for (const byte of encodeText(path)) {
    const character = String.fromCharCode(byte);
    out += /[A-Za-z0-9._~/-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/**
 * The SHA-256 of what an address gives, never held in memory; `undefined` when it has nothing (404).
 * @throws {MirrorError} for every other answer, and for none.
 */
export async function digestAt(
  url: string,
  headers: Readonly<Record<string, string>>,
  asking: Asking,
): Promise<Sha256 | undefined> {
  return patiently(async () => {
    const hash = createHash('sha256');
    let size = 0;
    const answer = await asked(url, headers, asking, (chunk, status) => {
      size += chunk.length;
      if (size > (status === 200 ? MOST_FILE_BYTES : MOST_SMALL_BYTES)) {
        throw new HttpError('too-large');
      }
      hash.update(chunk);
    });
    if (answer.status === 404) return undefined;
    refuseOthers(url, answer);
    return sha256FromBytes(hash.digest());
  }, asking);
}

/**
 * A small document. The statuses in `expected` are the caller's to judge beside 200.
 * @throws {MirrorError} for every other answer, and for none.
 */
export async function documentAt(
  url: string,
  headers: Readonly<Record<string, string>>,
  asking: Asking & { readonly expected: readonly number[] },
): Promise<Small> {
  return patiently(async () => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const answer = await asked(url, headers, asking, (chunk) => {
      size += chunk.length;
      if (size > MOST_SMALL_BYTES) throw new HttpError('too-large');
      chunks.push(chunk);
    });
    if (!asking.expected.includes(answer.status)) refuseOthers(url, answer);
    return { status: answer.status, body: Buffer.concat(chunks) };
  }, asking);
}

type Headed = Awaited<ReturnType<typeof stream>>;

async function asked(
  url: string,
  headers: Readonly<Record<string, string>>,
  { signal, timeoutMs = TIMEOUT_MS }: Asking,
  take: (chunk: Uint8Array, status: number) => void,
): Promise<Headed> {
  // `identity`: a file that was published compressed must arrive as it was published.
  const all = { 'user-agent': 'reprolens', 'accept-encoding': 'identity', ...headers };
  try {
    return await stream(url, { headers: all, timeoutMs, signal }, take);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    signal?.throwIfAborted();
    throw new MirrorError(
      { code: 'no-answer', host: hostOf(url), why: error.code },
      { cause: error },
    );
  }
}

/** Once more after a moment, for a server that stumbled: one of a thousand downloads must not undo all. */
async function patiently<T>(work: () => Promise<T>, { signal }: Asking): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MirrorError) || !isPassing(error)) throw error;
    await pause(RETRY_MS, signal);
    return work();
  }
}

const isPassing = ({ problem }: MirrorError): boolean =>
  (problem.code === 'status' && problem.status >= 500) ||
  (problem.code === 'no-answer' && problem.why === 'unreachable');

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', cancel);
      resolve();
    }, ms);
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

/** @throws {MirrorError} unless the status is 200: no other body is the file. */
function refuseOthers(url: string, { status, headers }: Headed): void {
  if (status === 200) return;
  const host = hostOf(url);
  const spent = headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after');
  if (status === 429 || (status === 403 && spent)) {
    const retryAt = retryTime(headers);
    throw new MirrorError({
      code: 'rate-limited',
      host,
      ...(retryAt === undefined ? {} : { retryAt }),
    });
  }
  if (status === 401 || status === 403) throw new MirrorError({ code: 'refused', host, status });
  throw new MirrorError({ code: 'status', host, status });
}

function retryTime(headers: ReadonlyMap<string, string>): number | undefined {
  const seconds = (name: string): number | undefined => {
    const text = headers.get(name) ?? '';
    return /^\d{1,11}$/.test(text) ? Number(text) : undefined;
  };
  const after = seconds('retry-after');
  if (after !== undefined) return now() + after * 1000;
  const reset = seconds('x-ratelimit-reset');
  return reset === undefined ? undefined : reset * 1000;
}

/** The host as people know it; never the path, which may hold what is nobody's business. */
export const hostOf = (url: string): string => new URL(url).host;
