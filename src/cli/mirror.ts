import type { Project } from '../core/model/project.js';
import { verifyMirror } from '../core/remotes/mirror.js';
import type { MirrorResult, MirrorService } from '../core/remotes/mirror.js';
import { MirrorError } from '../core/remotes/mirrorProblem.js';
import { shortDigest } from '../core/model/digest.js';
import type { MirrorDifference } from '../core/model/envelope.js';
import { mirrorSentence } from '../core/words/mirror.js';
import { printable } from '../core/words/printable.js';
import { chosenProjects, declaringFile, someOf } from './context.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { shownPath } from './render.js';

export interface MirrorOptions extends CommonOptions {
  /** The command's argument. */
  readonly service: MirrorService;
}

/** Names of unpinned files in a remark: the manifest commands list them all. */
const MOST_NAMED = 5;

/** `mirror verify SERVICE`: compares a published copy with the manifest. */
export async function mirrorVerify(context: Context, { service }: MirrorOptions): Promise<Exit> {
  const { terminal, signal } = context;
  const project = onlyPipeline(await chosenProjects(context));
  const result = await compare(project, service, context);
  signal.throwIfAborted();
  const { total, matching, diverged } = result.check;
  for (const each of diverged) terminal.say(differenceLine(each, context));
  sayRemarks(result, service, context);
  terminal.say(`${service}: ${matching}/${total} as pinned${whereOf(result)}`);
  terminal.document({ service, total, matching, diverged });
  return matching === total ? EXIT.holds : EXIT.fails;
}

async function compare(
  project: Project,
  service: MirrorService,
  { terminal, signal }: Context,
): Promise<MirrorResult> {
  try {
    return await verifyMirror(project, service, {
      env: process.env,
      signal,
      onProgress: (done, total) => terminal.progress(`compared ${done} of ${total} files`),
    });
  } catch (error) {
    if (!(error instanceof MirrorError)) throw error;
    const file = shownPath(declaringFile(project));
    throw new UnusableError(`${file}: ${mirrorSentence(error.problem)}`, { cause: error });
  }
}

function onlyPipeline(projects: readonly Project[]): Project {
  const [only, ...others] = projects.filter(({ kind }) => kind === 'vaibify');
  if (only === undefined) {
    throw new UnusableError('no pipeline here says where it is published');
  }
  if (others.length === 0) return only;
  const names = someOf([only, ...others].map(declaringFile));
  throw new UnusableError(`several pipelines; choose one with --project FILE: ${names}`);
}

function differenceLine(
  { path, expected, actual }: MirrorDifference,
  { terminal: { paint } }: Context,
): string {
  const pinned = expected === undefined ? '?' : shortDigest(expected);
  return actual === undefined
    ? `${paint.bad('absent ')}  ${printable(path)}  pinned ${pinned}`
    : `${paint.bad('differs')}  ${printable(path)}  pinned ${pinned}, published ${shortDigest(actual)}`;
}

function sayRemarks(
  { unpinned, byBaseName }: MirrorResult,
  service: MirrorService,
  { terminal: { remark } }: Context,
): void {
  if (unpinned.length > 0) {
    const some = unpinned.slice(0, MOST_NAMED).map(printable).join(', ');
    const more = unpinned.length > MOST_NAMED ? ', ...' : '';
    remark(`declared and not pinned, so not compared: ${unpinned.length} (${some}${more})`);
  }
  if (byBaseName.length > 0) {
    remark(`${service}: found by their base name, without their folder: ${byBaseName.length}`);
  }
}

function whereOf({ tip, check: { commit, doi, endpoint } }: MirrorResult): string {
  if (tip !== undefined) {
    const named = commit === undefined || commit === tip ? '' : `, and at ${commit.slice(0, 12)}`;
    return ` at ${tip.slice(0, 12)}${named}`;
  }
  const name = doi === undefined ? 'a record without a DOI' : printable(doi);
  return ` in ${name}${endpoint === 'sandbox' ? ' (sandbox: nothing there is kept)' : ''}`;
}
