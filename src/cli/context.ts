import path from 'node:path';
import { findProjects } from '../core/projects/find.js';
import type { FindOptions } from '../core/projects/find.js';
import type { ProjectRef } from '../core/projects/ref.js';
import { readProjects } from '../core/projects/read.js';
import { Hasher } from '../core/system/hasher.js';
import type { StatCache } from '../core/system/statCache.js';
import type { Project } from '../core/model/project.js';
import { UnusableError } from './errors.js';
import { shownPath } from './render.js';
import type { Terminal } from './terminal.js';
import { fileSize } from '../core/words/states.js';

/** The options that every command takes. */
export interface CommonOptions {
  readonly repo: string;
  readonly project?: string;
  readonly json?: boolean;
  /** Where the document is written besides: a task's standard output is the terminal's. */
  readonly jsonFile?: string;
  readonly followLinks?: boolean;
}

/** What a command works with. */
export interface Context {
  /** Absolute path of `--repo`. */
  readonly repo: string;
  readonly project: string | undefined;
  readonly followLinks: boolean;
  readonly terminal: Terminal;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Runs work with the hash workers, and ends them whatever happens. */
export async function withHasher<T>(
  work: (hasher: Hasher) => Promise<T>,
  cache?: StatCache,
): Promise<T> {
  const workerFile = path.join(__dirname, 'hashWorker.js');
  const hasher = new Hasher({ workerFile, ...(cache === undefined ? {} : { cache }) });
  try {
    return await work(hasher);
  } finally {
    await hasher.dispose();
  }
}

/**
 * The projects of the repository, or the one that `--project` names.
 * @throws UnusableError when there is none.
 */
export async function chosenProjects(
  context: Context,
  options: FindOptions = {},
): Promise<[Project, ...Project[]]> {
  const refs = await chosenRefs(context, options);
  const [first, ...rest] = await readProjects(refs, { pinLimit: Infinity });
  if (first !== undefined) return [first, ...rest];
  throw new UnusableError(
    `${context.repo}: found no workflow.json with steps, no .vaibify/projects/*.json and no SHA-256 checksum manifest (MANIFEST.sha256, SHA256SUMS, *.sha256); name the project folder with --repo DIR`,
  );
}

/**
 * What {@link chosenProjects} reads; empty only where nothing was found and nothing was named.
 * @throws UnusableError when `--project` names none of them.
 */
export async function chosenRefs(
  context: Context,
  options: FindOptions = {},
): Promise<ProjectRef[]> {
  const refs = await findProjects(context.repo, options);
  if (context.project === undefined) return refs;
  const chosen = refs.filter(named(context));
  if (chosen.length > 0) return chosen;
  throw new UnusableError(
    `${context.project}: no pipeline file or checksum manifest of that name in ${context.repo}` +
      (refs.length === 0 ? '' : ` (found: ${someOf(refs.map(declaringFile))})`),
  );
}

/** Absolute path of the document that declares a project. */
export const declaringFile = ({ root, file }: Pick<ProjectRef, 'root' | 'file'>): string =>
  path.join(root, file);

/** Names for a sentence that asks for a choice: as they can be given back, and not all of many. */
export function someOf(files: readonly string[]): string {
  const shown = files.slice(0, MOST_NAMED).map(shownPath).join(', ');
  const more = files.length - MOST_NAMED;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

const MOST_NAMED = 5;

const named =
  ({ repo, project }: Context) =>
  (ref: ProjectRef): boolean => {
    const declaring = declaringFile(ref);
    return [path.resolve(repo, project ?? ''), path.resolve(project ?? '')].includes(declaring);
  };

/** A progress line from what the hash workers report. */
export const showProgress =
  (terminal: Terminal, total?: number) =>
  ({ files, bytes }: { readonly files: number; readonly bytes: number }): void =>
    terminal.progress(
      `hashed ${files}${total === undefined ? '' : ` of ${total}`} files, ${fileSize(bytes)}`,
    );
