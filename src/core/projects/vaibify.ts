import path from 'node:path';
import { declaredUnder, isOutput } from '../formats/vaibify/declared.js';
import type { Convention } from '../formats/vaibify/declared.js';
import { readVaibify } from '../formats/vaibify/vaibify.js';
import type { VaibifyDocument, VaibifyEntry } from '../formats/vaibify/document.js';
import { decodeText, encodeText } from '../model/bytes.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import type { DeclaredFile, Project } from '../model/project.js';
import type { Role } from '../model/place.js';
import { inTurns } from '../system/clock.js';
import { absolutePath, existsFile, readBytes, sha256 } from '../system/files.js';
import { digestsOf } from './envelope.js';
import type { Surroundings } from './envelope.js';
import { basisOf, reasonOf, startOf } from './evidence.js';
import type { Evidence, ReadOptions } from './evidence.js';
import { envelopeOf } from './gates.js';
import type { ProjectRef } from './ref.js';
import { gitTopLevel } from './git.js';
import { VAIBIFY_MANIFEST } from './names.js';

/** The manifest's first line until, and since, 4 May 2026 (docs/vaibify.md, section 5). */
const HEADER = {
  outputs: '# SHA-256 manifest of workflow outputs',
  artefacts: '# SHA-256 manifest of workflow artefacts',
};
/** The script that vaibify writes since July 2026, and pins when it is there. */
const ENTRY = 'reproduce.sh' as RepoPath;
/** What describes the environment; vaibify pins it since September 2026, and did not before. */
const ENVIRONMENT = ['.vaibify/environment.json', 'Dockerfile', 'requirements.lock'] as RepoPath[];
/** Entries that are looked up on disk to tell the conventions apart. */
const SAMPLE = 256;
/** The largest pipeline document that is read. */
const MOST_BYTES = 64 << 20;

/**
 * The root of the project that a pipeline file declares: the top of the git work tree. Outside git,
 * and where only there a manifest lies, the directory that holds `.vaibify` or the file itself.
 */
export async function vaibifyRoot(absolute: string): Promise<string> {
  const own = ownRoot(absolute);
  const top = await gitTopLevel(own);
  if (top === undefined || top === own) return own;
  const there = await existsFile(absolutePath(top, VAIBIFY_MANIFEST));
  return !there && (await existsFile(absolutePath(own, VAIBIFY_MANIFEST))) ? own : top;
}

function ownRoot(absolute: string): string {
  const directory = path.dirname(absolute);
  const holder = path.dirname(directory);
  return path.basename(holder) === '.vaibify' ? path.dirname(holder) : directory;
}

/** What the projects of one root share. */
export interface Shared {
  readonly evidence: Evidence;
  readonly surroundings: Surroundings;
}

/** Reads one pipeline; what its siblings declare is the caller's business. */
export async function vaibifyProject(
  ref: ProjectRef,
  { evidence, surroundings }: Shared,
  options: ReadOptions,
): Promise<Project> {
  const { root, file } = ref;
  const { manifest, pins } = evidence;
  const source = await readDocument(absolutePath(root, file), options);
  const document = await inTurns(readVaibify(source.text, file, path.basename(root)));
  const convention = await conventionOf(document, evidence, root);
  const covered = coveredRoles(document, evidence);
  const { declared, findings } = declaredUnder(document, convention, covered);
  const gitRoot = await gitTopLevel(root);
  const all = [...declared, ...(await undeclared(ref, convention, evidence))];
  const problems = problemsOf(file, { source, document, gitRoot });
  const envelope = await envelopeOf({ ref, document, convention, surroundings });
  return {
    kind: 'vaibify',
    root,
    file,
    title: document.title,
    dialect: dialectOf(document, convention),
    ...(gitRoot === undefined ? {} : { gitRoot }),
    steps: document.steps,
    declared: all,
    pins,
    manifest,
    manifestHeader: [headerOf(convention, evidence)],
    findings: [...problems, ...findings, ...evidence.findings, ...lacking(file, all, evidence)],
    envelope,
    basis: basisOf(sha256(encodeText(source.text)), manifest.digest, ...digestsOf(envelope)),
  };
}

interface Read {
  readonly source: Source;
  readonly document: VaibifyDocument;
  readonly gitRoot: string | undefined;
}

function problemsOf(file: RepoPath, { source, document, gitRoot }: Read): Finding[] {
  const place = startOf(file);
  const { problem } = source;
  const problems: Finding[] =
    problem === undefined
      ? [...document.findings]
      : [{ code: 'json-syntax', severity: 'error', problem, place }];
  if (gitRoot === undefined) problems.push({ code: 'not-in-git', severity: 'warning', place });
  return problems;
}

interface Source {
  readonly text: string;
  /** Why there is no text. */
  readonly problem?: string;
}

