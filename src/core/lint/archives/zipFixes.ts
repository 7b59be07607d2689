/** What puts the members of a zip archive in order, and gives them one time. */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { epochIn } from '../machine/clock.js';
import { instead, without } from '../hit.js';
import type { UnitEdit } from '../hit.js';
import { allWritten, commandInFront, inFront, isDirect } from '../shell/joins.js';
import { nameOf, own } from '../shell/scope.js';
import type { Scope } from '../shell/scope.js';

/** A command of which all is known. */
interface Zip {
  readonly archive: ShellWord;
  readonly members: readonly ShellWord[];
  readonly isRecursive: boolean;
  /** Whether it stores links as links. */
  readonly storesLinks: boolean;
}

/** Options that a sorted list changes nothing about. */
const LETTERS = /^-[rqXyojD0-9]+$/;
const LONG: ReadonlyMap<string, string> = new Map([
  ['--recurse-paths', 'r'],
  ['--symlinks', 'y'],
  ...['quiet', 'no-extra', 'junk-paths', 'no-dir-entries'].map(
    (name) => [`--${name}`, ''] as const,
  ),
]);
/** Behind them, all words are patterns. */
const PATTERNS = /^(?:-[xi]|--exclude|--include)/;

function zipOf(command: ShellCommand): Zip | undefined {
  const [, ...words] = own(command);
  const at = words.findIndex(({ text }) => PATTERNS.test(text));
  const [front, patterns] = at < 0 ? [words, []] : [words.slice(0, at), words.slice(at)];
  const options = front.filter(({ text }) => text.startsWith('-') && text !== '-');
  const [archive, ...members] = front.filter((word) => !options.includes(word));
  if (archive === undefined || members.length === 0) return undefined;
  // An option behind patterns ends them.
  if (patterns.slice(1).some(({ text }) => text.startsWith('-'))) return undefined;
  const letters = options.map(({ text }) => (LETTERS.test(text) ? text.slice(1) : LONG.get(text)));
  if (!letters.every((each) => each !== undefined)) return undefined;
  const all = letters.join('');
  return { archive, members, isRecursive: all.includes('r'), storesLinks: all.includes('y') };
}

/** The members as they are written, fit to be arguments of other programs. */
function names({ members, isRecursive }: Zip, command: ShellCommand, scope: Scope): string[] {
  const all = allWritten(members, command, scope) ?? [];
  // Without a name, `find` would list what is here.
  if (isRecursive && all.some((each) => /^[$~]/.test(each))) return [];
  // A file that is called like an option
  return all.map((each) => (/^[*?[]/.test(each) ? `./${each}` : each));
}

/** `find src | LC_ALL=C sort | zip a.zip -@` */
export function sortingMembers(command: ShellCommand, scope: Scope): UnitEdit[] {
  const zip = zipOf(command);
  if (zip?.isRecursive !== true || !isDirect(command) || readsInput(command)) return [];
  const paths = names(zip, command, scope);
  // Unless it stores links, zip follows them.
  const find = zip.storesLinks ? 'find' : 'find -L';
  const list = inFront(command, scope, `${find} ${paths.join(' ')} | LC_ALL=C sort | `);
  const [first, ...others] = zip.members;
  const words = own(command);
  const recursions = words.flatMap((word, index) => withoutLetter(word, words[index - 1]) ?? []);
  if (paths.length === 0 || list.length === 0 || first === undefined) return [];
  return [
    ...list,
    ...recursions,
    instead(first, '-@'),
    ...others.map((word) => without(word, words[words.indexOf(word) - 1])),
  ];
}

const readsInput = ({ redirects }: ShellCommand): boolean =>
  redirects.some(({ operator }) => operator.startsWith('<'));

/** `-qr` without the `r`. */
function withoutLetter(word: ShellWord, last: ShellWord | undefined): UnitEdit | undefined {
  const { text } = word;
  if (text === '--recurse-paths' || text === '-r') return without(word, last);
  return LETTERS.test(text) && text.includes('r')
    ? instead(word, text.replaceAll('r', ''))
    : undefined;
}

/**
 * `touch -d` on all members before they are read; what `find` lists for zip, too. A link in a directory
 * may lead out of it, where nothing is touched.
 */
export function touching(command: ShellCommand, scope: Scope): UnitEdit[] {
  const zip = zipOf(command);
  if (zip === undefined) return touchingListed(command, scope);
  const paths = names(zip, command, scope).join(' ');
  if (paths === '' || !isDirect(command) || liesIn(zip.archive, zip.members)) return [];
  const time = `-d @${epochIn(scope)}`;
  const find = zip.storesLinks ? 'find' : 'find -H';
  const touch = zip.isRecursive
    ? `${find} ${paths} -exec touch -h ${time} {} +`
    : `touch ${zip.storesLinks ? '-h' : '-c'} ${time} ${paths}`;
  return commandInFront(command, scope, touch);
}

/** To write the archive changes the time of its directory. */
const liesIn = (archive: ShellWord, members: readonly ShellWord[]): boolean =>
  members.some(({ text }) => archive.text.startsWith(`${text.replace(/\/+$/, '')}/`));

/** What may not stand in a condition that another action is put behind. */
const ACTS = /^(?:-(?:f?print|f?ls|exec|ok|delete|quit|prune|o$|or$)|,$)/;

/** `find src -type f | sort | zip a.zip -@` */
function touchingListed(command: ShellCommand, scope: Scope): UnitEdit[] {
  const first = scope.first(command);
  const isRead = own(command).some(({ text }) => text === '-@');
  const words = own(first);
  const isSorted = scope.after(first).every((each) => /^(?:sort|zip)$/.test(nameOf(each)));
  if (!isRead || nameOf(first) !== 'find' || !isDirect(first) || !isSorted) return [];
  const archive = own(command).find(({ text }, at) => at > 0 && !text.startsWith('-'));
  const isInside = archive !== undefined && liesIn(archive, words.slice(1));
  const all = allWritten(words, first, scope);
  if (isInside || all === undefined || words.some(({ text }) => ACTS.test(text))) return [];
  // With `-L`, what a link leads to is listed, and not the link.
  const link = words.some(({ text }) => text === '-L') ? '-c' : '-h';
  const touch = `-exec touch ${link} -d @${epochIn(scope)} {} +`;
  return commandInFront(first, scope, `${all.join(' ')} ${touch}`);
}
