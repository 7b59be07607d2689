/** Puts the nightly workflow, and the program that it runs, into a repository. */
import path from 'node:path';
import type { Sha256 } from '../model/digest.js';
import type { RepoPath } from '../model/paths.js';
import { absolutePath, FileError, readBytes, sha256, writeAtomic } from '../system/files.js';
import { makeDirectory } from '../system/temporary.js';
import { entryAt } from '../system/within.js';
import { ciWorkflow, PROGRAM_FILE, WORKFLOW_FILE } from './ciWorkflow.js';

/** What writing one file would do. */
export interface WorkflowChange {
  readonly file: RepoPath;
  readonly bytes: Uint8Array;
  readonly sha256: Sha256;
  readonly differs: boolean;
  /** What is on disk now; absent when there is none. */
  readonly old?: Uint8Array;
}

/** What writing the workflow would do. Nothing is written yet. */
export interface WorkflowPlan {
  readonly root: string;
  readonly plans: readonly RepoPath[];
  readonly workflow: WorkflowChange;
  readonly program: WorkflowChange;
}

export interface WorkflowPlanOptions {
  /** The build plans, at least one; each {@link fitsWorkflow}. */
  readonly plans: readonly RepoPath[];
  /** The bundled command line, which the workflow will run, byte for byte. */
  readonly program: Uint8Array;
  readonly version: string;
}

const LIMIT = 64 << 20;

/**
 * Compares what would be written with what is there.
 * @throws {FileError} `link-on-path`, `not-a-file`, `too-large`; the I/O error.
 */
export async function planWorkflow(
  root: string,
  { plans, program, version }: WorkflowPlanOptions,
): Promise<WorkflowPlan> {
  const digest = sha256(program);
  const text = ciWorkflow({ plans, program: { sha256: digest, version } });
  return {
    ...{ root, plans },
    workflow: await changeOf(root, WORKFLOW_FILE, Buffer.from(text)),
    program: await changeOf(root, PROGRAM_FILE, program),
  };
}

/** Whether anything would be written, and whether something would be lost by that. */
export const changesOf = ({ workflow, program }: WorkflowPlan) => {
  const changed = [program, workflow].filter(({ differs }) => differs);
  return { changed, replacing: changed.filter(({ old }) => old !== undefined) };
};

/**
 * Writes a plan, each file atomically, the program first: a workflow never names one that is not there.
 * @throws WorkflowChangedError when a file is no longer what was shown, and then nothing is written;
 * the I/O error when writing fails.
 */
export async function writeWorkflow(plan: WorkflowPlan): Promise<void> {
  const { root } = plan;
  const { changed } = changesOf(plan);
  for (const { file, old } of changed) {
    if (!same(await contentOf(root, file), old)) throw new WorkflowChangedError(file);
  }
  for (const { file, bytes } of changed) {
    const absolute = absolutePath(root, file);
    await makeDirectory(path.dirname(absolute));
    await writeAtomic(absolute, bytes, { within: root });
  }
}

/** A file was changed by someone else after the plan was shown. */
export class WorkflowChangedError extends Error {
  readonly code = 'workflow-changed';
  readonly file: RepoPath;

  constructor(file: RepoPath) {
    super(`${file} changed since the plan was made`);
    this.name = 'WorkflowChangedError';
    this.file = file;
  }
}

async function changeOf(root: string, file: RepoPath, bytes: Uint8Array): Promise<WorkflowChange> {
  const old = await contentOf(root, file);
  return {
    ...{ file, bytes, sha256: sha256(bytes), differs: !same(old, bytes) },
    ...(old === undefined ? {} : { old }),
  };
}

/** A repository may hold `.github -> ~/.ssh`: nothing is read or made behind a link. */
async function contentOf(root: string, file: RepoPath): Promise<Uint8Array | undefined> {
  const kind = await entryAt(root, file);
  const absolute = absolutePath(root, file);
  if (kind === 'link') throw new FileError('link-on-path', absolute);
  if (kind === undefined) return undefined;
  return readBytes(absolute, { limit: LIMIT });
}

const same = (one: Uint8Array | undefined, two: Uint8Array | undefined): boolean =>
  one === undefined || two === undefined ? one === two : Buffer.from(one).equals(two);
