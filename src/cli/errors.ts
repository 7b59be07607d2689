/** Exit status of every command, unless its row in the contract says otherwise. */
export const EXIT = { holds: 0, fails: 1, unusable: 2, mismatch: 3, interrupted: 130 } as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/**
 * The command cannot be carried out: wrong words, or an input that is missing or malformed.
 * The message is one line for a person: the file, the place in it, and what to do.
 */
export class UnusableError extends Error {
  readonly code = 'unusable';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnusableError';
  }
}
