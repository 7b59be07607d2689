/** A position inside of brackets on one line: `{path: src, destination: app}`, `[sh, -c, "…"]`. */
import type { PlanCursor } from './cursor.js';
import { closingQuote, opensQuote } from './lines.js';

interface Frame {
  readonly open: string;
  /** Keys that were named so far, the last of them perhaps with its colon. */
  readonly keys: string[];
  /** Where the part begins that the position may be in. */
  start: number;
  key: string | undefined;
}

/**
 * @param text The line, without its comment.
 * @param where `from`: the column of the first bracket; `at`: the position; both from 0. `path`: to the bracket.
 */
export function flowCursor(
  text: string,
  {
    from,
    at,
    path,
  }: { readonly from: number; readonly at: number; readonly path: readonly string[] },
): PlanCursor | undefined {
  const frames: Frame[] = [];
  let quoted: { readonly start: number; readonly end: number } | undefined;
  for (let index = from; index < at; index++) {
    const frame = frames.at(-1);
    if (opensQuote(text, index, frame?.start ?? from)) {
      const end = closingQuote(text, index) ?? text.length;
      if (end >= at) quoted = { start: index + 1, end };
      index = end;
    } else read(text, index, frames);
  }
  const last = frames.at(-1);
  if (last === undefined) return undefined;
  const inner = frames.slice(0, -1).map(stepOf);
  return partAt(text, { at, frame: last, path: [...path, ...inner], quoted });
}

const stepOf = ({ open, key }: Frame): string => (open === '[' ? '-' : (key ?? ''));

/** Takes in one character that is in no quotes. */
function read(text: string, index: number, frames: Frame[]): void {
  const frame = frames.at(-1);
  const unit = text[index] ?? '';
  if (/[[{]/.test(unit)) {
    // Inside of a plain text, as in `a{tag}`, it opens nothing in a block, and here it is no YAML.
    frames.push({ open: unit, keys: [], start: index + 1, key: undefined });
  } else if (/[\]}]/.test(unit)) frames.pop();
  else if (unit === ',' && frame !== undefined) {
    frame.start = index + 1;
    frame.key = undefined;
  } else if (unit === ':' && frame?.open === '{' && frame.key === undefined) {
    if (!/^(?: |$)/.test(text.slice(index + 1, index + 2))) return;
    frame.key = text
      .slice(frame.start, index)
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2');
    frame.keys.push(frame.key);
    frame.start = index + 1;
  }
}

interface Part {
  readonly at: number;
  readonly frame: Frame;
  readonly path: readonly string[];
  readonly quoted: { readonly start: number; readonly end: number } | undefined;
}

function partAt(text: string, part: Part): PlanCursor | undefined {
  const { at, frame, path, quoted } = part;
  const { open, keys, key } = frame;
  const isKey = open === '{' && key === undefined && quoted === undefined;
  const { start, word } = wordAt(text, part, isKey);
  if (start + word.length < at) return undefined;
  const inner = open === '[' ? ['-'] : key === undefined ? [] : [key];
  return {
    path: [...path, ...inner],
    part: isKey ? 'key' : 'value',
    text: word,
    start: start + 1,
    end: start + word.length + 1,
    quote: quoted === undefined ? '' : text.charAt(quoted.start - 1),
    hasColon: isKey && /^ *:/.test(text.slice(start + word.length)),
    isItem: open === '[',
    isFlow: true,
    beside: new Set(keys),
  };
}

/** What stands at the position, and its column from 0. */
function wordAt(text: string, { at, frame, quoted }: Part, isKey: boolean) {
  if (quoted !== undefined)
    return { start: quoted.start, word: text.slice(quoted.start, quoted.end) };
  const start = frame.start + text.slice(frame.start, at).search(/[^ ]|$/);
  const word = isKey
    ? /^[\w.-]*/.exec(text.slice(start))?.[0]
    : text.slice(start, Math.max(at, endOf(text, start)));
  return { start, word: word ?? '' };
}

/** Where a plain text inside of brackets ends. */
const endOf = (text: string, start: number): number =>
  start + (/^[^,\]}]*/.exec(text.slice(start))?.[0].trimEnd().length ?? 0);
