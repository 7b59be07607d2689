import { chmod, lstat, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorCode } from './native.js';

/**
 * Gives work a private, empty directory and removes it whatever happens; the process may be killed in
 * between, so nothing of value is kept there.
 */
export async function withTemporary<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'reprolens-')));
  try {
    return await work(directory);
  } finally {
    await removeAll(directory);
  }
}

/** Gives work a new directory of a given path, and removes it whatever happens. @throws `EEXIST` */
export async function withDirectory<T>(
  absolute: string,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  await mkdir(absolute, { mode: 0o700 });
  try {
    return await work(absolute);
  } finally {
    await removeAll(absolute);
  }
}

/** Makes a directory and those above it. */
export async function makeDirectory(absolute: string): Promise<void> {
  await mkdir(absolute, { recursive: true });
}

/** What ran there may have locked directories of its own against everyone. */
async function removeAll(directory: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3 } as const;
  try {
    await rm(directory, options);
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(errorCode(error))) throw error;
    await unlock(directory);
    await rm(directory, options);
  }
}

async function unlock(directory: string | Buffer): Promise<void> {
  await chmod(directory, 0o700);
  for (const name of await readdir(directory, { encoding: 'buffer' })) {
    const at = Buffer.concat([Buffer.from(directory), Buffer.from(path.sep), name]);
    if ((await lstat(at)).isDirectory()) await unlock(at);
  }
}
