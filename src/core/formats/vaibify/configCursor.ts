/** Where in a `vaibify.yml` a position stands, told by indentation: half a line is no YAML yet. */

/** What stands at a position. Columns count from 1. */
export interface ConfigCursor {
  /** The keys around it, elements of lists not counted: `['repositories', 'url']`. */
  readonly path: readonly string[];
  /** `key`: it is being named, and `path` leads to what is around it. */
  readonly part: 'key' | 'value';
  /** The columns of the key or the value that the position is in, the end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** `- ` before a key, a key, and its value. */
const LINE = /^([ ]*)((?:- +)*)([A-Za-z_][\w-]*)?(?:([ ]*:)(?:([ ]+)(.*))?)?/;
/** Lines above that are looked at. */
const MOST_LINES = 2000;
/** No setting stands on a longer line. */
const LONGEST = 1000;

interface Parts {
  /** Column of the key, from 0. */
  readonly indent: number;
  readonly key: string;
  readonly hasColon: boolean;
  /** Column of the value, from 0. */
  readonly valueAt: number;
  readonly value: string;
  /** Whether an element of a list begins here, and the column of its dash, from 0. */
  readonly isItem: boolean;
  readonly dash: number;
}

/**
 * @param line From 1.
 * @param column From 1, in UTF-16 units.
 */
export function cursorAt(
  lines: readonly string[],
  { line, column }: { readonly line: number; readonly column: number },
): ConfigCursor | undefined {
  const text = lines[line - 1] ?? '';
  const parts = partsOf(text);
  if (parts === undefined || inComment(text, column - 1)) return undefined;
  const around = above(lines, line - 1, parts);
  const keyEnd = parts.indent + parts.key.length;
  if (!parts.hasColon || column - 1 <= keyEnd) {
    return { path: around, part: 'key', start: parts.indent + 1, end: keyEnd + 1 };
  }
  const start = parts.valueAt + 1;
  const path = [...around, parts.key];
  return { path, part: 'value', start, end: start + parts.value.length };
}

function partsOf(text: string): Parts | undefined {
  if (text.length > LONGEST) return undefined;
  const [all, blanks = '', dashes = '', key = '', colon, gap = '', rest = ''] =
    LINE.exec(text) ?? [];
  if (all === undefined) return undefined;
  const indent = blanks.length + dashes.length;
  const value = rest.replace(/(?:^| +)#.*$/, '').trimEnd();
  const hasColon = colon !== undefined;
  const valueAt = indent + key.length + (colon?.length ?? 0) + gap.length;
  const dash = blanks.length;
  return { indent, key, hasColon, valueAt, value, isItem: dashes !== '', dash };
}

const inComment = (text: string, at: number): boolean => {
  const hash = /(?:^|\s)#/.exec(text);
  return hash !== null && hash.index < at;
};

/** The keys of the lines above that a line belongs to, the outermost first. */
function above(lines: readonly string[], index: number, own: Parts): string[] {
  const path: string[] = [];
  let limit = reach(own);
  for (let at = index - 1; at >= 0 && at >= index - MOST_LINES && limit >= 0; at--) {
    const parts = contentOf(lines[at] ?? '');
    if (parts === undefined) continue;
    const isAround = parts.hasColon && parts.indent <= limit;
    if (isAround && parts.value === '') path.unshift(parts.key);
    // A dash that is not to the right of the limit begins the element that the line stands in.
    if (isAround || (parts.isItem && parts.dash <= limit)) limit = reach(parts);
  }
  return path;
}

const contentOf = (text: string): Parts | undefined =>
  /^\s*(?:#|$)/.test(text) ? undefined : partsOf(text);

/** The last column, from 0, of a key around: a dash may stand in the column of its list's key. */
const reach = ({ isItem, dash, indent }: Parts): number => (isItem ? dash : indent - 1);
