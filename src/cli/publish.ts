import path from 'node:path';
import { stretches } from '../core/explain/hunks.js';
import { lines } from '../core/explain/tokens.js';
import { decodeText } from '../core/model/bytes.js';
import type { RepoPath } from '../core/model/paths.js';
import { fitsWorkflow, PROGRAM_FILE, WORKFLOW_FILE } from '../core/produce/ciWorkflow.js';
import {
  changesOf,
  planWorkflow,
  WorkflowChangedError,
  writeWorkflow,
} from '../core/produce/ciWorkflowFiles.js';
import type { WorkflowChange, WorkflowPlan } from '../core/produce/ciWorkflowFiles.js';
import { gitTopLevel } from '../core/projects/git.js';
import { findPlans, PLAN_FILES, readPlan } from '../core/projects/plan.js';
import { absolutePath, readBytes } from '../core/system/files.js';
import { printable } from '../core/words/printable.js';
import { fileSize } from '../core/words/states.js';
import manifest from '../../package.json';
import { agreed, declined, LEFT } from './ask.js';
import type { Manner } from './ask.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { namedPlan } from './plan.js';
import { findingLine, shownPath } from './render.js';

export interface PublishWorkflowOptions extends CommonOptions, Manner {
  /** The plans, relative to the current directory; default: those of the repository. */
  readonly plan?: readonly string[];
  /** Replace files that say something else. */
  readonly force?: boolean;
}

/** Lines of a difference that are shown. */
const MOST_SHOWN = 60;

/**
 * `publish workflow`: shows and writes the workflow that rebuilds plans every night on GitHub Actions,
 * and beside it the program that it runs. Exit status 1 when files of another content were left alone.
 */
export async function publishWorkflow(
  context: Context,
  options: PublishWorkflowOptions,
): Promise<Exit> {
  const plans = await plansOf(context, options);
  await sayFindings(context, plans);
  const program = await ownProgram();
  const plan = await told(() =>
    planWorkflow(context.repo, { plans, program, version: manifest.version }),
  );
  const { changed, replacing } = changesOf(plan);
  for (const change of changed) sayChange(context, change);
  const allowed = replacing.length === 0 || options.force === true || askable(context, options);
  const write =
    changed.length > 0 && allowed && (await agreed(context, options, 'Write the workflow?'));
  if (write) await told(() => writeWorkflow(plan));
  context.terminal.say(outcome(plan, options, { write, allowed }));
  const { workflow } = plan;
  context.terminal.document({
    file: workflow.file,
    changed: write,
    differs: changed.length > 0 && !write,
    plans,
    program: { file: plan.program.file, sha256: plan.program.sha256, version: manifest.version },
  });
  if (changed.length === 0 || write) return EXIT.holds;
  return declined(options, allowed) ? EXIT.holds : EXIT.fails;
}

/** Where nobody can be asked, nobody has agreed to lose what somebody wrote. */
const askable = ({ terminal }: Context, { ask }: Manner): boolean =>
  ask === true && !terminal.json && process.stdin.isTTY && process.stderr.isTTY;

async function plansOf(
  { repo }: Context,
  { plan: given = [] }: PublishWorkflowOptions,
): Promise<RepoPath[]> {
  const top = await gitTopLevel(repo);
  if (top !== undefined && path.relative(top, repo) !== '') {
    throw new UnusableError(
      `${printable(repo)}: GitHub reads workflows at the top of a repository only; give --repo ${printable(top)}`,
    );
  }
  const named = given.map((name) => namedPlan(repo, name));
  const found = await findPlans(repo, { named });
  const stranger = named.find((file) => !found.includes(file));
  if (stranger !== undefined) {
    throw new UnusableError(
      `${shownPath(absolutePath(repo, stranger))}: is no build plan (a mapping with "artifact" and "steps"), or is not there`,
    );
  }
  const plans = named.length === 0 ? found : [...new Set(named)];
  if (plans.length === 0) {
    throw new UnusableError(
      `${printable(repo)}: found no build plan (${PLAN_FILES.join(', ')}); write one (docs/plan.md), or name it with --plan FILE`,
    );
  }
  const unfit = plans.find((file) => !fitsWorkflow(file));
  if (unfit === undefined) return plans;
  throw new UnusableError(
    `${printable(unfit)}: GitHub would read this name as an expression, or not at all; rename the plan`,
  );
}

