/** Edits of words that are members of a list: steps in exec form, and `RUN ["program", "argument"]`. */
import type { ShellWord } from '../../formats/shell/shell.js';
import type { TextEdit } from '../../model/fix.js';
import type { RepoPath } from '../../model/paths.js';
import { spanWithin } from '../../model/plan.js';
import type { PlanText } from '../../model/plan.js';
import { lastAtOrBefore } from '../../model/span.js';
import type { Span } from '../../model/span.js';
import type { WordList } from '../../model/wordList.js';
import type { UnitEdit } from '../hit.js';
import { changedMembers } from './members.js';
import { wordsAfter } from './words.js';
import { planGround } from '../place.js';
import type { Ground } from '../place.js';

/** The words of a list, and where they stand; without that, nothing can be changed. */
export interface ListText {
  readonly words: readonly PlanText[];
  readonly list?: WordList | undefined;
}

/** A word with its units among those of all words. */
export type PlacedWord = Pick<ShellWord, 'text' | 'start' | 'end'> & { readonly inner: number };

/** Words side by side, one unit between them. */
export function placesOf(words: readonly PlanText[]): PlacedWord[] {
  let start = 0;
  return words.map(({ text }) => {
    const placed = { text, start, inner: start, end: start + text.length };
    start = placed.end + 1;
    return placed;
  });
}

/**
 * A list of words, in the units of {@link placesOf}. What is put in is divided into words as a shell
 * would do it, and they become members; what only a shell can do is not offered.
 */
export function listGround(file: RepoPath, text: ListText): Ground {
  const known = { ...text, places: placesOf(text.words) };
  return {
    file,
    span: (start, end) => spanIn(known, start, end),
    edits: (edits) => {
      if (edits.every(({ inside }) => inside === true)) return insideEdits(file, known, edits);
      return edits.some(({ inside }) => inside === true) ? undefined : memberEdits(known, edits);
    },
  };
}

interface Known extends ListText {
  readonly places: readonly PlacedWord[];
}

function memberEdits(
  { words, list, places }: Known,
  edits: readonly UnitEdit[],
): readonly TextEdit[] | undefined {
  const after = list === undefined ? undefined : wordsAfter(places, edits);
  return after && list && changedMembers(words, list, after);
}

/** The number of the word that a unit belongs to, or the one before it. */
const wordAt = ({ places }: Known, unit: number): number =>
  lastAtOrBefore(places, unit, ({ start }) => start);

/** Edits in the text of one member, such as the script behind `sh -c`. */
function insideEdits(
  file: RepoPath,
  known: Known,
  edits: readonly UnitEdit[],
): readonly TextEdit[] | undefined {
  const made = edits.map((edit) => {
    const index = wordAt(known, edit.start);
    const [place, word] = [known.places[index], known.words[index]];
    const member = known.list?.members[index];
    if (place === undefined || word === undefined || edit.end > place.end) return undefined;
    // Whoever else refers to the text would see the change as well.
    if (member === undefined || member.shared !== undefined) return undefined;
    const own = { ...edit, start: edit.start - place.start, end: edit.end - place.start };
    return planGround(file, word).edits([own]);
  });
  return made.every((each) => each !== undefined) ? made.flat() : undefined;
}

function spanIn(known: Known, start: number, end: number): Span {
  const from = placeIn(known, start, start);
  const last = end > start ? placeIn(known, end - 1, end) : from;
  return { start: from.start, end: end > start ? last.end : from.start };
}

/** Where units of one word stand; all of it where they cannot be told apart. */
function placeIn(known: Known, start: number, end: number): Span {
  const index = wordAt(known, start);
  const by = known.places[index]?.start ?? 0;
  const word = known.words[index];
  const origin = { line: 1, column: 1 };
  return word === undefined
    ? { start: origin, end: origin }
    : spanWithin(word, start - by, end - by);
}
