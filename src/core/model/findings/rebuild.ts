import type { Isolation } from '../tier.js';
import type { AttestationProblem, ReferenceKey } from '../reference.js';
import type { IsolationProblem, StepFailure } from './rerun.js';

/** Why a source could not be copied. */
export type SourceProblem =
  | 'missing'
  /** A link that leads out of the repository. */
  | 'outside'
  /** A link that leads nowhere. */
  | 'dangling'
  /** A link to a directory that it lies in. */
  | 'circular'
  /** A pipe, socket or device. */
  | 'special'
  /** A directory where a file stands, or the reverse. */
  | 'in-the-way'
  | 'unreadable'
  /** More entries than are copied. */
  | 'too-many';

/** Why there is no artifact to hash. */
export type ArtifactProblem = 'missing' | 'directory' | 'special' | 'outside' | 'unreadable';

/** What can come of a rebuild of a plan. */
export type RebuildFinding =
  | { readonly code: 'rebuild-tag'; readonly tag: string }
  | {
      readonly code: 'rebuild-isolation';
      readonly isolation: Isolation;
      readonly problem: IsolationProblem;
      readonly reason?: string;
    }
  | {
      readonly code: 'rebuild-source';
      readonly problem: SourceProblem;
      /** Relative to the repository. */
      readonly name: string;
    }
  | {
      readonly code: 'rebuild-step-failed';
      readonly step: number;
      readonly failure: StepFailure;
      readonly status?: number;
      readonly reason?: string;
    }
  | { readonly code: 'rebuild-artifact'; readonly name: string; readonly problem: ArtifactProblem }
  | {
      readonly code: 'rebuild-reference-missing';
      readonly key: ReferenceKey;
      readonly name: string;
    }
  | { readonly code: 'rebuild-reference-outside'; readonly name: string }
  | {
      readonly code: 'rebuild-attestation';
      readonly name: string;
      readonly problem: AttestationProblem;
      /** The field, the type or the name that it is about. */
      readonly detail?: string;
    }
  /** Only with FixOps's own rule: the first subject was taken, whatever it is called. */
  | { readonly code: 'rebuild-first-subject'; readonly name: string; readonly subject: string }
  /** Two subjects have the artifact's name and different digests. */
  | { readonly code: 'rebuild-subjects-differ'; readonly name: string }
  | { readonly code: 'rebuild-signature-unverified'; readonly name: string }
  /** Verified against a trust root, and by the signer that was asked for. */
  | {
      readonly code: 'rebuild-signer';
      readonly name: string;
      readonly identity: string;
      readonly issuer: string;
    }
  /** Verified against a trust root, and nobody said by whom it should be. */
  | {
      readonly code: 'rebuild-signer-unasked';
      readonly name: string;
      readonly identity: string;
      readonly issuer: string;
      readonly unasked: 'identity' | 'issuer' | 'both';
    }
  | { readonly code: 'rebuild-key-unused' }
  | { readonly code: 'rebuild-root-unused' }
  /** The same digest in another spelling, which FixOps's comparison of texts calls a mismatch. */
  | { readonly code: 'rebuild-spelling'; readonly source: string }
  | {
      readonly code: 'rebuild-disagreement';
      readonly used: string;
      readonly usedDigest: string;
      readonly other: string;
      readonly otherDigest: string;
    }
  /** A further reference could not be read, so nobody knows whether it agrees. */
  | { readonly code: 'rebuild-unchecked'; readonly other: string }
  | {
      readonly code: 'rebuild-mismatch';
      readonly expected: string;
      readonly actual: string;
      readonly source: string;
    }
  | { readonly code: 'rebuild-no-reference' }
  /** `seed` keeps what was recorded before. */
  | {
      readonly code: 'seed-recorded';
      readonly name: string;
      readonly recorded: string;
      readonly actual: string;
    }
  | { readonly code: 'seed-unreadable'; readonly name: string }
  | { readonly code: 'seed-literal'; readonly recorded: string; readonly actual: string }
  | { readonly code: 'seed-nowhere'; readonly digest: string };
