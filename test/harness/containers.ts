/**
 * Real container tools for tests: a registry, a docker daemon and podman, each with files, sockets and
 * ports of its own in one temporary directory. Everything ends with the test process, also a killed one.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Whether a program is on PATH. */
export const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v "$1"`, 'sh', program]).status === 0;

/** Why these tools cannot be used here; `undefined` when they can. */
export function lacking(...programs: readonly string[]): string | undefined {
  const absent = programs.filter((program) => !has(program));
  if (absent.length > 0) return `not installed: ${absent.join(', ')}`;
  const root = process.getuid?.() === 0;
  return programs.includes('dockerd') && !root ? 'a docker daemon needs root' : undefined;
}

/** Kills and cleans when this process is gone: it holds the other end of its standard input. */
const WATCHDOG = `
read -r _
if [ -d "$1/podman" ]; then
  CONTAINERS_CONF="$1/podman/containers.conf" CONTAINERS_STORAGE_CONF="$1/podman/storage.conf" podman rm -f -a -t 0
fi
for pid in $(cat "$1/pids" 2>/dev/null); do kill "$pid" 2>/dev/null; done
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  alive=; for pid in $(cat "$1/pids" 2>/dev/null); do kill -0 "$pid" 2>/dev/null && alive=1; done
  [ -z "$alive" ] && break; sleep 0.5
done
for pid in $(cat "$1/pids" 2>/dev/null); do kill -9 "$pid" 2>/dev/null; done
grep -F " $1/" /proc/self/mounts | cut -d' ' -f2 | sort -r | while read -r at; do umount -l "$at" 2>/dev/null; done
rm -rf "$1"
`;

/** A directory with processes in it. */
export class Containers {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'rl-ct-')));
  readonly #watchdog: ChildProcess;
  readonly #children: ChildProcess[] = [];
  readonly #pids: number[] = [];

  constructor() {
    this.#watchdog = spawn('sh', ['-c', WATCHDOG, 'sh', this.root], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
  }

  at(...names: string[]): string {
    return path.join(this.root, ...names);
  }

  /** Starts a process that lives as long as this. Its output goes to `<name>.log`. */
  start(name: string, command: string, args: readonly string[]): ChildProcess {
    const log = this.at(`${name}.log`);
    const child = spawn('sh', ['-c', 'exec "$@" >"$0" 2>&1', log, command, ...args], {
      stdio: 'ignore',
    });
    this.#children.push(child);
    if (child.pid !== undefined) this.#pids.push(child.pid);
    writeFileSync(this.at('pids'), this.#pids.join('\n'));
    return child;
  }

  /** Ends everything; the directory is gone afterwards. */
  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) await ended(child);
    // A number that is free again may be somebody else's next.
    writeFileSync(this.at('pids'), '');
    await new Promise<void>((resolve) => {
      this.#watchdog.once('exit', () => resolve());
      this.#watchdog.stdin?.end();
    });
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await gone;
  clearTimeout(timer);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks until it answers true, for at most a minute. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let n = 0; n < 600; n++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: not ready after a minute`);
}

export interface Registry {
  /** `127.0.0.1:5000` */
  readonly host: string;
  /** Where it keeps blobs: `docker/registry/v2/blobs/sha256/ab/ab.../data`. */
  readonly storage: string;
  /** The file that holds a blob or a manifest. */
  readonly blob: (digest: string) => string;
  /** One request, as an independent client makes it. */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
}

const TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/**
 * Starts Docker's registry. `more` are further lines of its configuration (YAML, top level), `http`
 * further keys of its `http`; `storage` is that of another one.
 */
