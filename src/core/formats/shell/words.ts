/** Commands of a shell script, read as far as is needed to see what they install. Never throws. */
import { afterQuote } from '../dockerfile/heredoc.js';

/** A word of a command. */
export interface ShellWord {
  /** Without quotes and escapes; variables and substitutions as written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A simple command. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** Whether its output is the next command's input. */
  readonly piped: boolean;
  /** The comment that ends its line, without the `#`. */
  readonly comment: string;
}

type Token =
  | ({ readonly kind: 'word' } & ShellWord)
  | { readonly kind: 'operator'; readonly text: string; readonly start: number }
  | { readonly kind: 'comment'; readonly text: string };

const BLANK = /[ \t\r]/;
const OPERATOR = /[;&|()<>\n]/;

/** The simple commands of a script in their order, those in brackets and branches included. */
export function shellCommands(script: string): ShellCommand[] {
  const commands: { words: ShellWord[]; piped: boolean; comment: string }[] = [];
  let words: ShellWord[] = [];
  let lineFrom = 0;
  let redirected = false;
  const end = (piped: boolean): void => {
    if (words.length > 0) commands.push({ words, piped, comment: '' });
    words = [];
    redirected = false;
  };
  for (const token of tokens(script)) {
    if (token.kind === 'comment') {
      end(false);
      for (const each of commands.slice(lineFrom)) each.comment = token.text;
    } else if (token.kind === 'word') {
      // What follows `>` is a file.
      if (!redirected) words.push(token);
      redirected = false;
    } else if (/[<>]/.test(token.text)) {
      // The number in `2>&1` is no word of the command.
      const last = words.at(-1);
      if (last?.end === token.start && /^\d+$/.test(last.text)) words.pop();
      redirected = true;
    } else {
      end(token.text === '|' || token.text === '|&');
      if (token.text === '\n') lineFrom = commands.length;
    }
  }
  end(false);
  return commands;
}

function* tokens(script: string): Generator<Token> {
  let at = 0;
  while (at < script.length) {
    const character = script[at] ?? '';
    if (BLANK.test(character)) at += 1;
    else if (isContinuation(script, at)) at = script.indexOf('\n', at) + 1;
    else if (character === '#') {
      const end = endOfLine(script, at);
      yield { kind: 'comment', text: script.slice(at + 1, end).trim() };
      at = end;
    } else if (OPERATOR.test(character) && !isSubstitution(script, at)) {
      const text = /^(?:\n|[<>]+&?|&>+|[;&|]+|[()])/.exec(script.slice(at, at + 8))?.[0] ?? '';
      yield { kind: 'operator', text, start: at };
      at += Math.max(1, text.length);
    } else {
      const word = wordAt(script, at);
      yield word;
      at = word.end;
    }
  }
}

const endOfLine = (script: string, at: number): number => {
  const end = script.indexOf('\n', at);
  return end < 0 ? script.length : end;
};

/** `<(command)` is a word. */
const isSubstitution = (script: string, at: number): boolean =>
  (script[at] === '<' || script[at] === '>') && script[at + 1] === '(';

const isContinuation = (script: string, at: number): boolean =>
  script[at] === '\\' &&
  (script[at + 1] === '\n' || (script[at + 1] === '\r' && script[at + 2] === '\n'));

function wordAt(script: string, start: number): Token & { readonly kind: 'word' } {
  const parts: string[] = [];
  let at = start;
  while (at < script.length && !isContinuation(script, at)) {
    const character = script[at] ?? '';
    let end = at + 1;
    if (character === '"' || character === "'") {
      end = afterQuote(script, at);
      parts.push(unquoted(script.slice(at, end)));
    } else if (character === '\\') {
      end = Math.min(at + 2, script.length);
      parts.push(script.slice(at + 1, end));
    } else if (opensSubstitution(script, at)) {
      end = afterSubstitution(script, at);
      parts.push(script.slice(at, end));
    } else if (BLANK.test(character) || OPERATOR.test(character)) {
      break;
    } else {
      parts.push(character);
    }
    at = end;
  }
  return { kind: 'word', text: parts.join(''), start, end: at };
}

function unquoted(quoted: string): string {
  const inner = quoted.slice(1).replace(/["']$/, '');
  return quoted.startsWith('"') ? inner.replace(/\\(["\\$`])/g, '$1') : inner;
}

/** `$(`, `${`, `<(` and a backtick. */
const opensSubstitution = (script: string, at: number): boolean =>
  script[at] === '`' ||
  (script[at] === '$' && (script[at + 1] === '(' || script[at + 1] === '{')) ||
  isSubstitution(script, at);

function afterSubstitution(script: string, at: number): number {
  if (script[at] === '`') {
    const end = script.indexOf('`', at + 1);
    return end < 0 ? script.length : end + 1;
  }
  const open = script[at + 1];
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  let end = at + 1;
  while (end < script.length) {
    const character = script[end];
    if (character === open) depth += 1;
    else if (character === close && --depth === 0) return end + 1;
    end = character === '"' || character === "'" ? afterQuote(script, end) : end + 1;
  }
  return script.length;
}
