/**
 * How a batch of names travels between the main thread and a worker: one buffer that is handed over,
 * not copied, and comes back with the answers. For `n` names it holds `n` stat rows, then `n`
 * digests, then `n` answers; the same two columns are what the stat cache stores.
 */

/**
 * Numbers of a stat row. Times are milliseconds, exact to a quarter of a microsecond, an inode to 53
 * bits: no row is kept of a file that changed less than two seconds before it was read, so that a
 * later change always shows, and numbers of 64 bits would cost a tenth of a look. `at` is when the
 * bytes were read, 0 in an empty row.
 */
export const STAT = { size: 0, mtimeMs: 1, ctimeMs: 2, ino: 3, dev: 4, at: 5 } as const;
export const STAT_WIDTH = 6;
export const STAT_BYTES = STAT_WIDTH * 8;
export const DIGEST_BYTES = 32;

/** What a worker can answer for one name; its place in the list is the byte that travels. */
export const ANSWERS = [
  'pending',
  'read',
  'unchanged',
  'missing',
  'linked',
  'too-large',
  'changing',
  'permission',
  'directory',
  'special',
  'io',
] as const;
export type Answer = (typeof ANSWERS)[number];

const CODE = Object.fromEntries(ANSWERS.map((answer, code) => [answer, code])) as Readonly<
  Record<Answer, number>
>;

/** What does not fit into a block: few files have it. */
export interface Extra {
  readonly index: number;
  readonly pointerText?: string;
  readonly link?: { readonly segment: string; readonly target: string };
}

/** Typed views on the buffer of one batch. */
export class Block {
  readonly buffer: ArrayBuffer;
  readonly stats: Float64Array;
  readonly digests: Buffer;
  /** The same memory as `digests`, for copying a row without a call. */
  readonly digestWords: Int32Array;
  readonly #answers: Uint8Array;

  /** @param buffer Memory to use, of at least {@link Block.bytes}; default new memory, all zero. */
  constructor(count: number, buffer = new ArrayBuffer(Block.bytes(count))) {
    const digests = count * STAT_BYTES;
    const answers = digests + count * DIGEST_BYTES;
    this.buffer = buffer;
    this.stats = new Float64Array(buffer, 0, count * STAT_WIDTH);
    this.digests = Buffer.from(buffer, digests, count * DIGEST_BYTES);
    this.digestWords = new Int32Array(buffer, digests, count * (DIGEST_BYTES / 4));
    this.#answers = new Uint8Array(buffer, answers, count);
  }

  static bytes(count: number): number {
    return count * (STAT_BYTES + DIGEST_BYTES + 1);
  }

  /** Makes every row empty and every answer pending; what is not said to be there may be anything. */
  clear(): void {
    for (let at = STAT.at; at < this.stats.length; at += STAT_WIDTH) this.stats[at] = 0;
    this.#answers.fill(0);
  }

  answer(index: number): Answer {
    return ANSWERS[this.#answers[index] ?? 0] ?? 'pending';
  }

  setAnswer(index: number, answer: Answer): void {
    this.#answers[index] = CODE[answer];
  }

  /** One number of a row. */
  stat(index: number, field: keyof typeof STAT): number {
    return this.stats[index * STAT_WIDTH + STAT[field]] ?? 0;
  }
}

/** Memory of batches that came back goes out again: to ask for new costs more than to clear it. */
export class SpareBlocks {
  readonly #spare: ArrayBuffer[] = [];

  /** A block of which every row is empty and every answer pending. */
  take(count: number): Block {
    const buffer = this.#spare.pop();
    if (buffer === undefined || buffer.byteLength < Block.bytes(count)) return new Block(count);
    const block = new Block(count, buffer);
    block.clear();
    return block;
  }

  giveBack(buffer: ArrayBuffer): void {
    this.#spare.push(buffer);
  }

  /** Lets go of all of it. */
  drop(): void {
    this.#spare.length = 0;
  }
}

/** Main thread to worker. The `opening` travels once per worker and request. */
export interface BatchMessage {
  readonly request: number;
  /** The names, separated by NUL: one string costs far less to hand over than a thousand. */
  readonly names: string;
  readonly buffer: ArrayBuffer;
  readonly opening?: Opening;
}

/** What a worker has to know of a request. */
export interface Opening {
  readonly root: string;
  readonly followLinks: boolean;
  /** Larger files are not read, unless the cache answers for them. */
  readonly maxBytes: number;
  readonly signals: SharedArrayBuffer;
}

/** Main thread to worker: the request is over, its directories may be forgotten. */
export interface ForgetMessage {
  readonly forget: number;
}

/** Worker to main thread. Names that it did not get to are still `pending` in the buffer. */
export interface AnswerMessage {
  readonly buffer: ArrayBuffer;
  readonly extras: readonly Extra[];
}

/** What both sides see at once: the order to stop, and how far the work is. */
export class Signals {
  readonly shared: SharedArrayBuffer;
  readonly #counts: Int32Array;
  readonly #bytes: BigInt64Array;

  constructor(shared = new SharedArrayBuffer(16)) {
    this.shared = shared;
    this.#counts = new Int32Array(shared, 0, 2);
    this.#bytes = new BigInt64Array(shared, 8, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#counts, 0) !== 0;
  }

  stop(): void {
    Atomics.store(this.#counts, 0, 1);
  }

  /** Adds to the totals; `bytes` are those that were hashed now. */
  add(files: number, bytes: number): void {
    if (files > 0) Atomics.add(this.#counts, 1, files);
    if (bytes > 0) Atomics.add(this.#bytes, 0, BigInt(bytes));
  }

  get progress(): { files: number; bytes: number } {
    return {
      files: Atomics.load(this.#counts, 1),
      bytes: Number(Atomics.load(this.#bytes, 0)),
    };
  }
}
