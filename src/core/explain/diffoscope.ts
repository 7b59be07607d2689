import path from 'node:path';
import { existsFile } from '../system/files.js';

/** A program that looks deeper than we do, and how it would be run; nobody runs it here. */
export interface Offer {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * Offers diffoscope where it is installed.
 *
 * @param searchPath The value of `PATH`. Relative parts are passed over: a repository that is compared
 *   may hold a program of that name.
 */
export async function offerDiffoscope(
  searchPath: string | undefined,
  [left, right]: readonly [left: string, right: string],
): Promise<Offer | undefined> {
  for (const directory of (searchPath ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(directory)) continue;
    const program = path.join(directory, 'diffoscope');
    if (await existsFile(program)) {
      return { program, args: [path.resolve(left), path.resolve(right)] };
    }
  }
  return undefined;
}
