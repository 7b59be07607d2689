import { formatManifest, nameProblem } from '../formats/manifest/writer.js';
import type { ManifestLine, NameProblem } from '../formats/manifest/writer.js';
import { parsePointer } from '../formats/pointer.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import { compareCodePoints } from '../model/paths.js';
import type { RepoPath } from '../model/paths.js';
import type { Project } from '../model/project.js';
import type { Place } from '../model/place.js';
import { absolutePath, readBytes, sha256, writeAtomic } from '../system/files.js';
import type { Hasher } from '../system/hasher.js';
import type { Observation } from '../system/observation.js';

/** Why one declared file keeps the manifest from being written. */
export type Obstacle =
  | {
      readonly code: 'not-a-file';
      readonly path: RepoPath;
      readonly seen: Observation;
      readonly place?: Place;
    }
  | { readonly code: 'pointer'; readonly path: RepoPath; readonly place?: Place }
  | {
      readonly code: 'name';
      readonly path: RepoPath;
      readonly problem: NameProblem;
      readonly place?: Place;
    }
  | { readonly code: 'finding'; readonly finding: Finding };

/** One pin that the new manifest adds, changes or drops. */
export interface PinChange {
  readonly path: RepoPath;
  readonly from?: Sha256;
  readonly to?: Sha256;
}

/** What regenerating a manifest would do. Nothing is written yet. */
export interface ManifestPlan {
  /** Absolute directory of the names, and the manifest relative to it. */
  readonly root: string;
  readonly manifest: RepoPath;
  readonly added: readonly PinChange[];
  readonly changed: readonly PinChange[];
  readonly removed: readonly PinChange[];
  /** Every reason not to write; a plan with an obstacle cannot be carried out. */
  readonly obstacles: readonly Obstacle[];
  /** Entries of the new manifest. */
  readonly entries: number;
  readonly bytes: Buffer;
  /** Whether the bytes differ from those on disk, be it only in form. */
  readonly differs: boolean;
  /** Digest of the manifest that the plan replaces; absent when there was none. */
  readonly replaces?: Sha256;
}

/** How to look at the files; see `ObserveOptions`. */
export interface PlanOptions {
  readonly hasher: Hasher;
  readonly followLinks: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: { readonly files: number; readonly bytes: number }) => void;
  /** Pin only these in addition to what is pinned, and leave every other pin as it is. */
  readonly only?: readonly RepoPath[];
}

/** One file that the new manifest should pin. */
interface Wanted {
  readonly path: RepoPath;
  readonly name: string;
  readonly place?: Place;
}

/**
 * Plans the manifest that a repository's declarations call for, reading every byte of every file.
 * All projects of one repository share one manifest, so all of them are given. All obstacles are
 * collected; none is worked around.
 *
 * @throws `AbortError` when the signal fires: a half-made plan is no plan.
 */
export async function planManifest(
  projects: readonly [Project, ...Project[]],
  options: PlanOptions,
): Promise<ManifestPlan> {
  const [project] = projects;
  const wanted =
    options.only === undefined ? allWanted(projects) : someWanted(projects, options.only);
  const seen = await options.hasher.observe(
    project.root,
    wanted.map(({ name }) => name),
    { mode: 'read', ...options },
  );
  options.signal?.throwIfAborted();
  const lines: ManifestLine[] = options.only === undefined ? [] : keptLines(project, options.only);
  const cured = options.only === undefined ? REPLACED : NOTHING;
  const obstacles: Obstacle[] = projects.flatMap((each) => documentObstacles(each, cured));
  // A plain manifest's names were read from one, so they can be read again.
  const check = project.kind === 'manifest' ? () => undefined : nameProblem;
  wanted.forEach((file, index) => {
    const line = lineFor(file, seen[index], check(file.name));
    if ('code' in line) obstacles.push(line);
    else lines.push(line);
  });
  if (lines.length === 0 && obstacles.length === 0) {
    obstacles.push({ code: 'finding', finding: { code: 'manifest-empty', severity: 'error' } });
  }
  return compare(project, lines, obstacles);
}

/**
 * Writes a plan: atomically, and only if the manifest on disk is still the one that the plan was
 * compared with.
 *
 * @throws ManifestChangedError when it is not; the I/O error when writing fails. Either way the old
 * manifest stays as it was.
 */
export async function writeManifest(plan: ManifestPlan): Promise<void> {
  if (plan.obstacles.length > 0) throw new Error('a plan with obstacles cannot be written');
  const file = absolutePath(plan.root, plan.manifest);
  const now = await readBytes(file);
  if ((now === undefined ? undefined : sha256(now)) !== plan.replaces) {
    throw new ManifestChangedError(plan.manifest);
  }
  await writeAtomic(file, plan.bytes, { within: plan.root });
}

