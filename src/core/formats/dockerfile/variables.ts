/** Words and variables of Dockerfile instructions: quotes, escapes, `$NAME` and `${NAME:-word}`. */
import { afterQuote } from './heredoc.js';
import type { Word } from './pieces.js';

/** The longest text that variables are replaced to: `ARG B=$A$A` repeated doubles at every line. */
const LONGEST = 4096;
/** Levels of `${A:-${B}}` that are read. */
const DEEPEST = 8;

/** What a variable holds; `undefined` when nothing sets it. */
export type Lookup = (name: string) => string | undefined;

export interface Substituted {
  /** Without quotes and escapes. */
  readonly text: string;
  /** Variables that nothing sets and that have no default, in order. */
  readonly missing: readonly string[];
  /** Every variable that was replaced. */
  readonly used: readonly string[];
}

/** The words of an instruction, divided by blanks outside of quotes. */
export function wordsOf(text: string, escape: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const start = at;
    while (at < text.length && !/\s/.test(text[at] ?? '')) {
      const character = text[at];
      if (character === escape) at += 2;
      else if (character === '"' || character === "'") at = afterQuote(text, at);
      else at += 1;
    }
    const end = Math.min(at, text.length);
    words.push({ raw: text.slice(start, end), start, end });
  }
  return words;
}

/** Replaces the variables of a word, takes quotes and escapes away. Words are cut at 4,096 units. */
export function substitute(raw: string, lookup: Lookup, escape: string): Substituted {
  const reader = new Substitution(lookup, escape);
  // No reference is longer, and braces that never close are looked for again and again.
  const text = reader.replace(raw.slice(0, LONGEST), 0);
  return { text, missing: reader.missing, used: reader.used };
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

class Substitution {
  readonly missing: string[] = [];
  readonly used: string[] = [];
  readonly #lookup: Lookup;
  readonly #escape: string;

  constructor(lookup: Lookup, escape: string) {
    this.#lookup = lookup;
    this.#escape = escape;
  }

  replace(raw: string, depth: number): string {
    const parts: string[] = [];
    let length = 0;
    let at = 0;
    let quoted = false;
    while (at < raw.length && length <= LONGEST) {
      const [part, next] = this.#part(raw, at, { depth, quoted });
      if (raw[at] === '"') quoted = !quoted;
      parts.push(part);
      length += part.length;
      at = next;
    }
    return parts.join('').slice(0, LONGEST);
  }

  /** The text that stands for what begins at `at`, and where the next begins. */
  #part(raw: string, at: number, state: { depth: number; quoted: boolean }): [string, number] {
    const character = raw[at] ?? '';
    if (character === this.#escape) return [raw[at + 1] ?? '', at + 2];
    if (character === '"') return ['', at + 1];
    if (character === "'" && !state.quoted) {
      const end = afterQuote(raw, at);
      return [raw.slice(at + 1, end).replace(/'$/, ''), end];
    }
    return character === '$' ? this.#variable(raw, at, state.depth) : [character, at + 1];
  }

  #variable(raw: string, at: number, depth: number): [string, number] {
    const braced = raw[at + 1] === '{';
    NAME.lastIndex = at + (braced ? 2 : 1);
    const name = NAME.exec(raw)?.[0];
    if (name === undefined) return ['$', at + 1];
    const behind = NAME.lastIndex;
    if (!braced) return [this.#value(name, '', depth), behind];
    const end = closing(raw, behind);
    if (end === undefined || depth >= DEEPEST) return ['$', at + 1];
    return [this.#value(name, raw.slice(behind, end), depth), end + 1];
  }

  /** `modifier` is what stands between the name and the brace: `:-word`, `+word`, empty. */
  #value(name: string, modifier: string, depth: number): string {
    this.used.push(name);
    const value = this.#lookup(name);
    const [, colon, sign, word = ''] = /^(:?)([-+?])(.*)$/s.exec(modifier) ?? [];
    const isSet = value !== undefined && (colon !== ':' || value !== '');
    if (sign === '+') return isSet ? this.replace(word, depth + 1) : '';
    if (!isSet && sign === '-') return this.replace(word, depth + 1);
    if (value === undefined) this.missing.push(name);
    return value ?? '';
  }
}

/** The brace that closes the one before `at`. */
function closing(raw: string, at: number): number | undefined {
  let depth = 1;
  for (let i = at; i < raw.length; i++) {
    if (raw[i] === '{') depth += 1;
    else if (raw[i] === '}' && --depth === 0) return i;
  }
  return undefined;
}
