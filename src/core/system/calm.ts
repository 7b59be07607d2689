import { now } from './clock.js';

/** So many milliseconds without an event are a calm. */
const CALM_MS = 3000;
/** Where something is written all the time, no calm comes: nobody waits for more than so many. */
const MOST_CALMS = 5;
/** So many events without a calm between them are a burst. Linux keeps 16,384 of them waiting. */
const BURST = 1000;

/**
 * Compares the disk once, at the next calm, when events may have been missed: after a burst, for the
 * system drops those that find its queue full, and whenever that is expected, as of new watchers,
 * which begin to see some time after they were made and tell nobody.
 */
export class Calm {
  readonly #compare: () => void;
  readonly #calmMs: number;
  #events = 0;
  #latest: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(compare: () => void, calmMs = CALM_MS) {
    this.#compare = compare;
    this.#calmMs = calmMs;
  }

  /** Says that there was an event. */
  event(): void {
    this.#events += 1;
    this.#latest ??= now() + MOST_CALMS * this.#calmMs;
    clearTimeout(this.#timer);
    const wait = Math.min(this.#calmMs, this.#latest - now());
    this.#timer = setTimeout(() => {
      const isBurst = this.#events >= BURST;
      this.#events = 0;
      this.#latest = undefined;
      if (isBurst) this.#compare();
    }, wait);
  }

  /** Says that events may be missed, whatever comes. */
  expect(): void {
    this.#events = BURST;
    this.event();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
