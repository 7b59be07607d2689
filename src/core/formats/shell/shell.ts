/** Shell scripts as the commands that they are made of, each word at its place. */
import { ShellReader } from './reader.js';

/** The longest script that is read, in UTF-16 units. */
export const MOST_SHELL = 256 << 10;

/** A variable that a word holds. */
export interface ShellVariable {
  /** Without `$` and braces: `HOME`, `1`, `$`. In `$((N + 1))` it stands without them. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A word of a command. */
export interface ShellWord {
  /** Without quotes and escapes; variables and substitutions as written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Where the first unit of `text` stands, when the others follow side by side. */
  readonly inner?: number;
  /** Whether the shell replaces it by the names of files. */
  readonly glob: boolean;
  readonly variables: readonly ShellVariable[];
  /** Whether no shell reads it, as a member of a list: then no quotes are around it. */
  readonly verbatim?: true;
}

/** `NAME=value` before a command, or alone. */
export interface ShellAssignment {
  readonly name: string;
  readonly value: string;
  readonly word: ShellWord;
}

/** `> file`, `2>&1`, `<<EOF`. */
export interface ShellRedirect {
  readonly operator: string;
  readonly target: ShellWord;
  /** The lines of a here-document, where the shell replaces what is in them. */
  readonly body?: ShellWord;
}

/** A pair of brackets that is open where a command stands. */
export interface ShellBracket {
  readonly at: number;
  /** `list`: an array, arithmetic, the body of a function; what stands there is not run in its place. */
  readonly kind: 'subshell' | 'list';
  /** The pipeline that the whole pair is a part of. */
  readonly pipeline: number;
  /** The one around it. */
  readonly outer: ShellBracket | undefined;
}

/** Where a command stands among others. */
export interface ShellStand {
  /** Where the script begins, or the substitution that the command stands in. */
  readonly from: number;
  /** What is in front: an operator, a bracket, a line end, `()` of a function; `''` at the beginning. */
  readonly before: string;
  /** What is behind; `''` at the end. */
  readonly after: string;
  /** The innermost pair of brackets around it, within its substitution. */
  readonly bracket: ShellBracket | undefined;
  /** Whether backticks are around it, in which quotes have rules of their own. */
  readonly backticks: boolean;
}

/** A simple command; those in brackets, branches and substitutions are commands as well. */
export interface ShellCommand {
  readonly assignments: readonly ShellAssignment[];
  readonly words: readonly ShellWord[];
  readonly redirects: readonly ShellRedirect[];
  /** Commands of one number are joined by `|`, in their order. */
  readonly pipeline: number;
  /** The command that this one's output is put into, as in `echo $(date)`. */
  readonly parent?: ShellCommand;
  /** None where words were given as they are. */
  readonly stand?: ShellStand;
}

/** What a script is made of. */
export interface ShellScript {
  /** What was read; none where words were given as they are. */
  readonly source?: string;
  /** By where they begin. */
  readonly commands: readonly ShellCommand[];
  /** The lines of here-documents: text for a program, not for the shell. */
  readonly heredocs: readonly { readonly start: number; readonly end: number }[];
  /** The first quote or bracket that nothing closes. */
  readonly open?: number;
}

/**
 * Reads a script by the rules of the POSIX shell and what bash adds to its words. Nothing is expanded
 * and nothing is run. Never throws; linear in the length; of longer scripts than {@link MOST_SHELL}
 * only the beginning is read.
 */
export const parseShell = (script: string): ShellScript =>
  new ShellReader(script.slice(0, MOST_SHELL)).read();
