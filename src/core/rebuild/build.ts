/** Builds a plan once, in a fresh workspace that holds its sources and nothing else. */
import path from 'node:path';
import type { Finding } from '../model/finding.js';
import { refusals } from '../model/plan.js';
import type { BuildPlan } from '../model/plan.js';
import type { RebuildReason } from '../model/reference.js';
import { now } from '../system/clock.js';
import { makeDirectory, withDirectory, withTemporary } from '../system/temporary.js';
import { findArtifact } from './buildArtifact.js';
import type { FoundArtifact } from './buildArtifact.js';
import { copySources } from './buildSources.js';
import { runSteps } from './buildRun.js';
import type { StepOptions } from './buildRun.js';
import type { IsolationChoice } from './isolation.js';
import type { Sandbox } from './sandbox.js';
import type { Workspace } from './workspace.js';

/** What is built, and in what. */
export interface BuildRequest {
  /** Absolute path of the repository. */
  readonly root: string;
  /** With `{tag}` replaced. */
  readonly plan: BuildPlan;
  readonly sandbox: Sandbox;
  readonly image?: IsolationChoice['image'];
  /** Where to make the workspace: an absolute path at which nothing is. Default: a new place. */
  readonly at?: string;
}

/** An artifact that was made. It is gone when the work with it is done. */
export interface Built extends FoundArtifact {
  /** Its path as the report gives it: the same on every machine. */
  readonly shown: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** What came of a build. */
export type BuildResult<T> =
  | { readonly kind: 'built'; readonly value: T }
  | {
      readonly kind: 'failed';
      readonly reason: RebuildReason;
      readonly findings: readonly Finding[];
    };

/** The name of the workspace, and so of every path in it: `/workspace/build` in a sandbox. */
const WORKSPACE = 'build';

/**
 * Builds a plan and hands over what it made, before the workspace is removed. A plan with refusals is
 * not built at all.
 * @throws `AbortError` when the signal fires; the I/O error when there is no room for a workspace.
 */
export async function build<T>(
  request: BuildRequest,
  options: StepOptions,
  use: (built: Built) => Promise<T>,
): Promise<BuildResult<T>> {
  const { plan, root, sandbox } = request;
  const refused = refusals(plan);
  if (refused.length > 0) return failed(unsafe(refused) ? 'unsafe-path' : 'plan-invalid', refused);
  const absent = await pulled(request, options);
  if (absent !== undefined) return failed('isolation-unavailable', [absent]);
  return inPlace(request, async (directory) => {
    const workspace = await workspaceIn(directory, options);
    const startedAt = now();
    const { signal, variation } = options;
    const refusal = await copySources(plan, { root, workspace: workspace.copy, signal });
    if (refusal !== undefined) return failed(refusal.reason, [refusal.finding]);
    const work = async (): Promise<BuildResult<T>> => {
      const failure = await runSteps(plan, { sandbox, workspace }, options);
      if (failure !== undefined) return failed(failure.reason, [failure.finding]);
      const found = await findArtifact(plan, workspace.copy);
      if ('reason' in found) return failed(found.reason, [found.finding]);
      const shown = `/workspace/${WORKSPACE}/${found.below.split(path.sep).join('/')}`;
      const value = await use({ ...found, shown, startedAt, finishedAt: now() });
      return { kind: 'built', value };
    };
    return variation?.around === undefined ? work() : variation.around(workspace, work);
  });
}

/** In a clean folder steps see this path: builds that are compared need the same one. */
const inPlace = <T>({ at }: BuildRequest, work: (directory: string) => Promise<T>): Promise<T> =>
  at === undefined ? withTemporary(work) : withDirectory(at, work);

const failed = (
  reason: RebuildReason,
  findings: readonly Finding[],
): Extract<BuildResult<never>, { kind: 'failed' }> => ({ kind: 'failed', reason, findings });

const unsafe = (findings: readonly Finding[]): boolean =>
  findings.every(({ code }) => code === 'plan-path');

async function workspaceIn(directory: string, { variation }: StepOptions): Promise<Workspace> {
  const name = variation?.workspaceName ?? WORKSPACE;
  const copy = path.join(directory, name);
  const scratch = path.join(directory, `${name}.tmp`);
  await makeDirectory(copy);
  await makeDirectory(scratch);
  return { copy, project: copy, prefix: '', scratch, name };
}

/** The one thing that a build fetches, before it begins. */
async function pulled(
  { image, sandbox }: BuildRequest,
  { signal, onOutput }: StepOptions,
): Promise<Finding | undefined> {
  if (image?.pull !== true || sandbox.kind !== 'container') return undefined;
  const told = onOutput === undefined ? {} : { onOutput };
  const result = await sandbox.engine.run(['pull', image.reference], { signal, ...told });
  signal?.throwIfAborted();
  if (result.outcome === 'exited' && result.status === 0) return undefined;
  return {
    code: 'rebuild-isolation',
    severity: 'error',
    isolation: 'container',
    problem: 'does-not-work',
    reason: `${image.reference} cannot be pulled`,
  };
}
