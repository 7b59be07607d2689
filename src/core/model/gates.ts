import type { Sha256 } from './digest.js';
import type { TestAxis, TestState } from './findings/level.js';
import type { RepoPath } from './paths.js';
import type { Place } from './place.js';

/** The identity of a file's bytes for git: SHA-1 of `blob <length>`, NUL and the bytes; 40 hex digits. */
export type BlobId = string & { readonly __blobId: true };

/** How the tests of one axis stand; the first three are good. */
export type AxisState = 'passed' | 'from-marker' | 'unnecessary' | TestState;

/** What a person said of a step's results. */
export type SignOff = 'passed' | 'stale' | 'failed' | 'untested';

/** What a pipeline's state says of one step. */
export interface StepRecord {
  readonly signOff: SignOff;
  /** Whether the time of the sign-off is recorded. */
  readonly dated: boolean;
  readonly axes: ReadonlyMap<TestAxis, AxisState>;
  /** When the tests ran last, in milliseconds since 1970. */
  readonly testedAt?: number;
  /** Files that changed since the tests ran. */
  readonly modified: readonly string[];
  readonly upstreamModified: boolean;
  /** The figures as they were when they were signed off, by their name as recorded. */
  readonly approved: ReadonlyMap<string, Sha256>;
  /** Whether a configuration without a seed was seen. */
  readonly unseeded: boolean;
}

/** What is recorded of a project beside its documents. It stays on one machine: git ignores it. */
export interface RecordedState {
  /** By the step's identifier, else by its directory as written. */
  readonly steps: ReadonlyMap<string, StepRecord>;
  /** Identifiers of steps with a download that no successful run recorded. */
  readonly downloads: ReadonlySet<string>;
}

/** The outcome of one test session of one step. */
export interface TestMarker {
  /** The step's directory, normalised; `''` for the top of the repository. */
  readonly directory: string;
  /** The step's label when the tests ran; `''` when it was not known. */
  readonly label: string;
  /** Whether the session as a whole failed. */
  readonly failed: boolean;
  /** Milliseconds since 1970. */
  readonly ranAt: number;
  /** Failed tests by axis; an axis that is absent was not tested. */
  readonly failures: ReadonlyMap<TestAxis, number>;
  readonly outputs: ReadonlyMap<RepoPath, BlobId>;
  readonly inputs: ReadonlyMap<RepoPath, BlobId>;
}

/** What a pipeline document says of one step. */
export interface StepFacts {
  readonly label: string;
  /** `''` when the document gives none. */
  readonly id: string;
  /** As written. */
  readonly directory: string;
  readonly kind: 'work' | 'ai-declaration';
  /** The step's opening. */
  readonly place: Place;
  /** Whether its input data is declared, or declared to be none; and where that would stand. */
  readonly inputs: { readonly declared: boolean; readonly place: Place };
  /** The axes that have commands. */
  readonly tested: ReadonlySet<TestAxis>;
  /** Where the step says of itself that its randomness has no seed. */
  readonly unseeded?: Place;
}

/** Where a project says that it is published; what is absent is not declared. */
export interface Remotes {
  readonly github?: { readonly commit: string; readonly place: Place };
  /** `endpoint`: which of Zenodo's two instances. */
  readonly zenodo: { readonly endpoint: string; readonly place?: Place };
  readonly arxiv?: { readonly place: Place };
  readonly overleaf?: { readonly place: Place };
}

/** A program outside the container that a project says it needs. */
export interface DeclaredBinary {
  readonly path: string;
  /** Whether purpose and version are given as well. */
  readonly complete: boolean;
  readonly place: Place;
}

/** What a pipeline document says that the gates of the levels read. */
export interface PipelineFacts {
  readonly steps: readonly StepFacts[];
  readonly remotes: Remotes;
  readonly models: { readonly state: 'none' | 'incomplete' | 'complete'; readonly place?: Place };
  readonly personalLayer: { readonly declared: boolean; readonly place?: Place };
  readonly determinism: { readonly declared: boolean; readonly place?: Place };
  readonly binaries: {
    /** It says that it needs none. */
    readonly waived: boolean;
    readonly declared: readonly DeclaredBinary[];
    readonly place?: Place;
  };
}

/** One step with everything that is known of it. */
export interface GateStep extends StepFacts {
  readonly record?: StepRecord;
  readonly marker?: TestMarker;
  readonly downloadUnrecorded: boolean;
  /** The figures that were signed off, by their path in the repository. */
  readonly approved: ReadonlyMap<RepoPath, Sha256>;
}

/** The bytes of a file at the moment when its blob id was computed. */
export interface Blob {
  readonly id: BlobId;
  readonly digest: Sha256;
}

/** Everything that the gates of the levels read besides the envelope and the files themselves. */
export interface Gates {
  readonly facts: Omit<PipelineFacts, 'steps'>;
  readonly steps: readonly GateStep[];
  /** Whether a download stands unrecorded of a step that the document does not have. */
  readonly strayDownloads: boolean;
  /** Of the files that test markers name; those that do not exist or were not read are absent. */
  readonly blobs: ReadonlyMap<RepoPath, Blob>;
  /** The names that are not in `blobs` because they do not exist. */
  readonly absent: ReadonlySet<RepoPath>;
  /** The script that runs everything: whether it was there. */
  readonly script: { readonly file: RepoPath; readonly exists: boolean };
  /** Every file that was read or looked for, so that surfaces can watch them. */
  readonly sources: readonly RepoPath[];
}
