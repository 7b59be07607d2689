/**
 * Changes of a JSON text that leave every other byte as it is. jsonc-parser's own `modify` formats
 * the lines around a change; a pipeline document is under version control, and a person reads the
 * difference.
 */
import type { Edit } from 'jsonc-parser';
import { JsonText } from '../formats/vaibify/json.js';
import type { Node } from '../formats/vaibify/json.js';

export type { Edit } from 'jsonc-parser';

/** A value that JSON has. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Stands in a path for the place behind a list's last element; no key can be taken for it. */
export const APPEND = Symbol('append');
type JsonKey = string | number | typeof APPEND;
export type JsonPath = readonly JsonKey[];

/** Why a text is not changed. */
export type EditProblem =
  | 'syntax'
  | 'not-a-container'
  | 'no-such-step'
  | 'inputs-declared'
  | 'binaries-declared'
  | 'declaration-exists';

/** A refusal to change a text; `field` is what it is about. */
export class EditRefusedError extends Error {
  readonly code: EditProblem;
  readonly field: string;

  constructor(code: EditProblem, field: string) {
    super(`${code}: ${field}`);
    this.name = 'EditRefusedError';
    this.code = code;
    this.field = field;
  }
}

const BOM = '\uFEFF';

/** How a document is written. */
interface Style {
  readonly text: string;
  readonly eol: string;
  /** One level of indentation. */
  readonly unit: string;
  /** Whether the document has more than one line at all. */
  readonly lines: boolean;
  /** What stands behind a colon, and behind a comma inside a line. */
  readonly blank: string;
  readonly ascii: boolean;
}

/**
 * Sets the value at a path of keys and indices, or appends to a list ({@link APPEND}). What is
 * missing on the way is made. `after` names the neighbours behind which a new key goes, best first.
 *
 * @throws {EditRefusedError} `syntax`; `not-a-container` when the path leads through a plain value.
 */
export function setIn(
  text: string,
  path: JsonPath,
  value: Json,
  after: readonly string[] = [],
): string {
  const skipped = text.startsWith(BOM) ? 1 : 0;
  const body = text.slice(skipped);
  const { root } = readJson(body);
  const { node, depth } = deepest(root, path);
  const style = styleOf(body, root);
  const edit =
    depth === path.length
      ? replacing(node, value, style)
      : inserting({ node, rest: path.slice(depth), value, after }, style);
  const from = edit.offset + skipped;
  return text.slice(0, from) + edit.content + text.slice(from + edit.length);
}

/** The tree of a text without errors. @throws {EditRefusedError} `syntax`. */
export function readJson(text: string): { readonly json: JsonText; readonly root: Node } {
  const json = new JsonText(text.startsWith(BOM) ? text.slice(1) : text);
  const { root, problems } = json;
  if (root === undefined || problems.length > 0) {
    throw new EditRefusedError('syntax', problems[0]?.problem ?? '');
  }
  return { json, root };
}

/** The one change that turns a text into another. */
export function difference(before: string, after: string): Edit[] {
  if (before === after) return [];
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  while (start > 0 && isInside(before, start)) start -= 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  while (end > 0 && isInside(before, before.length - end)) end -= 1;
  const content = after.slice(start, after.length - end);
  return [{ offset: start, length: before.length - start - end, content }];
}

/** Whether an offset parts what an editor cannot part: CR LF, or the halves of one character. */
const isInside = (text: string, offset: number): boolean =>
  (text[offset - 1] === '\r' && text[offset] === '\n') ||
  /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(offset - 1, offset + 1));

function deepest(root: Node, path: JsonPath): { node: Node; depth: number } {
  let node = root;
  for (const [depth, key] of path.entries()) {
    const next = childAt(node, key);
    if (next === undefined) return { node, depth };
    node = next;
  }
  return { node, depth: path.length };
}

function childAt(node: Node, key: JsonKey): Node | undefined {
  if (typeof key === 'symbol') return undefined;
  if (typeof key === 'number') return node.type === 'array' ? node.children?.[key] : undefined;
  if (node.type !== 'object') return undefined;
  // Of a key that is given twice, the last counts.
  const named = node.children?.findLast(({ children }) => children?.[0]?.value === key);
  return named?.children?.[1];
}

