import type { HttpProblem } from '../system/http.js';

/** Why a published copy could not be compared; data only, `core/words/mirror.ts` makes the sentence. */
export type MirrorProblem =
  /** The project does not say where it is published; `field` is what is missing or malformed. */
  | { readonly code: 'not-configured'; readonly service: string; readonly field: string }
  /** There is nothing to compare with. */
  | { readonly code: 'no-pins' }
  /** A part of the manifest cannot be read, so a part of the copy would go uncompared. */
  | { readonly code: 'manifest-problems'; readonly count: number }
  /** Only a part of the manifest was kept in memory. */
  | { readonly code: 'manifest-partial'; readonly entries: number }
  /** An environment variable holds no usable address. */
  | { readonly code: 'bad-address'; readonly variable: string }
  /** No answer; `host` is the one that was asked. */
  | { readonly code: 'no-answer'; readonly host: string; readonly why: HttpProblem }
  /** The service has no such repository, branch, commit or record. */
  | { readonly code: 'not-there'; readonly host: string; readonly what: string }
  /** The service wants a token, or another one. */
  | { readonly code: 'refused'; readonly host: string; readonly status: number }
  /** `retryAt` in milliseconds since 1970, where the service says so. */
  | { readonly code: 'rate-limited'; readonly host: string; readonly retryAt?: number }
  | { readonly code: 'status'; readonly host: string; readonly status: number }
  /** The answer is not what the service documents. */
  | { readonly code: 'malformed'; readonly host: string }
  /** The record of earlier checks cannot be read, so it is not replaced. */
  | { readonly code: 'record-unusable'; readonly file: string; readonly reason: string };

/** A comparison that was not made, or not to its end: it counts for nothing and nothing is written. */
export class MirrorError extends Error {
  override readonly name = 'MirrorError';
  readonly problem: MirrorProblem;

  constructor(problem: MirrorProblem, options: ErrorOptions = {}) {
    super(problem.code, options);
    this.problem = problem;
  }
}
