import type { Sha256 } from '../model/digest.js';
import { HttpError } from '../system/http.js';

/** Why an image does not hold, or could not be looked at. */
export type RegistryProblem =
  /** The registry does not have this manifest (any more): the image's own, or one of its index. */
  | { readonly kind: 'manifest-missing'; readonly digest?: Sha256 }
  | { readonly kind: 'digest-mismatch'; readonly expected: Sha256; readonly actual: Sha256 }
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'blob-missing'; readonly digest: Sha256 }
  /** `actual` is absent when already the size tells. */
  | { readonly kind: 'blob-mismatch'; readonly expected: Sha256; readonly actual?: Sha256 }
  | { readonly kind: 'unauthorised' }
  /** No answer, or none that says anything of the image. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'tls'; readonly reason: string }
  | { readonly kind: 'cancelled' };

/** Carries a {@link RegistryProblem} out of the depth where it was met. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly problem: RegistryProblem;

  constructor(problem: RegistryProblem, options: ErrorOptions = {}) {
    super(problem.kind, options);
    this.problem = problem;
  }
}

/** The problem that an error carries; an error that is none of these is thrown on. */
export function problemOf(error: unknown): RegistryProblem {
  if (error instanceof RegistryError) return error.problem;
  if (!(error instanceof HttpError)) throw error;
  // What the one who took the body threw.
  if (error.cause instanceof RegistryError) return error.cause.problem;
  switch (error.code) {
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'tls':
      return { kind: 'tls', reason: causeOf(error) };
    case 'too-large':
      return { kind: 'malformed', problem: 'larger than any manifest may be' };
    case 'timed-out':
    case 'unreachable':
      return { kind: 'unreachable', reason: causeOf(error) };
  }
}

/** The operating system's or OpenSSL's own word: the deepest cause that has one. */
function causeOf(error: HttpError): string {
  let code: string = error.code;
  let cause: unknown = error.cause;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth++, cause = cause.cause) {
    const own = (cause as { readonly code?: unknown }).code;
    if (typeof own === 'string' && error.code !== 'timed-out') code = own;
  }
  return code;
}
