import { commandText } from '../formats/vaibify/runTokens.js';
import type { RunCommand, RunStep } from '../formats/vaibify/run.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import { startOf } from '../projects/evidence.js';
import { now } from '../system/clock.js';
import { FileError } from '../system/files.js';
import type { Hasher } from '../system/hasher.js';
import type { RunResult } from '../system/processes.js';
import { GitError } from './commit.js';
import { compareCopy, unfitInputs } from './compare.js';
import type { Comparison } from './compare.js';
import { RunLog } from './log.js';
import type { ReadyPlan } from './plan.js';
import { runIn, STEP_FAILURES, viewOf } from './sandbox.js';
import { clearOutputs, prepareDirectory, withWorkspace } from './workspace.js';
import type { Workspace } from './workspace.js';

/** What a rerun needs, and whom it tells. */
export interface RerunOptions {
  /** One without a cache: what lies in a copy is nobody's file. */
  readonly hasher: Hasher;
  readonly signal?: AbortSignal | undefined;
  /** For all steps together; default none. */
  readonly timeoutMs?: number;
  /** Told before each step, in order. */
  readonly onStep?: (step: RunStep, index: number) => void;
  /** What commands write, as it comes; untrusted text. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

/** What came of a rerun. */
export type RerunResult =
  /** Nothing of the project was executed, or it was stopped: there is nothing to attest. */
  | {
      readonly kind: 'not-run';
      readonly why: 'refused' | 'cancelled';
      readonly plan: ReadyPlan;
      readonly findings: readonly Finding[];
    }
  | ComparedRerun;

/** A rerun that ended by itself, well or not, and what its copy then held. */
export interface ComparedRerun extends Comparison {
  readonly kind: 'compared';
  readonly plan: ReadyPlan;
  /** `passed`: every step succeeded and every entry was made, or left, as it is pinned. */
  readonly outcome: 'passed' | 'failed';
  /** When it ended, in milliseconds since 1970. */
  readonly endedAt: number;
  readonly seconds: number;
  /** What was run and what it wrote; the beginning of a long one is left out. */
  readonly log: string;
}

/** The longest that Node's timers can wait. */
const NO_LIMIT = 2 ** 31 - 1;
const PROBE_MS = 120_000;

/**
 * Runs a plan in a clean copy of its commit and compares every entry of the frozen manifest. The
 * user's files are never touched. Never throws for what the project does.
 * @throws the I/O error when the temporary directory cannot be used.
 */
export async function rerun(plan: ReadyPlan, options: RerunOptions): Promise<RerunResult> {
  const { commit, prefix, epoch, manifest } = plan;
  const { signal } = options;
  const notRun = (findings: readonly Finding[]): RerunResult => {
    const why = signal?.aborted === true ? 'cancelled' : 'refused';
    return { kind: 'not-run', why, plan, findings: why === 'cancelled' ? [] : findings };
  };
  try {
    const absent = await pull(plan, options);
    if (absent !== undefined) return notRun([absent]);
    return await withWorkspace({ commit, prefix, epoch, manifest, signal }, async (workspace) => {
      const unfit = await prepare(plan, workspace, options);
      if (unfit.length > 0) return notRun(unfit);
      const ended = await execute(plan, workspace, options);
      return signal?.aborted === true ? notRun([]) : ended;
    });
  } catch (error) {
    if (signal?.aborted === true) return notRun([]);
    if (!(error instanceof GitError || error instanceof FileError)) throw error;
    const place = startOf(plan.project.file);
    return notRun([{ code: 'rerun-git', severity: 'error', reason: error.message, place }]);
  }
}

/** The one thing that a rerun fetches, before it begins. */
async function pull(
  { image, sandbox, project }: ReadyPlan,
  { signal, onOutput }: RerunOptions,
): Promise<Finding | undefined> {
  if (image?.pull !== true || sandbox.kind !== 'container') return undefined;
  const told = onOutput === undefined ? {} : { onOutput };
  const result = await sandbox.engine.run(['pull', image.reference], { signal, ...told });
  if (result.outcome === 'exited' && result.status === 0) return undefined;
  const reason = lastLine(result) || `${image.reference} cannot be pulled`;
  return unusable(sandbox.kind, reason, project.file);
}

/** Everything that can still keep a run from beginning; empties the places of what it makes. */
async function prepare(
  plan: ReadyPlan,
  workspace: Workspace,
  options: RerunOptions,
): Promise<Finding[]> {
  const { sandbox, project, epoch, manifest } = plan;
  const unfit = await unfitInputs(plan, workspace, options);
  if (unfit.length > 0 || options.signal?.aborted === true) return unfit;
  await clearOutputs(workspace, plan.remade);
  // All of them now: later a step could have put a link in the way that leads out of the copy.
  for (const { directory, scratch } of plan.steps) {
    for (const each of scratch) await prepareDirectory(workspace, each, 'empty');
    await prepareDirectory(workspace, directory, 'keep');
  }
  if (sandbox.kind === 'clean-folder') return [];
  // An engine on another machine would mount an empty directory in place of the copy.
  const command = `test -w . && test -f '${manifest.file.replaceAll("'", `'\\''`)}'`;
  const { signal } = options;
  const job = { command, directory: '', epoch, timeoutMs: PROBE_MS, signal };
  const result = await runIn(sandbox, workspace, job);
  if (result.outcome === 'exited' && result.status === 0) return [];
  const reason = lastLine(result) || 'the copy cannot be read and written in it';
  return [unusable(sandbox.kind, reason, project.file)];
}

const unusable = (isolation: 'container' | 'sandbox', reason: string, file: RepoPath): Finding => ({
  code: 'rerun-isolation',
  severity: 'error',
  isolation,
  problem: 'does-not-work',
  reason,
  place: startOf(file),
});

const lastLine = ({ stderr, reason }: RunResult): string =>
  stderr.trim().split('\n').at(-1) || (reason ?? '');

async function execute(
  plan: ReadyPlan,
  workspace: Workspace,
  options: RerunOptions,
): Promise<ComparedRerun> {
  const log = new RunLog(plan);
  const begun = now();
  const failure = await runSteps(plan, workspace, { ...options, log, begun });
  const endedAt = now();
  const comparison = await compareCopy(plan, workspace, { ...options, failedAt: failure?.step });
  const findings = [...(failure === undefined ? [] : [failure.finding]), ...comparison.findings];
  const passed = findings.length === 0 && comparison.matched === comparison.total;
  const outcome = passed && comparison.total > 0 ? 'passed' : 'failed';
  const seconds = Math.max(0, endedAt - begun) / 1000;
  const text = log.end(outcome, comparison);
  return { kind: 'compared', plan, outcome, ...comparison, findings, endedAt, seconds, log: text };
}

interface Failure {
  /** Index of the step among those of the plan. */
  readonly step: number;
  readonly finding: Finding;
}

/** Runs commands one by one, each in a shell of its own, up to the first that fails. */
async function runSteps(
  { steps, sandbox, epoch }: ReadyPlan,
  workspace: Workspace,
  options: RerunOptions & { readonly log: RunLog; readonly begun: number },
): Promise<Failure | undefined> {
  const { log, begun, signal, timeoutMs = NO_LIMIT } = options;
  const { project } = viewOf(sandbox, workspace);
  for (const [index, step] of steps.entries()) {
    options.onStep?.(step, index);
    log.step(step);
    for (const command of step.commands) {
      log.command(command);
      const result = await runIn(sandbox, workspace, {
        command: commandText(command.parts, project),
        directory: step.directory,
        epoch,
        timeoutMs: Math.max(1, Math.min(NO_LIMIT, timeoutMs - (now() - begun))),
        signal,
        onOutput: (text, stream) => {
          log.output(text);
          options.onOutput?.(text, stream);
        },
      });
      const finding = failureOf(step, command, result);
      if (finding !== undefined) {
        log.failed(result);
        return { step: index, finding };
      }
    }
  }
  return undefined;
}

function failureOf(step: RunStep, command: RunCommand, result: RunResult): Finding | undefined {
  const { outcome, status, reason } = result;
  if (outcome === 'exited' && status === 0) return undefined;
  return {
    code: 'rerun-step-failed',
    severity: 'error',
    step: step.label,
    command: command.written,
    failure: STEP_FAILURES[outcome],
    ...(status === undefined ? {} : { status }),
    ...(reason === undefined ? {} : { reason }),
    place: command.place,
  };
}
