/** The words behind a requirement: Python's `shlex.split`, and pip's options in the way of `optparse`. */

/** A word, and where it stands in the text that was split. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const BLANK = ' \t\r\n';

/** Splits as `shlex.split` does; `undefined` where a quote or a backslash is not closed. */
export function splitWords(text: string, from: number): Word[] | undefined {
  const words: Word[] = [];
  let i = from;
  for (;;) {
    while (i < text.length && BLANK.includes(text.charAt(i))) i++;
    if (i >= text.length) return words;
    const word = readWord(text, i);
    if (word === undefined) return undefined;
    words.push(word);
    i = word.end;
  }
}

/** A word may have quoted stretches anywhere in it. */
function readWord(text: string, start: number): Word | undefined {
  const parts: string[] = [];
  let i = start;
  while (i < text.length && !BLANK.includes(text.charAt(i))) {
    const piece = readPiece(text, i);
    if (piece === undefined) return undefined;
    parts.push(piece.text);
    i = piece.end;
  }
  return { text: parts.join(''), start, end: i };
}

/** A character, an escaped one, or a quoted stretch. */
function readPiece(text: string, at: number): { text: string; end: number } | undefined {
  const c = text.charAt(at);
  if (c === '"' || c === "'") return readQuoted(text, at);
  if (c !== '\\') return { text: c, end: at + 1 };
  return at + 1 < text.length ? { text: text.charAt(at + 1), end: at + 2 } : undefined;
}

function readQuoted(text: string, at: number): { text: string; end: number } | undefined {
  const quote = text.charAt(at);
  const parts: string[] = [];
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === quote) return { text: parts.join(''), end: i + 1 };
    // Inside double quotes a backslash escapes the quote and itself, inside single ones nothing.
    const escapes = c === '\\' && quote === '"' && '"\\'.includes(text.charAt(i + 1));
    parts.push(escapes ? text.charAt(++i) : c);
  }
  return undefined;
}

/** One option of a requirements file. */
export interface LineOption {
  /** The long form, `--hash`. */
  readonly name: string;
  readonly value: Word;
}

/** What stands behind a requirement, or on a line without one. */
export interface Options {
  readonly options: readonly LineOption[];
  /** Words that are no option: pip ignores them. */
  readonly surplus: readonly Word[];
  /** The first word that cannot be read, and why. */
  readonly bad?: { readonly word: Word; readonly reason: 'option-unknown' | 'option-value' };
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
export function readOptions(words: readonly Word[]): Options {
  const options: LineOption[] = [];
  const surplus: Word[] = [];
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

function nameAndValue(word: Word): { name: string | undefined; value: Word | undefined } {
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
