import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { nativePath } from './native.js';

/** Entries between two turns of the event loop. */
const TURN = 64;

/**
 * When a file or anything below a directory was last changed, in milliseconds since 1970: the newest
 * time at which an entry's content, name or attributes were touched, which no program can set back.
 * A removed entry counts by its directory. No link is entered.
 *
 * @param limit entries that are looked at, at most
 * @returns `undefined` when there is nothing, when something cannot be read, or beyond the limit
 */
export async function newestChange(absolute: string, limit: number): Promise<number | undefined> {
  let newest = 0;
  let left = limit;
  const waiting = [absolute];
  try {
    while (waiting.length > 0) {
      const some = waiting.splice(-TURN);
      left -= some.length;
      if (left < 0) return undefined;
      const below = await Promise.all(
        some.map(async (at) => {
          const { ctimeMs, isDirectory } = await entry(at);
          newest = Math.max(newest, ctimeMs);
          return isDirectory ? names(at) : [];
        }),
      );
      for (const list of below) for (const each of list) waiting.push(each);
    }
  } catch {
    return undefined;
  }
  return newest;
}

async function entry(at: string): Promise<{ ctimeMs: number; isDirectory: boolean }> {
  const stats = await lstat(nativePath(at));
  return { ctimeMs: stats.ctimeMs, isDirectory: stats.isDirectory() };
}

const names = async (at: string): Promise<string[]> =>
  (await readdir(nativePath(at))).map((name) => path.join(at, name));
