import path from 'node:path';
import { DIFFERENCE_CLASSES } from '../core/model/difference.js';
import type { Artifact, Difference, Explanation } from '../core/model/difference.js';
import { offerDiffoscope } from '../core/explain/diffoscope.js';
import type { Offer } from '../core/explain/diffoscope.js';
import { explain } from '../core/explain/explain.js';
import { existsFile, FileError } from '../core/system/files.js';
import {
  differencesSummary,
  differenceSentence,
  memberPath,
  obstacleSentence,
  remediesOf,
} from '../core/words/differences.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { shownPath } from './render.js';

export interface ExplainOptions extends CommonOptions {
  /** The two files, relative to the current directory. */
  readonly left: string;
  readonly right: string;
}

/** Lines of one class in a terminal; the document has more. */
const MOST_LINES = 20;

/** `explain LEFT RIGHT`: why two files are not the same bytes. Reads, and runs nothing. */
export async function explainCommand(context: Context, options: ExplainOptions): Promise<Exit> {
  const { terminal, signal } = context;
  const files = [path.resolve(options.left), path.resolve(options.right)] as const;
  const [left, right] = files;
  terminal.progress(`compares ${shownPath(left)} and ${shownPath(right)}`);
  const explanation = await explained(files, signal);
  const { same } = explanation;
  const offer = same ? undefined : await offerDiffoscope(process.env['PATH'], files);
  sayDifferences(explanation, context);
  for (const obstacle of explanation.obstacles) {
    const name = memberPath(obstacle.path) || shownPath(left);
    terminal.say(`${name}: ${obstacleSentence(obstacle)}`);
  }
  terminal.say(differencesSummary(explanation));
  for (const { class: name } of explanation.classes) {
    for (const each of remediesOf(name, explanation.differences))
      terminal.say(`  ${name}: ${each}`);
  }
  if (offer !== undefined) terminal.remark(`diffoscope shows more: ${commandLine(offer)}`);
  terminal.document({ ...explanationDocument(explanation, files), ...offerDocument(offer) });
  return same ? EXIT.holds : EXIT.fails;
}

async function explained(
  files: readonly [string, string],
  signal: AbortSignal,
): Promise<Explanation> {
  try {
    return await explain(...files, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw await unusable(error, files);
  }
}

async function unusable(error: unknown, files: readonly string[]): Promise<unknown> {
  const options = { cause: error };
  if (error instanceof FileError) {
    return new UnusableError(`${shownPath(error.path)}: is no file; name two files`, options);
  }
  if (!(error instanceof Error) || !('code' in error)) return error;
  for (const file of files) {
    if (await existsFile(file)) continue;
    return new UnusableError(`${shownPath(file)}: there is no file of that name`, options);
  }
  return new UnusableError(`cannot read: ${error.message}`, options);
}

/** What differs, class by class, for a person. */
export function sayDifferences(explanation: Explanation, { terminal }: Context): void {
  const { paint } = terminal;
  for (const name of DIFFERENCE_CLASSES) {
    const found = explanation.differences.filter((each) => each.class === name);
    for (const each of found.slice(0, MOST_LINES)) {
      const tint = each.follows === true ? paint.dim : paint.bad;
      const where = memberPath(each.path);
      const prefix = where === '' ? '' : `${where}: `;
      terminal.say(`${tint(name)}  ${prefix}${differenceSentence(each)}`);
    }
    const count = explanation.classes.find((each) => each.class === name)?.count ?? 0;
    const more = Math.max(count, found.length) - MOST_LINES;
    if (more > 0) terminal.say(`${paint.dim(name)}  and ${more} more`);
  }
}

/** The explanation in a JSON document, its own or that of a rebuild. */
export function explanationDocument(
  explanation: Explanation,
  [left, right]: readonly [string, string],
): Record<string, unknown> {
  const { same, classes, differences, obstacles } = explanation;
  return {
    same,
    summary: differencesSummary(explanation),
    left: artifactDocument(left, explanation.left),
    right: artifactDocument(right, explanation.right),
    classes: classes.map((each) => ({ ...each, remedies: remediesOf(each.class, differences) })),
    members: differences.map(memberDocument),
    obstacles: obstacles.map((each) => ({
      ...each,
      path: memberPath(each.path),
      message: obstacleSentence(each),
    })),
  };
}

const artifactDocument = (file: string, { size, digest, format }: Artifact) => ({
  ...{ file, size, sha256: digest, format },
});

const memberDocument = (difference: Difference) => ({
  ...difference,
  path: memberPath(difference.path),
  detail: differenceSentence(difference),
});

const offerDocument = (offer: Offer | undefined) =>
  offer === undefined ? {} : { diffoscope: [offer.program, ...offer.args] };

/** As it can be pasted into a shell. */
const commandLine = ({ args }: Offer): string =>
  ['diffoscope', ...args.map(shownPath).map(quoted)].join(' ');

const quoted = (word: string): string =>
  /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
