/** What a command of a script can see: its words from the program on, and the variables that are set. */
import { baseName, program } from '../../formats/container/packages.js';
import type {
  ShellBracket,
  ShellCommand,
  ShellScript,
  ShellWord,
} from '../../formats/shell/shell.js';
import { endOfGroup } from './blocks.js';

/** Variables with the texts that they are known to hold. */
export type Variables = ReadonlyMap<string, string>;

/** Where what a command prints ends up. */
export type Fate =
  /** On the screen only. */
  | 'log'
  /** Compared, and nothing else. */
  | 'test'
  /** In a file, in an argument, in the environment. */
  | 'kept';

/** How the text of a script was come by. */
export interface Reading {
  /** Shells around it, as in `sh -c '...'`. */
  readonly depth?: number;
  /** Whether it stands in a makefile, where a dollar is written otherwise and each line has a shell. */
  readonly isMake?: true;
  /** Whether a stretch of it is spelled as it is read; it is not where a tag was put in. */
  readonly isVerbatim?: (start: number, end: number) => boolean;
}

/** What their words do is at most printed. */
const SPEAKERS: ReadonlySet<string> = new Set('echo printf : true sleep logger date'.split(' '));
const TESTS: ReadonlySet<string> = new Set(['[', '[[', 'test', 'case', 'grep']);
const WRITES: ReadonlySet<string> = new Set(['>', '>>', '>|', '&>', '&>>', '<>']);
const KEEPERS: ReadonlySet<string> = new Set(['tee', 'dd', 'sponge']);

/** Variables made of variables that are followed. */
const DEEPEST = 50;
const MOST_PIPED = 50;

/** One script, and what is known of the variables around it. */
export class Scope {
  readonly commands: readonly ShellCommand[];
  /** What was read, where it was a text. */
  readonly source: string | undefined;
  readonly reading: Reading;
  readonly #set: Map<string, string>;
  readonly #pipelines = new Map<number, ShellCommand[]>();
  /** Of each command: its place in the script, and in its pipeline. */
  readonly #places = new Map<ShellCommand, { readonly at: number; readonly piped: number }>();
  readonly #known = new Map<string, unknown>();
  readonly #users = new Map<string, ShellCommand[]>();
  readonly #fates = new Map<string, Fate>();
  #depth = 0;

  constructor(script: ShellScript, environment: Variables, reading: Reading = {}) {
    this.commands = script.commands;
    this.source = script.source;
    this.reading = reading;
    this.#set = new Map(environment);
    for (const [at, command] of script.commands.entries()) {
      this.#note(command);
      const pipeline = this.#pipelines.get(command.pipeline) ?? [];
      this.#places.set(command, { at, piped: pipeline.push(command) });
      this.#pipelines.set(command.pipeline, pipeline);
    }
  }

  /** The text of a variable that the plan or the script sets anywhere; a rough guess, on the kind side. */
  variable(name: string): string | undefined {
    return this.#set.get(name);
  }

  /** The same for one command, whose own assignments come first. */
  variableOf({ assignments, words }: ShellCommand, name: string): string | undefined {
    const own = assignments.find((each) => each.name === name)?.value;
    // `env NAME=value program`
    const given = words.find(({ text }) => text.startsWith(`${name}=`))?.text;
    return own ?? given?.slice(name.length + 1) ?? this.#set.get(name);
  }

