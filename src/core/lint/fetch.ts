/** What comes over the network, and may be another thing tomorrow (docs/nondeterminism.md, section 4). */
import type { ShellCommand, ShellWord } from '../formats/shell.js';
import { hit, instead } from './hit.js';
import type { Hit } from './hit.js';
import { readOptions } from './options.js';
import type { Spelling } from './options.js';
import { nameOf, own } from './scope.js';
import type { Scope } from './scope.js';

const GIT: Spelling = {
  short: { b: 'branch', C: 'directory', c: 'config', o: 'origin', u: 'upload-pack', j: 'jobs' },
  valued: new Set(
    'branch directory config origin upload-pack jobs depth template reference filter separate-git-dir shallow-since'.split(
      ' ',
    ),
  ),
};

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const VERSION = /^(?:refs\/tags\/)?[A-Za-z-]*\d+(?:\.\d+)+/;

/** What is said of a command that clones a repository. */
export function cloneHits(command: ShellCommand, scope: Scope): Hit[] {
  if (nameOf(command) !== 'git') return [];
  const { given, operands } = readOptions(own(command).slice(1), GIT);
  const [verb, address] = operands;
  if (verb?.text !== 'clone' || address === undefined) return [];
  // Without a host it lies here, and is what it is.
  if (!/:|^\$/.test(address.text)) return [];
  const branch = given.get('branch')?.value;
  const ref = typeof branch === 'string' ? branch : branch?.text;
  if (ref !== undefined && isFixed(ref)) return [];
  const last = scope.once('checkout', ({ commands }) => commands.findLastIndex(checksOut));
  return last > scope.placeOf(command) ? [] : [hit('warning', { code: 'lint-git-clone' }, verb)];
}

const isFixed = (ref: string): boolean =>
  COMMIT.test(ref) || VERSION.test(ref) || ref.includes('$');

/** `git checkout COMMIT`, and what amounts to it. */
function checksOut(command: ShellCommand): boolean {
  if (nameOf(command) !== 'git') return false;
  const { operands } = readOptions(own(command).slice(1), GIT);
  const [verb, ...rest] = operands;
  const isVerb = /^(?:checkout|reset|switch|fetch)$/.test(verb?.text ?? '');
  return isVerb && rest.some(({ text }) => isFixed(text));
}

/** What is said of `npm install`. */
export function npmHits(command: ShellCommand): Hit[] {
  if (nameOf(command) !== 'npm') return [];
  const words = own(command).slice(1);
  const at = words.findIndex(({ text }) => !text.startsWith('-'));
  const verb = words[at];
  if (verb === undefined || !/^(?:install|i|in|add)$/.test(verb.text)) return [];
  const packages = words.slice(at + 1).filter(({ text }) => !text.startsWith('-'));
  if (packages.length > 0 && packages.every(isExact)) return [];
  const edits = packages.length === 0 && verb.inner === verb.start ? [instead(verb, 'ci')] : [];
  return [hit('warning', { code: 'lint-npm-install' }, verb, edits)];
}

/** One version, or a file that lies here. */
const isExact = ({ text }: ShellWord): boolean =>
  /^.[^@]*@\d+\.\d+\.\d+/.test(text) || /^\.{0,2}\/|\.tgz$/.test(text);
