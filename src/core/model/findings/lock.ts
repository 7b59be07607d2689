import type { Sha256 } from '../digest.js';

/** Why a line of a lock file is no requirement, or not one that pip would read as written. */
export type LockLineReason =
  | 'requirement'
  | 'version'
  | 'marker'
  | 'quote'
  | 'blank-after-backslash'
  | 'option-unknown'
  | 'option-value'
  | 'option-ignored'
  | 'surplus'
  | 'hash-alone';

/** What can be wrong with a Python lock file. */
export type LockFinding =
  | { readonly code: 'lock-unpinned'; readonly name: string; readonly specifier: string }
  | { readonly code: 'lock-unhashed'; readonly name: string }
  /** Only hashes of algorithms that pip accepts and vaibify does not look for. */
  | {
      readonly code: 'lock-other-hash';
      readonly name: string;
      readonly algorithms: readonly string[];
    }
  /** A hash of an algorithm that pip refuses, and the whole file with it. */
  | { readonly code: 'lock-weak-hash'; readonly name: string; readonly algorithm: string }
  | {
      readonly code: 'lock-digest';
      readonly name: string;
      readonly problem: 'form' | 'length' | 'hex';
      /** Characters that the digest has. */
      readonly length: number;
    }
  | { readonly code: 'lock-line'; readonly reason: LockLineReason }
  | {
      readonly code: 'lock-source';
      readonly name: string;
      readonly kind: 'editable' | 'local' | 'version-control';
    }
  | { readonly code: 'lock-includes'; readonly included: string }
  /** A line that pins nothing and that vaibify's own check counts as an entry without a hash. */
  | { readonly code: 'lock-option'; readonly option: string }
  | { readonly code: 'lock-variable'; readonly variable: string }
  | { readonly code: 'lock-credentials' }
  | { readonly code: 'lock-duplicate'; readonly name: string; readonly firstLine: number }
  | { readonly code: 'lock-conflict'; readonly name: string; readonly firstLine: number }
  | { readonly code: 'lock-empty' }
  /** `encoding`: the one that a comment claims; absent when the bytes are not UTF-8. */
  | { readonly code: 'lock-encoding'; readonly encoding?: string }
  | { readonly code: 'lock-more'; readonly times: number }
  // What pip says of it
  | {
      readonly code: 'lock-hash-mismatch';
      readonly name: string;
      readonly expected: readonly Sha256[];
      readonly actual: string;
    }
  | { readonly code: 'lock-distribution-missing'; readonly name: string }
  /** There are files of it, and none for this Python on this system. */
  | { readonly code: 'lock-not-installable'; readonly name: string }
  | {
      readonly code: 'lock-dependency-missing';
      readonly name: string;
      readonly requiredBy?: string;
    }
  | { readonly code: 'lock-needs-build'; readonly name: string }
  | { readonly code: 'lock-not-applicable'; readonly name: string; readonly marker: string }
  /** `message`: what pip said, credentials taken out. */
  | { readonly code: 'lock-resolver'; readonly message: string }
  | { readonly code: 'lock-resolver-stopped'; readonly why: 'timed-out' | 'cancelled' }
  | { readonly code: 'lock-changed' }
  // Why no lock is generated
  | { readonly code: 'lock-input-absent' }
  | { readonly code: 'lock-input-unreadable'; readonly reason: string }
  | { readonly code: 'lock-input-syntax'; readonly problem: string }
  | { readonly code: 'lock-input-dynamic' }
  | { readonly code: 'lock-tool-absent' }
  | {
      readonly code: 'lock-tool-failed';
      readonly tool: string;
      /** What it said, credentials taken out; empty when it said nothing. */
      readonly message: string;
    }
  // What an interpreter has
  | {
      readonly code: 'lock-installed';
      readonly name: string;
      readonly installed: string;
      readonly pinned: string;
    }
  | { readonly code: 'lock-not-installed'; readonly name: string; readonly pinned: string };
