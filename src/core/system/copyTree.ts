/** Copies files and directories of a repository, with modes and times, and nothing from outside it. */
import { constants } from 'node:fs';
import type { Stats } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, realpath, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { decodeText } from '../model/bytes.js';
import { listDirectory } from './files.js';
import type { DirectoryEntry } from './files.js';
import { errorCode, isAbsent, nativePath } from './native.js';

/** Why something was not copied. */
export type CopyProblem =
  | 'missing'
  | 'outside'
  | 'dangling'
  | 'circular'
  | 'special'
  | 'in-the-way'
  | 'unreadable'
  | 'too-many';

/** A refusal; `path` is relative to the root of what is copied. */
export class CopyError extends Error {
  override readonly name = 'CopyError';
  readonly code: CopyProblem;
  readonly path: string;

  constructor(code: CopyProblem, at: string, options?: ErrorOptions) {
    super(`${code}: ${at}`, options);
    this.code = code;
    this.path = at;
  }
}

/** What is copied, and where to. */
export interface CopyOrder {
  /** Absolute path that no link leads out of. */
  readonly root: string;
  /** Relative to the root, `''` for all of it; holds no `..`. */
  readonly from: string;
  /** Absolute path of a directory that holds nothing but what was copied here. */
  readonly target: string;
  /** Below the target, `''` for itself; holds no `..`. */
  readonly to: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Entries that are copied at most. Links to directories are followed, so that a few hundred of them
 * can stand for more files than any disk holds.
 */
const MOST_ENTRIES = 5_000_000;
/** Links to directories that are followed at most. */
const MOST_LINKS = 20_000;
/** Files that are copied at a time. */
const AT_ONCE = 16;

/**
 * Copies as Python's `copytree` and `copy2` do: directories merge, later files replace earlier ones, a
 * file goes into a directory of its name; links are followed, but only inside the root.
 * @throws {CopyError} and then the target is incomplete; `AbortError`; the I/O error of the target.
 */
export async function copyInto(order: CopyOrder): Promise<void> {
  const tree = new Tree(order, await realpath(nativePath(order.root), 'buffer'));
  await tree.copy();
}

/** Where something is, and what it is called below the root. */
interface Source {
  /** Real path: no link is left in it. */
  readonly real: string;
  readonly name: string;
}

class Tree {
  readonly #order: CopyOrder;
  readonly #root: string;
  #entries = 0;
  #links = 0;

  constructor(order: CopyOrder, root: Buffer) {
    this.#order = order;
    this.#root = decodeText(root);
  }

  async copy(): Promise<void> {
    const { from, target, to, root } = this.#order;
    const source = await this.#resolve(path.join(root, from), from === '' ? '.' : from, 'missing');
    const found = await stat(nativePath(source.real));
    const destination = path.join(target, to);
    if (found.isDirectory()) {
      await this.#under(target, to === '' ? '' : path.dirname(to), source.name);
      return this.#directory(source, destination, []);
    }
    await this.#under(target, path.dirname(to), source.name);
    await this.#file(source, destination, found);
  }

  /** Makes the directories above a destination, where no file stands in their place. */
  async #under(target: string, directory: string, name: string): Promise<void> {
    try {
      await mkdir(nativePath(path.join(target, directory)), { recursive: true });
    } catch (error) {
      throw inTheWay(error) ? new CopyError('in-the-way', name, { cause: error }) : error;
    }
  }

