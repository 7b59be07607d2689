/** Names that `mktemp` makes and that end up in what is built. */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { lastAtOrBefore } from '../../model/span.js';
import { isRepeated } from '../shell/blocks.js';
import { hit, instead } from '../hit.js';
import type { Hit, UnitEdit } from '../hit.js';
import { isDirect, stretchOf, written } from '../shell/joins.js';
import { readOptions } from '../shell/options.js';
import type { Options, Spelling } from '../shell/options.js';
import { nameOf, own } from '../shell/scope.js';
import type { Scope } from '../shell/scope.js';
import { TAR } from '../archives/tar.js';

const ARCHIVERS: ReadonlySet<string> = new Set(['tar', 'gtar', 'zip', 'cpio', '7z', 'ar']);

const MKTEMP: Spelling = {
  short: { d: 'directory', u: 'dry-run', q: 'quiet', p: 'in' },
  valued: new Set(['in', 'suffix']),
};
const KNOWN: ReadonlySet<string> = new Set([
  ...['directory', 'dry-run', 'quiet', 'in', 'tmpdir', 'suffix', 't'],
]);

/** No template is longer; the expression that reads it takes its time over ones that are. */
const LONGEST = 300;

/** What is said of a command that makes a name. */
export function mktempHits(command: ShellCommand, scope: Scope): Hit[] {
  const [program] = own(command);
  const { parent } = command;
  if (nameOf(command) !== 'mktemp' || program === undefined || parent === undefined) return [];
  const [assigned] = parent.assignments;
  const kept =
    assigned !== undefined && parent.words.length === 0
      ? scope.once('packed', packedNames).has(assigned.name)
      : isPartOfName(parent, program);
  return kept ? [hit('warning', { code: 'lint-mktemp' }, program, fixing(command, scope))] : [];
}

