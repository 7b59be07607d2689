import type { ShellCommand, ShellVariable, ShellWord } from './shell.js';

/** What the reader of words asks of the reader of commands. */
interface Host {
  /** Reads the commands of a substitution; `close` where its end is known. Gives where it ends. */
  readonly commands: (start: number, close: number | undefined, parent: ShellCommand) => number;
  /** Something that begins here is never closed. */
  readonly open: (offset: number) => void;
}

/** A word while it is read. */
interface Draft {
  readonly parts: string[];
  readonly variables: ShellVariable[];
  readonly command: ShellCommand;
  /** How it is quoted: none, all in one pair of quotes, or in a way that moves units. */
  form: 'bare' | 'quoted' | 'mixed';
  glob: boolean;
}

/** Braces inside of braces that are read. */
const DEEPEST = 20;
const LONGEST_ARITHMETIC = 500;
const ENDS = /[\s;&|()<>]/;
/** In arithmetic: `0xFF` and `16#FF` have letters. */
const NUMBER = /[0-9][\w#]*/y;
const NAME = /[A-Za-z_]\w*|[0-9@*#?$!-]/y;

/** Reads words: quotes, escapes, variables, substitutions. */
export class ShellWordReader {
  readonly #script: string;
  readonly #host: Host;
  #braced = 0;
  #limit: number;

  constructor(script: string, host: Host) {
    this.#script = script;
    this.#host = host;
    this.#limit = script.length;
  }

  /** Where the text ends: of commands in backticks, at the second one. */
  get limit(): number {
    return this.#limit;
  }

  /** `<(command)` and `>(command)` are words. */
  isSubstitution(at: number): boolean {
    return /[<>]/.test(this.#script[at] ?? '') && this.#script[at + 1] === '(';
  }

  /** The word that begins at a place. */
  word(start: number, command: ShellCommand): ShellWord {
    const draft: Draft = { parts: [], variables: [], command, form: 'bare', glob: false };
    let at = start;
    while (at < this.#limit && !this.#endsAt(at)) at = this.#piece(draft, at, start);
    const end = Math.min(at, this.#limit);
    const { parts, variables, form, glob } = draft;
    const word = { text: parts.join(''), start, end, glob, variables };
    if (form === 'mixed') return word;
    return { ...word, inner: form === 'quoted' ? start + 1 : start };
  }

  /** Lines that are not divided into words, as a here-document's. */
  lines(start: number, end: number, command: ShellCommand): ShellWord {
    const draft: Draft = { parts: [], variables: [], command, form: 'mixed', glob: false };
    let at = start;
    while (at < end) at = this.#script[at] === '\\' ? at + 2 : this.#expansion(draft, at);
    const text = this.#script.slice(start, end);
    return { text, start, end, glob: false, variables: draft.variables };
  }

  #endsAt(at: number): boolean {
    if (!ENDS.test(this.#script[at] ?? '')) return false;
    return !this.isSubstitution(at);
  }

  #piece(draft: Draft, at: number, start: number): number {
    const character = this.#script[at] ?? '';
    if (character === "'") return this.#single(draft, at, start);
    if (character === '"') return this.#double(draft, at, start);
    if (character === '$' && this.#script[at + 1] === "'") {
      draft.form = 'mixed';
      return this.#ansi(draft, at);
    }
    // What follows a closing quote stands one unit off.
    if (draft.form === 'quoted') draft.form = 'mixed';
    if (character === '\\') {
      draft.form = 'mixed';
      return this.#escape(draft, at);
    }
    if (/[*?[]/.test(character)) draft.glob = true;
    return this.#expansion(draft, at);
  }

  #escape(draft: Draft, at: number): number {
    const next = this.#script[at + 1] ?? '';
    if (next !== '\n') draft.parts.push(next);
    return at + 2;
  }

  #single(draft: Draft, at: number, start: number): number {
    draft.form = at === start ? 'quoted' : 'mixed';
    const end = this.#script.indexOf("'", at + 1);
    const isOpen = end < 0 || end >= this.#limit;
    if (isOpen) this.#host.open(at);
    const close = isOpen ? this.#limit : end;
    draft.parts.push(this.#script.slice(at + 1, close));
    return close + 1;
  }

  #ansi(draft: Draft, at: number): number {
    let end = at + 2;
    while (end < this.#limit && this.#script[end] !== "'") {
      end += this.#script[end] === '\\' ? 2 : 1;
    }
    if (end >= this.#limit) this.#host.open(at + 1);
    draft.parts.push(this.#script.slice(at + 2, end));
    return end + 1;
  }

  #double(draft: Draft, at: number, start: number): number {
    draft.form = at === start ? 'quoted' : 'mixed';
    let end = at + 1;
    while (end < this.#limit) {
      const character = this.#script[end] ?? '';
      if (character === '"') return end + 1;
      if (character === '\\') {
        draft.form = 'mixed';
        const next = this.#script[end + 1] ?? '';
        draft.parts.push(/["\\$`]/.test(next) ? next : next === '\n' ? '' : character + next);
        end += 2;
      } else end = this.#expansion(draft, end);
    }
    this.#host.open(at);
    return end;
  }

  /** A variable, a substitution, or one unit that is neither. */
  #expansion(draft: Draft, at: number): number {
    const end = this.#expansionEnd(draft, at);
    draft.parts.push(this.#script.slice(at, end));
    return end;
  }

  #expansionEnd(draft: Draft, at: number): number {
    const script = this.#script;
    const character = script[at];
    const next = script[at + 1];
    if (character === '`') return this.#backtick(draft, at);
    if (this.isSubstitution(at)) return this.#host.commands(at + 2, undefined, draft.command);
    if (character !== '$') return at + 1;
    if (next === '(') {
      const end = script[at + 2] === '(' ? this.#arithmeticEnd(at) : undefined;
      if (end === undefined) return this.#host.commands(at + 2, undefined, draft.command);
      this.#arithmetic(draft, at + 3, end - 2);
      return end;
    }
    if (next === '{' && this.#braced < DEEPEST) return this.#braces(draft, at);
    return this.#variable(draft, at, at + 1) ?? at + 1;
  }

  #variable(draft: Draft, start: number, at: number): number | undefined {
    NAME.lastIndex = at;
    const name = NAME.exec(this.#script)?.[0];
    if (name === undefined) return undefined;
    draft.variables.push({ name, start, end: at + name.length });
    return at + name.length;
  }

  #backtick(draft: Draft, at: number): number {
    let end = at + 1;
    while (end < this.#limit && this.#script[end] !== '`') {
      end += this.#script[end] === '\\' ? 2 : 1;
    }
    if (end >= this.#limit) {
      this.#host.open(at);
      return this.#limit;
    }
    const before = this.#limit;
    this.#limit = end;
    const behind = this.#host.commands(at + 1, end, draft.command);
    this.#limit = before;
    return behind;
  }

  /** Behind the `))` of `$((`, when it has one. */
  #arithmeticEnd(at: number): number | undefined {
    const limit = Math.min(at + LONGEST_ARITHMETIC, this.#limit);
    let open = 0;
    for (let end = at + 3; end < limit; end++) {
      const character = this.#script[end];
      if (character === '(') open += 1;
      if (character !== ')') continue;
      if (open === 0) return this.#script[end + 1] === ')' ? end + 2 : undefined;
      open -= 1;
    }
    return undefined;
  }

  /** What is in `$((` and `))`: names of variables stand there without a dollar as well. */
  #arithmetic(draft: Draft, start: number, end: number): void {
    if (this.#braced >= DEEPEST) return;
    const before = this.#limit;
    const inner: Draft = { ...draft, parts: [] };
    this.#braced += 1;
    this.#limit = end;
    for (let at = start; at < end;) {
      NUMBER.lastIndex = at;
      const digits = NUMBER.exec(this.#script)?.[0].length ?? 0;
      if (digits > 0) at += digits;
      else if (/[A-Za-z_]/.test(this.#script[at] ?? '')) at = this.#variable(inner, at, at) ?? end;
      else at = this.#expansion(inner, at);
    }
    this.#limit = before;
    this.#braced -= 1;
  }

  /** `${NAME}` and `${NAME:-word}`, whose word is read like text in quotes. */
  #braces(draft: Draft, start: number): number {
    const length = this.#script[start + 2] === '#' && this.#script[start + 3] !== '}' ? 1 : 0;
    let at = this.#variable(draft, start, start + 2 + length) ?? start + 2;
    const inner: Draft = { ...draft, parts: [] };
    this.#braced += 1;
    while (at < this.#limit) {
      const character = this.#script[at];
      if (character === '}') {
        this.#braced -= 1;
        return at + 1;
      }
      if (character === '\\') at += 2;
      else if (character === "'") {
        const end = this.#script.indexOf("'", at + 1);
        at = end < 0 ? at + 1 : end + 1;
      } else at = this.#expansion(inner, at);
    }
    this.#braced -= 1;
    this.#host.open(start + 1);
    return this.#limit;
  }
}
