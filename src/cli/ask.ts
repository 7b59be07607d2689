import { createInterface } from 'node:readline/promises';
import type { Context } from './context.js';

/**
 * Asks a person at a terminal; only "y" and "yes" are consent. Elsewhere nobody is there to ask, and
 * the command itself is the consent.
 */
export async function confirmed({ terminal, signal }: Context, question: string): Promise<boolean> {
  const { stdin, stderr } = process;
  if (terminal.json || !stdin.isTTY || !stderr.isTTY) return true;
  const asking = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await asking.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}

/** How a command that writes was told to go about it. */
export interface Manner {
  readonly dryRun?: boolean;
  /** Ask before writing, on a terminal. */
  readonly ask?: boolean;
}

/** Whether to write what was shown; of a plan that changes nothing nobody is asked. */
export async function agreed(
  context: Context,
  { dryRun, ask }: Manner,
  question: string,
): Promise<boolean> {
  if (dryRun === true) return false;
  return ask !== true || (await confirmed(context, question));
}

/** Whether a change that was not made was declined, rather than only shown. */
export const declined = ({ dryRun, ask }: Manner, unmade: boolean): boolean =>
  unmade && ask === true && dryRun !== true;

/** What is said when the answer was no. */
export const LEFT = 'left as it was';
