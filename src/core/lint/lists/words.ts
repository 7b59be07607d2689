/** What becomes of the words of a command when edits are made in them as in a line of shell. */
import { parseShell } from '../../formats/shell/shell.js';
import type { ShellWord } from '../../formats/shell/shell.js';
import type { Blank } from '../../model/fix.js';
import type { UnitEdit } from '../hit.js';

/** A word after the edits. */
export interface WordAfter {
  readonly text: string;
  /** The word that it was, as far as nothing in it has changed. */
  readonly from?: number;
  readonly blanks: readonly Blank[];
}

type Place = Pick<ShellWord, 'text' | 'start' | 'end'>;

/**
 * The words of a command after edits, each of which lies in words or between them; `undefined` where
 * what is put in is more than words: a pipe, a variable, an assignment, a pattern.
 *
 * @param places The words, one unit between two of them.
 */
export function wordsAfter(
  places: readonly Place[],
  edits: readonly UnitEdit[],
): WordAfter[] | undefined {
  // Of a word without units, nobody knows whether an edit is before or behind it.
  const isTouched = ({ text, start }: Place): boolean =>
    text === '' && edits.some((edit) => edit.start <= start && start <= edit.end);
  if (places.some(isTouched)) return undefined;
  const writer = new Writer(places);
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    if (edit.start < at) return undefined;
    writer.copy(at, edit.start);
    if (!writer.put(edit)) return undefined;
    at = edit.end;
  }
  writer.copy(at, Infinity);
  return writer.end();
}

interface Draft {
  text: string;
  /** The words that units of it come from, with their number. */
  readonly own: Map<number, number>;
  readonly blanks: Blank[];
  isNew: boolean;
}

class Writer {
  readonly #places: readonly Place[];
  readonly #words: WordAfter[] = [];
  #draft: Draft | undefined;

  constructor(places: readonly Place[]) {
    this.#places = places;
  }

  /** Takes over the units from `from` to `to`, blanks between words included. */
  copy(from: number, to: number): void {
    for (const [index, { text, start, end }] of this.#places.entries()) {
      if (end < from || start > to) continue;
      if (start > from && start - 1 < to) this.#break();
      const part = text.slice(Math.max(0, from - start), Math.max(0, to - start));
      if (part === '' && text !== '') continue;
      const draft = this.#open();
      draft.text += part;
      draft.own.set(index, (draft.own.get(index) ?? 0) + part.length);
    }
  }

  /** Puts something in; whether it can be done. */
  put({ replacement, blank }: UnitEdit): boolean {
    const isProgram = this.#words.length === 0 && this.#draft === undefined;
    const words = plainWords(replacement, isProgram);
    if (words === undefined) return false;
    for (const { text, begins } of words) {
      if (begins) this.#break();
      const draft = this.#open();
      draft.text += text;
      draft.isNew = true;
      if (blank !== undefined && text.includes(blank)) draft.blanks.push(blank);
    }
    if (/\s$/.test(replacement)) this.#break();
    return true;
  }

  end(): WordAfter[] {
    this.#break();
    return this.#words;
  }

  #open(): Draft {
    this.#draft ??= { text: '', own: new Map(), blanks: [], isNew: false };
    return this.#draft;
  }

  #break(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    if (draft === undefined) return;
    const { text, own, blanks, isNew } = draft;
    const [[from, units] = [-1, 0]] = own;
    const isSame = !isNew && own.size === 1 && units === this.#places[from]?.text.length;
    this.#words.push({ text, blanks, ...(isSame ? { from } : {}) });
  }
}

interface PlainWord {
  readonly text: string;
  /** Whether a blank stands before it. */
  readonly begins: boolean;
}

/** What makes more or less than a word of what is written, or may do so; quotes are not looked at. */
const EXPANDED = /[$`]|^[~#]|\{[^}]*(?:,|\.\.)/;

/** The words of a text, their quotes read away; `undefined` where it is more than words. */
function plainWords(text: string, isProgram: boolean): readonly PlainWord[] | undefined {
  if (text.trim() === '') return [];
  // Behind a program, and behind a part of a word, `NAME=value` is a word like any other.
  const lead = isProgram ? '' : '-';
  const script = lead + text;
  const { commands, heredocs, open } = parseShell(script);
  const [command] = commands;
  if (command === undefined) return undefined;
  const { words, assignments, redirects } = command;
  const others = commands.length - 1 + heredocs.length + assignments.length + redirects.length;
  if (open !== undefined || others > 0 || !isCovered(script, words)) return undefined;
  const raws = words.map(({ start, end }, index) =>
    script.slice(index === 0 ? start + lead.length : start, end),
  );
  if (words.some(({ glob }) => glob) || raws.some((raw) => EXPANDED.test(raw))) return undefined;
  const isBehind = /^\s/.test(text);
  return words
    .map((word, index) => ({
      text: index === 0 ? word.text.slice(lead.length) : word.text,
      begins: index > 0 || isBehind,
    }))
    .slice(!isProgram && isBehind ? 1 : 0);
}

/** Whether there is nothing but words: `a &` and `a # b` are read as one command as well. */
function isCovered(script: string, words: readonly ShellWord[]): boolean {
  const gaps = words.map(({ start }, index) => script.slice(words[index - 1]?.end ?? 0, start));
  return [...gaps, script.slice(words.at(-1)?.end ?? 0)].every((gap) => /^[ \t]*$/.test(gap));
}
