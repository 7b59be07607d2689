import { createScanner, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { JSONScanner, Node, ParseError } from 'jsonc-parser';
import { LineIndex } from '../../model/span.js';
import type { Span } from '../../model/span.js';

export type { Node } from 'jsonc-parser';

/**
 * Levels of nesting that are read. Pipelines need eight; the parser behind this is recursive, and a
 * file of a million `[` would end it by a stack overflow.
 */
const DEEPEST = 100;
/** Syntax errors that are told: after that many nobody reads on. */
const MOST_ERRORS = 20;

/** One place where the text is no JSON. */
export interface JsonProblem {
  readonly problem: string;
  readonly span: Span;
}

/** The tokens of jsonc-parser's `SyntaxKind`, a const enum that a bundler cannot inline. */
const TOKEN = {
  open: 1,
  close: 2, // open + 1, as for lists
  openList: 3,
  closeList: 4,
  colon: 6,
  string: 10,
  end: 17,
} as const;

/** JSON text read as far as it goes, with the position of every value. */
export class JsonText {
  readonly root: Node | undefined;
  readonly problems: readonly JsonProblem[];
  readonly #text: string;
  readonly #lines: LineIndex;

  /** @param text Without a byte-order mark. Comments and trailing commas are errors (RFC 8259). */
  constructor(text: string) {
    this.#text = text;
    this.#lines = new LineIndex(text);
    const errors: ParseError[] = [];
    const deep = tooDeepAt(text);
    this.root =
      deep === undefined ? parseTree(text, errors, { disallowComments: true }) : undefined;
    this.problems =
      deep === undefined
        ? errors.slice(0, MOST_ERRORS).map((error) => ({
            problem: PROBLEMS[printParseErrorCode(error.error)] ?? 'unexpected text',
            span: this.#lines.span(error.offset, Math.max(1, error.length)),
          }))
        : [{ problem: `nested deeper than ${DEEPEST} levels`, span: this.#lines.span(deep, 1) }];
  }

  /** The whole text of a value; to the end of the document when it was never closed. */
  span(node: Node): Span {
    const length = node.length < 0 ? this.#text.length - node.offset : node.length;
    return this.#lines.span(node.offset, length);
  }

  /** The brace or bracket that a value begins with. */
  opening(node: Node): Span {
    return this.#lines.span(node.offset, 1);
  }

  /** A string's text without its quotes, or the stretch `from` to `to` of its value. */
  inside(node: Node, from = 0, to = Infinity): Span {
    if (node.type !== 'string') return this.span(node);
    const raw = this.raw(node).slice(1).replace(/"$/, '');
    const start = sourceOffset(raw, from);
    return this.#lines.span(node.offset + 1 + start, sourceOffset(raw, to) - start);
  }

  /** A value as it is spelled. */
  raw(node: Node): string {
    return this.#text.slice(node.offset, node.offset + node.length);
  }
}

/** Where unit `index` of a string's value stands in its source between the quotes. */
function sourceOffset(raw: string, index: number): number {
  if (!raw.includes('\\')) return Math.min(index, raw.length);
  let at = 0;
  for (let unit = 0; unit < index && at < raw.length; unit++) {
    at += raw[at] !== '\\' ? 1 : raw[at + 1] === 'u' ? 6 : 2;
  }
  return Math.min(at, raw.length);
}

/** The properties of an object, in order. A key given twice keeps its first place and its last value, as in Python. */
export function members(node: Node | undefined): Map<string, Node> {
  const found = new Map<string, Node>();
  if (node?.type !== 'object') return found;
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key !== undefined && value !== undefined) found.set(String(key.value), value);
  }
  return found;
}

/** The value of a key; of several, the last. */
export function member(node: Node | undefined, key: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  const named = node.children?.findLast(
    ({ children }) => children?.[0]?.value === key && children[1] !== undefined,
  );
  return named?.children?.[1];
}

/** The elements of a list; none for any other value. */
export const elements = (node: Node | undefined): readonly Node[] =>
  node?.type === 'array' ? (node.children ?? []) : [];

/** A value as plain JavaScript; objects have no prototype, so that `__proto__` is a key like others. */
export function plainValue(node: Node): unknown {
  if (node.type === 'array') return elements(node).map(plainValue);
  if (node.type !== 'object') return node.value as unknown;
  const value = Object.create(null) as Record<string, unknown>;
  for (const [key, child] of members(node)) value[key] = plainValue(child);
  return value;
}

/** The value at a path of keys and indices. */
export function nodeAt(root: Node, path: readonly PropertyKey[]): Node | undefined {
  let node: Node | undefined = root;
  for (const key of path) {
    node = typeof key === 'number' ? elements(node)[key] : member(node, String(key));
  }
  return node;
}

/**
 * Whether the text is an object that has a list under `key`, as far as it goes: also while somebody
 * types in it. Looks at tokens only, so that neither depth nor size of a foreign file matters.
 */
export function hasTopLevelList(text: string, key: string): boolean {
  if (!text.includes(`"${key}"`)) return false;
  let found = false;
  let current = '';
  let last: number = TOKEN.end;
  for (const { token, depth, scanner } of tokens(text)) {
    // Either the object ends here, or the text is none.
    if (depth === 0 && token !== TOKEN.open) return found;
    if (depth !== 1) continue;
    if (token === TOKEN.string && last !== TOKEN.colon) {
      current = scanner.getTokenValue();
      // A later key of that name replaces the earlier one.
      if (current === key) found = false;
    } else if (token === TOKEN.openList && last === TOKEN.colon && current === key) {
      found = true;
    }
    last = token;
  }
  return found;
}

/**
 * Where brackets nest too deep. Counts with the parser's own scanner, from which no quote in a comment
 * hides them, and only what closes its own kind, as the parser does: `[{]}[{]}` nests at every turn.
 */
function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text, true);
  const open: number[] = [];
  for (let token: number = scanner.scan(); token !== TOKEN.end; token = scanner.scan()) {
    if (isOpening(token)) open.push(token);
    else if (token === (open.at(-1) ?? TOKEN.end) + 1) open.pop();
    if (open.length > DEEPEST) return scanner.getTokenOffset();
  }
  return undefined;
}

const isOpening = (token: number): boolean => token === TOKEN.open || token === TOKEN.openList;

interface Token {
  readonly token: number;
  /** Lists and objects around it; a brace or bracket stands outside of what it bounds. */
  readonly depth: number;
  readonly scanner: JSONScanner;
}

function* tokens(text: string): Generator<Token> {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token: number = scanner.scan(); token !== TOKEN.end; token = scanner.scan()) {
    if (token === TOKEN.close || token === TOKEN.closeList) depth -= 1;
    yield { token, depth, scanner };
    if (isOpening(token)) depth += 1;
  }
}

/** What is wrong, as the end of a sentence; data of a finding. */
const PROBLEMS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'an unknown word',
  InvalidNumberFormat: 'no number of this form',
  PropertyNameExpected: 'a key in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a closing brace is expected',
  CloseBracketExpected: 'a closing bracket is expected',
  EndOfFileExpected: 'the document should end here',
  InvalidCommentToken: 'comments are not allowed',
  UnexpectedEndOfComment: 'the comment does not end',
  UnexpectedEndOfString: 'the string does not end',
  UnexpectedEndOfNumber: 'the number does not end',
  InvalidUnicode: 'a Unicode escape needs four hexadecimal digits',
  InvalidEscapeCharacter: 'an unknown escape',
  InvalidCharacter: 'a control character inside a string',
};
