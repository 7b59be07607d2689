/** Where a script uses its variables, and what is written in their place. */
import type { ShellCommand, ShellVariable, ShellWord } from '../../formats/shell/shell.js';
import type { Blank } from '../../model/fix.js';
import { instead } from '../hit.js';
import type { UnitEdit } from '../hit.js';
import { textsOf } from './scope.js';
import type { Scope } from './scope.js';

/** A variable in a word of a command. */
export interface Use {
  readonly command: ShellCommand;
  readonly word: ShellWord;
  readonly variable: ShellVariable;
}

/** Uses that are replaced together. */
const MOST = 50;

/** All variables in the words of a command. */
export const usesIn = (command: ShellCommand): Use[] =>
  textsOf(command).flatMap((word) =>
    word.variables.map((variable) => ({ command, word, variable })),
  );

/** All of `$NAME`, `${NAME}` or `NAME`; `undefined` for what does more, as `${NAME%%.*}`. */
export function rangeOf(
  { name, start, end }: ShellVariable,
  { source, reading }: Scope,
): { readonly start: number; readonly end: number } | undefined {
  // In a makefile the first of two dollars is not seen here.
  if (source === undefined || reading.isMake === true) return undefined;
  const text = source.slice(start, end);
  if (text === `$${name}` || text === name) return { start, end };
  return text === `\${${name}` && source[end] === '}' ? { start, end: end + 1 } : undefined;
}

/** Every use of a variable in a script; `undefined` where it may have others, or too many. */
export function allUses(name: string, scope: Scope): readonly Use[] | undefined {
  const uses = scope.once('uses', ({ commands }) => byName(commands.flatMap(usesIn))).get(name);
  const { source } = scope;
  if (uses === undefined || uses.length > MOST || source === undefined) return undefined;
  const written = scope.once(`written ${name}`, () => countOf(source, name));
  // It may stand in a here-document, in a comment, in the text of another program.
  return written === uses.length ? uses : undefined;
}

/** Puts a text in place of a variable wherever it is used, so that one name stays one name. */
export function everywhere(
  name: string,
  scope: Scope,
  replacement: string,
  blank?: Blank,
): UnitEdit[] {
  const ranges = (allUses(name, scope) ?? []).map(({ variable }) => rangeOf(variable, scope));
  if (!ranges.every((range) => range !== undefined)) return [];
  return ranges.map((range) => ({
    ...instead(range, replacement),
    ...(blank === undefined ? {} : { blank }),
  }));
}

function byName(uses: readonly Use[]): ReadonlyMap<string, Use[]> {
  const found = new Map<string, Use[]>();
  for (const use of uses) {
    const known = found.get(use.variable.name);
    if (known === undefined) found.set(use.variable.name, [use]);
    else known.push(use);
  }
  return found;
}

function countOf(source: string, name: string): number {
  const pattern = name === '$' ? /\$\$|\$\{\$\}/g : new RegExp(`\\b${name}\\b`, 'g');
  return source.match(pattern)?.length ?? 0;
}
