/** Where a Python program imports a module, and what can be put in behind. */
import type { UnitEdit } from '../hit.js';
import { lineEnd, lineStart, once } from './text.js';
import type { Program } from './text.js';

/** A statement that imports, on one line. */
interface Import {
  /** `random`; of `from random import x` as well. */
  readonly names: readonly string[];
  /** Of `from module import names`. */
  readonly from?: string;
  readonly start: number;
  readonly end: number;
}

/** Statements that are looked at: nobody imports more. */
const MOST_IMPORTS = 500;
/** Statements of which it is asked how deep they stand. */
const MOST_LOOKED = 20;
const STATEMENT = /(?<=^|[;:])[ \t]*((?:import|from)\b[^;\n]*)/gm;
const NAME = /^[\w.]+(?:[ \t]+as[ \t]+\w+)?$/;
/** What runs once where the module is loaded. */
const ONCE = /^(?:try|if|elif|else|except|finally|with)\b(?!.*\bTYPE_CHECKING\b)/;
/** What runs later, or again and again. */
const AGAIN = /^(?:def|class|for|while|async|match|case|@)/;

function importsOf({ code }: Program): readonly Import[] {
  const imports: Import[] = [];
  for (const match of code.matchAll(STATEMENT)) {
    if (imports.length >= MOST_IMPORTS) break;
    const written = match[1] ?? '';
    const start = match.index + match[0].length - written.length;
    const found = statement(written.trimEnd(), start);
    if (found !== undefined) imports.push(found);
  }
  return imports;
}

/** `undefined` for one that goes on in the next line. */
function statement(text: string, start: number): Import | undefined {
  const [, from, rest = ''] = /^(?:from[ \t]+([\w.]+)[ \t]+)?import\b(.*)$/.exec(text) ?? [];
  const bracket = /^[ \t]*\((.*)\)$/.exec(rest)?.[1];
  const names = (from === undefined ? rest : (bracket ?? rest))
    .split(',')
    .map((each) => each.trim());
  // A comma may stand behind the last one in brackets.
  if (bracket !== undefined && names.at(-1) === '') names.pop();
  if (!names.every((name) => NAME.test(name))) return undefined;
  const end = start + text.length;
  return from === undefined ? { names, start, end } : { names, from, start, end };
}

/**
 * The statement that makes something known when the module is loaded, and runs once; `undefined`
 * where there is none, or one of several.
 */
export function importThat(
  program: Program,
  isWanted: (found: Import) => boolean,
): Import | undefined {
  const wanted = once(program, 'imports', () => importsOf(program)).filter(isWanted);
  const top = wanted.find(({ start }) => isPlain(program, start));
  if (top !== undefined) return top;
  const [only, ...others] = wanted;
  return only !== undefined && others.length === 0 && runsOnce(program, only.start)
    ? only
    : undefined;
}

/** Whether a statement begins its line, and stands in nothing. */
const isPlain = ({ code }: Program, start: number): boolean =>
  lineStart(code, start) === start && !isContinued(code, start);

/** Whether the line before goes on in that of a unit. */
const isContinued = (code: string, at: number): boolean =>
  /\\\r?$/.test(
    code.slice(Math.max(0, lineStart(code, at) - 3), Math.max(0, lineStart(code, at) - 1)),
  );

/** Whether a statement stands in nothing but conditions. */
function runsOnce({ code }: Program, start: number): boolean {
  let at = lineStart(code, start);
  const own = code.slice(at, start);
  if (isContinued(code, start) || AGAIN.test(own.trimStart())) return false;
  let indent = own.length - own.trimStart().length;
  for (let looked = 0; at > 0 && indent > 0 && looked < MOST_LOOKED;) {
    const end = at - 1;
    at = lineStart(code, end);
    const line = code.slice(at, end);
    const text = line.trim();
    const width = line.length - line.trimStart().length;
    if (text === '' || width >= indent) continue;
    if (!ONCE.test(text)) return false;
    indent = width;
    looked += 1;
  }
  return indent === 0;
}

/** Statements that are put in behind another one, in lines of their own where that is possible. */
export function behindImport(
  { source, code, inline }: Program,
  { start, end }: Import,
  statements: readonly string[],
): UnitEdit {
  const from = lineStart(code, start);
  const indent = code.slice(from, start);
  const feed = lineEnd(code, end);
  const isAlone = indent.trim() === '' && code.slice(end, feed).trim() === '';
  if (inline || !isAlone) {
    return { start: end, end, replacement: statements.map((each) => `; ${each}`).join('') };
  }
  const isCrLf = source[feed - 1] === '\r' || (feed === source.length && source.includes('\r\n'));
  const eol = isCrLf ? '\r\n' : '\n';
  const at = source[feed - 1] === '\r' ? feed - 1 : feed;
  const lines = statements.map((each) => `${eol}${indent}${each}`).join('');
  return { start: at, end: at, replacement: lines };
}
