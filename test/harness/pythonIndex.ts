/** A real package index on a free port of this machine, with wheels that are the same bytes every time. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** One distribution to make. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly requires?: readonly string[];
  /** Text of its one module, so that content can be changed. */
  readonly body?: string;
  /** A source distribution instead; its build would leave a trace. */
  readonly source?: boolean;
  /** Tag of the wheel, default `py3-none-any`. */
  readonly tag?: string;
}

/** Python's own zip and tar writers; every time stamp is fixed. */
const MAKE = `
import base64, gzip, hashlib, io, json, sys, tarfile, zipfile

def wheel(out, name, version, requires, body, tag):
    module = name.replace('-', '_')
    info = f'{module}-{version}.dist-info'
    meta = f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n' + ''.join(f'Requires-Dist: {r}\\n' for r in requires)
    files = {f'{module}/__init__.py': body, f'{info}/METADATA': meta,
             f'{info}/WHEEL': f'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: {tag}\\n'}
    def row(path, text):
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()
        return f'{path},sha256={digest},{len(text.encode())}\\n'
    files[f'{info}/RECORD'] = ''.join(row(*item) for item in files.items()) + f'{info}/RECORD,,\\n'
    with zipfile.ZipFile(f'{out}/{module}-{version}-{tag}.whl', 'w', zipfile.ZIP_STORED) as archive:
        for path, text in files.items():
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)

def source(out, name, version, requires, body):
    top = f'{name.replace("-", "_")}-{version}'
    files = {'PKG-INFO': f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n', 'setup.py': body}
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode='w') as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(f'{top}/{path}')
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    with open(f'{out}/{top}.tar.gz', 'wb') as file:
        file.write(gzip.compress(raw.getvalue(), mtime=0))

for w in json.load(sys.stdin):
    body = w.get('body', f'__version__ = "{w["version"]}"\\n')
    if w.get('source'):
        source(sys.argv[1], w['name'], w['version'], w.get('requires', []), body)
    else:
        wheel(sys.argv[1], w['name'], w['version'], w.get('requires', []), body, w.get('tag', 'py3-none-any'))
`;

