/** Commands whose output is the time, the machine or chance (docs/nondeterminism.md, section 3). */
import type { LintFinding } from '../model/findings/lint.js';
import type { ShellCommand, ShellWord } from '../formats/shell.js';
import { behind, hit } from './hit.js';
import type { Hit } from './hit.js';
import { TAR } from './tar.js';
import { readOptions } from './options.js';
import { nameOf, own } from './scope.js';
import type { Fate, Scope } from './scope.js';

/** A rule about one program: `undefined` when the command is fine. */
type Rule = (words: readonly ShellWord[], command: ShellCommand, scope: Scope) => Hit | undefined;

const RELATIVE = /\b(?:now|today|yesterday|tomorrow|ago|next|last)\b/i;

const date: Rule = (words, _command, scope) => {
  const [program, ...rest] = words;
  const given = rest.map(({ text }) => text);
  const at = given.findIndex((text) => /^(?:-[uRI]*[dr]|--date|--reference)/.test(text));
  const value = at < 0 ? undefined : given.slice(at, at + 2).join(' ');
  if (program === undefined || (value !== undefined && !RELATIVE.test(value))) return undefined;
  if (given.some((text) => /^(?:-s|--set|--version|--help)/.test(text))) return undefined;
  const isSet = scope.variable('SOURCE_DATE_EPOCH') !== undefined;
  const epoch = isSet ? '$SOURCE_DATE_EPOCH' : '${SOURCE_DATE_EPOCH:-0}';
  const edits = value === undefined ? [behind(program, ` -u -d @${epoch}`)] : [];
  return hit('warning', { code: 'lint-date' }, program, edits);
};

const host =
  (data: (name: string) => LintFinding): Rule =>
  ([program]) =>
    program === undefined ? undefined : hit('warning', data(program.text), program);

/** What a kernel or a processor is called decides what can be built at all, and is often asked for that. */
const uname: Rule = ([program, ...options]) => {
  if (program === undefined) return undefined;
  const letters = options.map(({ text }) => text).join('');
  const severity = /^(?:-[smop]+)+$/.test(letters) ? 'info' : 'warning';
  return hit(
    severity,
    { code: 'lint-host', name: [program.text, ...options.map(({ text }) => text)].join(' ') },
    program,
  );
};

const random = (name: string): LintFinding => ({ code: 'lint-random', name });

/** Programs whose output matters only where it is kept. */
const SPOKEN: Readonly<Record<string, Rule>> = {
  date,
  uname,
  hostname: host((name) => ({ code: 'lint-host', name })),
  hostnamectl: host((name) => ({ code: 'lint-host', name })),
  whoami: host((name) => ({ code: 'lint-host', name })),
  logname: host((name) => ({ code: 'lint-host', name })),
  uuidgen: host(random),
  shuf: (words) => {
    const [program] = words;
    const fixed = words.some(({ text }) => text.startsWith('--random-source'));
    return program === undefined || fixed ? undefined : hit('warning', random('shuf'), program);
  },
  sort: (words) => {
    const option = words.find(({ text }) => /^(?:-[a-z]*R|--random-sort)/.test(text));
    return option === undefined ? undefined : hit('warning', random(`sort ${option.text}`), option);
  },
  openssl: ([program, verb]) =>
    program === undefined || verb?.text !== 'rand'
      ? undefined
      : hit('warning', random('openssl rand'), program),
};

/** What is said of the program that a command runs. */
export function programHits(command: ShellCommand, scope: Scope): Hit[] {
  const name = nameOf(command);
  const rule = Object.hasOwn(SPOKEN, name) ? SPOKEN[name] : undefined;
  const found = rule?.(own(command), command, scope);
  if (found === undefined || !matters(scope.fate(command), found)) return [];
  return [found];
}

/** Asking which system this is, and doing as it says, is what a script that runs on several does. */
const matters = (fate: Fate, { data }: Hit): boolean =>
  fate === 'kept' || (fate === 'test' && data.code !== 'lint-host');

const CHANCE: ReadonlySet<string> = new Set(['RANDOM', 'SRANDOM', 'BASHPID', 'PPID', '$']);
const CLOCK: ReadonlySet<string> = new Set(['SECONDS', 'EPOCHSECONDS', 'EPOCHREALTIME']);
const HOST: ReadonlySet<string> = new Set(['HOSTNAME', 'HOSTTYPE', 'MACHTYPE', 'OSTYPE']);
const DEVICES: ReadonlySet<string> = new Set(['/dev/urandom', '/dev/random']);

/** What is said of the variables and devices that a command uses. */
export function variableHits(command: ShellCommand, scope: Scope): Hit[] {
  const { words, assignments, redirects } = command;
  const targets = redirects.map(({ target }) => target);
  const all = [...words, ...assignments.map(({ word }) => word), ...targets];
  const devices = all
    .filter(({ text }) => DEVICES.has(text.replace(/^if=/, '')))
    .map((word) => hit('warning', random(word.text), word));
  const named = all.flatMap((word) =>
    word.variables.flatMap((variable) => {
      const data = variableData(variable.name, word, scope);
      const isTarget = targets.includes(word);
      const kept = data !== undefined && (isTarget || scope.use(command) === 'kept');
      return kept ? [hit('warning', data, variable)] : [];
    }),
  );
  return [...devices, ...named];
}

function variableData(name: string, word: ShellWord, scope: Scope): LintFinding | undefined {
  // What the plan or the script sets is its own business.
  if (scope.variable(name) !== undefined) return undefined;
  if (CLOCK.has(name)) return { code: 'lint-date' };
  if (HOST.has(name)) return { code: 'lint-host', name: `$${name}` };
  // A scratch file may be called what it likes.
  if (!CHANCE.has(name) || /te?mp/i.test(word.text)) return undefined;
  return random(`$${name}`);
}

const ARCHIVERS: ReadonlySet<string> = new Set(['tar', 'gtar', 'zip', 'cpio', '7z', 'ar']);

/** Names that `mktemp` makes and that end up in what is built. */
export function mktempHits(command: ShellCommand, scope: Scope): Hit[] {
  const [program] = own(command);
  const { parent } = command;
  if (nameOf(command) !== 'mktemp' || program === undefined || parent === undefined) return [];
  const [assigned] = parent.assignments;
  const kept =
    assigned !== undefined && parent.words.length === 0
      ? scope.once('packed', packedNames).has(assigned.name)
      : isPartOfName(parent, program);
  return kept ? [hit('warning', { code: 'lint-mktemp' }, program)] : [];
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
  const holds = ({ start, end }: ShellWord): boolean => start < program.start && end > program.end;
  const word = words.find(holds);
  return (
    redirects.some(({ target }) => holds(target)) ||
    (word !== undefined && /^["']?[^$`"']/.test(word.text))
  );
}
