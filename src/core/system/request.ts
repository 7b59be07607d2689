import { type Answer, type AnswerMessage, Block, type Extra, Signals } from './block.js';
import type { Sha256 } from '../model/digest.js';
import type { Job } from './pool.js';
import type { Observation } from './observation.js';
import type { StatCache } from './statCache.js';

/** What a request asks for, with every default filled in. */
export interface RequestOptions {
  readonly id: number;
  readonly root: string;
  readonly mode: 'read' | 'cached';
  readonly followLinks: boolean;
  readonly maxBytes: number;
  readonly cache: StatCache | undefined;
  readonly threads: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Small enough to be read in a few milliseconds on the main thread, large enough to hide the trip. */
const LARGEST_BATCH = 2048;

/** One call of `Hasher.observe` on its way: names not yet looked at, and the results so far. */
export class ObserveRequest {
  readonly id: number;
  readonly signals = new Signals();
  readonly finished: Promise<Observation[]>;
  readonly #names: readonly string[];
  readonly #options: RequestOptions;
  readonly #waiting: Range[];
  readonly #results: (Observation | undefined)[];
  #missing: number;
  #finish: (results: Observation[]) => void = () => undefined;

  constructor(names: readonly string[], options: RequestOptions) {
    this.id = options.id;
    this.#names = names;
    this.#options = options;
    this.#waiting = [{ start: 0, end: names.length }];
    this.#results = new Array<Observation | undefined>(names.length);
    this.#missing = names.length;
    this.finished = new Promise((resolve) => (this.#finish = resolve));
    if (names.length === 0) this.#finish([]);
  }

  /** Ends the request now: whatever has no result yet is `cancelled`. Workers notice by the signals. */
  cancel(): void {
    this.signals.stop();
    this.#waiting.length = 0;
    const cancelled: Observation = { kind: 'cancelled' };
    this.#finish(Array.from(this.#results, (result) => result ?? cancelled));
  }

  /** The next batch, for a worker that was or was not told of this request. */
  next(isNew: boolean): Job | undefined {
    const range = this.#take();
    if (!range) return undefined;
    const names = this.#names.slice(range.start, range.end);
    const { root, followLinks, maxBytes } = this.#options;
    const block = this.#prepare(names);
    const opening = { root, followLinks, maxBytes, signals: this.signals.shared };
    return {
      message: {
        request: this.id,
        names: joinNames(names),
        buffer: block.buffer,
        ...(isNew && { opening }),
      },
      done: (answer) => this.#accept(range, answer),
    };
  }

  /**
   * A quarter of every worker's fair share of what is left: eight large files travel one by one, a
   * hundred thousand small ones by the thousand, and the last batches are short, so that all end
   * together.
   */
  #take(): Range | undefined {
    const range = this.#waiting.pop();
    if (!range) return undefined;
    const left = this.#waiting.reduce((sum, { start, end }) => sum + end - start, 0);
    const share = Math.ceil((left + range.end - range.start) / (this.#options.threads * 4));
    const end = Math.min(range.end, range.start + Math.min(share, LARGEST_BATCH));
    if (end < range.end) this.#waiting.push({ start: end, end: range.end });
    return { start: range.start, end };
  }

  #prepare(names: readonly string[]): Block {
    const block = new Block(names.length);
    const { cache, mode, root } = this.#options;
    if (mode === 'cached') cache?.fill(root, names, block);
    return block;
  }

  #accept({ start, end }: Range, answer: AnswerMessage | undefined): void {
    if (this.signals.stopped) return;
    if (answer) this.#read({ start, end }, answer);
    // The worker died: which of these names it died of is unknown, so nothing is claimed of any.
    else for (let at = start; at < end; at++) this.#set(at, { kind: 'unreadable', reason: 'io' });
    if (this.#missing === 0) this.#finish(this.#results as Observation[]);
  }

  #read({ start, end }: Range, { buffer, extras }: AnswerMessage): void {
    const block = new Block(end - start, buffer);
    // One conversion for all; a slice of it costs next to nothing.
    const hex = block.digests.toString('hex');
    const extraAt = new Map(extras.map((extra) => [extra.index, extra]));
    for (let index = 0; index < end - start; index++) {
      const answer = block.answer(index);
      if (answer === 'pending') {
        this.#waiting.push({ start: start + index, end });
        return;
      }
      const digest = hex.slice(index * 64, index * 64 + 64) as Sha256;
      const extra = extraAt.get(index);
      this.#set(start + index, observation(answer, { block, index, digest, extra }));
      // A pointer is read anew each time: it is small, and its text is not kept in the cache.
      if (answer === 'read' && extra === undefined) this.#remember(start + index, block, index);
    }
  }

  #remember(at: number, block: Block, index: number): void {
    const { cache, root } = this.#options;
    cache?.keep(root, this.#names[at] ?? '', block, index);
  }

  #set(at: number, observation: Observation): void {
    this.#results[at] = observation;
    this.#missing--;
  }
}

/** NUL separates the names of a batch. No disk has a name with one; `/` is refused in its place. */
function joinNames(names: readonly string[]): string {
  const joined = names.join('\0');
  const hasNul = names.some((name) => name.includes('\0'));
  return hasNul ? names.map((name) => (name.includes('\0') ? '/' : name)).join('\0') : joined;
}

interface Found {
  readonly block: Block;
  readonly index: number;
  readonly digest: Sha256;
  readonly extra: Extra | undefined;
}

/** Observations that say no more than the answer does. */
const PLAIN = {
  missing: { kind: 'missing' },
  changing: { kind: 'changing' },
  permission: { kind: 'unreadable', reason: 'permission' },
  directory: { kind: 'unreadable', reason: 'directory' },
  special: { kind: 'unreadable', reason: 'special' },
  io: { kind: 'unreadable', reason: 'io' },
} as const satisfies Partial<Record<Answer, Observation>>;

function observation(answer: Exclude<Answer, 'pending'>, found: Found): Observation {
  if (answer === 'read' || answer === 'unchanged') return fileObservation(answer, found);
  if (answer === 'too-large') {
    return { kind: 'too-large', size: Number(found.block.stat(found.index, 'size')) };
  }
  if (answer !== 'linked') return PLAIN[answer];
  const { segment, target } = found.extra?.link ?? { segment: '', target: '' };
  return { kind: 'linked', segment, target };
}

function fileObservation(how: 'read' | 'unchanged', found: Found): Observation {
  const { block, index, digest, extra } = found;
  const size = Number(block.stat(index, 'size'));
  const at = Number(block.stat(index, 'at'));
  const pointerText = extra?.pointerText;
  return pointerText === undefined
    ? { kind: 'file', digest, size, at, how }
    : { kind: 'file', digest, size, at, how, pointerText };
}
