/** What tells the machine and the person that build. */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import type { LintFinding } from '../../model/findings/lint.js';
import { hit, instead } from '../hit.js';
import type { Hit, UnitEdit } from '../hit.js';
import { stretchOf } from '../shell/joins.js';

/** What a fixed machine is called, and who builds on it. */
export const HOST = 'localhost';
const BUILDER = 'builder';
/** What a person has to say. */
export const MACHINE = 'MACHINE';

/** The parts that uname prints, in its order; those without a text name the kind of machine. */
const PARTS: readonly (readonly [letter: string, long: string, text?: string])[] = [
  ['s', 'kernel-name'],
  ['n', 'nodename', HOST],
  ['r', 'kernel-release', 'unknown'],
  ['v', 'kernel-version', 'unknown'],
  ['m', 'machine'],
  ['p', 'processor'],
  ['i', 'hardware-platform'],
  ['o', 'operating-system'],
];

/** What is said of `hostname`, `hostnamectl`, `whoami` and `logname`. */
export function hostHit(words: readonly ShellWord[], command: ShellCommand): Hit | undefined {
  const [program, ...options] = words;
  if (program === undefined) return undefined;
  const name = program.text.slice(program.text.lastIndexOf('/') + 1);
  const said = saidBy(name, options.map(({ text }) => text).join(' '));
  const edits = said === undefined ? [] : saying(command, said);
  return hit('warning', { code: 'lint-host', name: program.text }, program, edits);
}

/** What stands for the output of a program; `undefined` where its options ask for something else. */
function saidBy(name: string, options: string): string | undefined {
  switch (name) {
    case 'hostname':
      return /^(?:-[fs]|--fqdn|--long|--short|)$/.test(options) ? HOST : undefined;
    case 'hostnamectl':
      return /^(?:hostname|--static|--transient|--pretty)$/.test(options) ? HOST : undefined;
    default:
      return options === '' ? BUILDER : undefined;
  }
}

/**
 * What is said of `uname`. What a kernel or a processor is called decides what can be built at all, and
 * is often asked for that.
 */
export function unameHit(words: readonly ShellWord[], command: ShellCommand): Hit | undefined {
  const [program, ...options] = words;
  if (program === undefined) return undefined;
  const texts = options.map(({ text }) => text);
  const severity = /^(?:-[smop]+)+$/.test(texts.join('')) ? 'info' : 'warning';
  const data: LintFinding = { code: 'lint-host', name: [program.text, ...texts].join(' ') };
  const said = unameText(texts);
  return hit(severity, data, program, said === undefined ? [] : saying(command, said));
}

function unameText(options: readonly string[]): string | undefined {
  const asked = new Set<string>();
  for (const option of options) {
    const long = PARTS.find(([, name]) => option === `--${name}`);
    if (long !== undefined) asked.add(long[0]);
    else if (/^-[snrvmpioa]+$/.test(option))
      for (const letter of option.slice(1)) asked.add(letter);
    else if (option === '--all') asked.add('a');
    else return undefined;
  }
  const texts = PARTS.filter(([letter]) => asked.has(letter)).map(([, , text]) => text);
  const isFixed = asked.size > 0 && !asked.has('a') && texts.every((text) => text !== undefined);
  return isFixed ? texts.join(' ') : MACHINE;
}

/** `echo` in place of a command. */
function saying(command: ShellCommand, text: string): UnitEdit[] {
  const stretch = stretchOf(command);
  if (stretch === undefined) return [];
  const edit = instead(stretch, `echo ${text}`);
  return [text === MACHINE ? { ...edit, blank: MACHINE } : edit];
}
