import type { RepoPath } from '../paths.js';
import type { Level } from '../snapshot.js';

/** What a test of a step is about; a step may have some of them. */
export type TestAxis = 'unit' | 'integrity' | 'qualitative' | 'quantitative';
/** `outputs-unknown`: a file that the tests covered could not be compared with what they saw. */
export type TestState =
  'untested' | 'failed' | 'outputs-missing' | 'outputs-changed' | 'outputs-unknown' | 'error';
/** A place where a project is published. */
export type Service = 'github' | 'zenodo' | 'arxiv' | 'overleaf';

/** Why the last look at a published copy does not count. */
export type RemoteGap =
  | 'never-checked'
  | 'stale'
  | 'diverged'
  | 'no-files'
  | 'other-commit'
  | 'no-doi'
  | 'other-endpoint';

/**
 * What stands between a project and a level. The codes are vaibify's criteria where it has one
 * (docs/levels.md lists both), so that a person can look them up there.
 */
export type LevelFinding =
  // Level 1
  | { readonly code: 'no-steps' }
  | { readonly code: 'download-unrecorded'; readonly step?: string }
  | { readonly code: 'input-data-undeclared'; readonly step: string }
  /** `files` changed in the step itself; none: only its inputs did. */
  | { readonly code: 'upstream-modified'; readonly step: string; readonly files: readonly string[] }
  | {
      readonly code: 'axis-not-green';
      readonly step: string;
      /** The worst one, and its state. */
      readonly axis: TestAxis;
      readonly state: TestState;
      /** All that are not green. */
      readonly axes: readonly TestAxis[];
      /** A file that is missing, changed or was not compared. */
      readonly first?: RepoPath;
    }
  /** `files`: the signed-off figures that are not the same any more, as far as they are known. */
  | {
      readonly code: 'attestation-stale';
      readonly step: string;
      readonly files: readonly RepoPath[];
    }
  | { readonly code: 'user-not-approved'; readonly step: string }
  // Level 2
  | {
      readonly code: 'remote-not-verified';
      readonly service: Service;
      readonly gap: RemoteGap;
      readonly count?: number;
      /** The step whose files diverge, and one of them. */
      readonly step?: string;
      readonly first?: string;
    }
  | { readonly code: 'missing-ai-declaration-step' }
  | { readonly code: 'ai-declaration-unattested'; readonly step: string }
  | { readonly code: 'ai-models-undeclared'; readonly gap: 'none' | 'incomplete' }
  | { readonly code: 'personal-layer-undeclared' }
  // Level 3
  | { readonly code: 'missing-from-manifest'; readonly count: number; readonly first: RepoPath }
  | {
      readonly code: 'outputs-not-verified';
      readonly step?: string;
      readonly count: number;
      /** Absent when the manifest is too large to be watched whole. */
      readonly first?: RepoPath;
    }
  | { readonly code: 'dependency-lock-missing'; readonly exists: boolean }
  | {
      readonly code: 'environment-snapshot-missing';
      readonly gap: 'absent' | 'malformed' | 'no-digest' | 'host-mode';
    }
  /** `reference`: the base image that has no digest; absent when something else is not pinned. */
  | {
      readonly code: 'dockerfile-not-pinned';
      readonly exists: boolean;
      readonly reference?: string;
    }
  | { readonly code: 'image-not-published' }
  | { readonly code: 'reproduce-script-missing'; readonly gap: 'absent' | 'not-pinned' }
  | { readonly code: 'nondeterminism-undeclared'; readonly step?: string }
  | {
      readonly code: 'binaries-not-declared-or-waived';
      readonly gap: 'neither' | 'both' | 'incomplete';
    }
  | { readonly code: 'binary-not-captured'; readonly binary: string }
  | {
      readonly code: 'l3-attestation-stale';
      readonly gap: 'absent' | 'failed' | 'other-manifest';
    };

/** What can be done about a blocker with one action; surfaces offer it, `core/produce` does it. */
export type Remedy =
  | 'init-git'
  | 'declare-no-inputs'
  | 'sign-off-step'
  | 'run-tests'
  | 'regenerate-manifest'
  | 'verify-mirror'
  | 'add-ai-declaration'
  | 'declare-models'
  | 'write-lock'
  | 'capture-environment'
  | 'pin-base-image'
  | 'write-dockerfile'
  | 'write-reproduce-script'
  | 'declare-determinism'
  | 'waive-binaries'
  | 'rerun';

/** "Fix these two and you reach L3": how many blockers stand before each further level. */
export interface Outlook {
  readonly level: NonNullable<Level>;
  /** Indices into `Snapshot.blockers`: all of them gone, and the level is reached. */
  readonly blockers: readonly number[];
}
