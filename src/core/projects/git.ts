import path from 'node:path';
import { decodeText } from '../model/bytes.js';
import { existsFile, listDirectory, readBytes } from '../system/files.js';

/** What makes a directory a repository for git (`is_git_directory` in git's setup.c). */
const PARTS = ['HEAD', 'objects', 'refs'] as const;
/** A `.git` file holds one path. */
const LONGEST_LINK = 64 << 10;

/**
 * The top of the git work tree around a directory: the nearest one upwards whose `.git` is a
 * repository, or a file that leads to one (worktrees, submodules). As `git rev-parse
 * --show-toplevel` answers, but for what the environment or `core.worktree` would change; the path
 * keeps the links that the caller came through. Starts no process, so it also serves Restricted Mode.
 */
export async function gitTopLevel(directory: string): Promise<string | undefined> {
  let at = path.resolve(directory);
  for (;;) {
    const answer = await workTreeAt(at);
    if (answer !== 'continue') return answer === 'top' ? at : undefined;
    const parent = path.dirname(at);
    if (parent === at) return undefined;
    at = parent;
  }
}

/** `stop` where git itself gives up: a `.git` file that leads nowhere, or inside a repository's own files. */
async function workTreeAt(directory: string): Promise<'top' | 'stop' | 'continue'> {
  const dotGit = path.join(directory, '.git');
  if (await isRepository(dotGit)) return 'top';
  const target = await linkTarget(dotGit);
  if (target !== undefined) {
    const leadsSomewhere = target !== '' && (await existsFile(path.join(target, 'HEAD')));
    return leadsSomewhere ? 'top' : 'stop';
  }
  return (await existsFile(path.join(directory, 'HEAD'))) && (await isRepository(directory))
    ? 'stop'
    : 'continue';
}

async function isRepository(directory: string): Promise<boolean> {
  const entries = await listDirectory(directory).catch(() => undefined);
  const names = new Set(entries?.map(({ name }) => name));
  return PARTS.every((part) => names.has(part));
}

/** Where a `.git` file leads, `''` when it is malformed, `undefined` when there is no such file. */
async function linkTarget(dotGit: string): Promise<string | undefined> {
  const bytes = await readBytes(dotGit, { limit: LONGEST_LINK }).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const target = /^gitdir: ([^]*?)[\r\n]*$/.exec(decodeText(bytes))?.[1];
  return target === undefined ? '' : path.resolve(path.dirname(dotGit), target);
}
