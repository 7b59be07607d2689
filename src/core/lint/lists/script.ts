/** A list of words as a script of one command. */
import type { ShellScript } from '../../formats/shell/shell.js';
import type { PlacedWord } from './lists.js';

/** One command whose words are given as they are: nothing in them is read by a shell. */
export function commandOf(words: readonly PlacedWord[]): ShellScript {
  const own = words.map((word) => ({
    ...word,
    glob: false,
    variables: [],
    verbatim: true as const,
  }));
  const command = { assignments: [], words: own, redirects: [], pipeline: 0 };
  return { commands: [command], heredocs: [] };
}

/** The text in whose units the words of a list are placed. */
export const textOf = (words: readonly PlacedWord[]): string =>
  words.map(({ text }) => text).join(' ');
