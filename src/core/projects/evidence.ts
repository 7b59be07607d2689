import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { encodeText } from '../model/bytes.js';
import { sha256FromBytes } from '../model/digest.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import type { ManifestEvidence, Pin } from '../model/project.js';
import type { Place } from '../model/place.js';
import { ManifestReader } from '../formats/manifest/reader.js';
import { absolutePath, readChunks, sha256 } from '../system/files.js';

/** How documents are read. */
export interface ReadOptions {
  /** Text of documents that are open and unsaved in an editor, by absolute path. */
  readonly overlay?: (absolute: string) => string | undefined;
  /** Entries of a manifest that are kept; default 100,000. The others are only counted. */
  readonly pinLimit?: number;
}

/** What a checksum manifest says. */
export interface Evidence {
  readonly manifest: ManifestEvidence;
  readonly pins: readonly Pin[];
  /** The comment lines at its beginning. */
  readonly header: readonly string[];
  readonly findings: readonly Finding[];
}

const DEFAULT_LIMIT = 100_000;
/** Bytes between two turns of the event loop: some 3,000 lines, read in a few milliseconds. */
const CHUNK = 256 << 10;

/** Reads a manifest in pieces. Never throws: what cannot be read is a finding. */
export async function readEvidence(
  root: string,
  file: RepoPath,
  options: ReadOptions,
): Promise<Evidence> {
  const limit = options.pinLimit ?? DEFAULT_LIMIT;
  const absolute = absolutePath(root, file);
  const reader = new ManifestReader(file);
  const hash = createHash('sha256');
  const pins: Pin[] = [];
  const keep = (more: readonly Pin[]): void => {
    for (const pin of more) if (pins.length < limit) pins.push(pin);
  };
  try {
    for await (const chunk of chunksOf(absolute, options.overlay?.(absolute))) {
      hash.update(chunk);
      keep(reader.push(chunk));
      await setImmediate();
    }
    keep(reader.end());
  } catch (error) {
    return unreadable(file, error);
  }
  const { entries, header } = reader;
  const manifest = {
    file,
    exists: true,
    digest: sha256FromBytes(hash.digest()),
    base: '',
    entries,
  };
  const findings = [...reader.findings];
  if (entries > limit) {
    const place = startOf(file);
    findings.push({ code: 'manifest-too-large', severity: 'warning', entries, limit, place });
  }
  return { manifest, pins, header, findings };
}

async function* chunksOf(
  absolute: string,
  overlay: string | undefined,
): AsyncGenerator<Uint8Array> {
  if (overlay === undefined) {
    yield* readChunks(absolute, CHUNK);
    return;
  }
  const bytes = encodeText(overlay);
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

function unreadable(file: RepoPath, error: unknown): Evidence {
  const reason = reasonOf(error);
  const absent = reason === 'ENOENT' || reason === 'ENOTDIR';
  const manifest = { file, exists: !absent, base: '', entries: 0 };
  const findings: Finding[] = absent
    ? []
    : [{ code: 'manifest-unreadable', severity: 'error', reason, place: startOf(file) }];
  return { manifest, pins: [], header: [], findings };
}

/** The code of an I/O error, for people. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === 'string' ? code : String(message);
}

/**
 * The digest of everything a project was read from: its document, its manifest and, in a fixed order,
 * the evidence beyond.
 */
export const basisOf = (document: string, ...evidence: (Sha256 | undefined)[]): Sha256 =>
  sha256(Buffer.from([document, ...evidence].map((digest) => `${digest ?? ''}\n`).join('')));

/** The beginning of a document, for findings about the whole of it. */
export function startOf(file: RepoPath): Place {
  const start = { line: 1, column: 1 };
  return { file, span: { start, end: start } };
}
