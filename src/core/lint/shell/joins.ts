/** Text for what is put before, behind and in place of whole commands. */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { isCondition } from './blocks.js';
import { before, behind } from '../hit.js';
import type { UnitEdit } from '../hit.js';
import { own } from './scope.js';
import type { Scope } from './scope.js';

/** Words that a command may follow, and that stay in front of what is put before it. */
export const LEADS: ReadonlySet<string> = new Set('then do else elif if while until {'.split(' '));
const PLAIN = /^[\w./@%+=:,-]+$/;

interface Units {
  readonly start: number;
  readonly end: number;
}

/** Whether a word stands in the script as it is read, without quotes and with nothing to expand. */
export const isPlain = ({ text, inner, start, end }: ShellWord): boolean =>
  inner === start && end - start === text.length && PLAIN.test(text);

/**
 * A word as it is written, so that it can be written once more in the same script; `undefined` where it
 * would be something else there, or be run twice.
 */
export function written(
  word: ShellWord,
  { stand }: ShellCommand,
  { source, reading }: Scope,
): string | undefined {
  if (reading.isVerbatim?.(word.start, word.end) === false) return undefined;
  if (isPlain(word)) return word.text;
  const raw = source?.slice(word.start, word.end);
  // Make spells its own variables as the shell does, and quotes are others in backticks.
  if (raw === undefined || reading.isMake === true || stand?.backticks !== false) return undefined;
  return /[\n\r`\u0001]|[$<>]\(/.test(raw) ? undefined : raw;
}

/** All of some words as they are written; `undefined` where one of them cannot be. */
export function allWritten(
  words: readonly ShellWord[],
  command: ShellCommand,
  scope: Scope,
): string[] | undefined {
  const all = words.map((word) => written(word, command, scope));
  return all.every((each) => each !== undefined) ? all : undefined;
}

/** From the program of a command to its last word; `undefined` where redirections lie between. */
export function stretchOf(command: ShellCommand): Units | undefined {
  const words = own(command);
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const isApart = command.redirects.every(
    ({ target }) => target.start > last.end || target.end < first.start,
  );
  return isApart ? { start: first.start, end: last.end } : undefined;
}

/** Whether a command is run by the shell itself: nothing like `sudo` or `env` stands in front. */
export const isDirect = (command: ShellCommand): boolean => leadOf(command) !== undefined;

/** Where a command begins behind keywords, its assignments included. */
function leadOf(command: ShellCommand): Units | undefined {
  const { words, assignments } = command;
  const at = words.findIndex(({ text }) => !LEADS.has(text));
  const rest = words.slice(Math.max(at, 0));
  const program = rest.find(({ text }) => !/^[A-Za-z_]\w*\+?=/.test(text));
  if (program === undefined || program !== own(command)[0]) return undefined;
  return at > 0 ? rest[0] : (assignments[0]?.word ?? rest[0]);
}

/** Puts text directly before a command that a pipeline begins with; none where it would not be run first. */
export function inFront(command: ShellCommand, scope: Scope, text: string): UnitEdit[] {
  const { stand } = command;
  const lead = leadOf(command);
  if (lead === undefined || stand === undefined || stand.bracket?.kind === 'list') return [];
  if (scope.first(command) !== command || /^\|&?$/.test(stand.before)) return [];
  // `> a program`
  if (command.redirects.some(({ target }) => target.start < lead.start)) return [];
  return [before(lead, text)];
}

/** Puts a command before one, to be run first; the other is not run, or the script ends, when it fails. */
export function commandInFront(command: ShellCommand, scope: Scope, text: string): UnitEdit[] {
  // Either of two would become either of two, and then a third.
  if (command.stand?.before === '||' || isNegated(command)) return [];
  const isJoined = command.stand?.before === '&&' || !stops(command, scope);
  return inFront(command, scope, `${text}${isJoined ? ' && ' : '; '}`);
}

/** Puts commands behind one, each to be run when the last has succeeded. */
export function commandsBehind(
  command: ShellCommand,
  scope: Scope,
  texts: readonly string[],
): UnitEdit[] {
  const { stand, words, redirects } = command;
  if (stand === undefined || stand.bracket?.kind === 'list' || isNegated(command)) return [];
  if (/^\|&?$/.test(stand.after)) return [];
  const ends = [...words, ...redirects.map(({ target }) => target)].map(({ end }) => end);
  const end = Math.max(...ends);
  const isJoined = /^(?:&&|\|\||&)$/.test(stand.after) || !stops(command, scope);
  const join = isJoined ? ' && ' : '; ';
  return [behind({ start: end, end }, texts.map((text) => join + text).join(''))];
}

const isNegated = ({ words }: ShellCommand): boolean =>
  words[0]?.text === '!' || (LEADS.has(words[0]?.text ?? '') && words[1]?.text === '!');

/** Whether the failure of a command ends the script, which it does not in front of `&&`. */
const stops = (command: ShellCommand, scope: Scope): boolean =>
  command.parent === undefined &&
  !isCondition(command, scope) &&
  scope.once('errexit', ({ commands, source = '' }) => {
    const isSet = ({ words }: ShellCommand): boolean =>
      words[0]?.text === 'set' && words.some(({ text }) => /^-[a-z]*e|^errexit$/.test(text));
    return /^#!.*\s-[a-z]*e/.test(source) || commands.some(isSet);
  });
