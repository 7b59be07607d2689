import type {
  ShellAssignment,
  ShellBracket,
  ShellCommand,
  ShellRedirect,
  ShellScript,
  ShellStand,
  ShellWord,
} from './shell.js';
import { ShellWordReader } from './wordReader.js';

/** Substitutions inside of substitutions that are read. */
const DEEPEST = 20;

type Draft = {
  -readonly [K in keyof ShellCommand]: ShellCommand[K] extends readonly (infer E)[]
    ? E[]
    : ShellCommand[K];
} & { stand: ShellStand };

/** The operators, the longest first; `(` and `)` are looked at one by one. */
const OPERATOR = /&>>|&>|<<<|<<-|<<|<>|<&|>>|>&|>\||\|&|\|\||;;&|;;|;&|&&|[;&|<>]/y;
/** What ends a command outside of words, besides operators. */
const BRACKET = /[\n()]/;
const PIPE = /^\|&?$/;
const ASSIGNMENT = /^([A-Za-z_]\w*)\+?=/;

/** Commands that follow each other in one pair of brackets, or in the whole script. */
interface List {
  readonly from: number;
  readonly end: number;
  readonly parent: ShellCommand | undefined;
  /** Whether a `)` ends it. */
  readonly bracket: boolean;
  readonly backticks: boolean;
  /** The innermost bracket that is open. */
  open: ShellBracket | undefined;
  /** Whether `[[` is open. */
  isTest: boolean;
}

