import { Answers } from './answers.js';
import { type AnswerMessage, type Block, Signals, type SpareBlocks } from './block.js';
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
  readonly blocks: SpareBlocks;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What the names of a batch are found to be where nothing changed. */
type Known = readonly (Observation | undefined)[];

/** Small enough to be read in a few milliseconds on the main thread, large enough to hide the trip. */
const LARGEST_BATCH = 4096;
/** A worker is given work ahead only while there is much: behind a large file, it would wait there. */
const LEAST_AHEAD = 256;

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

  /** The next batch, for a worker that was or was not told of this request, and has or has not work. */
  next({ isNew, ahead }: { isNew: boolean; ahead: boolean }): Job | undefined {
    const range = this.#take(ahead ? LEAST_AHEAD : 1);
    if (!range) return undefined;
    const names = this.#names.slice(range.start, range.end);
    const { root, followLinks, maxBytes, mode, cache, blocks } = this.#options;
    const block = blocks.take(names.length);
    const known = mode === 'cached' ? cache?.fill(root, names, block) : undefined;
    const opening = { root, followLinks, maxBytes, signals: this.signals.shared };
    return {
      message: {
        request: this.id,
        names: joinNames(names),
        buffer: block.buffer,
        ...(isNew && { opening }),
      },
      done: (answer) => this.#accept(range, answer, known),
      giveBack: () => void this.#waiting.push(range),
    };
  }

  /**
   * A quarter of every worker's fair share of what is left: eight large files travel one by one, a
   * hundred thousand small ones by the thousand, and the last batches are short, so that all end
   * together. None when the share is less than `least`.
   */
  #take(least: number): Range | undefined {
    const left = this.#waiting.reduce((sum, { start, end }) => sum + end - start, 0);
    const share = Math.ceil(left / (this.#options.threads * 4));
    const range = share < least ? undefined : this.#waiting.pop();
    if (!range) return undefined;
    const end = Math.min(range.end, range.start + Math.min(share, LARGEST_BATCH));
    if (end < range.end) this.#waiting.push({ start: end, end: range.end });
    return { start: range.start, end };
  }

  #accept(range: Range, answer: AnswerMessage | undefined, known: Known = []): void {
    if (this.signals.stopped) return;
    const { start, end } = range;
    if (answer) {
      this.#read(range, new Answers(end - start, answer), known);
      this.#options.blocks.giveBack(answer.buffer);
    }
    // The worker died: which of these names it died of is unknown, so nothing is claimed of any.
    else for (let at = start; at < end; at++) this.#set(at, { kind: 'unreadable', reason: 'io' });
    if (this.#missing === 0) this.#finish(this.#results as Observation[]);
  }

  #read({ start, end }: Range, answers: Answers, known: Known): void {
    for (let at = start; at < end; at++) {
      const index = at - start;
      const answer = answers.at(index);
      if (answer === 'pending') {
        this.#waiting.push({ start: at, end });
        return;
      }
      this.#set(at, answers.observation(index, known[index]));
      if (answer === 'read' && !answers.isPointer(index)) this.#remember(at, answers.block, index);
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
