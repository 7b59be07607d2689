import type { RepoPath } from '../paths.js';
import type { Sha256 } from '../digest.js';
import type { Isolation } from '../tier.js';

/** Why an isolation cannot be used here. */
export type IsolationProblem =
  /** The environment pins no image by its digest. */
  | 'no-image'
  /** Neither docker nor podman answers. */
  | 'no-engine'
  | 'no-bubblewrap'
  /** It is installed and did not work; the reason is in the finding. */
  | 'does-not-work';

/** How a command of a step ended without success. */
export type StepFailure = 'status' | 'timed-out' | 'killed' | 'not-started';

/** What a rerun made in place of a pinned file. */
export type Divergence =
  | { readonly kind: 'other-bytes'; readonly actual: Sha256 }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'link' }
  | { readonly kind: 'unreadable' };

/** What can stand in the way of a rerun, and what can come of it. */
export type RerunFinding =
  | { readonly code: 'rerun-interactive-step'; readonly step: string }
  | { readonly code: 'rerun-disabled-step'; readonly step: string }
  | { readonly code: 'rerun-token'; readonly step: string; readonly token: string }
  | { readonly code: 'rerun-step-unknown'; readonly step: string }
  | { readonly code: 'rerun-nothing-to-run' }
  | { readonly code: 'rerun-not-a-pipeline' }
  | { readonly code: 'rerun-no-manifest'; readonly name: string }
  | { readonly code: 'rerun-no-commit' }
  | { readonly code: 'rerun-git'; readonly reason: string }
  /** A file that the run needs is not in the commit. */
  | { readonly code: 'rerun-not-committed'; readonly path: RepoPath }
  /** The commit holds other bytes of a file than the folder, or than the manifest pins. */
  | { readonly code: 'rerun-other-in-commit'; readonly path: RepoPath }
  /** The commit holds a Git LFS or git-annex pointer in place of the file. */
  | { readonly code: 'rerun-pointer'; readonly path: RepoPath }
  | { readonly code: 'rerun-link'; readonly path: RepoPath }
  | {
      readonly code: 'rerun-isolation';
      readonly isolation: Isolation;
      readonly problem: IsolationProblem;
      readonly reason?: string;
    }
  /** Information: no command of its step makes it, so it is compared as the commit holds it. */
  | { readonly code: 'rerun-not-remade'; readonly step: string; readonly path: RepoPath }
  | {
      readonly code: 'rerun-step-failed';
      readonly step: string;
      readonly command: string;
      readonly failure: StepFailure;
      readonly status?: number;
      readonly reason?: string;
    }
  | { readonly code: 'rerun-manifest-changed' }
  | {
      readonly code: 'rerun-diverged';
      readonly path: RepoPath;
      readonly step?: string;
      readonly expected: Sha256;
      readonly got: Divergence;
    };
