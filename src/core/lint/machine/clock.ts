/** What tells the time of the build: `date`, and variables that count seconds. */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { behind, hit, instead } from '../hit.js';
import type { Hit, UnitEdit } from '../hit.js';
import type { Scope } from '../shell/scope.js';

const RELATIVE = /\b(?:now|today|yesterday|tomorrow|ago|next|last)\b/i;
const NOW = /^(?:now|today)$/i;
/** What GNU date reads behind a date as it reads it alone. */
const SHIFT =
  /^(?:yesterday|tomorrow|(?:\d{1,6} (?:sec|second|min|minute|hour|day|week|month|year)s? ago)|(?:next|last) (?:hour|day|week|month|year))$/i;

/** The time that the build is said to have, in seconds: as it is set, or else the beginning of 1970. */
export const epochIn = (scope: Scope): string =>
  scope.variable('SOURCE_DATE_EPOCH') === undefined
    ? '${SOURCE_DATE_EPOCH:-0}'
    : '$SOURCE_DATE_EPOCH';

interface Given {
  readonly word: ShellWord;
  readonly option: string;
  readonly value: string;
}

/** What is said of `date`. */
export function dateHit(
  words: readonly ShellWord[],
  command: ShellCommand,
  scope: Scope,
): Hit | undefined {
  const [program, ...rest] = words;
  if (program === undefined) return undefined;
  if (rest.some(({ text }) => /^(?:-s|--set|--version|--help)/.test(text))) return undefined;
  const at = rest.findIndex(({ text }) => /^(?:-[uRI]*[dr]|--date|--reference)/.test(text));
  const value = at < 0 ? undefined : rest.slice(at, at + 2);
  const data = { code: 'lint-date' } as const;
  if (value === undefined) {
    const edits = [behind(program, ` -u -d @${epochIn(scope)}`)];
    return hit('warning', data, program, edits);
  }
  const text = value.map((word) => word.text).join(' ');
  if (!RELATIVE.test(text) || isShifted(text)) return undefined;
  const given = givenIn(value);
  const isUtc = rest.some((word) => /^-[a-zA-Z]*u|^--(?:utc|universal)$/.test(word.text));
  const edits = given === undefined ? [] : shifting(given, command, scope);
  const utc = isUtc || edits.length === 0 ? [] : [behind(program, ' -u')];
  return hit('warning', data, program, [...utc, ...edits]);
}

/** `-d "$(date -u -d @0) 1 day ago"`, as the fix writes it, and `-d "2024-01-01 1 day ago"`. */
const isShifted = (text: string): boolean =>
  /^(?:-d|--date)[ =]?(?:\$\(date -u -d @|\d{4}-\d{2}-\d{2}\b)/.test(text);

/** `-d value` and `--date=value`. */
function givenIn([option, next]: readonly ShellWord[]): Given | undefined {
  if (option === undefined) return undefined;
  if (/^(?:-d|--date)$/.test(option.text)) {
    return next === undefined ? undefined : { word: next, option: '', value: next.text };
  }
  const value = /^--date=(.*)$/s.exec(option.text)?.[1];
  return value === undefined ? undefined : { word: option, option: '--date=', value };
}

/** The same distance from the time that the build is said to have. */
function shifting(given: Given, { stand }: ShellCommand, scope: Scope): UnitEdit[] {
  const { word, option, value } = given;
  const epoch = epochIn(scope);
  if (NOW.test(value)) return [instead(word, `${option}@${epoch}`)];
  if (!SHIFT.test(value) || stand?.backticks !== false) return [];
  return [instead(word, `${option}"$(date -u -d @${epoch} '+%F %T') ${value}"`)];
}

/** The time in a variable's place. `isOpen`: whether a letter follows, which a name would take in. */
export function timeOf(name: string, scope: Scope, isOpen: boolean): string {
  if (name === 'SECONDS') return '0';
  const epoch = epochIn(scope);
  const text = isOpen && epoch.startsWith('$S') ? '${SOURCE_DATE_EPOCH}' : epoch;
  return name === 'EPOCHREALTIME' ? `${text}.000000` : text;
}
