/** Why an environment cannot be captured; `subject` is what was asked for. */
export type CaptureProblem =
  /** No engine that was asked for is installed and answers. */
  | 'no-engine'
  /** The engine knows no running container of that name. */
  | 'no-container'
  /** The text is no image reference. */
  | 'bad-reference'
  /** Neither an engine nor a registry could say which digest the tag has. */
  | 'unresolved'
  /** Nothing says which image it is. */
  | 'nothing-declared'
  /** The old document was changed by someone else after the plan was shown. */
  | 'changed-meanwhile'
  | 'cancelled';

/** A capture that cannot be planned or written; the old document is as it was. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  readonly code: CaptureProblem;
  readonly subject: string;

  constructor(code: CaptureProblem, subject: string) {
    super(`${code}: ${subject}`);
    this.code = code;
    this.subject = subject;
  }
}
