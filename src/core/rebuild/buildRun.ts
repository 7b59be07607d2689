/** Runs the steps of a build plan in a workspace. */
import type { Finding } from '../model/finding.js';
import type { BuildPlan, PlanStep } from '../model/plan.js';
import { checkSteps } from '../formats/plan/argv.js';
import type { StepMode } from '../formats/plan/argv.js';
import { splitWords } from '../formats/shell/split.js';
import { now } from '../system/clock.js';
import type { RunResult } from '../system/processes.js';
import type { BuildFailure } from './buildSources.js';
import { execute, STEP_FAILURES, viewOf } from './sandbox.js';
import type { Guise } from './bubblewrap.js';
import type { Sandbox, View } from './sandbox.js';
import type { Workspace } from './workspace.js';

export type { StepMode };

/** What a step may use up, where its isolation can hold it to that. */
export interface BuildLimits {
  /** Processes at a time. */
  readonly processes: number;
  /** The size of any one file, in bytes. */
  readonly fileBytes: number;
}

const DEFAULT_LIMITS: BuildLimits = { processes: 4096, fileBytes: 64 * 2 ** 30 };

/** What surrounds a build and must not change its result; `rebuild --vary` changes it to see. */
export interface Variation {
  /** Programs with arguments that start each step's program, such as `taskset -c 0`. */
  readonly prefix?: readonly string[];
  /** Variables that the plan's own outrank. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The last component of the workspace's path. */
  readonly workspaceName?: string;
  /** Octal digits. */
  readonly umask?: string;
  /** Who builds: names and a home in the variables, and the numbers where the isolation can. */
  readonly user?: { readonly name: string; readonly uid?: number };
  /** Has no effect in a clean folder. */
  readonly hostname?: string;
  /** Prepares the workspace that holds the sources, lets the steps run in it, and clears up. */
  readonly around?: Around;
}

/** Does something before and after work with a workspace. */
export type Around = <T>(workspace: Workspace, work: () => Promise<T>) => Promise<T>;

/** How steps are run, and whom they tell. */
export interface StepOptions {
  readonly mode: StepMode;
  readonly variation?: Variation | undefined;
  readonly limits?: BuildLimits | undefined;
  /** For all steps together; default none. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before each step that runs something. */
  readonly onStep?: ((step: PlanStep) => void) | undefined;
  /** What steps write, as it comes; untrusted text. */
  readonly onOutput?: ((text: string, stream: 'stdout' | 'stderr') => void) | undefined;
}

/** The longest that Node's timers can wait. */
const NO_LIMIT = 2 ** 31 - 1;

/**
 * Runs every step in order, up to the first that fails.
 * @throws `AbortError` when the signal fires; by then everything that was started has ended.
 */
