/** What puts lists of files in the order of their names. */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { instead, without } from '../hit.js';
import type { UnitEdit } from '../hit.js';
import { isDirect, isPlain } from '../shell/joins.js';
import { nameOf, own } from '../shell/scope.js';
import type { Scope } from '../shell/scope.js';

/** Programs that take the first or the last of a list, which is then meant to be in its order. */
const CHOOSERS: ReadonlySet<string> = new Set(
  'head tail sed awk gawk mawk perl python python3 read'.split(' '),
);

/** `ls` without the options that put it in another order than that of the names. */
export function byName(command: ShellCommand, scope: Scope): UnitEdit[] {
  // The newest of all is not the first by name.
  if (scope.after(command).some((each) => CHOOSERS.has(nameOf(each)))) return [];
  const words = own(command);
  const ends = words.findIndex(({ text }) => text === '--');
  const options = words.slice(1, ends < 0 ? undefined : ends);
  const edits = options.map((word, index) => withoutOrder(word, words[index]));
  const known = edits.filter((edit) => edit !== undefined);
  return known.length === edits.length ? known.flat() : [];
}

/** What is left of an option; `undefined` where that is not sure. */
function withoutOrder(word: ShellWord, last: ShellWord | undefined): UnitEdit[] | undefined {
  const { text } = word;
  if (/^--sort=\w+$/.test(text)) return [without(word, last)];
  if (text.startsWith('--sort')) return undefined;
  if (!/^-[A-Za-z0-9]+$/.test(text) || !/[tUfcu]/.test(text)) return [];
  // Some letters take the rest as their value; `-f` also takes back what others said.
  if (!isPlain(word) || /[ITw]/.test(text) || /f.*[ls]|[ls].*f/.test(text)) return undefined;
  const letters = text
    .replaceAll(/[tUcu]/g, '')
    .replace('f', 'a')
    .replaceAll('f', '');
  return [letters === '-' ? without(word, last) : instead(word, letters)];
}

/** What would be another action, or would give the one that is replaced another meaning. */
const ACTIONS = /^-(?:f?print.*|f?ls|exec|execdir|ok|okdir|delete|quit)$/;

/** `find -print0 | sort | xargs` in place of `find -exec`. */
export function sortedRun(command: ShellCommand, scope: Scope): UnitEdit[] {
  const words = own(command);
  const action = words.find(({ text }) => ACTIONS.test(text));
  const last = words.at(-1);
  if (action === undefined || last === undefined || !canBePiped(command, scope, last)) return [];
  const run = words.slice(words.indexOf(action));
  const each = runFor(run.map(({ text }) => text));
  if (each === undefined) return [];
  // xargs puts the names behind all else by itself.
  const from = run.at(each === EACH ? -2 : -3);
  return from === undefined
    ? []
    : [
        instead(action, `-print0 | LC_ALL=C sort -z | xargs -r0${each}`),
        instead({ start: from.end, end: last.end }, ''),
      ];
}

const EACH = ' -I{}';

/** How xargs is told to run what `-exec` runs; `undefined` where it cannot be. */
function runFor([action, ...words]: readonly string[]): string | undefined {
  const end = words.at(-1);
  const given = words.slice(1, -1);
  // What is behind the end would be done with each file as well.
  if (action !== '-exec' || given.some((text) => text === ';' || ACTIONS.test(text))) {
    return undefined;
  }
  const isBehind = given.at(-1) === '{}' && !given.slice(0, -1).some((text) => text.includes('{}'));
  if (end === '+') return isBehind ? '' : undefined;
  if (end !== ';') return undefined;
  if (isBehind) return ' -n1';
  return given.some((text) => text.includes('{}')) ? EACH : undefined;
}

/** Whether all that is said of a command goes for the last of a pipe as well. */
function canBePiped(command: ShellCommand, scope: Scope, last: ShellWord): boolean {
  const { redirects } = command;
  // What `sudo` stands in front of would run as another.
  if (!isDirect(command) || scope.first(command) !== command) return false;
  return redirects.every(
    ({ operator, target }) => /^>{1,2}\|?$/.test(operator) && target.start > last.start,
  );
}
