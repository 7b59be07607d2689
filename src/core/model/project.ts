import type { BuildFacts } from './build.js';
import type { Envelope } from './envelope.js';
import type { Finding } from './finding.js';
import type { RepoPath } from './paths.js';
import type { Sha256 } from './digest.js';
import type { Place, Role } from './place.js';
import type { Span } from './span.js';

/** What kind of document declares a project; one adapter in `core/projects` reads each. */
export type ProjectKind = 'vaibify' | 'manifest' | 'plan';

/** One file that the pipeline says belongs to it. */
export interface DeclaredFile {
  readonly path: RepoPath;
  readonly role: Role;
  /** Label of the declaring step (`A01`, `I01`); absent for declarations outside any step. */
  readonly step?: string;
  /** The text in the declaring document. */
  readonly place: Place;
}

/** One recorded claim about a file's bytes. */
export interface Pin {
  readonly path: RepoPath;
  /** The name as the evidence spells it (`./a`), which is what gets opened. */
  readonly name: string;
  readonly digest: Sha256;
  /** The line of the evidence, from 1. */
  readonly line: number;
  /** The name's text on that line. */
  readonly place: Place;
}

/** One step of a pipeline, in the order of execution. */
export interface Step {
  /** `A01`, `A02`, ... for automated and `I01`, ... for interactive steps. */
  readonly label: string;
  readonly name: string;
  /** The step's whole text in the declaring document. */
  readonly span: Span;
}

/** The checksum manifest that pins a project's files; of a build plan the plan, which pins its artifact. */
export interface ManifestEvidence {
  readonly file: RepoPath;
  readonly exists: boolean;
  /** The digest of the manifest itself; absent when it does not exist. */
  readonly digest?: Sha256;
  /** The names of its entries are relative to this directory: `''` or a path below the root. */
  readonly base: string;
  /** Well-formed entries it holds; more than `Project.pins` when it is too large to keep. */
  readonly entries: number;
}

/** Everything that a project's own documents say, before anything was hashed. Immutable. */
export interface Project {
  readonly kind: ProjectKind;
  /** Absolute path of the repository's top level, or of the manifest's directory. */
  readonly root: string;
  /** The declaring document. */
  readonly file: RepoPath;
  readonly title: string;
  /** The variant of the format that was recognised, for people (`vaibify 2026-08, schema 12`). */
  readonly dialect: string;
  /** The top level of the git work tree around the file; absent outside git. */
  readonly gitRoot?: string;
  readonly steps: readonly Step[];
  readonly declared: readonly DeclaredFile[];
  readonly pins: readonly Pin[];
  readonly manifest: ManifestEvidence;
  /** The first line that the manifest's writer gives it, without the line end. */
  readonly manifestHeader: readonly string[];
  readonly findings: readonly Finding[];
  /** The evidence beyond the manifest, and what was recorded of the pipeline; pipelines only. */
  readonly envelope?: Envelope;
  /** What a build plan says, and what was found of it on disk; plans only. */
  readonly build?: BuildFacts;
  /** Digest of everything this value was read from: a report of another basis is stale. */
  readonly basis: Sha256;
}

/** What identifies a project among others: two values with one key describe the same project. */
export const projectKey = (project: Pick<Project, 'root' | 'file'>): string =>
  `${project.root}\0${project.file}`;
