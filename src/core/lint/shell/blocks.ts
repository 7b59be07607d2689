/** The loops, branches and functions that commands stand in, as far as the words of a script tell. */
import type { ShellCommand } from '../../formats/shell/shell.js';
import type { Scope } from './scope.js';

/** A compound command that is open. */
interface Block {
  readonly kind: 'loop' | 'function' | 'other';
  readonly outer: Block | undefined;
  /** Whether a shell of its own runs it: in a pipe, or in the background. */
  isApart: boolean;
  /** Whether what comes next is its condition. */
  isCondition: boolean;
  /** The command that its last word stands in, with what is done to all that it prints. */
  end?: ShellCommand;
}

/** Where a command stands, by words. */
interface Surroundings {
  readonly block: Block | undefined;
  readonly isCondition: boolean;
}

/** Blocks in blocks that are looked at; deeper ones are not known. */
const DEEPEST = 50;

const OPENS: ReadonlyMap<string, Block['kind']> = new Map([
  ...(['while', 'until', 'for', 'select'] as const).map((word) => [word, 'loop'] as const),
  ...(['if', 'case', '{'] as const).map((word) => [word, 'other'] as const),
  ['function', 'function'],
]);
const CLOSES: ReadonlySet<string> = new Set(['fi', 'done', 'esac', '}']);
const PASSES: ReadonlySet<string> = new Set(['then', 'do', 'else', 'elif', '!', 'time']);
/** What follows them is no command. */
const NAMES: ReadonlySet<string> = new Set(['for', 'select', 'case', 'function']);
const PIPE = /^\|&?$/;

/** Whether a shell of its own runs a command: it is joined to others by a pipe, or does not wait. */
export const isForked = ({ stand }: ShellCommand): boolean =>
  stand === undefined || PIPE.test(stand.before) || /^(?:\|&?|&)$/.test(stand.after);

/** Whether a command may run more than once, or not where it stands: in a loop, in a function. */
export function isRepeated(command: ShellCommand, scope: Scope): boolean {
  for (let each: ShellCommand | undefined = command; each !== undefined; each = each.parent) {
    if (each.stand?.bracket?.kind === 'list') return true;
    if (some(around(each, scope).block, ({ kind }) => kind !== 'other')) return true;
  }
  return false;
}

/** Whether a command stands in the body of a function. */
export const isInFunction = (command: ShellCommand, scope: Scope): boolean =>
  some(around(command, scope).block, ({ kind }) => kind === 'function');

/** Whether a command decides what is run next, so that its failure ends nothing. */
export const isCondition = (command: ShellCommand, scope: Scope): boolean =>
  around(command, scope).isCondition;

/** Where the output of everything around a command is put, as by `done > list` and `} | gzip`. */
export function endOfGroup(command: ShellCommand, scope: Scope): ShellCommand | undefined {
  const { block } = around(command, scope);
  return block?.kind === 'function' ? undefined : block?.end;
}

/**
 * What tells the shell that expands the words of a command from others; `undefined` where that is
 * one of its own.
 */
export function shellOf(command: ShellCommand, scope: Scope): string | undefined {
  const { stand } = command;
  if (stand === undefined || isForked(command)) return undefined;
  const { block } = around(command, scope);
  if (some(block, ({ isApart }) => isApart)) return undefined;
  return `${String(stand.from)}:${String(stand.bracket?.at ?? '')}`;
}

/** Whether a block, or one around it, is like that; what lies too deep may be. */
function some(block: Block | undefined, test: (block: Block) => boolean): boolean {
  let each = block;
  for (let depth = 0; depth < DEEPEST; depth++) {
    if (each === undefined) return false;
    if (test(each)) return true;
    each = each.outer;
  }
  return true;
}

const NOWHERE: Surroundings = { block: undefined, isCondition: false };

const around = (command: ShellCommand, scope: Scope): Surroundings =>
  scope.once('blocks', ({ commands }) => surroundings(commands)).get(command) ?? NOWHERE;

function surroundings(commands: readonly ShellCommand[]): Map<ShellCommand, Surroundings> {
  const found = new Map<ShellCommand, Surroundings>();
  // Each substitution has blocks of its own.
  const open = new Map<number, Block | undefined>();
  for (const command of commands) {
    const from = command.stand?.from ?? 0;
    const block = walk(command, open.get(from));
    open.set(from, block);
    found.set(command, { block, isCondition: block?.isCondition === true });
  }
  return found;
}

/** The block that is open behind the keywords that a command begins with. */
function walk(command: ShellCommand, outer: Block | undefined): Block | undefined {
  let block = outer;
  for (const [index, { text }] of command.words.entries()) {
    if (CLOSES.has(text)) return close(block, command);
    const kind = OPENS.get(text);
    if (kind !== undefined) block = opened(text, block, index === 0 ? command : undefined);
    else if (PASSES.has(text)) pass(block, text);
    else return block;
    if (NAMES.has(text)) return block;
  }
  return block;
}

/** The block that a keyword opens; `command` where it is its first word. */
function opened(word: string, outer: Block | undefined, command: ShellCommand | undefined): Block {
  const before = command?.stand?.before ?? '';
  const isBody = word === '{' && before === '()';
  return {
    kind: isBody ? 'function' : (OPENS.get(word) ?? 'other'),
    outer,
    isApart: PIPE.test(before),
    isCondition: /^(?:if|while|until)$/.test(word) || outer?.isCondition === true,
  };
}

function pass(block: Block | undefined, word: string): void {
  if (block === undefined || word === '!' || word === 'time') return;
  block.isCondition = word === 'elif' || block.outer?.isCondition === true;
}

function close(block: Block | undefined, command: ShellCommand): Block | undefined {
  if (block === undefined) return undefined;
  if (/^(?:\|&?|&)$/.test(command.stand?.after ?? '')) block.isApart = true;
  block.end = command;
  return block.outer;
}
