/** What a run is shut into: one union, so that no run can be without an isolation that has a name. */
import { randomUUID } from 'node:crypto';
import type { StepFailure } from '../model/findings/rerun.js';
import type { Engine } from '../remotes/engine.js';
import { environmentOf, run } from '../system/processes.js';
import type { RunOptions, RunResult } from '../system/processes.js';
import { processLimit } from '../system/processLimit.js';
import { bubblewrapArguments } from './bubblewrap.js';
import type { Program } from './bubblewrap.js';
import { containerArguments } from './container.js';
import type { Workspace } from './workspace.js';

/** How commands are shut in; `kind` is what may be claimed of them afterwards. */
export type Sandbox =
  /** A container of an image that is named by its digest: no network, nothing of this system. */
  | {
      readonly kind: 'container';
      readonly engine: Engine;
      /** Named so that the engine finds it without a registry. */
      readonly image: string;
      /** `uid:gid` that commands run as; absent where the engine maps its root to this user. */
      readonly user?: string;
    }
  /** bubblewrap: this system's programs, read-only; no network, no other file of the user's. */
  | {
      readonly kind: 'sandbox';
      /** Directories beside the system's own that programs on `PATH` live in. */
      readonly readable: readonly string[];
    }
  /** Only a clean folder and a clean environment. The network and the disk stay open. */
  | { readonly kind: 'clean-folder' };

/** One shell command to run in a sandbox. */
export interface Job {
  /** Handed to `/bin/sh -c`. */
  readonly command: string;
  /** Its working directory below the workspace's project, `''` for the project's root. */
  readonly directory: string;
  /** `SOURCE_DATE_EPOCH`, in seconds. */
  readonly epoch: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

/** Where commands see the project's copy and their private temporary directory. */
export interface View {
  readonly project: string;
  readonly scratch: string;
}

/** A fixed place, the same on every machine: outputs that hold their own path can then be equal. */
export function viewOf(sandbox: Sandbox, workspace: Workspace): View {
  if (sandbox.kind === 'clean-folder') {
    return { project: workspace.project, scratch: workspace.scratch };
  }
  const { name, prefix } = workspace;
  return { project: ['/workspace', name, prefix].filter(Boolean).join('/'), scratch: '/tmp' };
}

/** Runs one command and waits for its end, and for that of everything it started. */
export async function runIn(sandbox: Sandbox, workspace: Workspace, job: Job): Promise<RunResult> {
  const view = viewOf(sandbox, workspace);
  const cwd = job.directory === '' ? view.project : `${view.project}/${job.directory}`;
  const variables = variablesOf(view, job.epoch);
  return execute(sandbox, workspace, {
    ...job,
    argv: ['/bin/sh', '-c', job.command],
    cwd,
    variables,
  });
}

/** One program to run in a sandbox; paths as the sandbox sees them. */
export interface Execution extends Program {
  /** Processes at a time, where root's can be limited; `ulimit` limits everybody else's. */
  readonly processes?: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

/**
 * Runs one program and waits for its end, and for that of everything it started. `variables` are its
 * whole environment, but `PATH`, which is this system's unless they name one, and what an image adds.
 */
export async function execute(
  sandbox: Sandbox,
  workspace: Workspace,
  { argv, cwd, variables, guise = {}, timeoutMs, signal, onOutput, processes }: Execution,
): Promise<RunResult> {
  const options = { timeoutMs, signal, ...(onOutput === undefined ? {} : { onOutput }) };
  switch (sandbox.kind) {
    case 'container': {
      const name = `reprolens-${randomUUID()}`;
      const args = containerArguments(sandbox, workspace, { argv, cwd, variables, guise, name });
      const result = await sandbox.engine.run(args, options);
      if (result.outcome !== 'exited') await end(sandbox.engine, name);
      return result;
    }
    case 'sandbox': {
      const PATH = programPath();
      const inside = { argv, cwd, guise, variables: { PATH, ...variables } };
      const args = bubblewrapArguments(sandbox, workspace, inside);
      return limited(['bwrap', ...args], processes, { ...options, cwd: '/', env: { PATH } });
    }
    case 'clean-folder': {
      const [program = '', ...rest] = argv;
      const env = { PATH: programPath(), ...variables };
      return run(program, rest, { ...options, cwd, env });
    }
  }
}

/** Runs a program in a group with so many processes at most, where there is a need and a way. */
async function limited(
  argv: readonly [string, ...string[]],
  processes: number | undefined,
  options: RunOptions,
): Promise<RunResult> {
  const limit = processes === undefined ? undefined : await processLimit(processes);
  if (limit === undefined) return run(argv[0], argv.slice(1), options);
  try {
    const join = 'echo $$ > "$1" && shift && exec "$@"';
    return await run('/bin/sh', ['-c', join, 'sh', limit.join, ...argv], options);
  } finally {
    await limit.remove();
  }
}

/** The client is gone, its container is not. Killed first: podman would wait for it to end by itself. */
async function end(engine: Engine, name: string): Promise<void> {
  await engine.run(['kill', name]);
  await engine.run(['rm', '--force', name]);
}

/** Where programs are found: of everything in the user's environment, this alone is taken over. */
export const programPath = (): string => environmentOf()['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';

/** The whole environment but `PATH`: nothing in it differs between two people or two days. */
const variablesOf = ({ scratch }: View, epoch: number): Record<string, string> => ({
  HOME: `${scratch}/home`,
  TMPDIR: scratch,
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  SOURCE_DATE_EPOCH: String(epoch),
  // Holds a matplotlibrc with `svg.hashsalt`, as vaibify sets it: else ids in figures are random.
  MPLCONFIGDIR: `${scratch}/matplotlib`,
});

/** How a step failed, by how its process ended. */
export const STEP_FAILURES: Readonly<Record<RunResult['outcome'], StepFailure>> = {
  exited: 'status',
  'timed-out': 'timed-out',
  killed: 'killed',
  cancelled: 'killed',
  'not-found': 'not-started',
  failed: 'not-started',
};
