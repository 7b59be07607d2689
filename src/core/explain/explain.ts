/** Why two files are not the same bytes: the entrance of this room. */
import { createHash } from 'node:crypto';
import { sha256FromBytes } from '../model/digest.js';
import type { Explanation } from '../model/difference.js';
import { Budget, LIMITS } from './budget.js';
import type { Limits } from './budget.js';
import { compare } from './compare.js';
import { printOf, samePrint } from './print.js';
import type { Print } from './print.js';
import { Report } from './report.js';
import { fileSource } from './source.js';
import type { Source } from './source.js';

export interface ExplainOptions {
  readonly signal?: AbortSignal | undefined;
  /** Narrower limits than {@link LIMITS}. */
  readonly limits?: Partial<Limits>;
}

/**
 * Compares two files byte by byte and, where they differ, says in what: archives member by member,
 * archives in them likewise. Nothing is unpacked to the disk and nothing is run. What cannot be looked
 * into (damaged, encrypted, too large) is named in `obstacles` and counts as `content`; `same` comes
 * from the bytes alone.
 *
 * @param left Absolute path: what is expected, or the first of two builds.
 * @param right Absolute path.
 * @throws {FileError} `not-a-file`; the error of the operating system (`ENOENT`, `EACCES`) with its
 *   path; the signal's reason.
 */
export async function explain(
  left: string,
  right: string,
  { signal, limits = {} }: ExplainOptions = {},
): Promise<Explanation> {
  const budget = new Budget({ ...LIMITS, ...limits }, signal);
  // Whether they are the same is always found out, however large they are.
  const free = new Budget({ ...LIMITS, totalBytes: Infinity }, signal);
  const one = await lookAt(fileSource(left, free));
  const two = await lookAt(fileSource(right, free));
  const facts = { left: one.artifact, right: two.artifact };
  // Two ways to the same answer: neither alone may turn other bytes into the same ones.
  if (one.artifact.digest === two.artifact.digest && samePrint(one.print, two.print)) {
    return { same: true, ...facts, classes: [], differences: [], obstacles: [] };
  }
  const sources = { left: fileSource(left, budget), right: fileSource(right, budget) };
  const report = new Report();
  const prints = { left: one.print, right: two.print };
  const within = one.print.format === two.print.format ? one.print.format : 'file';
  await compare({ sources, prints, path: [], within, depth: 0 }, { budget, report });
  return { same: false, ...facts, ...report.finish() };
}

async function lookAt(source: Source): Promise<{
  artifact: Explanation['left'];
  print: Print;
}> {
  const hash = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of source.chunks()) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const print = await printOf(hashed());
  const digest = sha256FromBytes(hash.digest());
  return { artifact: { size: print.size, format: print.format, digest }, print };
}
