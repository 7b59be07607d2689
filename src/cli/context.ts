import path from 'node:path';
import { findProjects } from '../core/projects/find.js';
import type { ProjectRef } from '../core/projects/find.js';
import { readProjects } from '../core/projects/read.js';
import { Hasher } from '../core/system/hasher.js';
import type { StatCache } from '../core/system/statCache.js';
import type { Project } from '../core/model/project.js';
import { UnusableError } from './errors.js';
import type { Terminal } from './terminal.js';
import { fileSize } from '../core/words/states.js';

/** The options that every command takes. */
export interface CommonOptions {
  readonly repo: string;
  readonly project?: string;
  readonly json?: boolean;
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
export async function chosenProjects(context: Context): Promise<[Project, ...Project[]]> {
  const refs = await findProjects(context.repo);
  const chosen = context.project === undefined ? refs : refs.filter(named(context));
  const [first, ...rest] = await readProjects(chosen, { pinLimit: Infinity });
  if (first !== undefined) return [first, ...rest];
  if (context.project !== undefined) {
    throw new UnusableError(
      `${context.project}: no pipeline file or checksum manifest of that name in ${context.repo}` +
        (refs.length === 0 ? '' : ` (found: ${refs.map(({ file }) => file).join(', ')})`),
    );
  }
  throw new UnusableError(
    `${context.repo}: found no workflow.json with steps, no .vaibify/projects/*.json and no checksum manifest; name the project folder with --repo DIR`,
  );
}

const named =
  ({ repo, project }: Context) =>
  (ref: ProjectRef): boolean => {
    const declaring = path.join(ref.root, ref.file);
    return [path.resolve(repo, project ?? ''), path.resolve(project ?? '')].includes(declaring);
  };

/** A progress line from what the hash workers report. */
export const showProgress =
  (terminal: Terminal, total?: number) =>
  ({ files, bytes }: { readonly files: number; readonly bytes: number }): void =>
    terminal.progress(
      `hashed ${files}${total === undefined ? '' : ` of ${total}`} files, ${fileSize(bytes)}`,
    );
