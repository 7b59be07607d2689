/** How directories list themselves, and the times of what is in them. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  copyFile,
  lstat,
  mkdir,
  opendir,
  readdir,
  rename,
  rmdir,
  stat,
  utimes,
} from 'node:fs/promises';
import path from 'node:path';

type Bytes = Buffer;

const below = (directory: Bytes, name: Bytes): Bytes =>
  Buffer.concat([directory, Buffer.from(path.sep), name]);

/** Copies one file, by reference where the file system can. */
export const keepFile = (from: string, to: string): Promise<void> =>
  copyFile(from, to, constants.COPYFILE_FICLONE);

/** Moves a directory aside and leaves an empty one in its place. */
export async function setAside(directory: string, to: string): Promise<void> {
  await rename(directory, to);
  await mkdir(directory);
}

/** Whether another file system is mounted at a directory; `false` when nothing answers there. */
export async function isMountPoint(directory: string): Promise<boolean> {
  try {
    const [own, above] = await Promise.all([lstat(directory), lstat(path.dirname(directory))]);
    return own.dev !== above.dev;
  } catch {
    return false;
  }
}

/** Whether there is a directory at which nothing is mounted: a dead mount is none, for nobody answers. */
export async function isUnmounted(directory: string): Promise<boolean> {
  try {
    await readdir(directory);
    return !(await isMountPoint(directory));
  } catch {
    return false;
  }
}

/** Moves the times of everything below a directory. No link is followed. @param by In milliseconds. */
export const shiftTimes = (directory: string, by: number): Promise<void> =>
  shifted(Buffer.from(directory), by);

async function shifted(at: Bytes, by: number): Promise<void> {
  const found = await lstat(at);
  if (found.isSymbolicLink()) return;
  if (found.isDirectory()) {
    for (const name of await readdir(at, { encoding: 'buffer' })) {
      await shifted(below(at, name), by);
    }
  }
  await utimes(at, (found.atimeMs + by) / 1000, (found.mtimeMs + by) / 1000);
}

/**
 * Writes every directory anew, so that its entries are listed in another order: those of some file
 * systems (tmpfs, btrfs) come in the order in which they were made. Times and modes stay.
 * @returns Whether any directory is listed in another order now.
 */
export const relist = (directory: string): Promise<boolean> => relisted(Buffer.from(directory));

async function relisted(directory: Bytes): Promise<boolean> {
  let changed = false;
  const { atimeMs, mtimeMs, mode } = await stat(directory);
  const before = await asListed(directory);
  for (const name of before) {
    const at = below(directory, name);
    if ((await lstat(at)).isDirectory()) changed = (await relisted(at)) || changed;
  }
  // Newest first, or oldest first: one of the two directions turns the order round.
  for (const names of [before, before.toReversed()]) {
    await rewritten(directory, names, mode);
    const now = await asListed(directory);
    if (now.every((name, index) => name.equals(before[index] ?? Buffer.alloc(0)))) continue;
    changed = true;
    break;
  }
  await utimes(directory, atimeMs / 1000, mtimeMs / 1000);
  return changed;
}

/** As the disk lists them: `readdir` would sort. */
async function asListed(directory: Bytes): Promise<Bytes[]> {
  const names: Bytes[] = [];
  // Node takes this encoding, as its manual says; its types do not.
  const options = { encoding: 'buffer' as BufferEncoding };
  for await (const { name } of await opendir(directory, options)) {
    names.push(Buffer.from(name));
  }
  return names;
}

/** The directory may be a mount or a working directory: it stays, its entries leave and come back. */
async function rewritten(directory: Bytes, names: readonly Bytes[], mode: number): Promise<void> {
  const aside = Buffer.concat([directory, Buffer.from(`.${randomUUID()}`)]);
  await mkdir(aside, { mode: mode | 0o700 });
  for (const name of names) await rename(below(directory, name), below(aside, name));
  for (const name of names) await rename(below(aside, name), below(directory, name));
  await rmdir(aside);
}
