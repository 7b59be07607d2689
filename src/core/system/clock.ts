import { setTimeout } from 'node:timers/promises';

/** The time, in milliseconds since 1970. One door, so that a reader can find everything that depends on it. */
export const now = (): number => Date.now();

/** Waits. @throws `AbortError` when the signal fires. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms > 0) await setTimeout(ms, undefined, { signal });
}

/** Works for at most this long before others get their turn, in milliseconds. */
const TURN_MS = 12;

/** Runs work that pauses, letting everything else that waits for this thread go in between. */
export async function inTurns<T>(work: Generator<undefined, T>): Promise<T> {
  let started = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() - started < TURN_MS) continue;
    await breathe();
    started = performance.now();
  }
}

/** Lets everything else that waits for this thread go first: a turn of the event loop. */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
