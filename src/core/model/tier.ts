import type { Sha256 } from './digest.js';
import type { Finding } from './finding.js';
import type { RebuildReason } from './reference.js';

export type Tier = 1 | 2 | 3 | 4;
/** `skipped`: not asked for. `error`: could not be checked, or not to the end; never a pass. */
export type TierOutcome = 'pass' | 'fail' | 'skipped' | 'error';

/** What a rerun or a rebuild was shut into; what was not shut out is named. */
export type Isolation = 'container' | 'sandbox' | 'clean-folder';

/** What was done to reach an outcome; data only, `core/words/tiers.ts` makes the text. */
export type TierDetail =
  /** Tier 1: every entry of the manifest was hashed. */
  | { readonly kind: 'files' }
  /** Tier 2: pip resolved the lock, or installed it into a fresh environment, hashes required. */
  | { readonly kind: 'lock-resolved'; readonly tool: string; readonly installed: boolean }
  /** Tier 2, weaker: only the lock's own text was checked; `why` no package index was asked. */
  | {
      readonly kind: 'lock-structure';
      readonly why: 'offline' | 'no-python' | 'restricted' | 'not-asked';
    }
  /** Tier 3: the image is there and its digest was recomputed or confirmed by an engine. */
  | {
      readonly kind: 'image';
      readonly reference: string;
      readonly by: 'docker' | 'podman' | 'registry';
      /** Whether the bytes of every layer were hashed. */
      readonly layers: boolean;
    }
  /** Tier 3, weaker: only the document was checked. */
  | { readonly kind: 'image-recorded'; readonly reference: string; readonly why: 'offline' }
  /** Tier 4: the pipeline ran again, shut into `isolation`. */
  | { readonly kind: 'rerun'; readonly isolation: Isolation }
  /** Tier 4 of a build plan: the artifact was made again. */
  | {
      readonly kind: 'rebuilt';
      readonly isolation: Isolation;
      readonly tag: string;
      readonly generated: Sha256;
      /** Bytes of the artifact. */
      readonly size: number;
      /** When the sources began to be copied, in milliseconds since 1970. */
      readonly startedAt: number;
      /** What the artifact was compared with, as FixOps names it; absent when there was nothing. */
      readonly source?: string;
      /** Absolute path of the verdict that was written. */
      readonly attestation: string;
    }
  /** Tier 4 of a build plan: the build failed, or was refused; no artifact was made. */
  | { readonly kind: 'rebuild-failed'; readonly reason: RebuildReason; readonly tag: string }
  /** Tier 4: something stands in the way, and nothing was executed. */
  | { readonly kind: 'rerun-refused' }
  /** The tier was left out, or there is nothing that it could check. */
  | { readonly kind: 'not-run'; readonly why: 'asked' | 'opt-in' | 'absent' };

/** The result of one tier of the ceremony. */
export interface TierReport {
  readonly tier: Tier;
  readonly outcome: TierOutcome;
  readonly detail: TierDetail;
  /** Entries that were checked (files, requirements, blobs), and those among them that hold. */
  readonly total: number;
  readonly verified: number;
  readonly findings: readonly Finding[];
  /** Digest of the evidence that was checked; absent when nothing could be. */
  readonly basis?: Sha256;
  /** Milliseconds since 1970. */
  readonly finishedAt: number;
}