function replacing(node: Node, value: Json, style: Style): Edit {
  const base = indentAt(style.text, node.offset);
  const spread = style.text.slice(node.offset, node.offset + node.length).includes('\n');
  const lines = style.lines && (spread || !hasContent(node));
  return {
    offset: node.offset,
    length: node.length,
    content: render(value, { ...style, lines }, base),
  };
}

const hasContent = ({ children }: Node): boolean => (children?.length ?? 0) > 0;

interface Insertion {
  readonly node: Node;
  readonly rest: JsonPath;
  readonly value: Json;
  readonly after: readonly string[];
}

function inserting({ node, rest, value, after }: Insertion, style: Style): Edit {
  const [key = APPEND, ...deeper] = rest;
  const nested = deeper.reduceRight<Json>((inner, each) => wrap(each, inner), value);
  if (node.type === 'null') return replacing(node, wrap(key, nested), style);
  const name = nameIn(node, key, style);
  const last = node.children?.at(-1);
  if (last === undefined) return filling(node, name, nested, style);
  const at = neighbour(node, after) ?? last;
  const lead = leadOf(at, style);
  const lines = style.lines && lead.includes('\n');
  const content = render(nested, { ...style, lines }, lead.replace(/^\r?\n/, ''));
  return { offset: at.offset + at.length, length: 0, content: `,${lead}${name}${content}` };
}

/** What stands before a new member: its key in an object, nothing in a list. */
function nameIn(node: Node, key: JsonKey, style: Style): string {
  if (node.type === 'array' && key === APPEND) return '';
  if (node.type === 'object' && typeof key === 'string')
    return `${quote(key, style)}:${style.blank}`;
  throw new EditRefusedError('not-a-container', String(key));
}

const wrap = (key: JsonKey, inner: Json): Json =>
  key === APPEND ? [inner] : Object.fromEntries([[String(key), inner]]);

const neighbour = (node: Node, after: readonly string[]): Node | undefined =>
  after
    .map((key) => node.children?.findLast(({ children }) => children?.[0]?.value === key))
    .find((found) => found !== undefined);

/** The blanks before a member: what is new stands as its neighbour does. */
function leadOf({ offset }: Node, { text, blank }: Style): string {
  const [lead = ''] = /(?:\r?\n)?[ \t]*$/.exec(text.slice(Math.max(0, offset - 256), offset)) ?? [];
  return lead === '' ? blank : lead;
}

/** The first member of an empty list or object. */
function filling(node: Node, name: string, value: Json, style: Style): Edit {
  const base = indentAt(style.text, node.offset);
  const indent = base + style.unit;
  const inner = render(value, style, indent);
  return {
    offset: node.offset + 1,
    length: node.length - 2,
    content: style.lines
      ? `${style.eol}${indent}${name}${inner}${style.eol}${base}`
      : `${name}${inner}`,
  };
}

/** The indentation of the line that an offset stands on. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

function styleOf(text: string, root: Node): Style {
  const [first] = root.children ?? [];
  const indent = first === undefined ? '' : indentAt(text, first.offset);
  const lines = text.trim().includes('\n') || first === undefined;
  const colon = first === undefined ? -1 : text.indexOf(':', first.offset + 1);
  return {
    text,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    unit: indent === '' ? '  ' : indent,
    lines,
    blank: colon >= 0 && !lines && text[colon + 1] !== ' ' ? '' : ' ',
    ascii: !/[^\0-\x7f]/.test(text),
  };
}

function render(value: Json, style: Style, indent: string): string {
  if (typeof value === 'string') return quote(value, style);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const inside = indent + style.unit;
  const items = Array.isArray(value)
    ? value.map((each: Json) => render(each, style, inside))
    : Object.entries(value).map(
        ([key, each]: [string, Json]) =>
          `${quote(key, style)}:${style.blank}${render(each, style, inside)}`,
      );
  if (items.length === 0) return `${open}${close}`;
  if (!style.lines) return `${open}${items.join(`,${style.blank}`)}${close}`;
  const { eol } = style;
  return `${open}${eol}${items.map((item) => inside + item).join(`,${eol}`)}${eol}${indent}${close}`;
}

/** vaibify writes ASCII only; where a person wrote other characters they stay readable. */
function quote(text: string, { ascii }: Style): string {
  const quoted = JSON.stringify(text);
  if (!ascii) return quoted;
  return quoted.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
