/** Python programs as text: what of it is code, and which brackets close each other. */

/** A program that is read; every unit of `code` stands where it stands in `source`. */
export interface Program {
  readonly source: string;
  /** Blanks in place of comments and of what stands in quotes. */
  readonly code: string;
  /** Whether it stands in a word of a shell script, where no line can be put in. */
  readonly inline: boolean;
}

/** The longest program that is read, in UTF-16 units. */
const MOST = 256 << 10;
/** The longest call that is read to its end. */
const LONGEST_CALL = 2000;

/** A program in a file, or in the word behind `python -c`. Linear in the length. */
export function readProgram(text: string, form: 'file' | 'word'): Program {
  const source = text.slice(0, MOST);
  return { source, code: bare(source), inline: form === 'word' };
}

function bare(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const { index } of text.matchAll(/['"#]/g)) {
    if (index < at) continue;
    const end = text[index] === '#' ? lineEnd(text, index) : stringEnd(text, index);
    const inside = text.slice(index + 1, end - 1).replace(/[^\n]/g, ' ');
    parts.push(text.slice(at, index));
    parts.push(text[index] === '#' ? ' '.repeat(end - index) : `"${inside}"`.slice(0, end - index));
    at = end;
  }
  return parts.join('') + text.slice(at);
}

const known = new WeakMap<Program, Map<string, unknown>>();

/** What is true of a whole program, found out once: a long one may hold thousands of calls. */
export function once<T>(program: Program, name: string, find: () => T): T {
  const facts = known.get(program) ?? new Map<string, unknown>();
  known.set(program, facts);
  if (!facts.has(name)) facts.set(name, find());
  return facts.get(name) as T;
}

/** The line feed that ends the line of a unit; the text's end where none does. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Where the line of a unit begins. */
export const lineStart = (text: string, at: number): number =>
  at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;

/** Behind the quotes that close those at `at`; one quote alone is closed by the line's end. */
function stringEnd(text: string, at: number): number {
  const quote = text[at] ?? '';
  const triple = text.startsWith(quote.repeat(3), at);
  const close = triple ? quote.repeat(3) : quote;
  let end = at + close.length;
  while (end < text.length && !text.startsWith(close, end)) {
    if (!triple && text[end] === '\n') return end;
    end += text[end] === '\\' ? 2 : 1;
  }
  return Math.min(end + close.length, text.length);
}

/** The bracket that closes the one at `open`; `undefined` where none does, or far away. */
export function closing(code: string, open: number): number | undefined {
  let depth = 0;
  const most = Math.min(code.length, open + LONGEST_CALL);
  for (let at = open; at < most; at++) {
    const unit = code[at] ?? '';
    if ('([{'.includes(unit)) depth += 1;
    else if (')]}'.includes(unit) && --depth === 0) return at;
  }
  return undefined;
}

/** The arguments between the brackets of a call, each with the units that it stands on. */
export interface Argument {
  /** As written, without the blanks around it. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Divides what stands between two brackets by its commas; nothing stands behind a last one. */
export function argumentsOf({ source, code }: Program, open: number, close: number): Argument[] {
  const commas: number[] = [];
  let depth = 0;
  for (let at = open + 1; at < close; at++) {
    const unit = code[at] ?? '';
    if ('([{'.includes(unit)) depth += 1;
    else if (')]}'.includes(unit)) depth -= 1;
    else if (unit === ',' && depth === 0) commas.push(at);
  }
  return [open, ...commas].flatMap((before, index) => {
    const whole = code.slice(before + 1, commas[index] ?? close);
    const start = before + 1 + whole.length - whole.trimStart().length;
    const end = start + whole.trim().length;
    return end > start ? [{ text: source.slice(start, end), start, end }] : [];
  });
}
