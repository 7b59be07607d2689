import { encodeText } from '../model/bytes.js';
import type { RepoPath } from '../model/paths.js';

/** Where a path was pinned first. */
export interface FirstPin {
  readonly line: number;
  readonly sameDigest: boolean;
}

/** Bytes of one block of records, unless a single record is longer. */
const BLOCK = 1 << 20;
/** A record: line, length of the path (4 bytes each), digest (32), the path in UTF-8. */
const DIGEST = 8;
const PATH = 40;
/** Records begin at multiples of 8, so that 32 bits address 32 GiB of them. */
const ALIGN = 8;

interface Block {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
}

/**
 * Remembers which paths were pinned, by what and where, in about 60 bytes plus the path itself. A
 * `Map` takes twice that. The comparison is exact, of paths and of digests: nothing here rests on a
 * hash that somebody could make collide.
 */
export class PathIndex {
  readonly #blocks: Block[] = [];
  // Nothing is allocated before the first path: most manifests are small, some are none.
  #last = newBlock(0);
  /** The next free byte of the last block. */
  #free = 0;
  #count = 0;
  /** Open addressing in pairs: the hash, and 1 + address / ALIGN of the record or 0. */
  #slots = new Uint32Array(2 << 10);
  /** Differs from reader to reader, lest a manifest be made to fill one stretch of the table. */
  readonly #seed = Math.floor(Math.random() * 0x1_0000_0000) | 0;
  #hash = 0;

  constructor() {
    this.#blocks.push(this.#last);
  }

  /** Adds a path; gives the first pin when there was one, and leaves it the first. */
  add(path: RepoPath, digest: Uint8Array, line: number): FirstPin | undefined {
    const length = this.#write(path);
    const hash = this.#hash;
    const mask = this.#slots.length / 2 - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[2 * slot + 1] ?? 0;
      if (entry === 0) {
        this.#slots[2 * slot] = hash;
        this.#slots[2 * slot + 1] = this.#commit(digest, line, length);
        if (++this.#count > mask * 0.75) this.#grow();
        return undefined;
      }
      if (this.#slots[2 * slot] !== hash) continue;
      const first = this.#compare(entry, length, digest);
      if (first !== undefined) return first;
    }
  }

  /** Writes the path where the next record's would stand, and hashes it; gives its bytes. */
  #write(path: string): number {
    this.#reserve(path.length);
    const { bytes } = this.#last;
    const at = this.#free + PATH;
    let hash = this.#seed;
    for (let i = 0; i < path.length; i++) {
      const unit = path.charCodeAt(i);
      if (unit > 0x7f) return this.#writeBytes(encodeText(path));
      hash = mix(hash, unit);
      bytes[at + i] = unit;
    }
    this.#hash = finish(hash);
    return path.length;
  }

  #writeBytes(path: Buffer): number {
    this.#reserve(path.length);
    this.#last.bytes.set(path, this.#free + PATH);
    this.#hash = finish(path.reduce(mix, this.#seed));
    return path.length;
  }

  #reserve(length: number): void {
    if (this.#free + PATH + length <= this.#last.bytes.length) return;
    this.#last = newBlock(Math.max(BLOCK, PATH + length + ALIGN));
    this.#blocks.push(this.#last);
    this.#free = 0;
  }

  /** Makes a record of the path that was written; gives its entry in the table. */
  #commit(digest: Uint8Array, line: number, length: number): number {
    const { bytes, words } = this.#last;
    const at = this.#free;
    words[at / 4] = line;
    words[at / 4 + 1] = length;
    bytes.set(digest, at + DIGEST);
    this.#free = Math.ceil((at + PATH + length) / ALIGN) * ALIGN;
    return ((this.#blocks.length - 1) * BLOCK + at) / ALIGN + 1;
  }

  #compare(entry: number, length: number, digest: Uint8Array): FirstPin | undefined {
    const address = (entry - 1) * ALIGN;
    const { bytes, words } = this.#blocks[Math.floor(address / BLOCK)] ?? this.#last;
    const at = address % BLOCK;
    if (words[at / 4 + 1] !== length) return undefined;
    const from = this.#free + PATH;
    const path = at + PATH;
    if (bytes.compare(this.#last.bytes, from, from + length, path, path + length) !== 0) {
      return undefined;
    }
    const sameDigest = bytes.compare(digest, 0, 32, at + DIGEST, at + PATH) === 0;
    return { line: words[at / 4] ?? 0, sameDigest };
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Uint32Array(old.length * 2);
    const mask = old.length - 1;
    for (let i = 0; i < old.length; i += 2) {
      const entry = old[i + 1] ?? 0;
      if (entry === 0) continue;
      const hash = old[i] ?? 0;
      let slot = hash & mask;
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = hash;
      slots[2 * slot + 1] = entry;
    }
    this.#slots = slots;
  }
}

function newBlock(size: number): Block {
  const bytes = Buffer.allocUnsafeSlow(Math.ceil(size / ALIGN) * ALIGN);
  return { bytes, words: new Uint32Array(bytes.buffer) };
}

/** The mixing of MurmurHash2. */
function mix(hash: number, byte: number): number {
  const mixed = Math.imul(hash ^ byte, 0x5bd1e995);
  return mixed ^ (mixed >>> 15);
}

/** An unsigned number all of whose bits depend on all of the hash's. */
function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
