import { openRegular } from './files.js';

/** Bytes that can be read in any order, as archives with a directory at their end need it. */
export interface Ranges {
  /** In bytes, when it was opened. */
  readonly size: number;
  /** Up to `length` bytes from `position`; fewer only at the end. */
  readonly read: (position: number, length: number) => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a regular file for reading in any order. Links are followed.
 *
 * @throws {FileError} `not-a-file`; and `ENOENT` as the operating system words it.
 */
export async function openRanges(absolute: string): Promise<Ranges> {
  const file = await openRegular(absolute);
  if (!file) throw Object.assign(new Error(`ENOENT: ${absolute}`), { code: 'ENOENT' });
  const { size } = await file.stat();
  return {
    size,
    async read(position, length) {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    close: () => file.close(),
  };
}
