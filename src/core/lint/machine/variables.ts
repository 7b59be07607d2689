/** Variables and devices whose values are the time, the machine or chance. */
import type { ShellCommand } from '../../formats/shell/shell.js';
import type { LintFinding } from '../../model/findings/lint.js';
import { isSeeded, random, seeding } from './chance.js';
import { timeOf } from './clock.js';
import { allUses, everywhere, rangeOf, usesIn } from '../shell/expansions.js';
import type { Use } from '../shell/expansions.js';
import { hit, instead } from '../hit.js';
import type { Hit, UnitEdit } from '../hit.js';
import { HOST, MACHINE } from './host.js';
import { nameOf } from '../shell/scope.js';
import type { Scope } from '../shell/scope.js';

interface Kind {
  readonly data: (name: string) => LintFinding;
  readonly edits: (use: Use, scope: Scope) => readonly UnitEdit[];
}

const CLOCK: Kind = { data: () => ({ code: 'lint-date' }), edits: fixedTime };
const NUMBER: Kind = { data: (name) => random(`$${name}`), edits: seeding };
const PROCESS: Kind = {
  data: (name) => random(`$${name}`),
  edits: (use, scope) => fixedNumber(use, scope),
};
const PLACE: Kind = {
  data: (name) => ({ code: 'lint-host', name: `$${name}` }),
  edits: (use, scope) => fixedHost(use, scope),
};

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ...['SECONDS', 'EPOCHSECONDS', 'EPOCHREALTIME'].map((name) => [name, CLOCK] as const),
  ...['RANDOM', 'SRANDOM'].map((name) => [name, NUMBER] as const),
  ...['$', 'BASHPID', 'PPID'].map((name) => [name, PROCESS] as const),
  ...['HOSTNAME', 'HOSTTYPE', 'MACHTYPE', 'OSTYPE'].map((name) => [name, PLACE] as const),
]);
const DEVICES: ReadonlySet<string> = new Set(['/dev/urandom', '/dev/random']);
const TEMPORARY = /te?mp/i;

/** What is said of the variables and devices that a command uses. */
export function variableHits(command: ShellCommand, scope: Scope): Hit[] {
  const { words, assignments, redirects } = command;
  const targets = redirects.map(({ target }) => target);
  const devices = [...words, ...assignments.map(({ word }) => word), ...targets]
    .filter(({ text }) => DEVICES.has(text.replace(/^if=/, '')))
    // Such bytes may be a secret, which a fixed text must not become.
    .map((word) => hit('warning', random(word.text), word));
  const used = usesIn(command).flatMap((use) => {
    const kind = KINDS.get(use.variable.name);
    if (kind === undefined || isSettled(use, kind, scope)) return [];
    if (!targets.includes(use.word) && scope.use(command) !== 'kept') return [];
    const edits = kind.edits(use, scope);
    return [hit('warning', kind.data(use.variable.name), use.variable, edits)];
  });
  return [...devices, ...used];
}

function isSettled(use: Use, kind: Kind, scope: Scope): boolean {
  const { name } = use.variable;
  // A scratch file may be called what it likes.
  if ((kind === NUMBER || kind === PROCESS) && TEMPORARY.test(use.word.text)) return true;
  if (kind === NUMBER) return name === 'RANDOM' && isSeeded(use, scope);
  // What the plan or the script sets is its own business.
  return scope.variable(name) !== undefined;
}

function fixedTime({ variable }: Use, scope: Scope): UnitEdit[] {
  const range = rangeOf(variable, scope);
  if (range === undefined) return [];
  const isOpen = /^\w/.test(scope.source?.[range.end] ?? '');
  return [instead(range, timeOf(variable.name, scope, isOpen))];
}

const fixedHost = ({ variable: { name } }: Use, scope: Scope): UnitEdit[] =>
  scope.once(`fixed ${name}`, () =>
    name === 'HOSTNAME' ? everywhere(name, scope, HOST) : everywhere(name, scope, MACHINE, MACHINE),
  );

/** What names a process, or may do so, is no part of a name. */
const NAMES_PROCESS = /\/proc\/|pid|lock|kill|wait/i;

/** 0 for the number of the process, where it is a part of names and texts alone. */
const fixedNumber = ({ variable: { name } }: Use, scope: Scope): UnitEdit[] =>
  scope.once(`fixed ${name}`, () => {
    const others = (scope.source ?? '').replaceAll(/\b(?:BASH|P)PID\b/g, '');
    const isName = (allUses(name, scope) ?? []).every(isPartOfName);
    return isName && !NAMES_PROCESS.test(others) ? everywhere(name, scope, '0') : [];
  });

function isPartOfName({ command, word }: Use): boolean {
  // `--id=$$` and `P=$$` are nothing but the number.
  const isWhole = /^(?:[\w-]*=)?\$\{?(?:\$|\w+)\}?$/.test(word.text);
  const isSaid = command.words.includes(word) && /^(?:echo|printf)$/.test(nameOf(command));
  return !TEMPORARY.test(word.text) && (!isWhole || isSaid);
}
