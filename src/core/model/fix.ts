import type { Span } from './span.js';

/** A change of a document; the rest of its text stays as it is. */
export interface TextEdit {
  readonly span: Span;
  readonly replacement: string;
  /** A word of the replacement that stands for what only a person can know, such as a version. */
  readonly blank?: Blank;
}

/**
 * What a person has to fill in, or look at: the name of a lock file is a guess. Until then, what runs the
 * text fails, but for that name and the name of a machine.
 */
export type Blank = 'VERSION' | 'COMMIT' | 'SHA256' | 'DIGEST' | 'MACHINE' | 'requirements.lock';

/**
 * What settles a finding: edits in the file of its place, made together or not at all. Of those at one
 * position the first comes first.
 */
export interface Fix {
  readonly edits: readonly TextEdit[];
}

/** Whether a fix is complete as it is, so that it can be made with others and without a look. */
export const isComplete = ({ edits }: Fix): boolean =>
  edits.every(({ blank }) => blank === undefined);
