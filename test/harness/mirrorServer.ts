/**
 * Stand-ins for GitHub and Zenodo on this machine. They answer the few requests that a comparison
 * makes, as the services document them, from a real git repository and from real files.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that came in. */
export interface Asked {
  readonly url: string;
  readonly authorization: string | undefined;
}

/** Answers a request itself and returns true, or leaves it to the stand-in. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface StandIn {
  readonly address: string;
  readonly asked: readonly Asked[];
  /** What goes wrong from now on. */
  fault: Fault | undefined;
  readonly close: () => Promise<void>;
}

type Answer = (url: URL, request: IncomingMessage) => Uint8Array | string | undefined;

async function serve(answer: Answer): Promise<StandIn> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    const { url = '/', headers } = request;
    asked.push({ url, authorization: headers.authorization });
    if (standIn.fault?.(request, response) === true) return;
    const body = answer(new URL(url, standIn.address), request);
    response.writeHead(body === undefined ? 404 : 200).end(body ?? '404: Not Found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const standIn: StandIn = {
    address: `http://127.0.0.1:${port}`,
    asked,
    fault: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return standIn;
}

const git = (repository: string, ...args: string[]): Buffer | undefined => {
  try {
    return execFileSync('git', ['-C', repository, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 30,
    });
  } catch {
    return undefined;
  }
};

/** API and raw host in one: `owner/repo` is the git repository in `directory`. */
export function githubLike(
  name: string,
  directory: string,
  options: { readonly token?: string } = {},
): Promise<StandIn> {
  const open = options.token === undefined;
  return serve((url, { headers }) => {
    const path = url.pathname;
    const known = open || headers.authorization === `Bearer ${options.token ?? ''}`;
    const api = `/repos/${name}/`;
    if (path.startsWith(`${api}commits/`)) {
      const branch = decodeURIComponent(path.slice(`${api}commits/`.length));
      return known ? git(directory, 'rev-parse', '--verify', `${branch}^{commit}`) : undefined;
    }
    if (path.startsWith(`${api}contents/`)) {
      const file = decodeURIComponent(path.slice(`${api}contents/`.length));
      const commit = url.searchParams.get('ref') ?? 'HEAD';
      return known ? git(directory, 'cat-file', 'blob', `${commit}:${file}`) : undefined;
    }
    const raw = path.slice(1).split('/');
    if (!open || raw.slice(0, 2).join('/') !== name) return undefined;
    const [commit = '', ...file] = raw.slice(2);
    return git(directory, 'cat-file', 'blob', `${commit}:${decodeURIComponent(file.join('/'))}`);
  });
}

/** A published record: key to file on disk. */
export interface Deposit {
  readonly id: number;
  readonly doi?: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Zenodo with one published record. */
export function zenodoLike(deposit: Deposit): Promise<StandIn> {
  const record = `/api/records/${deposit.id}`;
  return serve((url, { headers }) => {
    const base = `http://${headers.host ?? ''}${record}`;
    const contentOf = (key: string): string => `/files/${encodeURIComponent(key)}/content`;
    if (url.pathname === record) {
      const files = Object.keys(deposit.files).map((key) => ({
        key,
        links: { self: `${base}${contentOf(key)}` },
      }));
      const { id, doi } = deposit;
      return JSON.stringify({ id, doi, metadata: { title: 'A deposit', doi }, files });
    }
    const key = Object.keys(deposit.files).find(
      (each) => url.pathname === `${record}${contentOf(each)}`,
    );
    return key === undefined ? undefined : readFileSync(deposit.files[key] ?? '');
  });
}
