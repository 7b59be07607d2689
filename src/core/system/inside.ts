import { readBytes } from './files.js';
import { Walker } from './walker.js';

/**
 * The content of a file of a repository, `undefined` when there is no regular file of that name.
 * A link on the way is followed only while it stays inside the root: a repository may hold
 * `.vaibify/state.json -> /home/me/.netrc`.
 *
 * @param name Relative to the root, as spelled.
 * @throws {FileError} `too-large` above `limit` bytes; and the error of the operating system.
 */
export async function readInside(
  root: string,
  name: string,
  options: { readonly limit: number },
): Promise<Uint8Array | undefined> {
  const found = new Walker(root, true).locate(name);
  return found.answer === 'file' ? readBytes(found.path, options) : undefined;
}

/** Whether there is a regular file of that name inside the root. */
export const existsInside = (root: string, name: string): boolean =>
  new Walker(root, true).locate(name).answer === 'file';
