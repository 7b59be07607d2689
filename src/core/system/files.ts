import { createHash } from 'node:crypto';
import { constants, type Dirent, writeFileSync } from 'node:fs';
import { type FileHandle, lstat, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { decodeText } from '../model/bytes.js';
import { type Sha256, sha256FromBytes } from '../model/digest.js';
import { compareCodePoints } from '../model/paths.js';
import { errorCode, isAbsent, nativePath } from './native.js';

/** Why a file was not read or written although the operating system would have done it. */
export type FileProblem = 'not-a-file' | 'too-large' | 'link-on-path' | 'not-utf8-name';

/** A refusal of this module; `path` is what it is about. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: FileProblem;
  readonly path: string;

  constructor(code: FileProblem, at: string) {
    super(`${code}: ${at}`);
    this.code = code;
    this.path = at;
  }
}

/** Where a path of a repository is on this disk. */
export const absolutePath = (root: string, repoPath: string): string => path.join(root, repoPath);

/** The most that one Buffer is read into; larger files are for {@link readChunks}. */
const MOST_BYTES = 1 << 30;
/** Opening a FIFO must not wait for a writer. Absent on Windows. */
const FLAGS = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/**
 * The content of a regular file, `undefined` when there is none of that name. Links are followed.
 *
 * @throws {FileError} `not-a-file`, and `too-large` above `limit` bytes (default 1 GiB).
 */
export async function readBytes(
  absolute: string,
  options: { limit?: number } = {},
): Promise<Uint8Array | undefined> {
  const file = await openRegular(absolute);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    if (size > (options.limit ?? MOST_BYTES)) throw new FileError('too-large', absolute);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * The content in pieces of `size` bytes, the last one shorter; each piece is the caller's to keep.
 * For manifests of a million lines: never the whole file in memory.
 *
 * @throws {FileError} `not-a-file`; and `ENOENT` as the operating system words it.
 */
export async function* readChunks(absolute: string, size: number): AsyncGenerator<Buffer> {
  const file = await openRegular(absolute);
  if (!file) throw Object.assign(new Error(`ENOENT: ${absolute}`), { code: 'ENOENT' });
  try {
    for (;;) {
      const chunk = await readFully(file, size);
      if (chunk.length > 0) yield chunk;
      if (chunk.length < size) return;
    }
  } finally {
    await file.close();
  }
}

/** Whether there is a regular file of that name; a link to one counts, a dangling one does not. */
export async function existsFile(absolute: string): Promise<boolean> {
  try {
    return (await stat(nativePath(absolute))).isFile();
  } catch {
    return false;
  }
}

/**
 * Replaces a file as a whole: written beside it, flushed, then renamed over it. Owner and, without
 * `mode`, mode of an existing file stay. On any failure the old file is untouched and nothing is left behind.
 *
 * A link at the destination is refused, and with `within` one anywhere below that directory: a
 * repository may hold `MANIFEST.sha256 -> ~/.bashrc`, and whoever regenerates must not write there.
 *
 * @throws {FileError} `link-on-path`, `not-a-file`, `not-utf8-name`.
 */
export async function writeAtomic(
  absolute: string,
  bytes: Uint8Array,
  options: { within?: string; mode?: number } = {},
): Promise<void> {
  // The library takes text only and would write a name with U+FFFD in it.
  if (!absolute.isWellFormed()) throw new FileError('not-utf8-name', absolute);
  await refuseLinks(absolute, options.within);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  await writeFileAtomic(absolute, buffer, options.mode === undefined ? {} : { mode: options.mode });
}

/** Writes a file of our own outside every repository, at once: the process may be about to end. */
export const writeText = (absolute: string, text: string): void => writeFileSync(absolute, text);

/** SHA-256 of bytes in memory. */
export const sha256 = (bytes: Uint8Array): Sha256 =>
  sha256FromBytes(createHash('sha256').update(bytes).digest());

/** Bytes that are read at a time. */
const CHUNK = 1 << 20;

/** A file that was hashed: its digest, and how many bytes that was of. */
export interface HashedFile {
  readonly digest: Sha256;
  readonly size: number;
}

/** Hashes a file of any size; `undefined` when it cannot be read. */
export async function hashFile(absolute: string): Promise<HashedFile | undefined> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of readChunks(absolute, CHUNK)) {
      hash.update(chunk);
      size += chunk.length;
    }
  } catch {
    return undefined;
  }
  return { digest: sha256FromBytes(hash.digest()), size };
}

export interface DirectoryEntry {
  readonly name: string;
  /** What the entry itself is: a link is a link, whatever it leads to. */
  readonly kind: 'file' | 'directory' | 'link' | 'special';
}

/** The entries of a directory by code point; `undefined` when there is no directory of that name. */
export async function listDirectory(absolute: string): Promise<DirectoryEntry[] | undefined> {
  try {
    const entries = await readdir(nativePath(absolute), {
      withFileTypes: true,
      // Names are bytes: as text, two names that are not UTF-8 could become one.
      encoding: 'buffer',
    });
    return entries
      .map((entry) => ({ name: decodeText(entry.name), kind: kindOf(entry) }))
      .sort((a, b) => compareCodePoints(a.name, b.name));
  } catch (error) {
    if (isAbsent(errorCode(error))) return undefined;
    throw error;
  }
}

function kindOf(entry: Dirent<Buffer>): DirectoryEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'link' : 'special';
}

/** Opens a regular file for reading, `undefined` when there is none of that name; the caller closes it. */
export async function openRegular(absolute: string): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(nativePath(absolute), FLAGS);
  } catch (error) {
    const code = errorCode(error);
    if (isAbsent(code)) return undefined;
    // A socket cannot be opened at all.
    throw code === 'ENXIO' ? new FileError('not-a-file', absolute) : error;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new FileError('not-a-file', absolute);
}

/** A read may give less than asked for before the end: on network disks it does. */
async function readFully(file: FileHandle, size: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(chunk, length, size - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return chunk.subarray(0, length);
}

async function refuseLinks(absolute: string, within: string | undefined): Promise<void> {
  const stop = within === undefined ? path.dirname(absolute) : path.resolve(within);
  let at = path.resolve(absolute);
  const there = await lstatOf(at);
  if (there?.isSymbolicLink()) throw new FileError('link-on-path', at);
  if (there && !there.isFile()) throw new FileError('not-a-file', at);
  for (at = path.dirname(at); at.startsWith(stop + path.sep); at = path.dirname(at)) {
    if ((await lstatOf(at))?.isSymbolicLink()) throw new FileError('link-on-path', at);
  }
}

async function lstatOf(at: string) {
  try {
    return await lstat(at);
  } catch (error) {
    if (isAbsent(errorCode(error))) return undefined;
    throw error;
  }
}
