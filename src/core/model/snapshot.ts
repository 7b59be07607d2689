import type { DeclaredFile, Pin, Project } from './project.js';
import type { Counts, FileStatus } from './status.js';
import type { Finding } from './finding.js';
import type { RepoPath } from './paths.js';
import type { Sha256 } from './digest.js';

/** The reproducibility level, 0 to 3; `undefined` while its gates were not evaluated. */
export type Level = 0 | 1 | 2 | 3 | undefined;

/** Something that stands between a project and its next level. */
export interface Blocker {
  readonly level: 1 | 2 | 3;
  readonly finding: Finding;
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
  /** When the newest look at the disk ended, in milliseconds since 1970; absent before the first. */
  readonly checkedAt?: number;
}

export type Tier = 1 | 2 | 3 | 4;
export type TierOutcome = 'pass' | 'fail' | 'skipped' | 'error';

/** The result of one tier of the ceremony. */
export interface TierReport {
  readonly tier: Tier;
  readonly outcome: TierOutcome;
  /** Entries that were checked, and those among them that hold. */
  readonly total: number;
  readonly verified: number;
  readonly findings: readonly Finding[];
  /** Digest of the evidence that was checked; absent when nothing could be. */
  readonly basis?: Sha256;
  /** Milliseconds since 1970. */
  readonly finishedAt: number;
}
