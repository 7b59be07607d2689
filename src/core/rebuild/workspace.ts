import path from 'node:path';
import type { RepoPath } from '../model/paths.js';
import { absolutePath, writeAtomic } from '../system/files.js';
import { makeDirectory, withTemporary } from '../system/temporary.js';
import { removeAt } from '../system/within.js';
import { checkOut } from './commit.js';
import type { Commit } from './commit.js';

/** A private place to run in; nothing in it is the user's. */
export interface Workspace {
  /** Absolute path of the copy of the whole commit. */
  readonly copy: string;
  /** The project's root in the copy. */
  readonly project: string;
  /** The project's root below the repository's, `''` mostly. */
  readonly prefix: string;
  /** What commands see as their temporary directory. */
  readonly scratch: string;
  /** The repository's name, fit for a path in a container. */
  readonly name: string;
}

/** What a workspace is made of. */
export interface WorkspaceSource {
  readonly commit: Commit;
  /** The project's root below the repository's. */
  readonly prefix: string;
  /** `SOURCE_DATE_EPOCH`, in seconds. */
  readonly epoch: number;
  /** The manifest that was frozen, which may be newer than the commit. */
  readonly manifest: { readonly file: RepoPath; readonly bytes: Uint8Array };
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives work a clean copy of a commit, without `.git`, in a temporary directory that is removed
 * afterwards whatever happens.
 * @throws GitError when git does not give the commit.
 */
export async function withWorkspace<T>(
  { commit, prefix, epoch, manifest, signal }: WorkspaceSource,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  return withTemporary(async (directory) => {
    const copy = path.join(directory, 'copy');
    const scratch = path.join(directory, 'tmp');
    const own = path.join(directory, 'own');
    for (const each of [copy, own, path.join(scratch, 'home'), path.join(scratch, 'matplotlib')]) {
      await makeDirectory(each);
    }
    const salt = Buffer.from(`svg.hashsalt: ${epoch}\n`);
    await writeAtomic(path.join(scratch, 'matplotlib', 'matplotlibrc'), salt);
    await checkOut(commit, { copy, scratch: own, signal });
    const project = path.join(copy, prefix);
    await writeAtomic(absolutePath(project, manifest.file), manifest.bytes, { within: copy });
    return work({ copy, project, prefix, scratch, name: nameOf(commit.gitRoot) });
  });
}

/**
 * Takes away what is to be made, so that a step which makes nothing cannot pass, and makes the
 * directories that it goes to: git keeps no empty ones.
 * @throws {FileError} `link-on-path`: nothing is removed behind a link.
 */
export async function clearOutputs(
  { project }: Workspace,
  outputs: Iterable<RepoPath>,
): Promise<void> {
  for (const output of outputs) {
    await removeAt(project, output);
    await makeDirectory(path.dirname(absolutePath(project, output)));
  }
}

/** A directory of a step: empties it, or only makes it. */
export async function prepareDirectory(
  { project }: Workspace,
  directory: string,
  how: 'empty' | 'keep',
): Promise<void> {
  if (how === 'empty') await removeAt(project, directory);
  await makeDirectory(absolutePath(project, directory));
}

const nameOf = (gitRoot: string): string =>
  path
    .basename(gitRoot)
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+$/, '') || 'project';