async function readDocument(absolute: string, { overlay }: ReadOptions): Promise<Source> {
  const text = overlay?.(absolute);
  if (text !== undefined) return { text };
  try {
    const bytes = await readBytes(absolute, { limit: MOST_BYTES });
    return bytes === undefined ? { text: '', problem: 'ENOENT' } : { text: decodeText(bytes) };
  } catch (error) {
    return { text: '', problem: reasonOf(error) };
  }
}

/**
 * Which convention this project follows (docs/vaibify.md, section 5): the one under which more
 * outputs are pinned; failing that, more are on disk. Documents of schema 8 and later were never
 * pinned verbatim by anyone, so of them only pins can say so.
 */
async function conventionOf(
  document: VaibifyDocument,
  { pins }: Evidence,
  root: string,
): Promise<Convention> {
  const open = document.entries.filter(
    (entry) => isOutput(entry) && pathOf(entry, 'verbatim') !== pathOf(entry, 'joined'),
  );
  const pinned = new Set<string>(pins.map((pin) => pin.path));
  const byPins = lead(open, (name) => pinned.has(name));
  if (byPins !== 0 || document.generation === 'current') return byPins > 0 ? 'verbatim' : 'joined';
  const sample = open.slice(0, SAMPLE);
  const names = sample.flatMap((entry) => [pathOf(entry, 'verbatim'), pathOf(entry, 'joined')]);
  const onDisk = new Set<string>();
  for (const name of names) {
    if (name !== undefined && (await existsFile(absolutePath(root, name)))) onDisk.add(name);
  }
  return lead(sample, (name) => onDisk.has(name)) > 0 ? 'verbatim' : 'joined';
}

function pathOf(entry: VaibifyEntry, convention: Convention): RepoPath | undefined {
  const result = entry[convention];
  return result?.ok === true ? result.path : undefined;
}

/** By how many entries `verbatim` leads. */
function lead(entries: readonly VaibifyEntry[], has: (name: RepoPath) => boolean): number {
  const holds = (entry: VaibifyEntry, convention: Convention): number => {
    const name = pathOf(entry, convention);
    return name !== undefined && has(name) ? 1 : 0;
  };
  return entries.reduce((sum, e) => sum + holds(e, 'verbatim') - holds(e, 'joined'), 0);
}

/**
 * The roles beyond outputs that a manifest covers, by what it pins. Between 4 May and 8 July 2026
 * scripts, standards and tests were added one by one while outputs were still pinned verbatim.
 */
function coveredRoles(document: VaibifyDocument, { pins }: Evidence): Set<Role> {
  const pinned = new Set<string>(pins.map((pin) => pin.path));
  const covered = document.entries.filter((entry) => {
    const name = pathOf(entry, 'joined');
    return !isOutput(entry) && name !== undefined && pinned.has(name);
  });
  return new Set(covered.map(({ role }) => role));
}

/**
 * What vaibify pins without a declaration, where it exists. What describes the environment is so
 * only in a manifest that pins it already: to drop it would undo the work of a newer vaibify, to add
 * it would surprise an older one.
 */
async function undeclared(
  { root, file }: ProjectRef,
  convention: Convention,
  { pins }: Evidence,
): Promise<DeclaredFile[]> {
  if (convention !== 'joined') return [];
  const pinned = new Set<string>(pins.map((pin) => pin.path));
  const found: DeclaredFile[] = [];
  for (const each of [ENTRY, ...ENVIRONMENT.filter((name) => pinned.has(name))]) {
    const role = each === ENTRY ? 'entry' : 'input';
    const there = await existsFile(absolutePath(root, each));
    if (there) found.push({ path: each, role, place: startOf(file) });
  }
  return found;
}

function dialectOf({ schemaVersion }: VaibifyDocument, convention: Convention): string {
  if (convention === 'verbatim') return 'vaibify, May 2026 paths';
  return schemaVersion === 0 ? 'vaibify, no schema version' : `vaibify, schema ${schemaVersion}`;
}

function headerOf(convention: Convention, { header }: Evidence): string {
  return convention === 'joined' || header[0] === HEADER.artefacts
    ? HEADER.artefacts
    : HEADER.outputs;
}

function lacking(
  file: RepoPath,
  declared: readonly DeclaredFile[],
  { manifest }: Evidence,
): Finding[] {
  const count = new Set(declared.map((each) => each.path)).size;
  if (!manifest.exists && count > 0) {
    const place = startOf(file);
    return [{ code: 'manifest-absent', severity: 'warning', declared: count, place }];
  }
  if (manifest.digest === undefined || manifest.entries > 0) return [];
  return [{ code: 'manifest-empty', severity: 'warning', place: startOf(manifest.file) }];
}
