/** Directories that list themselves in another order, through disorderfs. */
import { isMountPoint, isUnmounted, setAside } from '../system/listing.js';
import { environmentOf, run } from '../system/processes.js';
import type { RunResult } from '../system/processes.js';
import { pause } from '../system/clock.js';
import type { Around } from './buildRun.js';
import { SetUpError } from './varyLab.js';

/** `stored`: as the disk does, but through the same file system. */
export type ListingOrder = 'reversed' | 'stored' | 'sorted';

/** Without `--pad-blocks=0` it reports other numbers of blocks, which is another factor. */
const FLAGS: Readonly<Record<ListingOrder, readonly string[]>> = {
  reversed: ['--reverse-dirents=yes', '--pad-blocks=0'],
  stored: ['--reverse-dirents=no', '--pad-blocks=0'],
  sorted: ['--reverse-dirents=no', '--sort-dirents=yes', '--pad-blocks=0'],
};

/** The longest that Node's timers can wait: it serves until it is told to end. */
const FOREVER_MS = 2 ** 31 - 1;
const MOUNT_MS = 30_000;
const POLL_MS = 15;

/**
 * Puts disorderfs between the workspace and its steps, and takes it away whatever happens; nothing of
 * it is left in a mount table.
 * @throws {SetUpError} when it does not mount.
 */
export const listedBy =
  (order: ListingOrder, signal: AbortSignal | undefined): Around =>
  async ({ copy }, work) => {
    const disk = `${copy}.disk`;
    await setAside(copy, disk);
    const ending = new AbortController();
    // `-f`: a daemon would leave the process group, and nobody would end it.
    const args = ['-f', '-q', ...FLAGS[order], disk, copy];
    const options = { cwd: '/', env: environmentOf(), timeoutMs: FOREVER_MS };
    const serving = run('disorderfs', args, { ...options, signal: ending.signal });
    try {
      await mounted(copy, serving, signal);
      return await work();
    } finally {
      ending.abort();
      await serving;
      await unmounted(copy);
    }
  };

async function mounted(
  directory: string,
  serving: Promise<RunResult>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const state = { ended: false };
  void serving.then(() => (state.ended = true));
  for (let waited = 0; waited < MOUNT_MS && !state.ended; waited += POLL_MS) {
    if (await isMountPoint(directory)) return;
    await pause(POLL_MS, signal);
  }
  throw new SetUpError('disorderfs does not mount');
}

/** It unmounts as it ends; a mount whose server was killed stays, and answers nobody. */
async function unmounted(directory: string): Promise<void> {
  const options = { cwd: '/', env: environmentOf(), timeoutMs: MOUNT_MS };
  for (const [program, ...args] of [
    ['fusermount3', '-u', '-q', '-z', directory],
    ['fusermount', '-u', '-q', '-z', directory],
    ['umount', '-l', directory],
  ] as const) {
    if (await isUnmounted(directory)) return;
    await run(program, args, options);
  }
}
