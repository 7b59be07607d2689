import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Gives work a private, empty directory and removes it whatever happens; the process may be killed in
 * between, so nothing of value is kept there.
 */
export async function withTemporary<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'reprolens-')));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Makes a directory and those above it. */
export async function makeDirectory(absolute: string): Promise<void> {
  await mkdir(absolute, { recursive: true });
}
