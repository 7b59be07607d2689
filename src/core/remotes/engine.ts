import { environmentOf, run } from '../system/processes.js';
import type { RunOptions, RunResult } from '../system/processes.js';

/** A container engine that answers. */
export interface Engine {
  readonly kind: 'docker' | 'podman';
  /** Runs one of its commands; the environment is the engine's. */
  readonly run: (args: readonly string[], options?: EngineOptions) => Promise<RunResult>;
}

export type EngineOptions = Partial<Omit<RunOptions, 'env'>>;

/** What tells an engine's client where its engine and its user's settings are. */
const VARIABLES = [
  ...['DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CONTEXT', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'],
  ...['CONTAINERS_CONF', 'CONTAINERS_STORAGE_CONF', 'CONTAINERS_REGISTRIES_CONF', 'CONTAINER_HOST'],
  ...['XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'REGISTRY_AUTH_FILE'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
];
const ASK_MS = 10_000;
const WORK_MS = 600_000;

/** The first of docker and podman that is installed and answers; `undefined` when neither does. */
export async function findEngine(
  kinds: readonly Engine['kind'][] = ['docker', 'podman'],
  signal?: AbortSignal,
): Promise<Engine | undefined> {
  for (const kind of kinds) {
    const engine = engineOf(kind);
    const { outcome, status } = await engine.run(['version'], {
      timeoutMs: ASK_MS,
      signal,
    });
    if (outcome === 'exited' && status === 0) return engine;
  }
  return undefined;
}

function engineOf(kind: Engine['kind']): Engine {
  return {
    kind,
    run: (args, options = {}) =>
      run(kind, args, { cwd: '/', timeoutMs: WORK_MS, ...options, env: environmentOf(VARIABLES) }),
  };
}
