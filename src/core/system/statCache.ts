import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Block } from './block.js';
import { breathe } from './clock.js';
import { readBytes, writeAtomic } from './files.js';
import type { Observation } from './observation.js';
import { type CacheChunk, CHUNK_ROWS, decodeCache, encodeCache } from './statCacheFile.js';
import {
  fromSharedRow,
  readRow,
  type SharedRows,
  type StatRow,
  toSharedRow,
  writeRow,
} from './statRows.js';
import { copyRows, StatTable } from './statTable.js';

/** Ages that are looked at to find the oldest tenth. */
const SAMPLE = 1000;

/** Digests of files by their stat, so that a badge need not read what did not change. */
export class StatCache {
  readonly #file: string | undefined;
  readonly #limit: number;
  /** By root, then by name as spelled: an absolute key would have to be built for every look. */
  readonly #roots = new Map<string, Map<string, number>>();
  readonly #table = new StatTable();
  /** By slot; see {@link fill}. */
  readonly #unchanged: (Observation | undefined)[] = [];
  #size = 0;
  #dirty = false;

  constructor(options: { file?: string; limit?: number } = {}) {
    this.#file = options.file;
    this.#limit = options.limit ?? 500_000;
  }

  /**
   * The cache kept in a file; an empty one when there is none, or it is damaged, or of another
   * version: everything in it can be had again by reading.
   */
  static async load(file: string, limit?: number): Promise<StatCache> {
    const cache = new StatCache({ file, ...(limit !== undefined && { limit }) });
    await cache.restore();
    return cache;
  }