/** A workflow that can only fail is written all the same, and not without a word. */
async function sayFindings({ repo, terminal }: Context, plans: readonly RepoPath[]): Promise<void> {
  for (const file of plans) {
    const reading = await readPlan(repo, file).catch(() => undefined);
    for (const finding of reading?.findings ?? []) {
      if (finding.severity === 'info') continue;
      terminal.remark(findingLine(finding, { paint: terminal.paint, root: repo }));
    }
  }
}

/** What runs here is what will run there. */
async function ownProgram(): Promise<Uint8Array> {
  const bytes = await readBytes(__filename).catch(() => undefined);
  if (bytes !== undefined) return bytes;
  throw new UnusableError(`${shownPath(__filename)}: the program cannot read itself`);
}

function sayChange({ repo, terminal }: Context, change: WorkflowChange): void {
  const { say, paint } = terminal;
  const { file, bytes, old, sha256 } = change;
  const shown = shownPath(absolutePath(repo, file));
  const what = `${fileSize(bytes.length)}, sha256 ${sha256}`;
  const verb = old === undefined ? paint.good('+ add') + '   ' : paint.bad('~ change');
  say(`${verb}  ${shown}  ${what}`);
  if (old === undefined || file === PROGRAM_FILE) return;
  const pairs = stretches(lines(decodeText(old)), lines(decodeText(bytes)));
  const shownLines = pairs.flatMap(({ left, right }) => [
    ...(left === undefined ? [] : [paint.bad(`    - ${lineOf(left.text)}`)]),
    ...(right === undefined ? [] : [paint.good(`    + ${lineOf(right.text)}`)]),
  ]);
  for (const line of shownLines.slice(0, MOST_SHOWN)) say(line);
  const more = shownLines.length - MOST_SHOWN;
  if (more > 0) say(paint.dim(`    ... and ${more} more lines`));
}

const lineOf = (text: string): string => printable(text.replace(/\n$/, ''));

function outcome(
  { root, plans, workflow, program }: WorkflowPlan,
  options: PublishWorkflowOptions,
  { write, allowed }: { readonly write: boolean; readonly allowed: boolean },
): string {
  const shown = shownPath(absolutePath(root, workflow.file));
  const what = plans.map(printable).join(', ');
  if (write) {
    const beside = shownPath(absolutePath(root, program.file));
    return `${shown}: written, rebuilds ${what} every night at 03:00 UTC; commit it together with ${beside}`;
  }
  if (!workflow.differs && !program.differs) return `${shown}: up to date, rebuilds ${what}`;
  if (options.dryRun === true) {
    return `${shown}: would change; run without --dry-run${allowed ? '' : ' and with --force'} to write it`;
  }
  return allowed ? LEFT : `${shown}: left as it was; --force replaces what differs`;
}

/** Turns what the disk refuses into a sentence. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? reasonOf(error) : undefined;
    throw reason === undefined ? error : new UnusableError(reason, { cause: error });
  }
}

function reasonOf(error: Error & { readonly code: unknown }): string {
  if (error instanceof WorkflowChangedError) {
    return `${error.file}: changed while it was looked at; nothing was written, run the command again`;
  }
  const at = 'path' in error ? shownPath(String(error.path)) : WORKFLOW_FILE;
  return error.code === 'link-on-path'
    ? `${at}: a symbolic link is on the way, and nothing is written through one; put what it leads to in its place`
    : `${at}: cannot be read or written (${String(error.code)})`;
}
