import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Block } from './block.js';
import { breathe } from './clock.js';
import { readBytes, writeAtomic } from './files.js';
import type { Observation } from './observation.js';
import { type CacheChunk, CHUNK_ROWS, decodeCache, encodeCache } from './statCacheFile.js';
import { fromSharedRow, type SharedRows, type StatRow, toSharedRow, writeRow } from './statRows.js';
import { StatTable } from './statTable.js';

/** Ages that are looked at to find the oldest tenth. */
const SAMPLE = 1000;

/** Digests of files by their stat, so that a badge need not read what did not change. */
export class StatCache {
  readonly #file: string | undefined;
  readonly #limit: number;
  /** By root, then by name as spelled: an absolute key would have to be built for every look. */
  readonly #roots = new Map<string, StatTable>();
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
    return this.#roots.get(path.resolve(root))?.get(name);
  }

  /** @returns whether the row was kept; see {@link keep}. */
  set(root: string, name: string, row: StatRow): boolean {
    const block = new Block(1);
    writeRow(block, 0, row);
    return this.keep(path.resolve(root), name, block, 0);
  }

  #delete(root: string, name: string): void {
    const table = this.#roots.get(root);
    if (!table?.delete(name)) return;
    if (table.size === 0) this.#roots.delete(root);
    this.#size--;
    this.#dirty = true;
  }

  /** {@link StatTable.fill} of a resolved root. */
  fill(root: string, names: readonly string[], block: Block): readonly (Observation | undefined)[] {
    return this.#roots.get(root)?.fill(names, block) ?? [];
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
    const table = this.#roots.get(path.resolve(root));
    const rows = names.flatMap((name) => {
      const row = table?.get(name);
      return row === undefined ? [] : [toSharedRow(name, row)];
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
    for (const [root, table] of this.#roots) {
      for (const [name, at] of table.ages()) {
        if (!isWanted(root, name, at)) this.#delete(root, name);
      }
    }
    return before - this.#size;
  }

  #store(root: string, name: string, from: Block, index: number): void {
    if (this.#size >= this.#limit && !this.#roots.get(root)?.has(name)) this.#dropOldest();
    let table = this.#roots.get(root);
    if (!table) this.#roots.set(root, (table = new StatTable()));
    if (table.set(name, from, index)) this.#size++;
    this.#dirty = true;
  }

  /** Makes room for a tenth of the limit at once: one by one, each would cost a walk over all. */
  #dropOldest(): void {
    const step = Math.ceil(this.#size / SAMPLE);
    const sample: number[] = [];
    let count = 0;
    for (const table of this.#roots.values()) {
      for (const [, at] of table.ages()) if (count++ % step === 0) sample.push(at);
    }
    sample.sort((a, b) => a - b);
    const oldest = sample[Math.ceil(sample.length / 10) - 1] ?? Infinity;
    let room = Math.ceil(this.#limit / 10);
    this.prune((_root, _name, at) => at > oldest || room-- <= 0);
  }

  *#chunks(): Generator<CacheChunk> {
    for (const [root, table] of this.#roots) {
      const { names } = table;
      for (let start = 0; start < names.length; start += CHUNK_ROWS) {
        // Between two chunks others may have run: a name that is gone by now is left out.
        const present = names.slice(start, start + CHUNK_ROWS).filter((name) => table.has(name));
        const rows = new Block(present.length);
        table.read(present, rows);
        yield { root, names: present, rows };
      }
    }
  }
}

const SETTLING_MS = 2000;

function isSettled(block: Block, index: number): boolean {
  const latest = Math.max(block.stat(index, 'mtimeMs'), block.stat(index, 'ctimeMs'));
  return latest < block.stat(index, 'at') - SETTLING_MS;
}
