/** Edits in a text that stands in a word of the shell, such as the script behind `sh -c`. */
import type { ShellWord } from '../../formats/shell/shell.js';
import type { UnitEdit } from '../hit.js';

/**
 * The same edits in units of the script that the word stands in; none where one of them would end the
 * word, or be read by the outer shell.
 */
export function editsInWord(
  edits: readonly UnitEdit[],
  { text, start, inner, verbatim }: Pick<ShellWord, 'text' | 'start' | 'inner' | 'verbatim'>,
): readonly UnitEdit[] {
  if (inner === undefined) return [];
  // A word without quotes holds no blanks, and must not get any.
  const isBare = inner === start && !/\s/.test(text);
  const mayNot = isBare ? /[^\w.,:=@%+/-]/ : /['"$\\`\n]/;
  if (verbatim !== true && edits.some(({ replacement }) => mayNot.test(replacement))) return [];
  return edits.map((edit) => ({
    ...edit,
    start: edit.start + inner,
    end: edit.end + inner,
    inside: true,
  }));
}
