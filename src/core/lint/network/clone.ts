/** Repositories that are cloned, and what is checked out of them (docs/nondeterminism.md, section 4). */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { isRepeated } from '../shell/blocks.js';
import { hit } from '../hit.js';
import type { Hit, UnitEdit } from '../hit.js';
import { commandsBehind, isDirect, written } from '../shell/joins.js';
import { readOptions, valueText } from '../shell/options.js';
import type { Options, Spelling } from '../shell/options.js';
import { nameOf, own } from '../shell/scope.js';
import type { Scope } from '../shell/scope.js';

const GIT: Spelling = {
  short: { b: 'branch', C: 'directory', c: 'config', o: 'origin', u: 'upload-pack', j: 'jobs' },
  valued: new Set(
    'branch directory config origin upload-pack jobs depth template reference filter separate-git-dir shallow-since shallow-exclude server-option bundle-uri'.split(
      ' ',
    ),
  ),
};

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const VERSION = /^(?:refs\/tags\/)?[A-Za-z-]*\d+(?:\.\d+)+/;

/** What is said of a command that clones a repository. */
export function cloneHits(command: ShellCommand, scope: Scope): Hit[] {
  if (nameOf(command) !== 'git') return [];
  const options = readOptions(own(command).slice(1), GIT);
  const [verb, address] = options.operands;
  if (verb?.text !== 'clone' || address === undefined) return [];
  // Without a host it lies here, and is what it is.
  if (!/:|^\$/.test(address.text)) return [];
  const ref = valueText(options.given.get('branch'));
  if (ref !== undefined && isFixed(ref)) return [];
  const last = scope.once('checkout', ({ commands }) => commands.findLastIndex(checksOut));
  if (last > scope.placeOf(command)) return [];
  return [hit('warning', { code: 'lint-git-clone' }, verb, checkout(command, options, scope))];
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

/** Options with which there is nothing to check out, or it lies elsewhere. */
const OTHERS = ['directory', 'bare', 'mirror', 'separate-git-dir', 'git-dir', 'work-tree'];
const SHALLOW = ['depth', 'shallow-since', 'shallow-exclude'];

/** Checks a commit out behind the clone. */
function checkout(command: ShellCommand, options: Options, scope: Scope): UnitEdit[] {
  const directory = directoryOf(command, options, scope);
  if (directory === undefined || OTHERS.some((name) => options.given.has(name))) return [];
  // In a loop, each repository would need a commit of its own.
  if (isRepeated(command, scope)) return [];
  const sudo = command.words[0]?.text === 'sudo' && own(command)[0] === command.words[1];
  if (!isDirect(command) && !sudo) return [];
  const steps = stepsFor(`${sudo ? 'sudo ' : ''}git -C ${directory}`, options);
  const edits = steps === undefined ? [] : commandsBehind(command, scope, steps);
  return edits.map((edit) => ({ ...edit, blank: 'COMMIT' }));
}

/** What checks the commit out; in a shallow clone, it has to be fetched first. */
function stepsFor(git: string, { given }: Options): string[] | undefined {
  const remote = valueText(given.get('origin')) ?? 'origin';
  const isShallow = SHALLOW.some((name) => given.has(name));
  if (isShallow && !/^\w[\w.-]*$/.test(remote)) return undefined;
  const steps = isShallow
    ? [`${git} fetch --depth 1 ${remote} COMMIT`, `${git} checkout --detach FETCH_HEAD`]
    : [`${git} checkout --detach COMMIT`];
  const withModules = ['recurse-submodules', 'recursive'].some((name) => given.has(name));
  return withModules ? [...steps, `${git} submodule update --init --recursive`] : steps;
}

/** Where the clone lies: the directory that is given, or the last part of the address. */
function directoryOf(
  command: ShellCommand,
  { operands }: Options,
  scope: Scope,
): string | undefined {
  const [, address, directory, ...others] = operands;
  if (address === undefined || others.length > 0) return undefined;
  if (directory !== undefined) {
    const raw = written(directory, command, scope);
    return raw?.startsWith('-') === true ? undefined : raw;
  }
  if (!isSpelled(address, command, scope)) return undefined;
  const name = /([^/:]+?)(?:\/?\.git|\.bundle)?\/*$/.exec(address.text.slice(-LONGEST))?.[1];
  return name !== undefined && /^\w[\w.-]*$/.test(name) ? name : undefined;
}

const LONGEST = 300;

/** Whether an address says where its repository will lie. */
const isSpelled = (address: ShellWord, command: ShellCommand, scope: Scope): boolean =>
  written(address, command, scope) !== undefined &&
  !/[$`]/.test(address.text.slice(address.text.lastIndexOf('/') + 1)) &&
  /[/:]./.test(address.text);
