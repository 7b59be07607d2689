/** What a comparison of two artifacts can say: data only, `core/words/differences.ts` makes sentences. */
import type { Sha256 } from './digest.js';

/**
 * Why bytes differ. `compression`: the same content, compressed into other bytes.
 * `archive-metadata`: what an archive says beside content, time, order, owner and mode.
 */
export const DIFFERENCE_CLASSES = [
  'mtime',
  'order',
  'owner',
  'mode',
  'compression-header',
  'compression',
  'embedded-path',
  'embedded-date',
  'archive-metadata',
  'content',
  'only-left',
  'only-right',
] as const;
export type DifferenceClass = (typeof DIFFERENCE_CLASSES)[number];

/** What bytes are, by their own first bytes; a wheel and a jar are `zip`, a Debian package is `ar`. */
export type ArtifactFormat =
  'tar' | 'gzip' | 'zip' | 'ar' | 'zstd' | 'xz' | 'bzip2' | 'empty' | 'file';

/** Which part differs. */
export type DifferenceField =
  // Entries of archives
  | 'mtime'
  | 'atime'
  | 'ctime'
  | 'uid'
  | 'gid'
  | 'uname'
  | 'gname'
  | 'mode'
  | 'type'
  | 'link-target'
  | 'device'
  | 'member'
  | 'member-order'
  | 'header-bytes'
  | 'trailer'
  // tar
  | 'tar-format'
  | 'pax'
  | 'pax-header-name'
  | 'pax-header-mtime'
  // zip
  | 'zip-method'
  | 'zip-flags'
  | 'zip-version'
  | 'zip-attributes'
  | 'zip-extra'
  | 'zip-comment'
  | 'zip-layout'
  // Compressed files
  | 'gzip-mtime'
  | 'gzip-name'
  | 'gzip-os'
  | 'gzip-level'
  | 'gzip-flags'
  | 'gzip-comment'
  | 'gzip-extra'
  | 'xz-check'
  | 'xz-dictionary'
  | 'xz-block-sizes'
  | 'xz-blocks'
  | 'xz-streams'
  | 'zstd-content-size'
  | 'zstd-checksum'
  | 'zstd-window'
  | 'zstd-frames'
  | 'zstd-skippable-frames'
  | 'bzip2-level'
  | 'bzip2-streams'
  | 'compressed-bytes'
  // Content
  | 'format'
  | 'text'
  | 'bytes'
  | 'size'
  | 'line-order'
  | 'date'
  | 'path'
  | 'digests'
  | 'pyc-mtime';

/** One thing that differs, or the first of several of its kind in one member. */
export interface Difference {
  /** Names from the outermost archive inwards, as they stand there; empty: the artifact itself. */
  readonly path: readonly string[];
  readonly class: DifferenceClass;
  readonly field: DifferenceField;
  /** The format of what holds it: the remedy depends on it. */
  readonly within: ArtifactFormat;
  /** Which one, where a field has names: a pax keyword, the number of an extra field. */
  readonly key?: string;
  /** Untrusted text, cut short; absent on the side that has nothing, or where bytes say nothing. */
  readonly left?: string;
  readonly right?: string;
  /** Line of the left content, from 1. */
  readonly line?: number;
  /** Byte of the left content, from 0, where there are no lines. */
  readonly offset?: number;
  /** How many of this kind the member has; absent: one. */
  readonly count?: number;
  /** A digest of a member that differs itself: it will agree as soon as that one does. */
  readonly follows?: true;
}

/** Why something that differs was not looked into. */
export type ObstacleReason =
  'too-large' | 'too-many-members' | 'too-deep' | 'damaged' | 'compression' | 'encrypted';

/** Something that differs and was not looked into; its class is `content` for want of a better one. */
export interface Obstacle {
  readonly path: readonly string[];
  readonly reason: ObstacleReason;
  /** Absent: both. */
  readonly side?: 'left' | 'right';
  /** What is damaged, or which compression; English, from a library or from us. */
  readonly detail?: string;
}

/** One of the two files. */
export interface Artifact {
  readonly size: number;
  readonly digest: Sha256;
  readonly format: ArtifactFormat;
}

/** Why two files are not the same bytes; an explanation, never a verdict of its own. */
export interface Explanation {
  /** Whether every byte is the same: from the bytes alone. */
  readonly same: boolean;
  readonly left: Artifact;
  readonly right: Artifact;
  /** Classes that differ and how often, in the order of {@link DIFFERENCE_CLASSES}. */
  readonly classes: readonly { readonly class: DifferenceClass; readonly count: number }[];
  /** Examples of every class, the first ones; `classes` counts all. */
  readonly differences: readonly Difference[];
  readonly obstacles: readonly Obstacle[];
}