/** The variables that programs pack, under the names that they hold. */
const packedNames = ({ commands }: Scope): ReadonlySet<string> =>
  new Set(
    commands
      .filter((command) => ARCHIVERS.has(nameOf(command)))
      .flatMap((command) => packedBy(command))
      .flatMap(({ text }) => /^\$\{?(\w+)/.exec(text)?.[1] ?? []),
  );

function packedBy(command: ShellCommand): readonly ShellWord[] {
  const { operands } = readOptions(own(command).slice(1), TAR, { bare: true });
  // The first is the archive, but for tar.
  return /tar$/.test(nameOf(command)) ? operands : operands.slice(1);
}

/** `dist/$(mktemp -u XXX).tar`: a name that stays. */
function isPartOfName({ words, redirects }: ShellCommand, program: ShellWord): boolean {
  const { start, end } = program;
  const word = words[lastAtOrBefore(words, start, (each) => each.start)];
  const at = lastAtOrBefore(redirects, start, ({ target }) => target.start);
  const holds = (each: ShellWord | undefined): boolean =>
    each !== undefined && each.start < start && each.end > end;
  return holds(redirects[at]?.target) || (holds(word) && /^["']?[^$`"']/.test(word?.text ?? ''));
}

/**
 * Makes the same kind of thing under a name that stays, as empty and as private as mktemp makes it:
 * what an earlier build left there is removed.
 */
function fixing(command: ShellCommand, scope: Scope): UnitEdit[] {
  const { stand, assignments } = command;
  const stretch = stretchOf(command);
  const isFirst = stand !== undefined && !/^\|/.test(stand.before) && !stand.backticks;
  if (stretch === undefined || !isFirst || !isDirect(command) || assignments.length > 0) return [];
  // One name for several things would be the end of all but the last.
  if (isRepeated(command, scope)) return [];
  const options = readOptions(own(command).slice(1), MKTEMP);
  const { given, operands } = options;
  if (operands.length > 1 || [...given.keys()].some((name) => !KNOWN.has(name))) return [];
  const name = nameIn(options, command, scope);
  return name === undefined ? [] : [instead(stretch, made(name, given))];
}

function made(name: string, given: Options['given']): string {
  if (given.has('dry-run')) return `echo ${name}`;
  return given.has('directory')
    ? `rm -rf ${name} && mkdir -m 700 ${name} && echo ${name}`
    : `install -m 600 /dev/null ${name} && echo ${name}`;
}

/** The name that mktemp would make, with digits in place of chance. */
function nameIn(options: Options, command: ShellCommand, scope: Scope): string | undefined {
  const { given } = options;
  const template = templateOf(options, command, scope);
  const directory = directoryOf(given, command, scope);
  if (template === undefined || directory === undefined) return undefined;
  const inTemporary = options.operands.length === 0 || given.has('t') || given.has('tmpdir');
  if (directory !== '' && /^["']?\//.test(template)) return undefined;
  // What stands in front of a quote is the same word.
  const front = directory !== '' ? `${directory}/` : inTemporary ? '"${TMPDIR:-/tmp}"/' : '';
  const name = numbered(template, command, scope);
  return name === undefined ? undefined : front + name;
}

/** The template that is given, or else mktemp's own. */
function templateOf(
  { given, operands }: Options,
  command: ShellCommand,
  scope: Scope,
): string | undefined {
  const [operand] = operands;
  const template =
    operand === undefined ? 'tmp.XXXXXXXXXX' : oneWord(written(operand, command, scope));
  const suffix = given.get('suffix')?.value ?? '';
  const isSafe = typeof suffix === 'string' && /^[\w.-]*$/.test(suffix);
  return isSafe && template?.startsWith('-') === false ? `${template}${suffix}` : undefined;
}

/** The directory of `-p` and `--tmpdir`; `''` for none, `undefined` where it is not known. */
function directoryOf(
  given: Options['given'],
  command: ShellCommand,
  scope: Scope,
): string | undefined {
  const { value } = given.get('in') ?? given.get('tmpdir') ?? {};
  if (value === undefined) return given.has('in') ? undefined : '';
  if (typeof value !== 'string') return oneWord(written(value, command, scope));
  return /^[\w./-]+$/.test(value) ? value : undefined;
}

/** With quotes around variables: half of a path with a blank in it must not be removed. */
function oneWord(raw: string | undefined): string | undefined {
  if (raw === undefined || raw.length > LONGEST || /[*?[\]{}\\]/.test(raw)) return undefined;
  if (!raw.includes('$') || /^"[^"]*"$/.test(raw)) return raw;
  return /["'~]/.test(raw) ? undefined : `"${raw}"`;
}

/** A template with a number in place of its last X's, one that no other has in this script. */
function numbered(template: string, command: ShellCommand, scope: Scope): string | undefined {
  const match = /^(.*?)(X{3,})([\w.-]*["']?[\w.-]*)$/s.exec(template);
  const [, front = '', { length } = '', end = ''] = match ?? [];
  // The X's of `$DIR_XXX` are those of a variable.
  if (length === 0 || /\$\{?\w*$/.test(front) || end.includes('X')) return undefined;
  const { source = '' } = scope;
  const all = scope.once('mktemp', ({ commands }) =>
    commands.filter((each) => nameOf(each) === 'mktemp'),
  );
  const most = 10 ** Math.min(length, 9);
  // Scripts that run each other must not remove each other's things.
  const first =
    all.indexOf(command) + (own(command).some(isDry) ? 0 : scope.once('sum', () => sumOf(source)));
  for (let more = 0; more < Math.min(most, all.length + 100); more++) {
    const digits = String((first + more) % most).padStart(length, '0');
    if (!source.includes(digits)) return `${front}${digits}${end}`;
  }
  return undefined;
}

const isDry = ({ text }: ShellWord): boolean => /^(?:-[a-z]*u|--dry-run)/.test(text);

/** A number made of a text (FNV-1a). */
function sumOf(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return sum;
}
