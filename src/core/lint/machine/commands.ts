/** Commands whose output is the time, the machine or chance (docs/nondeterminism.md, section 3). */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { opensslHit, shufHit, sortHit, uuidHit } from './chance.js';
import { dateHit } from './clock.js';
import type { Hit } from '../hit.js';
import { hostHit, unameHit } from './host.js';
import { nameOf, own } from '../shell/scope.js';
import type { Fate, Scope } from '../shell/scope.js';

/** A rule about one program: `undefined` when the command is fine. */
type Rule = (words: readonly ShellWord[], command: ShellCommand, scope: Scope) => Hit | undefined;

/** Programs whose output matters only where it is kept. */
const SPOKEN: Readonly<Record<string, Rule>> = {
  date: dateHit,
  uname: unameHit,
  hostname: hostHit,
  hostnamectl: hostHit,
  whoami: hostHit,
  logname: hostHit,
  uuidgen: uuidHit,
  shuf: shufHit,
  sort: sortHit,
  openssl: opensslHit,
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