export async function runSteps(
  plan: BuildPlan,
  where: { readonly sandbox: Sandbox; readonly workspace: Workspace },
  options: StepOptions,
): Promise<BuildFailure | undefined> {
  const { signal, timeoutMs = NO_LIMIT, onOutput, limits = DEFAULT_LIMITS } = options;
  const { sandbox, workspace } = where;
  const begun = now();
  const view = viewOf(sandbox, workspace);
  for (const step of plan.steps) {
    const program = programOf(step, options.mode);
    if (program === undefined) continue;
    options.onStep?.(step);
    const started = [...(options.variation?.prefix ?? []), ...program];
    const result = await execute(sandbox, workspace, {
      ...dressed(started, variablesOf(plan, options.variation, view), {
        ...{ sandbox, limits },
        umask: options.variation?.umask,
      }),
      ...guiseOf(options.variation),
      cwd: view.project,
      timeoutMs: Math.max(1, Math.min(NO_LIMIT, timeoutMs - (now() - begun))),
      processes: limits.processes,
      signal,
      ...(onOutput === undefined ? {} : { onOutput }),
    });
    signal?.throwIfAborted();
    const failure = failureOf(plan, step, result);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** What a step starts; `undefined` for one that runs nothing. */
export function programOf(step: PlanStep, mode: StepMode): readonly string[] | undefined {
  switch (step.kind) {
    case 'skipped':
      return undefined;
    case 'exec':
      return step.words.map(({ text }) => text);
    case 'shell':
      return mode === 'shell' ? ['/bin/sh', '-c', step.script.text] : wordsOf(step.script.text);
  }
}

/** Nothing for what {@link stepProblems} refuses. */
function wordsOf(text: string): readonly string[] {
  const split = splitWords(text);
  return split.ok ? split.words.map((word) => word.text) : [];
}

/**
 * Steps that cannot be split into words, found before the first of them runs: an open quote, or
 * nothing at all, on which FixOps ends in the middle of a build. Of a shell's text the shell judges.
 */
export const stepProblems = (plan: BuildPlan, mode: StepMode): Finding[] =>
  mode === 'shell' ? [] : checkSteps(plan, mode).filter(({ severity }) => severity === 'error');

const variablesOf = (
  { environment }: BuildPlan,
  variation: Variation | undefined,
  { scratch }: View,
): Record<string, string> => ({
  ...variation?.variables,
  ...(variation?.user === undefined
    ? {}
    : { HOME: scratch, USER: variation.user.name, LOGNAME: variation.user.name }),
  ...Object.fromEntries(environment.map(({ name, value }) => [name, value.text])),
});

/**
 * The program with its environment. bubblewrap adds `PWD` to it, and an engine what the image
 * declares; so inside of them `env` starts from nothing again, and leaves only `PATH`.
 */
function dressed(
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
  { sandbox, limits, umask }: Dress,
): { readonly argv: readonly string[]; readonly variables: Readonly<Record<string, string>> } {
  const mask = umask === undefined ? [] : [`umask ${umask}`];
  if (sandbox.kind === 'clean-folder' && umask === undefined) return { argv, variables };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  // `env` would take such a program for one more variable.
  const program =
    argv[0]?.includes('=') === true ? ['/bin/sh', '-c', 'exec "$@"', 'sh', ...argv] : argv;
  const script = [
    ...(sandbox.kind === 'clean-folder' ? [] : [limitsLine(limits)]),
    ...mask,
    'exec env -i -- PATH="$PATH" "$@"',
  ].join('\n');
  return { argv: ['/bin/sh', '-c', script, 'sh', ...assignments, ...program], variables: {} };
}

interface Dress {
  readonly sandbox: Sandbox;
  readonly limits: BuildLimits;
  readonly umask: string | undefined;
}

/** bash counts processes by `-u`, dash and BusyBox by `-p`. No shell lets a limit be raised again. */
function limitsLine({ processes, fileBytes }: BuildLimits): string {
  const blocks = Math.max(1, Math.floor(fileBytes / 512));
  return `{ ulimit -u ${processes} || ulimit -p ${processes}; ulimit -f ${blocks}; } 2>/dev/null`;
}

/** What a sandbox makes of the machine and its user. */
function guiseOf({ user, hostname }: Variation = {}): { readonly guise: Guise } {
  return {
    guise: {
      ...(user?.uid === undefined ? {} : { uid: user.uid }),
      ...(hostname === undefined ? {} : { hostname }),
    },
  };
}

function failureOf(
  { file }: BuildPlan,
  { number, span }: PlanStep,
  { outcome, status, reason }: RunResult,
): BuildFailure | undefined {
  if (outcome === 'exited' && status === 0) return undefined;
  return {
    reason: 'step-failed',
    finding: {
      code: 'rebuild-step-failed',
      severity: 'error',
      step: number,
      failure: STEP_FAILURES[outcome],
      ...(status === undefined ? {} : { status }),
      ...(reason === undefined ? {} : { reason }),
      place: { file, span },
    },
  };
}
