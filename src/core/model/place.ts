import type { RepoPath } from './paths.js';
import type { Span } from './span.js';

/** What a declared file is to the pipeline. */
export type Role =
  | 'output'
  | 'plot'
  | 'data'
  | 'input'
  | 'script'
  | 'standard'
  | 'test'
  | 'declaration'
  | 'entry'
  /** What a rebuilt artifact must equal. */
  | 'reference';

/** A place that a person can be sent to. `file` is relative to the project's root. */
export interface Place {
  readonly file: RepoPath;
  readonly span: Span;
}
