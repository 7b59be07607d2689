import type { Fix } from './fix.js';
import type { Place, Role } from './place.js';
import type { PathProblem, RepoPath } from './paths.js';
import type { Sha256 } from './digest.js';
import type { FileStatus } from './status.js';
import type { ConfigFinding } from './findings/config.js';
import type { EnvironmentFinding } from './findings/environment.js';
import type { LevelFinding } from './findings/level.js';
import type { LockFinding } from './findings/lock.js';
import type { PlanFinding } from './findings/plan.js';
import type { RebuildFinding } from './findings/rebuild.js';
import type { RerunFinding } from './findings/rerun.js';

export type Severity = 'error' | 'warning' | 'info';

/** Why a line of a checksum manifest is no entry. */
export type MalformedReason =
  | 'too-short'
  | 'digest'
  | 'separator'
  | 'bsd'
  | 'escape'
  | 'mixed-formats'
  | 'nul'
  | 'other-algorithm';

/** A deviation from the strict format that was read all the same. */
export type Leniency =
  | 'byte-order-mark'
  | 'crlf'
  | 'binary-marker'
  | 'single-blank'
  | 'bsd-line'
  | 'upper-case-digest'
  | 'leading-blank'
  | 'no-final-newline'
  | 'not-utf8'
  | 'pgp-signature';

/** What a finding is about; data only, `core/words.ts` alone makes sentences. */
export type FindingData =
  | LockFinding
  | EnvironmentFinding
  | ConfigFinding
  | RebuildFinding
  | RerunFinding
  | LevelFinding
  | PlanFinding
  // Checksum manifests
  | {
      readonly code: 'manifest-malformed-line';
      readonly line: number;
      readonly reason: MalformedReason;
    }
  | { readonly code: 'manifest-malformed-more'; readonly times: number }
  | {
      readonly code: 'manifest-lenient';
      readonly line: number;
      readonly leniency: Leniency;
      readonly times: number;
    }
  | {
      readonly code: 'manifest-duplicate';
      readonly line: number;
      readonly path: RepoPath;
      readonly firstLine: number;
    }
  | {
      readonly code: 'manifest-conflict';
      readonly line: number;
      readonly path: RepoPath;
      readonly firstLine: number;
    }
  | {
      readonly code: 'manifest-refused-path';
      readonly line: number;
      readonly name: string;
      readonly problem: PathProblem;
    }
  | { readonly code: 'manifest-empty' }
  | { readonly code: 'manifest-too-large'; readonly entries: number; readonly limit: number }
  | { readonly code: 'manifest-absent'; readonly declared: number }
  | { readonly code: 'manifest-unreadable'; readonly reason: string }
  // Pipeline documents
  | { readonly code: 'json-syntax'; readonly problem: string }
  | { readonly code: 'not-utf8' }
  | { readonly code: 'schema'; readonly field: string; readonly expected: string }
  | { readonly code: 'schema-newer'; readonly version: number; readonly known: number }
  | {
      readonly code: 'declared-refused-path';
      readonly name: string;
      readonly field: string;
      readonly problem: PathProblem;
    }
  | { readonly code: 'token-unresolved'; readonly name: string; readonly field: string }
  | { readonly code: 'step-id-duplicate'; readonly id: string }
  | { readonly code: 'not-in-git' }
  // Files
  | {
      readonly code: 'file-state';
      readonly path: RepoPath;
      readonly status: FileStatus;
      readonly role?: Role;
      readonly step?: string;
    }
  | { readonly code: 'pin-undeclared'; readonly path: RepoPath; readonly digest: Sha256 };

export type FindingCode = FindingData['code'];

/** What a finding is filtered and searched by: the state of a file, else the finding's own code. */
export const codeOf = (finding: Finding): string =>
  finding.code === 'file-state' ? finding.status.kind : finding.code;

/** One thing worth a person's attention. */
export type Finding = FindingData & {
  readonly severity: Severity;
  readonly place?: Place;
  /** Absent where no edit of a text settles it. */
  readonly fix?: Fix;
};
