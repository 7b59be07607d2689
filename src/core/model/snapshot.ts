import type { BuildState } from './build.js';
import type { DeclaredFile, Pin, Project } from './project.js';
import type { Counts, FileStatus } from './status.js';
import type { Finding } from './finding.js';
import type { Remedy } from './findings/level.js';
import type { TierReport } from './tier.js';
import type { RepoPath } from './paths.js';

/** The reproducibility level, 0 to 3; `undefined` while its gates were not evaluated. */
export type Level = 0 | 1 | 2 | 3 | undefined;

/** Something that stands between a project and its next level. */
export interface Blocker {
  readonly level: 1 | 2 | 3;
  /** The step that it is about; absent when it is about the whole project. */
  readonly step?: string;
  /** Advice: it is listed and does not hold the level back. */
  readonly advisory?: true;
  readonly finding: Finding;
  /** What one action could do about it. */
  readonly remedy?: Remedy;
}

/** One file of a project, declared or pinned or both, with what is known of its bytes. */
export interface FileEntry {
  readonly path: RepoPath;
  readonly declared: readonly DeclaredFile[];
  readonly pins: readonly Pin[];
  readonly status: FileStatus;
}

/** Finds an entry by its path. The places are shared by all snapshots of one reading of a project. */
export interface FileIndex {
  /** Indices into `Snapshot.files`. */
  readonly places: ReadonlyMap<RepoPath, number>;
  readonly get: (path: RepoPath) => FileEntry | undefined;
}

/** Everything known of one project at one moment. Immutable. */
export interface Snapshot {
  readonly project: Project;
  /** By code point of the path. */
  readonly files: readonly FileEntry[];
  readonly byPath: FileIndex;
  readonly counts: Counts;
  /** Those of the project's documents and those of its files. */
  readonly findings: readonly Finding[];
  readonly level: Level;
  readonly blockers: readonly Blocker[];
  /** The newest result of each tier that was verified; those whose basis changed are left out. */
  readonly tiers: readonly TierReport[];
  /** How a build plan and what it names stand to its last rebuild; plans only. */
  readonly build?: BuildState;
  /** When the newest look at the disk ended, in milliseconds since 1970; absent before the first. */
  readonly checkedAt?: number;
}
