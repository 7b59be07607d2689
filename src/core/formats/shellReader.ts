import type {
  ShellAssignment,
  ShellCommand,
  ShellRedirect,
  ShellScript,
  ShellWord,
} from './shell.js';
import { ShellWordReader } from './shellWordReader.js';

/** Substitutions inside of substitutions that are read. */
const DEEPEST = 20;

type Draft = {
  -readonly [K in keyof ShellCommand]: ShellCommand[K] extends readonly (infer E)[]
    ? E[]
    : ShellCommand[K];
};

/** The operators, the longest first; `(` and `)` are looked at one by one. */
const OPERATOR = /&>>|&>|<<<|<<-|<<|<>|<&|>>|>&|>\||\|&|\|\||;;&|;;|;&|&&|[;&|<>]/y;
/** What ends a command outside of words, and what it does to the depth of brackets. */
const BRACKETS: ReadonlyMap<string, number> = new Map([
  ['\n', 0],
  ['(', 1],
  [')', -1],
]);
const ASSIGNMENT = /^([A-Za-z_]\w*)\+?=/;

/** Commands that follow each other in one pair of brackets, or in the whole script. */
interface List {
  readonly end: number;
  readonly parent: ShellCommand | undefined;
  /** Whether a `)` ends it. */
  readonly bracket: boolean;
}

interface Heredoc {
  readonly name: string;
  readonly tabs: boolean;
  readonly quoted: boolean;
  readonly command: ShellCommand;
}

/** Reads one script. */
export class ShellReader {
  readonly #script: string;
  readonly #commands: Draft[] = [];
  readonly #heredocs: { start: number; end: number }[] = [];
  readonly #words: ShellWordReader;
  #waiting: Heredoc[] = [];
  #open: number | undefined;
  #pipelines = 0;
  #depth = 0;

