/** The time, in milliseconds since 1970. One door, so that a reader can find everything that depends on it. */
export const now = (): number => Date.now();

/** Lets everything else that waits for this thread go first: a turn of the event loop. */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
