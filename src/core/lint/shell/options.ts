/** The options of a command line as GNU programs read them. */
import type { ShellWord } from '../../formats/shell/shell.js';

/** How a program spells its options. */
export interface Spelling {
  /** Short options by letter, with their long names. */
  readonly short: Readonly<Record<string, string>>;
  /** Long names of options whose value may be the next word. */
  readonly valued: ReadonlySet<string>;
}

/** An option that is given. */
export interface Given {
  readonly word: ShellWord;
  readonly value?: ShellWord | string;
  /** Whether it is a letter beside others, as in `-czf`. */
  readonly cluster: boolean;
}

export interface Options {
  /** By long name; of several, the last. */
  readonly given: ReadonlyMap<string, Given>;
  readonly operands: readonly ShellWord[];
  /** The last word that a first cluster without a dash takes. */
  readonly clusterEnd?: ShellWord;
}

/** Reads options and operands. `bare`: the first word may be a cluster without a dash (`tar czf`). */
export function readOptions(
  words: readonly ShellWord[],
  spelling: Spelling,
  options: { readonly bare?: boolean } = {},
): Options {
  const reader = new Reader(words, spelling);
  const [first] = words;
  const bare = options.bare === true && first !== undefined && /^[A-Za-z]+$/.test(first.text);
  const clusterEnd = bare ? reader.bare(first) : undefined;
  reader.rest();
  const { given, operands } = reader;
  return { given, operands, ...(clusterEnd === undefined ? {} : { clusterEnd }) };
}

class Reader {
  readonly given = new Map<string, Given>();
  readonly operands: ShellWord[] = [];
  readonly #words: readonly ShellWord[];
  readonly #spelling: Spelling;
  #at = 0;

  constructor(words: readonly ShellWord[], spelling: Spelling) {
    this.#words = words;
    this.#spelling = spelling;
  }

  /** The values of such a cluster follow it, one word each. */
  bare(word: ShellWord): ShellWord {
    this.#at = 1;
    for (const letter of word.text) {
      const name = this.#name(letter);
      const value = this.#spelling.valued.has(name) ? this.#words[this.#at++] : undefined;
      this.#set(name, { word, cluster: true }, value);
    }
    return this.#words[this.#at - 1] ?? word;
  }

  rest(): void {
    while (this.#at < this.#words.length) {
      const word = this.#words[this.#at++];
      if (word === undefined) return;
      if (word.text === '--') {
        this.operands.push(...this.#words.slice(this.#at));
        return;
      }
      if (word.text.startsWith('--')) this.#long(word);
      else if (word.text.startsWith('-') && word.text.length > 1) this.#short(word);
      else this.operands.push(word);
    }
  }

  #name(letter: string): string {
    const { short } = this.#spelling;
    return Object.hasOwn(short, letter) ? (short[letter] ?? letter) : letter;
  }

  #set(name: string, given: Given, value: ShellWord | string | undefined): void {
    this.given.set(name, value === undefined ? given : { ...given, value });
  }

  #long(word: ShellWord): void {
    const equals = word.text.indexOf('=');
    const name = word.text.slice(2, equals < 0 ? undefined : equals);
    const given = { word, cluster: false };
    if (equals >= 0) this.#set(name, given, word.text.slice(equals + 1));
    else
      this.#set(name, given, this.#spelling.valued.has(name) ? this.#words[this.#at++] : undefined);
  }

  #short(word: ShellWord): void {
    const letters = word.text.slice(1);
    const cluster = letters.length > 1;
    for (let index = 0; index < letters.length; index++) {
      const name = this.#name(letters[index] ?? '');
      const rest = letters.slice(index + 1);
      if (!this.#spelling.valued.has(name)) this.#set(name, { word, cluster }, undefined);
      else {
        this.#set(name, { word, cluster }, rest === '' ? this.#words[this.#at++] : rest);
        return;
      }
    }
  }
}

/** The text of an option's value. */
export const valueText = (given: Given | undefined): string | undefined =>
  typeof given?.value === 'string' ? given.value : given?.value?.text;
