import { availableParallelism } from 'node:os';
import path from 'node:path';
import { SpareBlocks } from './block.js';
import { type Asker, type Job, WorkerPool } from './pool.js';
import type { Observation } from './observation.js';
import { ObserveRequest } from './request.js';
import type { StatCache } from './statCache.js';

/** How to look. */
export interface ObserveOptions {
  /** `read`: every byte is hashed now (verification). `cached`: a file whose stat equals the cached one isn't read (badges). */
  readonly mode: 'read' | 'cached';
  /** Accept symbolic links whose real target stays inside the root; default false: any link on the path is reported `linked`. */
  readonly followLinks?: boolean;
  /** Larger files are `too-large` instead of being read, unless the cache answers; default no limit. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /**
   * Called at most every 100 ms with the totals so far, and once at the end. `bytes` are those
   * hashed now: a file that the cache answered for adds none.
   */
  readonly onProgress?: (progress: { files: number; bytes: number }) => void;
}

export interface HasherOptions {
  /** The bundled `hashWorker.js`. */
  readonly workerFile: string;
  /** Learns from every read, answers for `cached` looks. */
  readonly cache?: StatCache;
  /** Worker threads; default the processors there are, at least 2 and at most 8. */
  readonly threads?: number;
}

const PROGRESS_MS = 100;
const MOST_THREADS = 8;

/**
 * The only reader of bytes that are to be verified. Requests may overlap; their batches take turns,
 * so that a badge does not wait for a long verification.
 */
export class Hasher {
  readonly #pool: WorkerPool;
  readonly #threads: number;
  readonly #cache: StatCache | undefined;
  readonly #requests: ObserveRequest[] = [];
  readonly #blocks = new SpareBlocks();
  #lastId = 0;

  constructor(options: HasherOptions) {
    this.#threads = options.threads ?? Math.min(Math.max(availableParallelism(), 2), MOST_THREADS);
    this.#cache = options.cache;
    this.#pool = new WorkerPool(options.workerFile, this.#threads, (asker) => this.#nextJob(asker));
  }

  /**
   * Looks at names relative to root; `result[i]` belongs to `names[i]`.
   * Never rejects for a file's sake; when aborted or disposed the rest is `cancelled`.
   */
  async observe(
    root: string,
    names: readonly string[],
    options: ObserveOptions,
  ): Promise<Observation[]> {
    const request = new ObserveRequest(names, {
      id: ++this.#lastId,
      root: path.resolve(root),
      mode: options.mode,
      followLinks: options.followLinks ?? false,
      maxBytes: options.maxBytes ?? Infinity,
      cache: this.#cache,
      threads: this.#threads,
      blocks: this.#blocks,
    });
    const { signal, onProgress } = options;
    if (signal?.aborted) request.cancel();
    const cancel = (): void => request.cancel();
    signal?.addEventListener('abort', cancel);
    const tell = (): void => onProgress?.(request.signals.progress);
    const timer = onProgress && setInterval(tell, PROGRESS_MS);
    this.#requests.push(request);
    this.#pool.wake();
    const results = await request.finished;
    clearInterval(timer);
    signal?.removeEventListener('abort', cancel);
    this.#requests.splice(this.#requests.indexOf(request), 1);
    this.#pool.forget(request.id);
    if (this.#requests.length === 0) this.#blocks.drop();
    tell();
    return results;
  }

  /** Ends all workers; what is still asked for becomes `cancelled`. */
  async dispose(): Promise<void> {
    for (const request of this.#requests) request.cancel();
    await this.#pool.dispose();
  }

  #nextJob({ met, ahead }: Asker): Job | undefined {
    for (let turn = this.#requests.length; turn > 0; turn--) {
      const request = this.#requests.shift();
      if (!request) return undefined;
      this.#requests.push(request);
      const job = request.next({ isNew: !met.has(request.id), ahead });
      if (!job) continue;
      met.add(request.id);
      return job;
    }
    return undefined;
  }
}