  /** Fills an empty cache from its file; see {@link load}. */
  async restore(): Promise<void> {
    if (this.#file === undefined) return;
    const bytes = await readBytes(this.#file).catch(() => undefined);
    if (!bytes) return;
    for await (const chunk of decodeCache(bytes)) {
      chunk.names.forEach((name, row) => this.#store(chunk.root, name, chunk.rows, row));
      await breathe();
    }
    this.#dirty = false;
  }

  /** Writes the cache to its file when anything changed. Rejects when the disk does not take it. */
  async save(): Promise<void> {
    if (this.#file === undefined || !this.#dirty) return;
    this.#dirty = false;
    try {
      const bytes = await encodeCache(this.#chunks());
      await mkdir(path.dirname(this.#file), { recursive: true });
      await writeAtomic(this.#file, bytes);
    } catch (error) {
      this.#dirty = true;
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  get(root: string, name: string): StatRow | undefined {
    const slot = this.#roots.get(path.resolve(root))?.get(name);
    return slot === undefined ? undefined : readRow(this.#table.rows, slot);
  }

  /** @returns whether the row was kept; see {@link keep}. */
  set(root: string, name: string, row: StatRow): boolean {
    const block = new Block(1);
    writeRow(block, 0, row);
    return this.keep(path.resolve(root), name, block, 0);
  }

  #delete(root: string, name: string): void {
    const names = this.#roots.get(root);
    const slot = names?.get(name);
    if (slot === undefined) return;
    names?.delete(name);
    if (names?.size === 0) this.#roots.delete(root);
    this.#table.release(slot);
    this.#size--;
    this.#dirty = true;
  }

  /**
   * Copies the rows of these names into a batch; rows not known stay empty. `root` is resolved.
   *
   * @returns what each name is found to be where its file is as the row says: the same objects every
   *   time, so that a look at 100,000 files of which none changed leaves no garbage.
   */
  fill(root: string, names: readonly string[], block: Block): (Observation | undefined)[] {
    const slots = this.#roots.get(root);
    if (!slots) return [];
    const known = new Array<Observation | undefined>(names.length);
    // Files that were read one after the other lie one after the other: copied as one piece.
    let run = { fromRow: 0, toRow: 0, count: 0 };
    const flush = (): void => {
      if (run.count > 0) copyRows({ from: this.#table.rows, to: block, ...run }, run.count);
    };
    for (let index = 0; index < names.length; index++) {
      const slot = slots.get(names[index] ?? '');
      if (slot === undefined) continue;
      known[index] = this.#unchanged[slot] ??= unchangedFile(readRow(this.#table.rows, slot));
      if (slot === run.fromRow + run.count && index === run.toRow + run.count) run.count++;
      else {
        flush();
        run = { fromRow: slot, toRow: index, count: 1 };
      }
    }
    flush();
    return known;
  }

  /**
   * Keeps a row of a resolved root, unless the file was changed less than two seconds before it was read.
   *
   * Time stamps come in ticks: 4 ms on most Linux kernels, a second or two on older file systems.
   * A file written, read and written again within one tick has the same stat before and after, so
   * that the cache would show the old digest for new bytes for ever (git calls such an entry "racily
   * clean"). Two seconds later no write can carry the old stamp any more.
   *
   * @returns whether it was kept; an older row of the same name is dropped when not.
   */
  keep(root: string, name: string, block: Block, index: number): boolean {
    if (isSettled(block, index)) {
      this.#store(root, name, block, index);
      return true;
    }
    this.#delete(root, name);
    return false;
  }

  /** What is known of these names, in a form that survives JSON: for another process's {@link absorb}. */
  rowsFor(root: string, names: readonly string[]): SharedRows {
    const slots = this.#roots.get(path.resolve(root));
    const rows = names.flatMap((name) => {
      const slot = slots?.get(name);
      return slot === undefined ? [] : [toSharedRow(name, readRow(this.#table.rows, slot))];
    });
    return { root, rows };
  }

  /**
   * Takes over rows that another process read, as its {@link rowsFor} gave them; whatever is no row
   * is left out. Only for reports of a process that this one started: whoever can write the rows
   * decides what a file is said to contain, so a report found in a repository must never come here.
   *
   * @returns how many rows were kept.
   */
  async absorb(shared: SharedRows): Promise<number> {
    let kept = 0;
    for (const [index, value] of shared.rows.entries()) {
      const read = fromSharedRow(value);
      if (read && this.set(shared.root, read.name, read.row)) kept++;
      if (index % CHUNK_ROWS === CHUNK_ROWS - 1) await breathe();
    }
    return kept;
  }

  /** Drops the rows that are not to be kept; `at` is when the file was read. Returns how many. */
  prune(isWanted: (root: string, name: string, at: number) => boolean): number {
    const before = this.#size;
    for (const [root, names] of this.#roots) {
      for (const [name, slot] of names) {
        if (!isWanted(root, name, this.#readAt(slot))) this.#delete(root, name);
      }
    }
    return before - this.#size;
  }

  #readAt(slot: number): number {
    return Number(this.#table.rows.stat(slot, 'at'));
  }

  #store(root: string, name: string, from: Block, index: number): void {
    const names = this.#roots.get(root) ?? new Map<string, number>();
    let slot = names.get(name);
    if (slot === undefined) {
      if (this.#size >= this.#limit) this.#dropOldest();
      this.#roots.set(root, names);
      slot = this.#table.claim();
      names.set(name, slot);
      this.#size++;
    }
    copyRows({ from, fromRow: index, to: this.#table.rows, toRow: slot }, 1);
    this.#unchanged[slot] = undefined;
    this.#dirty = true;
  }

  /** Makes room for a tenth of the limit at once: one by one, each would cost a walk over all. */
  #dropOldest(): void {
    const step = Math.ceil(this.#size / SAMPLE);
    const sample: number[] = [];
    let count = 0;
    for (const names of this.#roots.values()) {
      for (const slot of names.values()) if (count++ % step === 0) sample.push(this.#readAt(slot));
    }
    sample.sort((a, b) => a - b);
    const oldest = sample[Math.ceil(sample.length / 10) - 1] ?? Infinity;
    let room = Math.ceil(this.#limit / 10);
    this.prune((_root, _name, at) => at > oldest || room-- <= 0);
  }

  *#chunks(): Generator<CacheChunk> {
    for (const [root, slots] of this.#roots) {
      const names = [...slots.keys()];
      for (let start = 0; start < names.length; start += CHUNK_ROWS) {
        // Between two chunks others may have run: a name that is gone by now is left out.
        const present = names.slice(start, start + CHUNK_ROWS).filter((name) => slots.has(name));
        const rows = new Block(present.length);
        this.fill(root, present, rows);
        yield { root, names: present, rows };
      }
    }
  }
}

const unchangedFile = ({ digest, size, at }: StatRow): Observation => ({
  ...{ kind: 'file', how: 'unchanged', digest },
  ...{ size: Number(size), at },
});

const NS_PER_MS = 1_000_000n;
const SETTLING_MS = 2000n;

function isSettled(block: Block, index: number): boolean {
  const mtimeNs = block.stat(index, 'mtimeNs');
  const ctimeNs = block.stat(index, 'ctimeNs');
  const latest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  return latest < (block.stat(index, 'at') - SETTLING_MS) * NS_PER_MS;
}
