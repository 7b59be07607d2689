/** What makes calls of Python give the same in every run (docs/nondeterminism.md, section 5). */
import { before, behind, instead } from '../hit.js';
import type { UnitEdit } from '../hit.js';
import { argumentsOf, closing, once } from './text.js';
import type { Program } from './text.js';

/** A call that something is said of: the units of its name, the bracket stands behind them. */
export interface Call {
  readonly program: Program;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Where the first call begins that the same rule is about. */
  readonly first: number;
}

const NO_EDITS: readonly UnitEdit[] = [];
/** The longest line whose beginning is looked at. */
const LINE = 300;

/** `os.listdir(p)` and `glob.glob(p)`, which give lists; `glob.iglob(p)`, which gives them one by one. */
export const sorting = (call: Call): readonly UnitEdit[] =>
  call.name === 'glob.iglob' && !isWalked(call.program, call.start)
    ? NO_EDITS
    : around(call, call.start, ')');

/** `for entry in os.scandir(p)`: entries themselves have no order. */
export function sortingEntries(call: Call): readonly UnitEdit[] {
  const { program, start } = call;
  const isLoop = /\bfor\b.*\bin[ \t]+$/.test(lineBefore(program.code, start));
  return isLoop ? around(call, start, ', key=lambda entry: entry.name)') : NO_EDITS;
}

/** What `iterdir` and `rglob` may stand behind, so that it is plain where it begins. */
const RECEIVER =
  /(?<![\w.)\]}"'])(?:(?:pathlib\.)?Path\([^()]*\)|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)$/;

/** `path.iterdir()` and `path.rglob(q)`, which give paths one by one. */
export function sortingPaths(call: Call): readonly UnitEdit[] {
  const { program, start } = call;
  const receiver = RECEIVER.exec(lineBefore(program.code, start))?.[0];
  if (receiver === undefined) return NO_EDITS;
  const from = start - receiver.length;
  return isWalked(program, from) ? around(call, from, ')') : NO_EDITS;
}

/** What stands before a call in its line; nothing of a line that is too long. */
function lineBefore(code: string, at: number): string {
  const part = code.slice(Math.max(0, at - LINE), at);
  const start = part.lastIndexOf('\n') + 1;
  return start === 0 && at > LINE ? '' : part.slice(start);
}

/** Whether all that comes one by one is taken, so that a list may stand for it. */
function isWalked(program: Program, start: number): boolean {
  const line = lineBefore(program.code, start);
  if (/(?:\bin[ \t]+|\b(?:list|tuple|enumerate)\([ \t]*)$/.test(line)) return true;
  // Under a name it may be asked for the next one, which a list has not.
  const asksNext = once(program, 'next', () => /\b(?:next|__next__)\b/.test(program.code));
  return !asksNext && /^[ \t]*\w+[ \t]*=[ \t]*$/.test(line);
}

/** A program may have a function of that name. */
const OWN_SORTED = /\bsorted[ \t]*=[^=]|\bdef[ \t]+sorted\b|^[ \t]*from[^\n]*\bsorted\b/m;

/** Puts a call on one line into `sorted(...)`. */
function around({ program, end }: Call, start: number, last: string): readonly UnitEdit[] {
  const { code } = program;
  const close = closing(code, end);
  if (close === undefined || code.slice(end, close).includes('\n')) return NO_EDITS;
  if (once(program, 'sorted', () => OWN_SORTED.test(code))) return NO_EDITS;
  return [before({ start, end }, 'sorted('), behind({ start, end: close + 1 }, last)];
}

/** `gzip.compress(x)` and `gzip.GzipFile(...)`: the time in the header. */
export function withoutTime(call: Call): readonly UnitEdit[] {
  // Behind mode, level and file object, the time is the fifth.
  return call.name === 'gzip.compress' ? timeless(call, 2) : timeless(call, 4);
}

const MODE = /^(?:mode\s*=\s*)?["']([wxa]\+?[bt]?\+?)["']$/;

/** What of the arguments says how a file is written; `undefined` where it is read, or nobody knows. */
export function modeOf({ program, end }: Call): string | undefined {
  const close = closing(program.code, end);
  const given = close === undefined ? [] : argumentsOf(program, end, close);
  const modes = given.map(({ text }, index) =>
    // The first of those without a name is the file.
    index > 0 || text.startsWith('mode') ? MODE.exec(text)?.[1] : undefined,
  );
  return modes.find((mode) => mode !== undefined);
}

/** `gzip.open(p, "wb")` has no argument for the time; what it makes of a path has. */
export function gzipOpened(call: Call): readonly UnitEdit[] {
  const { program, end } = call;
  const close = closing(program.code, end);
  if (close === undefined || !/^[wxa]b?$/.test(modeOf(call) ?? '')) return NO_EDITS;
  const [file, ...others] = argumentsOf(program, end, close);
  const isText = others.some(({ text }) => /^(?:encoding|errors|newline)\s*=/.test(text));
  if (file === undefined || !isPath(file.text) || isText) return NO_EDITS;
  const edits = timeless(call, 3);
  return edits.length === 0 ? NO_EDITS : [instead(call, 'gzip.GzipFile'), ...edits];
}

/** A text, or what gives a path; of file objects `GzipFile` would have to be told otherwise. */
const PATHS: readonly RegExp[] = [
  /^[rfbu]{0,2}(["'])[^"'\n]*\1$/i,
  /^(?:str|(?:pathlib\.)?Path|os\.path\.join|os\.fspath)\((?:[^()]|\([^()]*\))*\)$/,
  /^[\w.]*(?:path|file_?name|fname)$/i,
  /^sys\.argv\[-?\d+\]$/,
  /^(?:[\w.]+|(?:pathlib\.)?Path\([^()]*\)|[rfb]{0,2}(["'])[^"'\n]*\1)(?:\s*[+/]\s*(?:[\w.]+|[rfb]{0,2}"[^"'\n]*"|[rfb]{0,2}'[^"'\n]*'))*\s*[+/]\s*[rfb]{0,2}(["'])[^"'\n]*\2$/i,
];

const isPath = (argument: string): boolean => {
  const text = argument.replace(/^filename\s*=\s*/, '');
  return PATHS.some((pattern) => pattern.test(text));
};

/** Puts `mtime=0` behind at most some arguments. */
function timeless({ program, end }: Call, most: number): readonly UnitEdit[] {
  const { code } = program;
  const close = closing(code, end);
  if (close === undefined) return NO_EDITS;
  const given = argumentsOf(program, end, close);
  const last = given.at(-1);
  // What stars hold is not known.
  if (last === undefined || given.some(({ text }) => text.startsWith('*'))) return NO_EDITS;
  if (given.filter(({ text }) => !/^\w+\s*=[^=]/.test(text)).length > most) return NO_EDITS;
  const rest = code.slice(last.end, close);
  const comma = rest.indexOf(',');
  const start = comma < 0 ? last.end : last.end + comma + 1;
  const replacement = comma < 0 ? ', mtime=0' : ' mtime=0';
  return [{ start, end: start, replacement }];
}