interface Heredoc {
  readonly name: string;
  readonly tabs: boolean;
  readonly quoted: boolean;
  readonly command: ShellCommand;
  readonly redirect: { body?: ShellWord };
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
    const end = this.#script.length;
    this.#list(listOf({ from: 0, end, parent: undefined, bracket: false, backticks: false }));
    const commands = this.#commands.filter(
      ({ words, assignments, redirects }) =>
        words.length + assignments.length + redirects.length > 0,
    );
    const read = { source: this.#script, commands, heredocs: this.#heredocs };
    return this.#open === undefined ? read : { ...read, open: this.#open };
  }

  /** The commands of a substitution; gives where it ends, the bracket included. */
  #nested(from: number, close: number | undefined, parent: ShellCommand): number {
    if (this.#depth >= DEEPEST) return close === undefined ? from : close + 1;
    this.#depth += 1;
    const bracket = close === undefined;
    const backticks = !bracket || parent.stand?.backticks === true;
    const limit = close ?? this.#words.limit;
    const end = this.#list(listOf({ from, end: limit, parent, bracket, backticks }));
    this.#depth -= 1;
    return close === undefined ? end : close + 1;
  }

  /** Reads commands up to the list's end, or up to the `)` that closes it; gives behind it. */
  #list(list: List): number {
    let at = list.from;
    let command = this.#begin(list, '');
    while (at < list.end) {
      const blank = this.#blank(at);
      const character = this.#script[at] ?? '';
      if (blank > at) at = blank;
      else if (!BRACKET.test(character)) [command, at] = this.#token(command, at, list);
      else {
        if (character === ')' && list.bracket && list.open === undefined) {
          endWith(command, ')');
          return at + 1;
        }
        const from = at;
        at = character === '\n' ? this.#heredocBodies(at + 1) : at + 1;
        command = this.#next(command, from, list);
      }
    }
    if (list.bracket) this.#open ??= list.from - 1;
    return list.end;
  }

  /** A bracket or a line end: what follows is another command. */
  #next(command: Draft, at: number, list: List): Draft {
    const character = this.#script[at] ?? '';
    const before = command.stand.before;
    // What an operator joins may stand on the next line.
    if (character === '\n' && isUnused(command)) {
      return this.#begin(list, before === ')' ? character : before, command.pipeline);
    }
    endWith(command, character);
    const isEmpty = isUnused(command) && before === '(';
    if (character === '(') this.#openBracket(command, at, list);
    const pipeline = character === ')' ? closeBracket(list) : undefined;
    // `name()` is a function, and a pattern of `case` ends with `)`: neither is run here.
    return this.#begin(list, character === ')' && isEmpty ? '()' : character, pipeline);
  }

  #openBracket(command: Draft, at: number, list: List): void {
    const kind = this.#kind(command, at, list);
    // What is piped into brackets is not what goes on behind them; those of `case` are not even run.
    const isFirst = isUnused(command) && !PIPE.test(command.stand.before);
    const pipeline = isFirst ? command.pipeline : this.#pipelines++;
    list.open = { at, kind, pipeline, outer: list.open };
  }

  /** What an open bracket begins: `a=(`, `((`, `@(` and what is in `[[` are no commands. */
  #kind(command: Draft, at: number, { isTest }: List): ShellBracket['kind'] {
    const isPart = at > 0 && /[^\s;&|]/.test(this.#script[at - 1] ?? '');
    if (isTest || isPart || this.#script[at + 1] === '(') return 'list';
    return isUnused(command) && command.stand.before === '()' ? 'list' : 'subshell';
  }

  /** Reads an operator or a word; gives the command that what follows belongs to. */
  #token(command: Draft, at: number, list: List): [Draft, number] {
    const operator = this.#words.isSubstitution(at) ? undefined : this.#operator(at);
    if (operator === undefined) {
      const end = this.#word(command, at);
      if (/^(?:\[\[|\]\])$/.test(command.words.at(-1)?.text ?? '')) {
        list.isTest = command.words.at(-1)?.text === '[[';
      }
      return [command, end];
    }
    const behind = at + operator.length;
    if (/[<>]/.test(operator)) return [command, this.#redirect(command, operator, behind)];
    endWith(command, operator);
    const pipeline = PIPE.test(operator) ? command.pipeline : undefined;
    return [this.#begin(list, operator, pipeline), behind];
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

  #begin(list: List, before: string, pipeline = this.#pipelines++): Draft {
    const { from, parent, backticks } = list;
    const stand = { from, before, after: '', bracket: list.open, backticks };
    const last = this.#commands.at(-1);
    if (last !== undefined && isUnused(last) && last.parent === parent) {
      return Object.assign(last, { pipeline, stand });
    }
    const command: Draft = {
      assignments: [],
      words: [],
      redirects: [],
      pipeline,
      stand,
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
    const redirect: ShellRedirect & Heredoc['redirect'] = { operator, target };
    command.redirects.push(redirect);
    if (operator === '<<' || operator === '<<-') {
      const quoted = /['"\\]/.test(this.#script.slice(target.start, target.end));
      this.#waiting.push({
        name: target.text,
        tabs: operator === '<<-',
        quoted,
        command,
        redirect,
      });
    }
    return target.end;
  }

  /** Skips the here-documents that were announced; gives where commands go on. */
  #heredocBodies(start: number): number {
    const waiting = this.#waiting;
    // One in backticks ends with them at the latest.
    const limit = Math.min(this.#script.length, this.#words.limit);
    this.#waiting = [];
    let at = start;
    for (const heredoc of waiting) {
      const from = at;
      let body = limit;
      while (at < limit) {
        const line = this.#script.indexOf('\n', at);
        const end = line < 0 ? limit : Math.min(line, limit);
        const text = this.#script.slice(at, end).replace(/\r$/, '');
        const begin = at;
        at = Math.min(end + 1, limit);
        if ((heredoc.tabs ? text.replace(/^\t+/, '') : text) !== heredoc.name) continue;
        body = begin;
        break;
      }
      this.#heredocs.push({ start: from, end: body });
      if (!heredoc.quoted) heredoc.redirect.body = this.#words.lines(from, body, heredoc.command);
    }
    return at;
  }
}

const listOf = (list: Omit<List, 'open' | 'isTest'>): List => ({
  ...list,
  open: undefined,
  isTest: false,
});

/** Closes the innermost bracket; gives the pipeline that goes on behind a shell of its own. */
function closeBracket(list: List): number | undefined {
  const closed = list.open;
  list.open = closed?.outer;
  return closed?.kind === 'subshell' ? closed.pipeline : undefined;
}

const assignment = (name: string, word: ShellWord): ShellAssignment => ({
  name,
  value: word.text.slice(word.text.indexOf('=') + 1),
  word,
});

const isUnused = ({ assignments, words, redirects }: Draft): boolean =>
  assignments.length + words.length + redirects.length === 0;

/** What is behind a command is known when it is read. */
function endWith(command: Draft, after: string): void {
  command.stand = { ...command.stand, after };
}
