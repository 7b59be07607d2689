import path from 'node:path';
import { parseRun } from '../formats/vaibify/run.js';
import type { Run, RunStep } from '../formats/vaibify/run.js';
import { decodeText } from '../model/bytes.js';
import type { Sha256 } from '../model/digest.js';
import type { RepoPath } from '../model/paths.js';
import type { DeclaredFile, Project } from '../model/project.js';
import type { Role } from '../model/place.js';
import { absolutePath, readBytes, sha256, writeAtomic } from '../system/files.js';
import { reproduceScript } from './reproduceScript.js';
import type { ScriptFacts, ScriptObstacle, ScriptStep } from './reproduceScript.js';

/** The name under which vaibify looks for it. */
export const REPRODUCE_SCRIPT = 'reproduce.sh' as RepoPath;
/** The largest pipeline document that is read. */
const MOST_BYTES = 64 << 20;
/** Read, written and executed by its owner, read and executed by everybody else. */
const EXECUTABLE = 0o755;

/** What writing `reproduce.sh` would do. Nothing is written yet. */
export interface ScriptPlan {
  readonly root: string;
  readonly file: RepoPath;
  /** Every reason why it cannot be written; then `bytes` is empty. */
  readonly obstacles: readonly ScriptObstacle[];
  readonly bytes: Uint8Array;
  readonly differs: boolean;
  /** The digest of the script on disk; absent when there is none. */
  readonly replaces?: Sha256;
}

/** Plans `reproduce.sh` for a pipeline; reads its document and the present script. */
export async function planReproduceScript(project: Project): Promise<ScriptPlan> {
  const { root, file } = project;
  const document = await readBytes(absolutePath(root, file), { limit: MOST_BYTES });
  const run = parseRun(decodeText(document ?? new Uint8Array()), file, path.basename(root));
  const result = scriptOf(project, run);
  const old = await readBytes(absolutePath(root, REPRODUCE_SCRIPT));
  const bytes = result.ok ? result.bytes : new Uint8Array();
  return {
    root,
    file: REPRODUCE_SCRIPT,
    obstacles: result.ok ? [] : result.obstacles,
    bytes,
    differs: old === undefined || !Buffer.from(bytes).equals(old),
    ...(old === undefined ? {} : { replaces: sha256(old) }),
  };
}

/**
 * Writes a plan, atomically and executable, if the script on disk is still the one that was planned
 * for.
 *
 * @throws ScriptChangedError when it is not; the I/O error when writing fails.
 */
export async function writeReproduceScript(plan: ScriptPlan): Promise<void> {
  if (plan.obstacles.length > 0) throw new Error('a plan with obstacles cannot be written');
  const absolute = absolutePath(plan.root, plan.file);
  const now = await readBytes(absolute);
  if ((now === undefined ? undefined : sha256(now)) !== plan.replaces) {
    throw new ScriptChangedError(plan.file);
  }
  await writeAtomic(absolute, plan.bytes, { within: plan.root, mode: EXECUTABLE });
}

/** The script was changed by someone else after the plan was shown. */
export class ScriptChangedError extends Error {
  readonly code = 'script-changed';
  readonly file: RepoPath;

  constructor(file: RepoPath) {
    super(`${file} changed since the plan was made`);
    this.name = 'ScriptChangedError';
    this.file = file;
  }
}

function scriptOf(project: Project, run: Run) {
  const wrong = run.findings.filter(({ severity }) => severity === 'error');
  if (wrong.length === 0) return reproduceScript(scriptFacts(project, run));
  const obstacles = wrong.map((finding): ScriptObstacle => ({ code: 'finding', finding }));
  return { ok: false, obstacles } as const;
}

/** What a script needs to know of a pipeline: what it executes, and what it declares to make. Pure. */
export function scriptFacts(project: Pick<Project, 'title' | 'declared'>, run: Run): ScriptFacts {
  const outputs = outputsByStep(project.declared);
  const steps = run.steps
    .filter(({ declaration }) => !declaration)
    .map((step) => scriptStep(step, outputs.get(step.label) ?? []));
  return { title: project.title, steps };
}

function scriptStep(step: RunStep, outputs: readonly DeclaredFile[]): ScriptStep {
  const { label, name, directory, scratch, withoutData } = step;
  // What its data commands would make is not made anew, so it must stay.
  const made = outputs.filter(({ role }) => !withoutData || role === 'plot');
  const skipped = step.interactive ? 'interactive' : step.enabled ? undefined : 'disabled';
  return {
    ...{ label, name, directory, scratch, withoutData },
    commands: step.commands.map(({ parts }) => parts),
    outputs: made.map((file) => file.path),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

const MADE: ReadonlySet<Role> = new Set(['output', 'plot', 'data']);

/** A file that is also an input, a script or a standard is there before any step. */
function outputsByStep(declared: readonly DeclaredFile[]): Map<string, DeclaredFile[]> {
  const given = new Set(declared.filter(({ role }) => !MADE.has(role)).map((file) => file.path));
  const byStep = new Map<string, DeclaredFile[]>();
  for (const file of declared) {
    if (file.step === undefined || given.has(file.path)) continue;
    const made = byStep.get(file.step) ?? [];
    byStep.set(file.step, made);
    made.push(file);
  }
  return byStep;
}
