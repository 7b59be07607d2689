import type { Sha256 } from '../model/digest.js';
import type { UnreadableReason } from '../model/status.js';

/** What a look at one name on disk found. A value; the verdict over it is `core/verify`'s. */
export type Observation =
  | {
      readonly kind: 'file';
      readonly digest: Sha256;
      /** Bytes. */
      readonly size: number;
      /** When the bytes were read, in milliseconds since 1970. */
      readonly at: number;
      /** `unchanged`: not read now, `stat` equals the one taken when the bytes were read. */
      readonly how: 'read' | 'unchanged';
      /** The whole content of a small file that begins like a Git LFS or git-annex pointer. */
      readonly pointerText?: string;
    }
  | { readonly kind: 'missing' }
  /** A symbolic link on the path; `segment` is the path up to and with the link, `target` its text. */
  | { readonly kind: 'linked'; readonly segment: string; readonly target: string }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason }
  /** Larger than `ObserveOptions.maxBytes` and not in the cache: not read. */
  | { readonly kind: 'too-large'; readonly size: number }
  /** The file was written to while it was read: nothing can be said of it. */
  | { readonly kind: 'changing' }
  | { readonly kind: 'cancelled' };
