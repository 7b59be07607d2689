/** What the commands of a `RUN` bring into an image that another day brings differently. */
import type { Severity } from '../../model/finding.js';
import type { ConfigFinding } from '../../model/findings/config.js';
import { baseName, installOf, isPinned, packageName, program } from '../container/packages.js';
import { shellCommands } from '../shell/words.js';
import type { ShellCommand, ShellWord } from '../shell/words.js';
import type { Lookup } from './variables.js';
import { substitute } from './variables.js';

/** Something found in a script, and the units of the script that it is about. */
export interface CommandFinding {
  readonly severity: Severity;
  readonly data: ConfigFinding;
  readonly start: number;
  readonly end: number;
  /** Of `sh -c "script"`: the script, and where in it this was found. */
  readonly within?: { readonly script: string; readonly finding: CommandFinding };
}

const SHELLS: ReadonlySet<string> = new Set('sh bash dash ash zsh ksh'.split(' '));
const INTERPRETERS = /^(?:(?:ba|da|a|z|k)?sh|python[\d.]*|perl|ruby|node)$/;
const DOWNLOADERS: ReadonlySet<string> = new Set(['curl', 'wget']);
/** `sh -c "$(curl ...)"` and `bash <(curl ...)`. */
const INLINE_DOWNLOAD = /^(?:[<$]\(|`)\s*(?:curl|wget)\s/;
/** vaibify's word for packages that nobody wants pinned (docs/container-files.md, section 2). */
const ALLOWED = /^allow-unpinned\b/;
/** Words of one command that are read: a variable of thousands may stand there thousands of times. */
const MOST_WORDS = 10_000;
/** Commands of one pipeline that are looked at behind a download. */
const MOST_PIPED = 8;
/** Levels of `sh -c "..."` that are read. */
const DEEPEST = 3;

/** What is found in a shell script. `lookup` gives the variables that the Dockerfile sets. */
export function scriptFindings(script: string, lookup: Lookup): CommandFinding[] {
  return findingsOf(shellCommands(script), lookup, 0);
}

/** What is found in a command that is given as a list of words. */
export const wordsFindings = (words: readonly ShellWord[], lookup: Lookup): CommandFinding[] =>
  findingsOf([{ words, piped: false, comment: '' }], lookup, 0);

function findingsOf(
  commands: readonly ShellCommand[],
  lookup: Lookup,
  depth: number,
): CommandFinding[] {
  return commands.flatMap((command, index) => [
    ...installFindings(command, lookup),
    ...pipeFindings(command, pipeline(commands, index)),
    ...nested(command.words, lookup, depth),
  ]);
}

function installFindings({ words, comment }: ShellCommand, lookup: Lookup): CommandFinding[] {
  const install = installOf(allExpanded(words, lookup));
  if (install === undefined || ALLOWED.test(comment)) return [];
  const { manager, packages, requiresHashes, verb } = install;
  const found = packages
    .filter(({ text }) => isPinned(manager, text) === false)
    .map(({ text, start, end }): CommandFinding => {
      const data = { code: 'package-not-pinned', manager, name: packageName(text) } as const;
      return { severity: 'warning', data, start, end };
    });
  // A package without a version is worse, and said already.
  if (manager !== 'pip' || requiresHashes || found.length > 0) return found;
  const { start, end } = verb;
  return [{ severity: 'info', data: { code: 'pip-without-hashes' }, start, end }];
}

function allExpanded(words: readonly ShellWord[], lookup: Lookup): ShellWord[] {
  const all: ShellWord[] = [];
  for (const word of words) {
    if (all.length >= MOST_WORDS) break;
    all.push(...expanded(word, lookup));
  }
  return all;
}

/** A word that is one variable, with the words that the variable holds in its place. */
function expanded(word: ShellWord, lookup: Lookup): ShellWord[] {
  if (!/^\$\{?\w+\}?$/.test(word.text)) return [word];
  const { text, missing } = substitute(word.text, lookup, '\\');
  if (missing.length > 0) return [word];
  const texts = text.split(/\s+/).filter((each) => each !== '');
  return texts.map((each) => ({ ...word, text: each }));
}

/** The commands that a command's output runs through. */
function pipeline(commands: readonly ShellCommand[], index: number): readonly ShellCommand[] {
  let end = index;
  while (end < index + MOST_PIPED && commands[end]?.piped === true) end += 1;
  return commands.slice(index + 1, end + 1);
}

function pipeFindings({ words }: ShellCommand, behind: readonly ShellCommand[]): CommandFinding[] {
  const own = program(words);
  const [first] = own;
  if (first === undefined) return [];
  const name = baseName(first);
  if (DOWNLOADERS.has(name)) {
    const runs = behind
      .map((command) => program(command.words)[0])
      .find((word) => INTERPRETERS.test(baseName(word)));
    return runs === undefined ? [] : [piped(name, first.start, runs)];
  }
  const inline = INTERPRETERS.test(name)
    ? own.find(({ text }) => INLINE_DOWNLOAD.test(text))
    : undefined;
  if (inline === undefined) return [];
  const from = inline.text.includes('curl') ? 'curl' : 'wget';
  return [{ ...piped(from, first.start, first), end: inline.end }];
}

const piped = (from: string, start: number, to: ShellWord): CommandFinding => ({
  severity: 'warning',
  data: { code: 'piped-script', from, to: baseName(to) },
  start,
  end: to.end,
});

/** `sh -c "script"`: what is found in the script stands on the script's word. */
function nested(words: readonly ShellWord[], lookup: Lookup, depth: number): CommandFinding[] {
  const [first, ...own] = program(words);
  if (depth >= DEEPEST || !SHELLS.has(baseName(first))) return [];
  const option = own.findIndex(({ text }) => /^-[a-z]*c$/.test(text));
  const script = option < 0 ? undefined : own[option + 1];
  if (script === undefined) return [];
  const { start, end } = script;
  const found = findingsOf(shellCommands(script.text), lookup, depth + 1);
  return found.map((each) => {
    return { ...each, start, end, within: { script: script.text, finding: each } };
  });
}
