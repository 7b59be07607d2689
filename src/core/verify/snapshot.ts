import type { BuildFacts } from '../model/build.js';
import { compareCodePoints } from '../model/paths.js';
import { atOnce } from '../model/steps.js';
import type { RepoPath } from '../model/paths.js';
import type { Finding, Severity } from '../model/finding.js';
import type { DeclaredFile, Pin, Project } from '../model/project.js';
import type { FileEntry, FileIndex, Snapshot } from '../model/snapshot.js';
import { countStates } from '../model/status.js';
import type { FileStatus, StatusKind } from '../model/status.js';
import type { TierReport } from '../model/tier.js';
import type { Observation } from '../system/observation.js';
import { envelopeFindings } from '../model/envelope.js';
import { buildState } from './buildState.js';
import { judge, judgeAll } from './judge.js';
import { levelFindings, standingOf } from './level.js';
import type { Standing } from './level.js';
import { tallyFiles } from './levelFiles.js';
import { currentTiers, tierFindings } from './tiers.js';

/** What was seen on disk, by the name that was opened. */
export type Observations = ReadonlyMap<string, Observation>;

/** What a snapshot is made from. */
export interface SnapshotSource {
  readonly project: Project;
  readonly seen: Observations;
  /** When the look behind it ended, in milliseconds since 1970. */
  readonly checkedAt?: number | undefined;
  /**
   * The moment that the level is for, in milliseconds since 1970: checks of published copies grow old.
   * Default: `checkedAt`. With neither, the level is not determined.
   */
  readonly now?: number | undefined;
  /** The snapshot before: entries whose state is the same are taken over, not made anew. */
  readonly previous?: Snapshot | undefined;
  /** Results of tiers that are known; those that are out of date are left out of the snapshot. */
  readonly tiers?: readonly TierReport[];
}

/** Entries that are worked on between two moments at which others may run. */
const SLICE = 4096;

/** Every name that has to be looked at to know a project, without repeats. */
export function namesOf(project: Project): string[] {
  const names = new Set<string>();
  const pinned = new Set<RepoPath>();
  for (const pin of project.pins) {
    names.add(pin.name);
    pinned.add(pin.path);
  }
  for (const file of project.declared) if (!pinned.has(file.path)) names.add(file.path);
  return [...names];
}

/** Names that have to be looked at to know one file. */
export const namesIn = ({ path, pins }: FileEntry): string[] =>
  pins.length > 0 ? pins.map(({ name }) => name) : [path];

/** Joins what a project says with what was seen on disk. Pure. */
export function makeSnapshot(source: SnapshotSource): Snapshot {
  return atOnce(buildSnapshot(source));
}

/** {@link makeSnapshot} in small steps: a hundred thousand files must not stop an editor. */
export function* buildSnapshot(source: SnapshotSource): Generator<undefined, Snapshot> {
  const facts = source.project.build;
  return facts === undefined ? yield* filesSnapshot(source) : planSnapshot(source, facts);
}

function* filesSnapshot(source: SnapshotSource): Generator<undefined, Snapshot> {
  const { project, seen, checkedAt } = source;
  const previous = source.previous?.project === project ? source.previous : undefined;
  const subjects = previous?.files ?? (yield* arrange(project));
  const files: FileEntry[] = [];
  for (const [index, subject] of subjects.entries()) {
    files.push(entryOf(subject, seen, previous?.files[index]?.status));
    if (index % SLICE === SLICE - 1) yield undefined;
  }
  const places = previous?.byPath.places ?? (yield* indexOf(files));
  const byPath: FileIndex = { places, get: (path) => files[places.get(path) ?? -1] };
  const standing = yield* stand(source, files, byPath);
  const said = [...project.findings, ...envelopeFindings(project.envelope)];
  const tiers = currentTiers(project, source.tiers, files);
  return {
    project,
    files,
    byPath,
    counts: countStates(files.map((file) => file.status.kind)),
    findings: [
      ...said,
      ...tierFindings(tiers, said),
      ...levelFindings(project, said, standing.blockers),
      ...files.flatMap(fileFindings),
    ],
    ...standing,
    tiers,
    ...(checkedAt === undefined ? {} : { checkedAt }),
  };
}

