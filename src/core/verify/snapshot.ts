import { compareCodePoints } from '../model/paths.js';
import type { RepoPath } from '../model/paths.js';
import type { Finding, Severity } from '../model/finding.js';
import type { DeclaredFile, Pin, Project } from '../model/project.js';
import type { FileEntry, Snapshot } from '../model/snapshot.js';
import { countStates } from '../model/status.js';
import type { StatusKind } from '../model/status.js';
import type { Observation } from '../system/observation.js';
import { judge, judgeAll } from './judge.js';

/** What was seen on disk, by the name that was opened. */
export type Observations = ReadonlyMap<string, Observation>;

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

/** Joins what a project says with what was seen on disk. Pure. */
export function makeSnapshot(project: Project, seen: Observations, checkedAt?: number): Snapshot {
  const files = joinFiles(project, seen);
  return {
    project,
    files,
    byPath: new Map(files.map((file) => [file.path, file])),
    counts: countStates(files.map((file) => file.status.kind)),
    findings: [...project.findings, ...files.flatMap(fileFindings)],
    level: undefined,
    blockers: project.findings
      .filter((finding) => finding.code === 'not-in-git')
      .map((finding) => ({ level: 1, finding })),
    ...(checkedAt === undefined ? {} : { checkedAt }),
  };
}

interface Gathered {
  readonly declared: DeclaredFile[];
  readonly pins: Pin[];
}

function joinFiles(project: Project, seen: Observations): FileEntry[] {
  const gathered = new Map<RepoPath, Gathered>();
  const at = (path: RepoPath): Gathered => {
    const known = gathered.get(path);
    if (known !== undefined) return known;
    const fresh: Gathered = { declared: [], pins: [] };
    gathered.set(path, fresh);
    return fresh;
  };
  for (const pin of project.pins) at(pin.path).pins.push(pin);
  for (const file of project.declared) at(file.path).declared.push(file);
  const look = (name: string): Observation | undefined => seen.get(name);
  return [...gathered]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([path, { declared, pins }]) => ({
      path,
      declared,
      pins,
      status: judgeAll(pins, look) ?? judge(undefined, look(path)),
    }));
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
