/** What stands at a path below a directory, and its removal; no link on the way is ever followed. */
import { lstat, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, isAbsent, nativePath } from './native.js';
import type { DirectoryEntry } from './files.js';
import { FileError } from './files.js';

/**
 * What a name below a directory is; `link` as soon as any part of it is one; `undefined` when there
 * is nothing. `relative` holds no `..`, as every `RepoPath`.
 */
export async function entryAt(
  directory: string,
  relative: string,
): Promise<DirectoryEntry['kind'] | undefined> {
  let kind: DirectoryEntry['kind'] | undefined = 'directory';
  let at = directory;
  for (const segment of relative.split('/').filter((each) => each !== '')) {
    if (kind !== 'directory') return undefined;
    at = path.join(at, segment);
    kind = await kindAt(at);
    if (kind === 'link' || kind === undefined) return kind;
  }
  return kind;
}

/**
 * Removes a file or a whole directory below a directory, if it is there.
 * @throws {FileError} `link-on-path`: what a link leads to is never removed, nor the link itself.
 */
export async function removeAt(directory: string, relative: string): Promise<void> {
  const kind = await entryAt(directory, relative);
  if (kind === undefined) return;
  const at = path.join(directory, relative);
  if (kind === 'link') throw new FileError('link-on-path', at);
  await rm(nativePath(at), { recursive: true, force: true });
}

async function kindAt(at: string): Promise<DirectoryEntry['kind'] | undefined> {
  try {
    const found = await lstat(nativePath(at));
    if (found.isFile()) return 'file';
    if (found.isDirectory()) return 'directory';
    return found.isSymbolicLink() ? 'link' : 'special';
  } catch (error) {
    if (isAbsent(errorCode(error))) return undefined;
    throw error;
  }
}

/** Where a path leads when every link is followed; `undefined` when it leads nowhere. */
export async function realPath(absolute: string): Promise<string | undefined> {
  try {
    return await realpath(absolute);
  } catch {
    return undefined;
  }
}