/** A package index that answers over HTTP, by PEP 503. */
export interface PythonIndex {
  /** `http://127.0.0.1:PORT/simple/`. */
  readonly url: string;
  /** Adds or replaces distributions. */
  readonly publish: (wheels: readonly Wheel[]) => void;
  /** File names on offer. */
  readonly files: () => string[];
  readonly bytes: (file: string) => Buffer;
  /** Changes the bytes behind a name; the page keeps on claiming `claimed`, or the true hash. */
  readonly replace: (
    file: string,
    bytes: Buffer,
    claim: 'old-hash' | 'new-hash' | 'no-hash',
  ) => void;
  /** Takes a file away; `listed` leaves its link on the page. */
  readonly remove: (file: string, how: { readonly listed: boolean }) => void;
  /** Every later request is answered with this status; 0 for as usual. */
  readonly answer: (status: number) => void;
  /** Nothing listens any more; the port stays free. */
  readonly close: () => Promise<void>;
  /** Paths that were asked for, with the user names and passwords sent along. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[];
}

export const sha256Of = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

const normal = (file: string): string =>
  (file.split('-')[0] ?? '').replace(/[-_.]+/g, '-').toLowerCase();

/** Whether there is a Python that can make wheels. */
export const hasPip = (python = 'python3'): boolean =>
  spawnSync(python, ['-m', 'pip', '--version'], { cwd: tmpdir() }).status === 0;

/** Starts an index with these distributions. */
export async function startIndex(wheels: readonly Wheel[]): Promise<PythonIndex> {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprolens-index-')));
  const at = (file: string): string => path.join(directory, file);
  const claims = new Map<string, string>();
  const state = { status: 0 };
  const requests: PythonIndex['requests'] = [];
  const publish: PythonIndex['publish'] = (given) => {
    const input = JSON.stringify(given);
    const made = spawnSync('python3', ['-I', '-c', MAKE, directory], { input, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
    for (const file of readdirSync(directory)) claims.set(file, sha256Of(readFileSync(at(file))));
  };
  mkdirSync(directory, { recursive: true });
  publish(wheels);
  const server = createServer((request, response) => {
    const asked = request.url ?? '/';
    requests.push({ path: asked, authorization: request.headers.authorization });
    const answer = state.status === 0 ? answerTo(asked, claims, at) : { status: state.status };
    response.writeHead(
      answer.status,
      answer.type === undefined ? {} : { 'content-type': answer.type },
    );
    response.end(answer.body);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/simple/`,
    publish,
    requests,
    files: () => readdirSync(directory),
    bytes: (file) => readFileSync(at(file)),
    replace(file, bytes, claim) {
      writeFileSync(at(file), bytes);
      if (claim !== 'old-hash') claims.set(file, claim === 'no-hash' ? '' : sha256Of(bytes));
    },
    remove(file, { listed }) {
      rmSync(at(file));
      if (!listed) claims.delete(file);
    },
    answer: (status) => {
      state.status = status;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string | Buffer;
}

function answerTo(
  asked: string,
  claims: ReadonlyMap<string, string>,
  at: (file: string) => string,
): Answer {
  const file = /^\/files\/([^/]+)$/.exec(asked)?.[1];
  if (file !== undefined) return fileAnswer(at(decodeURIComponent(file)));
  const project = /^\/simple\/([^/]+)\/$/.exec(asked)?.[1];
  const links = [...claims].filter(([name]) => normal(name) === project);
  if (links.length === 0) return { status: 404 };
  const anchors = links.map(([name, hash]) => {
    const address = `/files/${encodeURIComponent(name)}${hash === '' ? '' : `#sha256=${hash}`}`;
    return `<a href="${address}"${name.endsWith('.whl') ? METADATA : ''}>${name}</a>`;
  });
  return {
    status: 200,
    type: 'text/html',
    body: `<!DOCTYPE html><html><body>${anchors.join('')}</body></html>`,
  };
}

/** PEP 658, as large indexes have it: pip may then resolve without a look at the wheel. */
const METADATA = ' data-core-metadata="true" data-dist-info-metadata="true"';

function fileAnswer(file: string): Answer {
  try {
    const bytes = readFileSync(file.replace(/\.metadata$/, ''));
    const body = file.endsWith('.metadata') ? metadataOf(bytes) : bytes;
    return { status: 200, type: 'application/octet-stream', body };
  } catch {
    return { status: 404 };
  }
}

/** Our wheels are stored, not compressed: the text stands in them as it is. */
function metadataOf(wheel: Buffer): Buffer {
  const start = wheel.indexOf('Metadata-Version:');
  return wheel.subarray(start, wheel.indexOf('PK\u0003\u0004', start));
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** A lock of everything that an index has, as pip-compile would write it. */
export const lockOf = (index: PythonIndex): string =>
  index
    .files()
    .map((file) => {
      const [name = '', version = ''] = file.replace(/\.tar\.gz$/, '').split('-');
      const hash = sha256Of(index.bytes(file));
      return `${name.replaceAll('_', '-')}==${version} \\\n    --hash=sha256:${hash}\n`;
    })
    .join('');

/** A directory with nothing but a configuration of pip that names this index; and how to use it. */
export function pipConfig(url: string): {
  readonly file: string;
  readonly env: Record<string, string>;
} {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprolens-pip-')));
  const file = path.join(directory, 'pip.conf');
  writeFileSync(file, `[global]\nindex-url = ${url}\n`);
  return { file, env: { PIP_CONFIG_FILE: file } };
}

/**
 * Lets pip of this process and its children know nothing but this index, for the length of a suite.
 * What the machine has configured is put back by the function that is returned.
 */
export function onlyThisIndex(url: string): () => void {
  const before = Object.entries(process.env).filter(([name]) => /^PIP_/i.test(name));
  const drop = (): void => {
    for (const name of Object.keys(process.env)) {
      if (/^PIP_/i.test(name)) Reflect.deleteProperty(process.env, name);
    }
  };
  drop();
  const { file } = pipConfig(url);
  process.env['PIP_CONFIG_FILE'] = file;
  return () => {
    drop();
    rmSync(path.dirname(file), { recursive: true, force: true });
    for (const [name, value] of before) process.env[name] = value;
  };
}
