/** The operands of `ARG`, `ENV` and of commands that are lists of words. */
import type { ShellWord } from '../shell/words.js';
import { wordsOf } from './variables.js';

/** One variable that an instruction sets, and the units that it stands on. */
export interface Assignment {
  readonly name: string;
  /** As written; absent for `ARG NAME`. */
  readonly value?: string;
  readonly start: number;
  readonly end: number;
}

/** Reads `NAME=value NAME=value`; with `legacy` also `NAME value`, which `ENV` still allows. */
export function assignmentsOf(
  text: string,
  escape: string,
  options: { readonly legacy?: boolean } = {},
): Assignment[] {
  const words = wordsOf(text, escape);
  const [first] = words;
  if (options.legacy === true && first !== undefined && !first.raw.includes('=')) {
    const end = text.trimEnd().length;
    return [{ name: first.raw, value: text.slice(first.end, end).trim(), start: first.start, end }];
  }
  return words.map(({ raw, start, end }) => {
    const equals = raw.indexOf('=');
    return equals < 0
      ? { name: raw, start, end }
      : { name: raw.slice(0, equals), value: raw.slice(equals + 1), start, end };
  });
}

/** The words of `["program", "argument"]`; `undefined` for anything else, which is a script. */
export function execWords(text: string): ShellWord[] | undefined {
  if (!text.startsWith('[')) return undefined;
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) {
    return undefined;
  }
  const places = [...text.matchAll(/"(?:[^"\\]|\\.)*"/g)];
  return values.map((value, index) => {
    const start = places[index]?.index ?? 0;
    return { text: value, start, end: start + (places[index]?.[0].length ?? 0) };
  });
}
