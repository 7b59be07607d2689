import path from 'node:path';
import { ManifestReader } from '../formats/manifest/reader.js';
import type { Finding } from '../model/finding.js';
import { toRepoPath } from '../model/paths.js';
import type { Pin, Project } from '../model/project.js';
import { absolutePath, existsFile, readChunks } from '../system/files.js';
import { basisOf, startOf } from './evidence.js';
import type { Evidence } from './evidence.js';
import type { ProjectRef } from './ref.js';
import { gitTopLevel } from './git.js';

/** Entries that tell what the names are relative to. */
const SAMPLE = 64;
/** Bytes in which they are looked for. */
const HEAD = 64 << 10;

/**
 * The directory that a manifest's names are relative to: its own, as `sha256sum -c` beside it has it;
 * or the top of the git work tree, when most of its first entries are not here and are there.
 */
export async function manifestRoot(manifest: string): Promise<string> {
  const own = path.dirname(manifest);
  const top = await gitTopLevel(own);
  if (top === undefined || top === own) return own;
  const pins = await firstPins(manifest);
  const here = await present(own, pins);
  if (2 * here >= pins.length) return own;
  return 2 * (await present(top, pins)) > pins.length ? top : own;
}

async function firstPins(manifest: string): Promise<Pin[]> {
  const file = toRepoPath(path.basename(manifest));
  if (!file.ok) return [];
  const reader = new ManifestReader(file.path);
  try {
    for await (const chunk of readChunks(manifest, HEAD)) {
      const pins = reader.push(chunk);
      return (chunk.length < HEAD ? pins.concat(reader.end()) : pins).slice(0, SAMPLE);
    }
  } catch {
    // Unreadable here is unreadable later, where it becomes a finding.
  }
  return [];
}

async function present(directory: string, pins: readonly Pin[]): Promise<number> {
  const found = await Promise.all(
    pins.map(({ path: p }) => existsFile(absolutePath(directory, p))),
  );
  return found.filter(Boolean).length;
}

/** A plain checksum manifest as a project: it declares what it pins. */
export async function manifestProject(ref: ProjectRef, evidence: Evidence): Promise<Project> {
  const { manifest, pins, header } = evidence;
  const findings: Finding[] = [...evidence.findings];
  const place = startOf(ref.file);
  if (!manifest.exists) {
    findings.push({ code: 'manifest-unreadable', severity: 'error', reason: 'ENOENT', place });
  } else if (manifest.entries === 0 && manifest.digest !== undefined) {
    findings.push({ code: 'manifest-empty', severity: 'error', place });
  }
  const gitRoot = await gitTopLevel(ref.root);
  const nested = ref.file.includes('/');
  return {
    kind: 'manifest',
    root: ref.root,
    file: ref.file,
    title: path.posix.basename(ref.file),
    dialect: nested ? 'checksum manifest, names from the git top level' : 'checksum manifest',
    ...(gitRoot === undefined ? {} : { gitRoot }),
    steps: [],
    declared: [],
    pins,
    manifest,
    manifestHeader: header,
    findings,
    basis: basisOf('', manifest.digest),
  };
}