/** The manifest was changed by someone else after the plan was shown. */
export class ManifestChangedError extends Error {
  readonly code = 'manifest-changed';
  readonly file: RepoPath;

  constructor(file: RepoPath) {
    super(`${file} changed since the plan was made`);
    this.name = 'ManifestChangedError';
    this.file = file;
  }
}

/** A vaibify project's declarations; a plain manifest declares exactly what it lists. */
function allWanted(projects: readonly Project[]): Wanted[] {
  const wanted = new Map<RepoPath, Wanted>();
  for (const { kind, declared, pins } of projects) {
    const files = kind === 'manifest' ? pins : declared;
    for (const file of files) {
      const { path, place } = file;
      const name = 'name' in file ? file.name : path;
      if (!wanted.has(path)) wanted.set(path, { path, place, name });
    }
  }
  return [...wanted.values()].sort((a, b) => compareCodePoints(a.path, b.path));
}

function someWanted(projects: readonly Project[], only: readonly RepoPath[]): Wanted[] {
  const all = new Map(allWanted(projects).map((file) => [file.path, file]));
  return [...new Set(only)].map((path) => all.get(path) ?? { path, name: path });
}

/** The present pins, as they are, but for those that are made anew. */
function keptLines(project: Project, anew: readonly RepoPath[]): ManifestLine[] {
  const dropped = new Set(anew);
  return project.pins.filter(({ path }) => !dropped.has(path));
}

/** Errors in the documents: what they declare or pin is then not known, so nothing is replaced. */
function documentObstacles(project: Project, cured: ReadonlySet<string>): Obstacle[] {
  return project.findings
    .filter((finding) => finding.severity === 'error' || LOST.some((lost) => lost(finding)))
    .filter(({ code }) => project.kind === 'manifest' || !cured.has(code))
    .map((finding) => ({ code: 'finding', finding }));
}

/** What is no fault, and would be lost all the same when the manifest is written anew. */
const LOST: readonly ((finding: Finding) => boolean)[] = [
  ({ code }) => code === 'manifest-too-large',
  (finding) => finding.code === 'manifest-lenient' && finding.leniency === 'pgp-signature',
];
const NOTHING: ReadonlySet<string> = new Set();
/** Faults of a manifest that regenerating it from declarations is the cure for. */
const REPLACED: ReadonlySet<string> = new Set([
  'manifest-malformed-line',
  'manifest-malformed-more',
  'manifest-conflict',
  'manifest-refused-path',
  'manifest-empty',
  'manifest-too-large',
]);

function lineFor(
  file: Wanted,
  seen: Observation | undefined,
  problem: NameProblem | undefined,
): ManifestLine | Obstacle {
  const where = { path: file.path, ...(file.place === undefined ? {} : { place: file.place }) };
  if (problem !== undefined) return { code: 'name', problem, ...where };
  if (seen?.kind !== 'file') {
    return { code: 'not-a-file', seen: seen ?? { kind: 'cancelled' }, ...where };
  }
  const pointer = seen.pointerText === undefined ? undefined : parsePointer(seen.pointerText);
  // The pointer's own digest would pin a text that no clone with the content ever has.
  if (pointer !== undefined) return { code: 'pointer', ...where };
  return { name: file.name, digest: seen.digest };
}

async function compare(
  project: Project,
  lines: readonly ManifestLine[],
  obstacles: readonly Obstacle[],
): Promise<ManifestPlan> {
  const bytes = formatManifest(project.manifestHeader, lines);
  const old = await readBytes(absolutePath(project.root, project.manifest.file));
  return {
    root: project.root,
    manifest: project.manifest.file,
    ...changes(project, lines),
    obstacles,
    entries: lines.length,
    bytes,
    differs: old === undefined || !bytes.equals(old),
    ...(old === undefined ? {} : { replaces: sha256(old) }),
  };
}

function changes(
  project: Project,
  lines: readonly ManifestLine[],
): Pick<ManifestPlan, 'added' | 'changed' | 'removed'> {
  const before = new Map(project.pins.map((pin) => [pin.name, pin]));
  const after = new Set(lines.map(({ name }) => name));
  const added: PinChange[] = [];
  const changed: PinChange[] = [];
  for (const { name, digest } of lines) {
    const from = before.get(name)?.digest;
    if (from === undefined) added.push({ path: name as RepoPath, to: digest });
    else if (from !== digest) changed.push({ path: name as RepoPath, from, to: digest });
  }
  const removed = [...before.values()]
    .filter(({ name }) => !after.has(name))
    .map(({ path, digest }) => ({ path, from: digest }));
  const byPath = (a: PinChange, b: PinChange): number => compareCodePoints(a.path, b.path);
  return {
    added: added.sort(byPath),
    changed: changed.sort(byPath),
    removed: removed.sort(byPath),
  };
}