  /** The commands that read a command's output through pipes, in order; no more than anybody writes. */
  after(command: ShellCommand): readonly ShellCommand[] {
    const start = this.#places.get(command)?.piped ?? 0;
    return (this.#pipelines.get(command.pipeline) ?? []).slice(start, start + MOST_PIPED);
  }

  /** The command that a pipeline begins with. */
  first(command: ShellCommand): ShellCommand {
    return this.#pipelines.get(command.pipeline)?.[0] ?? command;
  }

  /** The command that a pipeline ends with. */
  last(command: ShellCommand): ShellCommand {
    return this.#pipelines.get(command.pipeline)?.at(-1) ?? command;
  }

  /** Where a command stands among all of them. */
  placeOf(command: ShellCommand): number {
    return this.#places.get(command)?.at ?? -1;
  }

  /** What is true of the whole script, found out once. */
  once<T>(name: string, find: (scope: Scope) => T): T {
    if (!this.#known.has(name)) this.#known.set(name, find(this));
    return this.#known.get(name) as T;
  }

  /** Where a command's output ends up. */
  fate(command: ShellCommand): Fate {
    let each = command;
    // What goes into a group's pipe or file goes there from the groups inside of it as well.
    for (let depth = 0; depth < DEEPEST; depth++) {
      const last = this.last(each);
      if (last.redirects.some(isWrite) || KEEPERS.has(nameOf(last))) return 'kept';
      if (TESTS.has(nameOf(last)) && last !== each) return 'test';
      const group = endOfGroup(last, this) ?? this.#behind(last.stand?.bracket);
      if (group === undefined) break;
      each = group;
    }
    const { parent } = command;
    return parent === undefined ? 'log' : this.use(parent);
  }

  /** Where something ends up that stands in the words of a command. */
  use(command: ShellCommand): Fate {
    const [assigned] = command.assignments;
    if (command.words.length === 0 && assigned !== undefined) {
      return this.#variableFate(assigned.name);
    }
    const name = nameOf(command);
    if (TESTS.has(name)) return 'test';
    // Alone, `cat` says what a here-document says.
    const isSaid = SPEAKERS.has(name) || (name === 'cat' && own(command).length === 1);
    return isSaid ? this.fate(command) : 'kept';
  }

  /** The end of the pipeline that a pair of brackets is a part of, as in `(date) | tee log`. */
  #behind(bracket: ShellBracket | undefined): ShellCommand | undefined {
    let each = bracket;
    for (let depth = 0; depth < DEEPEST && each?.kind === 'subshell'; depth++) {
      const last = this.#pipelines.get(each.pipeline)?.at(-1);
      if (last !== undefined) return last;
      each = each.outer;
    }
    return undefined;
  }

  #variableFate(name: string): Fate {
    const known = this.#fates.get(name);
    if (known !== undefined) return known;
    // Nobody's chain of variables is that long.
    if (this.#depth >= DEEPEST) return 'kept';
    // A variable that is made of itself ends up where its other users put it.
    this.#fates.set(name, 'log');
    this.#depth += 1;
    const fates = new Set((this.#users.get(name) ?? []).map((user) => this.use(user)));
    this.#depth -= 1;
    const fate = fates.has('kept') ? 'kept' : fates.has('test') ? 'test' : 'log';
    this.#fates.set(name, fate);
    return fate;
  }

  #usedBy(name: string, command: ShellCommand): void {
    const users = this.#users.get(name) ?? [];
    if (users.at(-1) !== command) users.push(command);
    this.#users.set(name, users);
  }

  #note(command: ShellCommand): void {
    for (const { name, value } of command.assignments) this.#set.set(name, value);
    for (const { name } of textsOf(command).flatMap(({ variables }) => variables)) {
      this.#usedBy(name, command);
    }
    if (nameOf(command) !== 'export') return;
    for (const { text } of command.words.slice(1)) {
      const equals = text.indexOf('=');
      const name = equals < 0 ? text : text.slice(0, equals);
      if (equals >= 0) this.#set.set(name, text.slice(equals + 1));
      // What is exported goes to every program.
      this.#usedBy(name, command);
    }
  }
}

/** Every text of a command that the shell replaces variables in. */
export const textsOf = ({ words, assignments, redirects }: ShellCommand): ShellWord[] => [
  ...words,
  ...assignments.map(({ word }) => word),
  ...redirects.flatMap(({ target, body }) => (body === undefined ? [target] : [target, body])),
];

const isWrite = ({ operator, target }: ShellCommand['redirects'][number]): boolean =>
  WRITES.has(operator) && !target.text.startsWith('/dev/');

interface Program {
  readonly words: readonly ShellWord[];
  readonly name: string;
}

/** A command of thousands of words is asked for its program once for each of them. */
const programs = new WeakMap<ShellCommand, Program>();

function programOf(command: ShellCommand): Program {
  const known = programs.get(command);
  if (known !== undefined) return known;
  const words = program(command.words) as readonly ShellWord[];
  const found = { words, name: baseName(words[0]) };
  programs.set(command, found);
  return found;
}

/** The words of a command from its program on. */
export const own = (command: ShellCommand): readonly ShellWord[] => programOf(command).words;

/** The name of the program that a command runs, without directories; `''` when it runs none. */
export const nameOf = (command: ShellCommand): string => programOf(command).name;