export async function startRegistry(
  own: Containers,
  options: { more?: string; http?: string; storage?: string } = {},
): Promise<Registry> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const directory = own.at(`registry-${port}`);
  mkdirSync(directory);
  const file = path.join(directory, 'config.yml');
  const storage = options.storage ?? path.join(directory, 'data');
  writeFileSync(
    file,
    `version: 0.1
log: {level: error}
storage:
  filesystem: {rootdirectory: ${storage}}
  delete: {enabled: true}
  maintenance: {uploadpurging: {enabled: false}}
http: {addr: ${host}, relativeurls: true${options.http ?? ''}}
${options.more ?? ''}
`,
  );
  own.start(`registry-${port}`, 'docker-registry', ['serve', file]);
  const ask = (at: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://${host}${at}`, { headers: { Accept: TYPES }, ...init });
  await until('the registry', () =>
    ask('/v2/').then(
      () => true,
      () => false,
    ),
  );
  const blob = (digest: string): string => {
    const hex = digest.replace('sha256:', '');
    return path.join(storage, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
  };
  return { host, storage, blob, fetch: ask };
}

/** Variables that make an engine's client use this engine. */
export type EngineEnvironment = Readonly<Record<string, string>>;

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface TestEngine {
  readonly kind: 'docker' | 'podman';
  readonly env: EngineEnvironment;
  /** Runs the client; throws what it says when it fails. */
  readonly run: (...args: string[]) => string;
}

function engine(kind: TestEngine['kind'], env: EngineEnvironment): TestEngine {
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(kind, args, {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      timeout: 120_000,
    });
    if (status !== 0) throw new Error(`${kind} ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  return { kind, env, run };
}

/** Starts a docker daemon without a bridge; `run` needs `--network none`. */
export async function startDocker(own: Containers): Promise<TestEngine> {
  const directory = own.at(`docker-${Math.random().toString(36).slice(2, 8)}`);
  for (const name of ['data', 'exec', 'config']) {
    mkdirSync(path.join(directory, name), { recursive: true });
  }
  writeFileSync(path.join(directory, 'daemon.json'), '{}');
  // Podman, which reads it too, wants it to exist.
  writeFileSync(path.join(directory, 'config/config.json'), '{}');
  const socket = `unix://${directory}/s`;
  own.start(path.basename(directory), 'dockerd', [
    ...['--config-file', `${directory}/daemon.json`, '--data-root', `${directory}/data`],
    ...['--exec-root', `${directory}/exec`, '-p', `${directory}/pid`, '-H', socket],
    ...['--iptables=false', '--ip6tables=false', '--bridge=none'],
  ]);
  const docker = engine('docker', { DOCKER_HOST: socket, DOCKER_CONFIG: `${directory}/config` });
  await until('dockerd', () => {
    const env = { ...process.env, ...docker.env };
    return spawnSync('docker', ['version'], { env }).status === 0;
  });
  return docker;
}

/** Podman needs no daemon, only files of its own. */
export function preparePodman(own: Containers): TestEngine {
  const directory = own.at('podman');
  mkdirSync(directory);
  const configuration = path.join(directory, 'containers.conf');
  writeFileSync(
    configuration,
    `[containers]
default_ulimits=["nofile=1024:4096","nproc=4096:4096"]
netns="none"
[engine]
cgroup_manager="cgroupfs"
events_logger="none"
runtime="runc"
`,
  );
  const storage = path.join(directory, 'storage.conf');
  writeFileSync(
    storage,
    `[storage]
driver="vfs"
graphroot="${directory}/root"
runroot="${directory}/run"
`,
  );
  return engine('podman', { CONTAINERS_CONF: configuration, CONTAINERS_STORAGE_CONF: storage });
}

/** The build context of a tiny image, always the same bytes: busybox and one text. */
export function busyboxContext(own: Containers, text: string): string {
  const context = own.at(`context-${Math.random().toString(36).slice(2, 8)}`);
  mkdirSync(context);
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((file) => existsSync(file));
  cpSync(busybox ?? 'busybox', path.join(context, 'busybox'), { dereference: true });
  writeFileSync(path.join(context, 'text'), text);
  writeFileSync(path.join(context, 'os-release'), 'PRETTY_NAME="Tiny 1"\n');
  writeFileSync(
    path.join(context, 'Dockerfile'),
    `FROM scratch
COPY busybox /bin/busybox
COPY os-release /etc/os-release
COPY text /text
ENV PATH=/bin
RUN ["/bin/busybox","--install","-s","/bin"]
CMD ["/bin/sh", "-c", "while :; do sleep 1; done"]
`,
  );
  return context;
}

/** Builds the image and pushes it; gives the registry's digest (`sha256:...`). */
export function buildAndPush(
  { kind, run }: TestEngine,
  own: Containers,
  image: string,
  text = 'one\n',
): string {
  const context = busyboxContext(own, text);
  if (kind === 'podman') {
    const file = own.at(`digest-${Math.random().toString(36).slice(2, 8)}`);
    run('build', '-q', '--network', 'none', '-t', image, context);
    run('push', '-q', '--tls-verify=false', '--digestfile', file, image);
    return spawnSync('cat', [file], { encoding: 'utf8' }).stdout.trim();
  }
  run('build', '-q', '--network=none', '-t', image, context);
  run('push', '-q', image);
  const [first] = JSON.parse(run('inspect', '-f', '{{json .RepoDigests}}', image)) as string[];
  return (first ?? '').slice((first ?? '').indexOf('@') + 1);
}

/** Sets variables of this process for the length of some work: engines are found through them. */
export async function withVariables<T>(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      // Assigning undefined would set the text "undefined".
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

/** Removes a file or a directory. */
export const remove = (at: string): void => rmSync(at, { recursive: true, force: true });

/** An image in a registry of our own, named by its digest, and what podman needs to get it. */
export interface PushedImage {
  readonly image: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Builds the small image, pushes it and forgets it here, so that whoever needs it has to pull it. */
export async function pushedImage(own: Containers): Promise<PushedImage> {
  const { host } = await startRegistry(own);
  const engine = preparePodman(own);
  const tag = `${host}/lab/build:1`;
  const image = `${host}/lab/build@${buildAndPush(engine, own, tag)}`;
  const registries = own.at('registries.conf');
  writeFileSync(registries, `[[registry]]\nlocation = "${host}"\ninsecure = true\n`);
  engine.run('rmi', '-f', tag);
  const none = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
  return {
    image,
    variables: { ...none, ...engine.env, CONTAINERS_REGISTRIES_CONF: registries },
  };
}