/** A plan's state is that of its artifact; beside it only the reference artifact can hold or not. */
function planSnapshot(source: SnapshotSource, facts: BuildFacts): Snapshot {
  const { project, seen, checkedAt } = source;
  const build = buildState({ project, facts, seen, tiers: source.tiers });
  const references = project.declared.filter(({ role }) => role === 'reference');
  const files = references.map((file): FileEntry => {
    const mark = build.marks.find(({ place }) => place.span === file.place.span);
    const status = mark?.status ?? judge(undefined, seen.get(file.path));
    return { path: file.path, declared: [file], pins: [], status };
  });
  const tiers = build.last === undefined || build.outdated ? [] : [build.last];
  return {
    project,
    files,
    byPath: indexedBy(files),
    counts: countStates([build.artifact.kind]),
    findings: [...project.findings, ...tierFindings(tiers, project.findings)],
    level: undefined,
    blockers: [],
    tiers,
    build,
    ...(checkedAt === undefined ? {} : { checkedAt }),
  };
}

const indexedBy = (files: readonly FileEntry[]): FileIndex => {
  const places = new Map(files.map(({ path }, index) => [path, index]));
  return { places, get: (path) => files[places.get(path) ?? -1] };
};

/** The level; nothing while nothing was looked at, for then nothing can be said. */
function* stand(
  { project, now, checkedAt }: SnapshotSource,
  files: readonly FileEntry[],
  byPath: FileIndex,
): Generator<undefined, Standing> {
  const at = now ?? checkedAt;
  if (at === undefined) return { level: undefined, blockers: [] };
  const tally = yield* tallyFiles(files);
  return standingOf({ project, files: byPath, tally, now: at });
}

/** A file before anything was seen of it. */
type Subject = Omit<FileEntry, 'status'>;

function* arrange(project: Project): Generator<undefined, Subject[]> {
  const gathered = new Map<RepoPath, { path: RepoPath; declared: DeclaredFile[]; pins: Pin[] }>();
  let sorted = true;
  let last = '';
  for (const [index, item] of [...project.pins, ...project.declared].entries()) {
    let subject = gathered.get(item.path);
    if (subject === undefined) {
      subject = { path: item.path, declared: [], pins: [] };
      gathered.set(item.path, subject);
      sorted &&= compareCodePoints(last, item.path) < 0;
      last = item.path;
    }
    if ('digest' in item) subject.pins.push(item);
    else subject.declared.push(item);
    if (index % SLICE === SLICE - 1) yield undefined;
  }
  const subjects = [...gathered.values()];
  // Manifests are written in order: sorting them again would be most of the work.
  return sorted ? subjects : subjects.sort((a, b) => compareCodePoints(a.path, b.path));
}

function* indexOf(files: readonly FileEntry[]): Generator<undefined, Map<RepoPath, number>> {
  const places = new Map<RepoPath, number>();
  for (const [index, { path }] of files.entries()) {
    places.set(path, index);
    if (index % SLICE === SLICE - 1) yield undefined;
  }
  return places;
}

function entryOf(subject: Subject, seen: Observations, before: FileStatus | undefined): FileEntry {
  const { path, declared, pins } = subject;
  const [pin] = pins;
  const status =
    pins.length > 1
      ? judgeAll(pins, (name) => seen.get(name))
      : judge(pin?.digest, seen.get(pin?.name ?? path));
  const same = before !== undefined && isSame(before, status);
  return same && 'status' in subject ? (subject as FileEntry) : { path, declared, pins, status };
}

/** Whether two states say the same, time and way of the check included. */
function isSame(a: FileStatus, b: FileStatus): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind !== 'verified' || b.kind !== 'verified')
    return JSON.stringify(a) === JSON.stringify(b);
  return a.actual === b.actual && a.check.at === b.check.at && a.check.how === b.check.how;
}

/** A problem is a warning; what is merely not known or not pinned yet is information. */
const SEVERITY: Readonly<Partial<Record<StatusKind, Severity>>> = {
  drifted: 'warning',
  missing: 'warning',
  linked: 'warning',
  unreadable: 'warning',
  pointer: 'info',
  unpinned: 'info',
};

/** The findings of one file, at every place that declares it, else at the line that pins it. */
export function fileFindings(entry: FileEntry): Finding[] {
  const severity = SEVERITY[entry.status.kind];
  if (severity === undefined) return [];
  const declared = entry.declared.map((file) => ({
    place: file.place,
    role: file.role,
    ...(file.step === undefined ? {} : { step: file.step }),
  }));
  const places = declared.length > 0 ? declared : entry.pins.map(({ place }) => ({ place }));
  return places.map((where) => ({
    code: 'file-state',
    severity,
    path: entry.path,
    status: entry.status,
    ...where,
  }));
}
