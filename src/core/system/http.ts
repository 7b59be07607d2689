/** How one request is made. Nothing of the user's is sent but what is given here. */
export interface HttpOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: 'GET' | 'HEAD';
  /** For the whole exchange, body included. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** The largest body that is read; default 16 MiB. */
  readonly limit?: number;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** Why there is no answer. */
export type HttpProblem = 'unreachable' | 'timed-out' | 'cancelled' | 'too-large' | 'tls';

/** There is no answer; an answer of any status is no error. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpProblem;

  constructor(code: HttpProblem, options: ErrorOptions = {}) {
    super(code, options);
    this.code = code;
  }
}

const TIMEOUT_MS = 30_000;
const LIMIT = 16 << 20;

/**
 * Asks once; redirects are followed as the platform's `fetch` does (credentials are dropped when the
 * origin changes).
 * @throws {HttpError} when there is no whole answer.
 */
export async function request(url: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const answer = await stream(url, options, (chunk) => {
    size += chunk.length;
    if (size > (options.limit ?? LIMIT)) throw new HttpError('too-large');
    chunks.push(chunk);
  });
  return { ...answer, body: Buffer.concat(chunks) };
}

/** {@link request} for bodies that are not kept: each piece is given to `take` as it comes. */
export async function stream(
  url: string,
  { headers = {}, method = 'GET', timeoutMs = TIMEOUT_MS, signal }: HttpOptions,
  take: (chunk: Uint8Array, status: number) => void,
): Promise<Omit<HttpAnswer, 'body'>> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signals = signal === undefined ? [timeout] : [timeout, signal];
  try {
    const answer = await fetch(url, { headers, method, signal: AbortSignal.any(signals) });
    if (answer.body !== null) {
      for await (const chunk of answer.body) take(chunk as Uint8Array, answer.status);
    }
    return { status: answer.status, headers: new Map(answer.headers) };
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(problemOf(error, signal, timeout), { cause: error });
  }
}

function problemOf(error: unknown, signal: AbortSignal | undefined, timeout: AbortSignal) {
  if (signal?.aborted === true) return 'cancelled';
  if (timeout.aborted) return 'timed-out';
  return isTls(error) ? 'tls' : 'unreachable';
}

function isTls(error: unknown): boolean {
  const cause =
    error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' && /CERT|SSL|TLS/.test(cause.code);
}
