/** The options behind a requirement, read in the way of Python's `optparse`. */
import type { SplitWord } from '../shell/split.js';

/** One option of a requirements file. */
export interface LineOption {
  /** The long form, `--hash`. */
  readonly name: string;
  readonly value: SplitWord;
}

/** What stands behind a requirement, or on a line without one. */
export interface Options {
  readonly options: readonly LineOption[];
  /** Words that are no option: pip ignores them. */
  readonly surplus: readonly SplitWord[];
  /** The first word that cannot be read, and why. */
  readonly bad?: { readonly word: SplitWord; readonly reason: 'option-unknown' | 'option-value' };
}

/** Long options of a requirements file, and whether a value follows (pip 22.2 to 26). */
const LONG: Readonly<Record<string, 'flag' | 'value'>> = {
  '--index-url': 'value',
  '--pypi-url': 'value',
  '--extra-index-url': 'value',
  '--no-index': 'flag',
  '--find-links': 'value',
  '--trusted-host': 'value',
  '--pre': 'flag',
  '--prefer-binary': 'flag',
  '--no-binary': 'value',
  '--only-binary': 'value',
  '--use-feature': 'value',
  '--require-hashes': 'flag',
  '--requirement': 'value',
  '--constraint': 'value',
  '--editable': 'value',
  '--hash': 'value',
  '--global-option': 'value',
  '--config-settings': 'value',
  '--config-setting': 'value',
};
const SHORT: Readonly<Record<string, string>> = {
  i: '--index-url',
  f: '--find-links',
  r: '--requirement',
  c: '--constraint',
  e: '--editable',
  C: '--config-settings',
};

/** Reads options; long ones may be shortened as far as they stay distinct, as `optparse` allows. */
export function readOptions(words: readonly SplitWord[]): Options {
  const options: LineOption[] = [];
  const surplus: SplitWord[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    if (!word.text.startsWith('-') || word.text === '-') {
      surplus.push(word);
      continue;
    }
    const { name, value } = nameAndValue(word);
    if (name === undefined) return { options, surplus, bad: { word, reason: 'option-unknown' } };
    const flag = LONG[name] === 'flag';
    const given = value ?? (flag ? word : words[++i]);
    if (given === undefined || (flag && value !== undefined)) {
      return { options, surplus, bad: { word, reason: 'option-value' } };
    }
    options.push({ name, value: given });
  }
  return { options, surplus };
}

function nameAndValue(word: SplitWord): { name: string | undefined; value: SplitWord | undefined } {
  const { text, start, end } = word;
  if (!text.startsWith('--')) {
    const rest = text.slice(2);
    const value = rest === '' ? undefined : { text: rest, start: start + 2, end };
    return { name: SHORT[text.charAt(1)], value };
  }
  const equals = text.indexOf('=');
  const long = equals < 0 ? text : text.slice(0, equals);
  const value =
    equals < 0 ? undefined : { text: text.slice(equals + 1), start: start + equals + 1, end };
  return { name: longName(long), value };
}

function longName(given: string): string | undefined {
  if (Object.hasOwn(LONG, given)) return given;
  const [only, ...others] = Object.keys(LONG).filter((name) => name.startsWith(given));
  return given.length > 2 && others.length === 0 ? only : undefined;
}
