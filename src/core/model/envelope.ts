import type { Sha256 } from './digest.js';
import type { Finding } from './finding.js';
import type { Service } from './findings/level.js';
import type { Gates } from './gates.js';
import type { RepoPath } from './paths.js';
import type { Place } from './place.js';

/** One requirement of a Python lock file. */
export interface LockEntry {
  /** Normalised as PEP 503 says: lower case, runs of `-`, `_` and `.` are one `-`. */
  readonly name: string;
  /** The exact version after `==`; absent when it is not pinned so. */
  readonly version?: string;
  /** The SHA-256 digests that it accepts, in order. */
  readonly digests: readonly Sha256[];
  /** The environment marker after `;`, as written. */
  readonly marker?: string;
  /** The extras between brackets, as written. */
  readonly extras?: readonly string[];
  /** The address of a requirement that names its archive, without its fragment. */
  readonly url?: string;
  /** From the name to the last digest. */
  readonly place: Place;
}

/** An option on a line of its own, such as `--index-url`. */
export interface LockOption {
  /** The long form. */
  readonly name: string;
  readonly value: string;
  readonly place: Place;
}

/** What a `requirements.lock` says. */
export interface Lock {
  readonly file: RepoPath;
  /** Of the file's bytes. */
  readonly digest: Sha256;
  readonly entries: readonly LockEntry[];
  /** Where pip is told to look, and how; they pin nothing. */
  readonly options: readonly LockOption[];
  /** Names between `${` and `}`: pip puts the values of environment variables there. */
  readonly variables: readonly string[];
  /** One of severity `error` means: the lock does not pin its environment. */
  readonly findings: readonly Finding[];
}

/** The container image that an environment was captured in. */
export interface CapturedImage {
  /** As recorded: `name@sha256:...`, or `sha256:...` for an image that no registry has. */
  readonly reference: string;
  /** The image's digest, when the reference ends in a well-formed one. */
  readonly digest?: Sha256;
  /** Whether no registry has it. */
  readonly localOnly: boolean;
  readonly place: Place;
}

/** A program outside the container that a pipeline depends on. */
export interface CapturedBinary {
  readonly path: string;
  readonly digest?: Sha256;
  /** The first line of what `--version` prints. */
  readonly version?: string;
  readonly place: Place;
}

/** Versions of the layers below the pipeline; a part that could not be found out is absent. */
export interface CapturedTools {
  readonly python?: string;
  readonly compiler?: string;
  readonly libc?: string;
  readonly osRelease?: string;
}

/** What a `.vaibify/environment.json` says. */
export interface CapturedEnvironment {
  readonly file: RepoPath;
  /** Of the file's bytes. */
  readonly digest: Sha256;
  /** `host`: captured without a container on purpose. */
  readonly mode: 'container' | 'host';
  readonly image?: CapturedImage;
  readonly binaries: readonly CapturedBinary[];
  readonly tools: CapturedTools;
  /** `SOURCE_DATE_EPOCH`, in seconds since 1970. */
  readonly epoch?: number;
  /** As recorded, for people. */
  readonly capturedAt?: string;
  readonly findings: readonly Finding[];
}

/** One `FROM` of a Dockerfile. */
export interface BaseImage {
  readonly reference: string;
  readonly digest?: Sha256;
  /** Whether it names an earlier stage or `scratch`: there is nothing to pin. */
  readonly internal: boolean;
  /** The reference's text. */
  readonly place: Place;
}

/** What a Dockerfile builds on, and what in it makes builds differ. */
export interface Dockerfile {
  readonly file: RepoPath;
  readonly digest: Sha256;
  readonly bases: readonly BaseImage[];
  /**
   * vaibify's criterion for level 3: bases pinned, apt packages pinned or allowed, and
   * `SOURCE_DATE_EPOCH` set (docs/container-files.md, section 2).
   */
  readonly clean: boolean;
  readonly findings: readonly Finding[];
}

/** The record of one rerun. */
export interface Attestation {
  readonly file: RepoPath;
  readonly outcome: 'passed' | 'failed';
  /** Digest of the manifest whose entries were compared. */
  readonly manifest?: Sha256;
  readonly matched: number;
  readonly total: number;
  /** As recorded, for people. */
  readonly attestedAt?: string;
  /** How long the run took. */
  readonly durationSeconds?: number;
  /** What diverged, as recorded: paths, and before them what befell the run as a whole. */
  readonly diverged: readonly string[];
}

/** One file of a published copy that is not what the manifest pins. */
export interface MirrorDifference {
  /** As recorded: relative to the repository. */
  readonly path: string;
  readonly expected?: Sha256;
  /** Absent: the published copy does not have it. */
  readonly actual?: Sha256;
}

/** The record of one look at a published copy. */
export interface MirrorCheck {
  readonly service: Service;
  /** Milliseconds since 1970; absent when it was never checked or the time cannot be read. */
  readonly checkedAt?: number;
  /** Files that were compared, and those among them that are the same. */
  readonly total: number;
  readonly matching: number;
  readonly diverged: readonly MirrorDifference[];
  /** GitHub: the commit that the project names and that was downloaded, as recorded. */
  readonly commit?: string;
  /** Zenodo: the deposit's DOI. */
  readonly doi?: string;
  /** Zenodo: which of its two instances, as recorded: `zenodo` or `sandbox`. */
  readonly endpoint?: string;
}

/** The evidence of a pipeline beyond its manifest; what is absent does not exist on disk. */
export interface Envelope {
  readonly lock?: Lock;
  readonly environment?: CapturedEnvironment;
  readonly dockerfile?: Dockerfile;
  /** Of the other files that describe the container, and of what of them could not be read. */
  readonly configuration?: readonly Finding[];
  readonly attestation?: Attestation;
  /** The last look at each published copy. */
  readonly mirrors?: readonly MirrorCheck[];
  /** What the gates of the levels read besides. */
  readonly gates?: Gates;
}

/**
 * What is wrong in the evidence beyond the manifest. Not among a project's own findings: an error there
 * keeps a manifest from being written, and a poor lock file is no reason for that.
 */
export function envelopeFindings(envelope: Envelope | undefined): readonly Finding[] {
  const { lock, environment, dockerfile, configuration = [] } = envelope ?? {};
  return [
    ...[lock, environment, dockerfile].flatMap((each) => each?.findings ?? []),
    ...configuration,
  ];
}