  /** Follows every link, and refuses to leave the root. */
  async #resolve(at: string, name: string, absent: 'missing' | 'dangling'): Promise<Source> {
    let real: string;
    try {
      real = decodeText(await realpath(nativePath(at), 'buffer'));
    } catch (error) {
      const code = errorCode(error);
      if (isAbsent(code)) throw new CopyError(absent, name, { cause: error });
      throw new CopyError(code === 'ELOOP' ? 'circular' : 'unreadable', name, { cause: error });
    }
    if (!isBelow(real, this.#root)) throw new CopyError('outside', name);
    return { real, name };
  }

  async #directory(source: Source, to: string, above: readonly string[]): Promise<void> {
    this.#order.signal?.throwIfAborted();
    const chain = [...above, source.real];
    await makeRoom(source, to);
    const entries = await read(source, () => listDirectory(source.real));
    this.#entries += entries?.length ?? 0;
    if (this.#entries > MOST_ENTRIES) throw new CopyError('too-many', source.name);
    const files: Promise<void>[] = [];
    try {
      for (const entry of entries ?? []) {
        const directory = await this.#entry({ source, entry, to, chain }, files);
        if (directory) await this.#directory(directory, path.join(to, entry.name), chain);
        if (files.length >= AT_ONCE) await Promise.all(files.splice(0));
        this.#order.signal?.throwIfAborted();
      }
      await Promise.all(files);
    } finally {
      // Nothing is written any more when the target is removed.
      await Promise.allSettled(files);
    }
    await dress(to, await stat(nativePath(source.real)));
  }

  /** Starts to copy a file; gives back what is a directory, to be entered in its turn. */
  async #entry(
    { source, entry, to, chain }: EntryOf,
    files: Promise<void>[],
  ): Promise<Source | undefined> {
    const at = path.join(source.real, entry.name);
    const name = source.name === '.' ? entry.name : `${source.name}/${entry.name}`;
    const found =
      entry.kind === 'link' ? await this.#resolve(at, name, 'dangling') : { real: at, name };
    const there = await read(found, () => stat(nativePath(found.real)));
    if (there.isDirectory()) {
      // The repository may hold the system's temporary directory, and with it the copy itself.
      if (isBelow(this.#order.target, found.real) && entry.kind !== 'link') return undefined;
      if (chain.includes(found.real)) throw new CopyError('circular', name);
      if (entry.kind === 'link' && ++this.#links > MOST_LINKS)
        throw new CopyError('too-many', name);
      return found;
    }
    files.push(this.#file(found, path.join(to, entry.name), there));
    return undefined;
  }

  async #file(source: Source, destination: string, found: Stats): Promise<void> {
    if (!found.isFile()) throw new CopyError('special', source.name);
    let to = destination;
    if (await isDirectory(to)) to = path.join(to, path.basename(source.real));
    if (await isDirectory(to)) throw new CopyError('in-the-way', source.name);
    // One that is read-only could not be written over.
    await rm(nativePath(to), { force: true });
    await read(source, () =>
      copyFile(nativePath(source.real), nativePath(to), constants.COPYFILE_FICLONE),
    );
    await dress(to, found);
  }
}

interface EntryOf {
  readonly source: Source;
  readonly entry: DirectoryEntry;
  readonly to: string;
  readonly chain: readonly string[];
}

/** A directory that can be written to, whatever an earlier source made of it. */
async function makeRoom({ name }: Source, to: string): Promise<void> {
  try {
    await mkdir(nativePath(to), { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (!(await isDirectory(to))) throw new CopyError('in-the-way', name, { cause: error });
    await chmod(nativePath(to), 0o700);
  }
}

/** Mode and times, as the last thing: a directory's time changes with everything that is put into it. */
async function dress(to: string, { mode, atimeMs, mtimeMs }: Stats): Promise<void> {
  await chmod(nativePath(to), mode & 0o7777);
  await utimes(nativePath(to), atimeMs / 1000, mtimeMs / 1000);
}

async function read<T>({ name }: Source, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOENT'].includes(errorCode(error))) throw error;
    throw new CopyError('unreadable', name, { cause: error });
  }
}

async function isDirectory(at: string): Promise<boolean> {
  try {
    return (await lstat(nativePath(at))).isDirectory();
  } catch (error) {
    if (isAbsent(errorCode(error))) return false;
    throw error;
  }
}

const inTheWay = (error: unknown): boolean => ['EEXIST', 'ENOTDIR'].includes(errorCode(error));

const isBelow = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep);
