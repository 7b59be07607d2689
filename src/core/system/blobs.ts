import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { sha256FromBytes } from '../model/digest.js';
import type { Blob, BlobId } from '../model/gates.js';
import { breathe, now } from './clock.js';
import { readChunks } from './files.js';
import { Walker } from './walker.js';

/** Bytes between two turns of the event loop: both digests of them take about a millisecond. */
const CHUNK = 256 << 10;
/** Files whose blob is remembered, in one process. */
const MOST_KEPT = 50_000;
/** A file that was written so shortly before may change again under the same time stamp, in ms. */
const RACY_MS = 2000;

interface Kept {
  readonly identity: string;
  readonly blob: Blob;
}

/**
 * Git's blob ids of files, each file read once and again only when `stat` differs. A memory of
 * contents, so one serves the whole process; whoever compares holds the SHA-256 beside it against
 * the bytes that were seen last, so that a stale answer here shows.
 */
export class BlobIds {
  readonly #kept = new Map<string, Kept>();

  /**
   * The blobs of the named files, read one after the other. A name without a regular file gives
   * `missing`; one that cannot be read, or changed while it was, `undefined`.
   */
  async of(root: string, names: readonly string[]): Promise<(Blob | 'missing' | undefined)[]> {
    const walker = new Walker(root, true);
    const blobs: (Blob | 'missing' | undefined)[] = [];
    for (const [index, name] of names.entries()) {
      const found = walker.locate(name);
      if (found.answer === 'file') blobs.push(await this.#blob(found));
      else blobs.push(found.answer === 'missing' ? 'missing' : undefined);
      // What is remembered costs an `lstat`: thousands of them would hold up the editor.
      if (index % 256 === 255) await breathe();
    }
    return blobs;
  }

  async #blob({ path, stat }: { path: string; stat: Stats }): Promise<Blob | undefined> {
    const identity = identityOf(stat);
    const kept = this.#kept.get(path);
    if (kept?.identity === identity) return kept.blob;
    const startedAt = now();
    const blob = await hashBlob(path, stat.size).catch(() => undefined);
    if (blob !== undefined && startedAt - stat.mtimeMs > RACY_MS) {
      this.#keep(path, { identity, blob });
    }
    return blob;
  }

  #keep(path: string, kept: Kept): void {
    this.#kept.delete(path);
    this.#kept.set(path, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** The one memory of this process. */
export const blobIds = new BlobIds();

const identityOf = (stat: Stats): string =>
  [stat.dev, stat.ino, stat.size, stat.mtimeMs, stat.ctimeMs].join(':');

/** Both digests in one reading; nothing when the file has not the size that it began with. */
async function hashBlob(path: string, size: number): Promise<Blob | undefined> {
  const blob = createHash('sha1').update(`blob ${size}\0`);
  const bytes = createHash('sha256');
  let total = 0;
  for await (const chunk of readChunks(path, CHUNK)) {
    total += chunk.length;
    if (total > size) return undefined;
    blob.update(chunk);
    bytes.update(chunk);
    await breathe();
  }
  if (total !== size) return undefined;
  return { id: blob.digest('hex') as BlobId, digest: sha256FromBytes(bytes.digest()) };
}
