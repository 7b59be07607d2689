import type { Finding } from '../model/finding.js';
import type { Pin } from '../model/project.js';
import type { RepoPath } from '../model/paths.js';
import type { Counts, FileStatus, StatusKind } from '../model/status.js';
import { countStates } from '../model/status.js';
import { ManifestReader } from '../formats/manifest/reader.js';
import { readChunks } from '../system/files.js';
import type { Hasher } from '../system/hasher.js';
import { judge } from './judge.js';

/** One line of a manifest with its verdict. */
export interface CheckedPin {
  readonly pin: Pin;
  readonly status: FileStatus;
}

/** What the whole manifest came to. */
export interface ManifestVerdict {
  readonly counts: Counts;
  readonly total: number;
  readonly findings: readonly Finding[];
}

/** Where a manifest lies, what its names are relative to, and how to look. */
export interface ManifestCheck {
  /** Absolute directory that the names are relative to, and that nothing read may leave. */
  readonly root: string;
  /** Absolute path of the manifest. */
  readonly manifest: string;
  /** The manifest as places name it. */
  readonly file: RepoPath;
  readonly hasher: Hasher;
  readonly followLinks: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: { readonly files: number; readonly bytes: number }) => void;
}

/** Entries hashed at a time: enough to keep every worker busy, few enough to hold a million lines. */
const BATCH = 4096;
/** Bytes of the manifest that are read at a time. */
const CHUNK = 1 << 18;

/**
 * Re-hashes every entry of a manifest, reading every byte, and hands the verdicts on batch by batch
 * in the order of the lines. The manifest streams: memory does not grow with what it pins.
 *
 * @throws the I/O error when the manifest itself cannot be read.
 */
export async function* checkManifest(
  check: ManifestCheck,
): AsyncGenerator<readonly CheckedPin[], ManifestVerdict> {
  const reader = new ManifestReader(check.file);
  const kinds: Record<StatusKind, number> = { ...countStates([]) };
  const done = { files: 0, bytes: 0 };
  let waiting: Pin[] = [];
  for await (const pins of entries(reader, check.manifest)) {
    waiting = waiting.length === 0 ? pins : waiting.concat(pins);
    while (waiting.length >= BATCH) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      yield count(await observe(batch, check, done), kinds);
    }
  }
  if (waiting.length > 0) yield count(await observe(waiting, check, done), kinds);
  return { counts: kinds, total: reader.entries, findings: reader.findings };
}

async function* entries(reader: ManifestReader, manifest: string): AsyncGenerator<Pin[]> {
  for await (const chunk of readChunks(manifest, CHUNK)) yield reader.push(chunk);
  yield reader.end();
}

async function observe(
  pins: readonly Pin[],
  { root, hasher, followLinks, signal, onProgress }: ManifestCheck,
  done: { files: number; bytes: number },
): Promise<CheckedPin[]> {
  const before = { ...done };
  const names = pins.map((pin) => pin.name);
  const seen = await hasher.observe(root, names, {
    mode: 'read',
    followLinks,
    ...(signal === undefined ? {} : { signal }),
    onProgress: ({ files, bytes }) => {
      done.files = before.files + files;
      done.bytes = before.bytes + bytes;
      onProgress?.(done);
    },
  });
  return pins.map((pin, index) => ({ pin, status: judge(pin.digest, seen[index]) }));
}

function count(checked: CheckedPin[], kinds: Record<StatusKind, number>): CheckedPin[] {
  for (const { status } of checked) kinds[status.kind] += 1;
  return checked;
}
