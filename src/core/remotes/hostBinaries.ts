import { createHash } from 'node:crypto';
import path from 'node:path';
import type { RecordedBinary } from '../formats/environment/writer.js';
import { sha256FromBytes } from '../model/digest.js';
import type { Sha256 } from '../model/digest.js';
import { readChunks } from '../system/files.js';
import { environmentOf, run } from '../system/processes.js';

const CHUNK = 1 << 20;
const VERSION_MS = 5000;
/** Characters of a version that are kept. */
const LONGEST = 1000;

/** Digest of a file anywhere on this machine, links followed; `undefined` when it cannot be read. */
export async function hashHostFile(
  absolute: string,
  signal?: AbortSignal,
): Promise<Sha256 | undefined> {
  if (!path.isAbsolute(absolute)) return undefined;
  const hash = createHash('sha256');
  try {
    for await (const chunk of readChunks(absolute, CHUNK)) {
      if (signal?.aborted === true) return undefined;
      hash.update(chunk);
    }
  } catch {
    return undefined;
  }
  return sha256FromBytes(hash.digest());
}

/**
 * Hashes a program and asks it for its version: the first line that is not blank of what `--version`
 * prints, at most five seconds long, without a shell, without input and in an empty environment but
 * for the base. Only for programs that the user's own pipeline names: they are run.
 */
export async function recordBinary(
  absolute: string,
  { cwd, signal }: { readonly cwd: string; readonly signal?: AbortSignal | undefined },
): Promise<RecordedBinary> {
  const digest = await hashHostFile(absolute, signal);
  if (digest === undefined) return { path: absolute };
  const options = { cwd, env: environmentOf(), timeoutMs: VERSION_MS, signal };
  const { outcome, status, stdout, stderr } = await run(absolute, ['--version'], options);
  const said = outcome === 'exited' && status === 0;
  const version = said ? (firstLine(stdout) ?? firstLine(stderr)) : undefined;
  return { path: absolute, digest, ...(version === undefined ? {} : { version }) };
}

/** The first line that is not blank, without the blanks around it. */
export function firstLine(text: string): string | undefined {
  const line = text.split(/\r?\n/).find((each) => each.trim() !== '');
  return line?.trim().slice(0, LONGEST);
}