  constructor(script: string) {
    this.#script = script;
    this.#words = new ShellWordReader(script, {
      commands: (start, close, parent) => this.#nested(start, close, parent),
      open: (offset) => {
        this.#open ??= offset;
      },
    });
  }

  read(): ShellScript {
    this.#list(0, { end: this.#script.length, parent: undefined, bracket: false });
    const commands = this.#commands.filter(
      ({ words, assignments, redirects }) =>
        words.length + assignments.length + redirects.length > 0,
    );
    const read = { commands, heredocs: this.#heredocs };
    return this.#open === undefined ? read : { ...read, open: this.#open };
  }

  /** The commands of a substitution; gives where it ends, the bracket included. */
  #nested(start: number, close: number | undefined, parent: ShellCommand): number {
    if (this.#depth >= DEEPEST) return close === undefined ? start : close + 1;
    this.#depth += 1;
    const bracket = close === undefined;
    const end = this.#list(start, { end: close ?? this.#words.limit, parent, bracket });
    this.#depth -= 1;
    return close === undefined ? end : close + 1;
  }

  /** Reads commands up to the list's end, or up to the `)` that closes it; gives behind it. */
  #list(start: number, list: List): number {
    let at = start;
    let brackets = 0;
    let command = this.#begin(this.#pipelines++, list.parent);
    while (at < list.end) {
      const blank = this.#blank(at);
      const bracket = BRACKETS.get(this.#script[at] ?? '');
      if (blank > at) at = blank;
      else if (bracket === undefined) [command, at] = this.#token(command, at, list.parent);
      else {
        brackets += bracket;
        if (brackets < 0 && list.bracket) return at + 1;
        at = bracket === 0 ? this.#heredocBodies(at + 1) : at + 1;
        // `name()` is a function, and a pattern of `case` ends with `)`: neither is run here.
        command = this.#begin(this.#pipelines++, list.parent);
        brackets = Math.max(0, brackets);
      }
    }
    if (list.bracket) this.#open ??= start - 1;
    return list.end;
  }

  /** Reads an operator or a word; gives the command that what follows belongs to. */
  #token(command: Draft, at: number, parent: ShellCommand | undefined): [Draft, number] {
    const operator = this.#words.isSubstitution(at) ? undefined : this.#operator(at);
    if (operator === undefined) return [command, this.#word(command, at)];
    const behind = at + operator.length;
    if (/[<>]/.test(operator)) return [command, this.#redirect(command, operator, behind)];
    const piped = operator === '|' || operator === '|&';
    return [this.#begin(piped ? command.pipeline : this.#pipelines++, parent), behind];
  }

  #operator(at: number): string | undefined {
    OPERATOR.lastIndex = at;
    return OPERATOR.exec(this.#script)?.[0];
  }

  /** Behind blanks, continued lines and comments. */
  #blank(at: number): number {
    const script = this.#script;
    let end = at;
    for (;;) {
      const character = script[end];
      if (character === ' ' || character === '\t' || character === '\r') end += 1;
      else if (character === '\\' && script[end + 1] === '\n') end += 2;
      else if (character === '\\' && script.startsWith('\r\n', end + 1)) end += 3;
      else if (character === '#') {
        const line = script.indexOf('\n', end);
        return line < 0 ? script.length : line;
      } else return end;
    }
  }

  #begin(pipeline: number, parent: ShellCommand | undefined): Draft {
    const last = this.#commands.at(-1);
    const isUsed = last === undefined || last.words.length + last.assignments.length > 0;
    if (!isUsed && last.redirects.length === 0 && last.parent === parent) {
      last.pipeline = pipeline;
      return last;
    }
    const command: Draft = {
      assignments: [],
      words: [],
      redirects: [],
      pipeline,
      ...(parent === undefined ? {} : { parent }),
    };
    this.#commands.push(command);
    return command;
  }

  #word(command: Draft, at: number): number {
    const word = this.#words.word(at, command);
    const name = command.words.length === 0 ? ASSIGNMENT.exec(word.text)?.[1] : undefined;
    if (name === undefined) command.words.push(word);
    else command.assignments.push(assignment(name, word));
    // Something that begins no word must not be read for ever.
    return Math.max(word.end, at + 1);
  }

  #redirect(command: Draft, operator: string, behind: number): number {
    const last = command.words.at(-1);
    const start = behind - operator.length;
    // The number in `2>&1` is no word of the command.
    if (last?.end === start && /^\d+$/.test(last.text)) command.words.pop();
    // A comment here runs to the line's end, which may lie behind the substitution's.
    const at = Math.min(this.#blank(behind), this.#words.limit);
    const target: ShellWord = this.#words.word(at, command);
    const redirect: ShellRedirect = { operator, target };
    command.redirects.push(redirect);
    if (operator === '<<' || operator === '<<-') {
      const quoted = /['"\\]/.test(this.#script.slice(target.start, target.end));
      this.#waiting.push({ name: target.text, tabs: operator === '<<-', quoted, command });
    }
    return target.end;
  }

  /** Skips the here-documents that were announced; gives where commands go on. */
  #heredocBodies(start: number): number {
    const waiting = this.#waiting;
    this.#waiting = [];
    let at = start;
    for (const heredoc of waiting) {
      const from = at;
      let body = this.#script.length;
      while (at < this.#script.length) {
        const line = this.#script.indexOf('\n', at);
        const end = line < 0 ? this.#script.length : line;
        const text = this.#script.slice(at, end).replace(/\r$/, '');
        const begin = at;
        at = Math.min(end + 1, this.#script.length);
        if ((heredoc.tabs ? text.replace(/^\t+/, '') : text) !== heredoc.name) continue;
        body = begin;
        break;
      }
      this.#heredocs.push({ start: from, end: body });
      if (!heredoc.quoted) this.#words.substitutions(from, body, heredoc.command);
    }
    return at;
  }
}

const assignment = (name: string, word: ShellWord): ShellAssignment => ({
  name,
  value: word.text.slice(word.text.indexOf('=') + 1),
  word,
});
