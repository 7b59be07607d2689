import type { Sha256 } from './digest.js';
import type { Finding } from './finding.js';
import type { RepoPath } from './paths.js';
import type { Place } from './place.js';
import type { BuildPlan, PlanStep } from './plan.js';
import type { ReferenceKey } from './reference.js';
import type { Span } from './span.js';
import type { FileStatus, StatusKind } from './status.js';
import type { TierDetail, TierReport } from './tier.js';

/** A build plan as it was read, and what stands on disk of what it names. */
export interface BuildFacts {
  /** With `{tag}` replaced by the tag of {@link record}, where there is one. */
  readonly plan: BuildPlan;
  /** One for each of the plan's sources, in its order. */
  readonly sources: readonly SourceFacts[];
  /** Literal digest and attestation; a reference artifact is hashed with the project's files. */
  readonly references: readonly ReferenceFacts[];
  /** The newest verdict on this plan that lies in the repository. */
  readonly record?: BuildRecord;
  /** Files that the steps run, as far as they are in the repository. */
  readonly called: readonly RepoPath[];
}

/** What a source is on disk. */
export interface SourceFacts {
  readonly span: Span;
  /** As the plan writes it. */
  readonly name: string;
  /** `''` for the whole repository; absent for a path that is refused. */
  readonly path?: RepoPath | '';
  readonly kind: 'file' | 'directory' | 'missing' | 'refused' | 'other';
  /**
   * When the newest change below it was made, in milliseconds since 1970; absent when that is not
   * known: for the whole repository, which changes with every command of git, and for very many files.
   */
  readonly changedAt?: number;
}

/** What a key of the plan says that the artifact must equal. */
export interface ReferenceFacts {
  readonly key: ReferenceKey;
  readonly place: Place;
  /** As written. */
  readonly digest?: string;
  /** Why it says nothing. */
  readonly problem?: Finding;
}

/** A verdict that somebody has recorded: a claim, for nothing of it was seen here. */
export interface BuildRecord {
  readonly file: RepoPath;
  readonly tag: string;
  readonly generated: string;
  readonly match: boolean;
  /** Milliseconds since 1970. */
  readonly verifiedAt: number;
  readonly isolation?: string;
}

/** What a mark in a plan is about. */
export type BuildSubject =
  | { readonly kind: 'artifact' }
  | { readonly kind: 'reference'; readonly key: ReferenceKey; readonly digest?: string }
  | { readonly kind: 'source'; readonly source: SourceFacts; readonly digest?: Sha256 }
  | { readonly kind: 'step'; readonly step: PlanStep; readonly failed: boolean };

/** One thing that a plan names, and how it stands. */
export interface BuildMark {
  readonly place: Place;
  readonly subject: BuildSubject;
  readonly state: StatusKind;
  /** Of what has a digest. */
  readonly status?: FileStatus;
}

/** A rebuild that came to an artifact, or to a failure. */
export type Rebuild = TierReport & {
  readonly detail: Extract<TierDetail, { kind: 'rebuilt' | 'rebuild-failed' }>;
};

/** How a plan stands to its last rebuild on this computer. */
export interface BuildState {
  /** In the order of the document. */
  readonly marks: readonly BuildMark[];
  readonly artifact: FileStatus;
  /** The last rebuild of the plan as it is now. */
  readonly last?: Rebuild;
  /** Whether a source was changed since, so that `last` proves nothing any more. */
  readonly outdated: boolean;
}
