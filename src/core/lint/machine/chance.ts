/** What differs because it is made by chance, or numbered by the system. */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import type { LintFinding } from '../../model/findings/lint.js';
import { isInFunction, isRepeated, shellOf } from '../shell/blocks.js';
import { before, behind, hit, instead } from '../hit.js';
import type { Hit, UnitEdit } from '../hit.js';
import { rangeOf } from '../shell/expansions.js';
import type { Use } from '../shell/expansions.js';
import { stretchOf } from '../shell/joins.js';
import { nameOf } from '../shell/scope.js';
import type { Scope } from '../shell/scope.js';

export const random = (name: string): LintFinding => ({ code: 'lint-random', name });

/** Bytes that are the same for ever; what is chosen by them is then always the same. */
const SOURCE = ' --random-source=/dev/zero';

/** What is said of `shuf`. */
export function shufHit([program, ...options]: readonly ShellWord[]): Hit | undefined {
  if (program === undefined || options.some(isSourced)) return undefined;
  return hit('warning', random('shuf'), program, [behind(program, SOURCE)]);
}

/** What is said of `sort -R`. */
export function sortHit([program, ...options]: readonly ShellWord[]): Hit | undefined {
  const option = options.find(({ text }) => /^(?:-[a-z]*R|--random-sort|--sort=random)/.test(text));
  if (program === undefined || option === undefined || options.some(isSourced)) return undefined;
  return hit('warning', random(`sort ${option.text}`), option, [behind(program, SOURCE)]);
}

const isSourced = ({ text }: ShellWord): boolean => text.startsWith('--random-source');

/** What is said of `openssl rand`. Its bytes may be a secret, which a fixed text must not become. */
export const opensslHit = ([program, verb]: readonly ShellWord[]): Hit | undefined =>
  program === undefined || verb?.text !== 'rand'
    ? undefined
    : hit('warning', random('openssl rand'), program);

/** What is said of `uuidgen`. */
export function uuidHit(
  words: readonly ShellWord[],
  command: ShellCommand,
  scope: Scope,
): Hit | undefined {
  const [program, ...options] = words;
  // A UUID that is made of a name is the same each time.
  const isNamed = options.some(({ text }) => /^(?:-[a-zA-Z]*[msN]|--(?:md5|sha1|name))/.test(text));
  if (program === undefined || isNamed) return undefined;
  const stretch = stretchOf(command);
  const isKnown = options.every(({ text }) => /^(?:-[rt]|--random|--time)$/.test(text));
  const canBeNamed = stretch !== undefined && isKnown && !isRepeated(command, scope);
  const text = `${program.text} --sha1 --namespace @dns --name ${nameFor(command, scope)}`;
  const edits = canBeNamed && program.inner === program.start ? [instead(stretch, text)] : [];
  return hit('warning', random(program.text), program, edits);
}

/** The variable or the file that a UUID goes to, and a number where that has several. */
function nameFor(command: ShellCommand, scope: Scope): string {
  const names = scope.once('uuids', ({ commands }) => {
    const found = new Map<ShellCommand, string>();
    const counts = new Map<string, number>();
    for (const each of commands.filter((one) => nameOf(one) === 'uuidgen')) {
      const name = goalOf(each, scope);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      found.set(each, count === 1 ? name : `${name}-${String(count)}`);
    }
    return found;
  });
  return names.get(command) ?? 'build';
}

function goalOf(command: ShellCommand, scope: Scope): string {
  const { parent } = command;
  const file = scope.last(command).redirects.find(({ operator }) => operator.startsWith('>'));
  const assigned = parent?.words.length === 0 ? parent.assignments[0]?.name : undefined;
  const target = file?.target.text ?? '';
  const name = assigned ?? target.slice(target.lastIndexOf('/') + 1);
  return /^\w[\w.-]{0,99}$/.test(name) ? name : 'build';
}

/** Programs that are the shell itself, which then opens their files itself as well. */
const BUILT_IN: ReadonlySet<string> = new Set(
  'echo printf : true false [ [[ test cd read export declare local eval set exec source .'.split(
    ' ',
  ),
);

/** The shell that makes the number; a shell of its own makes it from the time and its process number. */
function drawnIn({ command, word }: Use, scope: Scope): string | undefined {
  const isTarget = command.redirects.some(({ target, body }) => target === word || body === word);
  const isBuiltIn = command.words.length === 0 || BUILT_IN.has(nameOf(command));
  return isTarget && !isBuiltIn ? undefined : shellOf(command, scope);
}

/** Whether a script has seeded bash's generator where it draws. What the environment says is no seed. */
export function isSeeded(use: Use, scope: Scope): boolean {
  const seeds = scope.once('seeds', seedsIn);
  if (seeds.size === 0 || scope.reading.isMake === true) return seeds.size > 0;
  const shell = drawnIn(use, scope);
  return shell !== undefined && (seeds.has(shell) || isInFunction(use.command, scope));
}

/** The shells that are seeded, by `RANDOM=1` and `export RANDOM=1`. */
function seedsIn(scope: Scope): ReadonlySet<string> {
  const seeding = scope.commands.filter(
    ({ assignments, words }) =>
      (words.length === 0 && assignments.some(({ name }) => name === 'RANDOM')) ||
      (/^(?:export|declare|typeset)$/.test(words[0]?.text ?? '') &&
        words.some(({ text }) => text.startsWith('RANDOM='))),
  );
  return new Set(seeding.map((command) => shellOf(command, scope) ?? ''));
}

/** Seeds the shell that draws a number, once and where it begins. */
export function seeding(use: Use, scope: Scope): UnitEdit[] {
  const { variable } = use;
  const { source, reading } = scope;
  const shell = drawnIn(use, scope);
  const from = beginningOf(use.command, scope);
  // In a makefile each line has a shell of its own.
  if (source === undefined || shell === undefined || from === undefined || reading.isMake === true)
    return [];
  const start = scope.once(`from ${String(from)}`, () => behindBlanks(source, from));
  const seed = before({ start, end: start }, `RANDOM=${seedOf(shell, scope)}; `);
  if (variable.name === 'RANDOM') return [seed];
  // This one takes no seed.
  const range = rangeOf(variable, scope);
  const isBraced = source[variable.start + 1] === '{';
  return range === undefined ? [] : [seed, instead(range, isBraced ? '${RANDOM}' : '$RANDOM')];
}

/** Where the shell of a command begins; `undefined` where it may begin more than once. */
function beginningOf(command: ShellCommand, scope: Scope): number | undefined {
  const { stand, parent } = command;
  if (stand === undefined || isInFunction(command, scope)) return undefined;
  const { bracket, from } = stand;
  if (bracket?.kind === 'list') return undefined;
  // Whenever they are run again, brackets and substitutions would draw the same.
  const inner = bracket === undefined ? parent : command;
  if (inner !== undefined && isRepeated(inner, scope)) return undefined;
  return bracket === undefined ? from : bracket.at + 1;
}

/** Behind blanks and comments. */
function behindBlanks(source: string, from: number): number {
  const skipped = /(?:[ \t\r\n]+|\\\r?\n|#[^\n]*)*/y;
  skipped.lastIndex = from;
  return from + (skipped.exec(source)?.[0].length ?? 0);
}

/** Shells that are seeded with one number would all draw the same. */
function seedOf(shell: string, scope: Scope): string {
  const shells = scope.once('shells', ({ commands }) => [
    ...new Set(commands.map((command) => shellOf(command, scope))),
  ]);
  return String(shells.indexOf(shell));
}
