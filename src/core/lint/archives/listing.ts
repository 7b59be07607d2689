/** Lists of files in the order in which the disk gives them (docs/nondeterminism.md, section 2). */
import { baseName } from '../../formats/container/packages.js';
import type { ShellCommand } from '../../formats/shell/shell.js';
import { behind, hit } from '../hit.js';
import type { Hit, UnitEdit } from '../hit.js';
import { byName, sortedRun } from './listingFixes.js';
import { nameOf, own } from '../shell/scope.js';
import type { Scope } from '../shell/scope.js';

/** Programs whose output depends on the order of what they are given. */
const ORDERED: ReadonlySet<string> = new Set(
  (
    'tar gtar bsdtar cpio pax zip 7z ar cat tee paste sha256sum sha512sum sha1sum md5sum cksum b2sum ' +
    'gcc g++ cc c++ clang clang++ ld javac jar rustc'
  ).split(' '),
);

/** What is said of a command that lists files for another one. */
export function listingHits(command: ShellCommand, scope: Scope): Hit[] {
  const [program] = own(command);
  const name = nameOf(command);
  if (program === undefined || (name !== 'find' && !isUnsortedLs(command))) return [];
  const isKept = name === 'find' && acts(command) ? runsOrdered(command) : feeds(command, scope);
  const data = { code: 'lint-unsorted', name } as const;
  return isKept ? [hit('warning', data, program, sorting(command, scope))] : [];
}

/** Sorts what `find` lists, or what it does with each; lets `ls` list by name. */
function sorting(command: ShellCommand, scope: Scope): UnitEdit[] {
  if (nameOf(command) === 'ls') return byName(command, scope);
  if (acts(command)) return sortedRun(command, scope);
  const words = own(command);
  const last = words.at(-1);
  if (last === undefined) return [];
  if (command.redirects.some(({ target }) => target.start < last.start)) return [];
  const ends = words.some(({ text }) => text === '-print0') ? ' -z' : '';
  return [behind(last, ` | LC_ALL=C sort${ends}`)];
}

/** Whether the list goes, unsorted, to something that its order matters to. */
function feeds(command: ShellCommand, scope: Scope): boolean {
  const after = scope.after(command);
  if (after.some((each) => nameOf(each) === 'sort')) return false;
  const last = scope.last(command);
  const readers = last.parent === undefined ? after : [...after, last.parent];
  return readers.some((each) => ORDERED.has(nameOf(each))) || writesList(last);
}

/** By time, by size, or as the disk has them; by name it depends on the locale alone. */
const isUnsortedLs = (command: ShellCommand): boolean =>
  nameOf(command) === 'ls' &&
  own(command).some(({ text }) => /^(?:-[A-Za-z0-9]*[tUfcu]|--sort)/.test(text));

/** Whether it prints no list, but does something with each file. */
const acts = (command: ShellCommand): boolean =>
  own(command).some(({ text }) => /^-(?:exec|execdir|ok|okdir|delete)$/.test(text));

/** `find -exec tar ... {} +`. */
function runsOrdered(command: ShellCommand): boolean {
  const words = own(command);
  const at = words.findIndex(({ text }) => /^-(?:exec|execdir)$/.test(text));
  return at >= 0 && ORDERED.has(baseName(words[at + 1])) && isSink(command, words[at + 1]?.text);
}

/** `-exec cat {}` matters where the output goes to a file; an archiver always writes. */
const isSink = ({ redirects, parent }: ShellCommand, program = ''): boolean =>
  !/cat|sum$|cksum/.test(program) || redirects.length > 0 || parent !== undefined;

const writesList = ({ redirects }: ShellCommand): boolean =>
  redirects.some(
    ({ operator, target }) => /^&?>{1,2}\|?$/.test(operator) && !target.text.startsWith('/dev/'),
  );
