import type { RepoPath } from '../model/paths.js';
import type { ProjectKind } from '../model/project.js';

/** A project that was found; reading it is another matter. */
export interface ProjectRef {
  readonly kind: ProjectKind;
  /** Absolute path. */
  readonly root: string;
  /** The declaring document, relative to the root. */
  readonly file: RepoPath;
}
