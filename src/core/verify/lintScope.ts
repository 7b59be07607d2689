/** What a command of a script can see: its words from the program on, and the variables that are set. */
import { baseName, program } from '../formats/containerPackages.js';
import type { ShellCommand, ShellScript, ShellWord } from '../formats/shell.js';

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

const SPEAKERS: ReadonlySet<string> = new Set(['echo', 'printf', ':', 'true', 'logger', 'date']);
const TESTS: ReadonlySet<string> = new Set(['[', '[[', 'test', 'case', 'grep']);
const WRITES: ReadonlySet<string> = new Set(['>', '>>', '>|', '&>', '&>>', '<>']);
const KEEPERS: ReadonlySet<string> = new Set(['tee', 'dd', 'sponge']);

/** One script, and what is known of the variables around it. */
export class Scope {
  readonly commands: readonly ShellCommand[];
  readonly #set: Map<string, string>;
  readonly #pipelines = new Map<number, ShellCommand[]>();
  readonly #users = new Map<string, ShellCommand[]>();

  constructor(script: ShellScript, environment: Variables) {
    this.commands = script.commands;
    this.#set = new Map(environment);
    for (const command of script.commands) {
      this.#note(command);
      const pipeline = this.#pipelines.get(command.pipeline) ?? [];
      pipeline.push(command);
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

  /** The commands that read a command's output through pipes, in order. */
  after(command: ShellCommand): readonly ShellCommand[] {
    const pipeline = this.#pipelines.get(command.pipeline) ?? [];
    return pipeline.slice(pipeline.indexOf(command) + 1);
  }

  /** Where a command's output ends up. */
  fate(command: ShellCommand, seen: ReadonlySet<string> = new Set()): Fate {
    const last = this.after(command).at(-1) ?? command;
    if (last.redirects.some(isWrite) || KEEPERS.has(nameOf(last))) return 'kept';
    if (TESTS.has(nameOf(last)) && last !== command) return 'test';
    const { parent } = last;
    return parent === undefined ? 'log' : this.use(parent, seen);
  }

  /** Where something ends up that stands in the words of a command. */
  use(command: ShellCommand, seen: ReadonlySet<string> = new Set()): Fate {
    const [assigned] = command.assignments;
    if (command.words.length === 0 && assigned !== undefined) {
      return this.#variableFate(assigned.name, seen);
    }
    const name = nameOf(command);
    if (TESTS.has(name)) return 'test';
    return SPEAKERS.has(name) ? this.fate(command, seen) : 'kept';
  }

  #variableFate(name: string, seen: ReadonlySet<string>): Fate {
    if (seen.has(name)) return 'log';
    const path = new Set([...seen, name]);
    // A chain of that many variables is nobody's.
    if (path.size > 8) return 'kept';
    const fates = (this.#users.get(name) ?? []).map((user) => this.use(user, path));
    return fates.find((fate) => fate === 'kept') ?? fates.find((fate) => fate === 'test') ?? 'log';
  }

  #note(command: ShellCommand): void {
    for (const { name, value } of command.assignments) this.#set.set(name, value);
    const words = [
      ...command.words,
      ...command.assignments.map(({ word }) => word),
      ...command.redirects.map(({ target }) => target),
    ];
    for (const { name } of words.flatMap(({ variables }) => variables)) {
      const users = this.#users.get(name) ?? [];
      if (users.at(-1) !== command) users.push(command);
      this.#users.set(name, users);
    }
    if (nameOf(command) !== 'export') return;
    for (const { text } of command.words.slice(1)) {
      const equals = text.indexOf('=');
      const name = equals < 0 ? text : text.slice(0, equals);
      if (equals >= 0) this.#set.set(name, text.slice(equals + 1));
      // What is exported goes to every program.
      this.#users.set(name, [...(this.#users.get(name) ?? []), command]);
    }
  }
}

const isWrite = ({ operator, target }: ShellCommand['redirects'][number]): boolean =>
  WRITES.has(operator) && !target.text.startsWith('/dev/');

/** The words of a command from its program on. */
export const own = (command: ShellCommand): readonly ShellWord[] =>
  program(command.words) as readonly ShellWord[];

/** The name of the program that a command runs, without directories; `''` when it runs none. */
export const nameOf = (command: ShellCommand): string => baseName(own(command)[0]);
