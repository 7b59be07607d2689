import { Composer, isAlias, isMap, isPair, isScalar, isSeq, Parser } from 'yaml';
import type { CST, Document, Node, Pair, ParsedNode, Scalar, YAMLSeq } from 'yaml';
import type { YamlRefusal } from '../../model/findings/config.js';
import { LineIndex } from '../../model/span.js';
import type { Span } from '../../model/span.js';
import { isTooDeep } from './depth.js';
import { resolvePlain } from './scalar.js';

/** The largest document that is read, in UTF-16 units: the library needs a second for 256 Ki of `]`. */
export const MOST_YAML = 64 << 10;
/** Values that a document may have, aliases expanded: `a: [*b, *b]` repeated doubles at every line. */
const MOST_VALUES = 20_000;
/** Syntax errors that are told: after that many nobody reads on. */
const MOST_ERRORS = 20;
/** Parts of a text outside of any document that are looked at; every stray bracket is one. */
const MOST_TOKENS = 1000;

/** A value of a document; what is not written, as in `key:`, is the scalar `null`. */
export type YamlNode = YamlMap | YamlList | YamlScalar;

export interface YamlMap {
  readonly kind: 'map';
  /** In order; of keys that stand there twice all are kept. */
  readonly entries: readonly YamlEntry[];
  /** `{a: b}` rather than lines. */
  readonly flow: boolean;
  readonly span: Span;
}

export interface YamlEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: YamlNode;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  /** `[a, b]` rather than lines. */
  readonly flow: boolean;
  /** The unit that it begins with, and those that its members stand on, in their order; of an alias its own. */
  readonly start: number;
  readonly ranges: readonly (readonly [start: number, end: number])[];
  readonly span: Span;
}

export interface YamlScalar {
  readonly kind: 'scalar';
  /** `undefined` for what has no place in a settings file: a date, binary data. */
  readonly value: string | number | boolean | null | undefined;
  /** As written, without quotes. */
  readonly source: string;
  readonly style: YamlStyle;
  /** The units that it stands on, quotes and the line of `|` included, the end exclusive. */
  readonly range: readonly [start: number, end: number];
  readonly span: Span;
}

/** How a scalar is written: without quotes, in quotes, or as the lines below `|` or `>`. */
export type YamlStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** One place where the text is no YAML, in the library's words, or holds what is not read. */
export type YamlProblem = { readonly span: Span } & (
  | { readonly kind: 'syntax'; readonly message: string }
  | { readonly kind: 'refused'; readonly why: YamlRefusal }
);

/**
 * YAML text read as far as it goes, with the place of every value. Scalars are read by YAML 1.1, as
 * Python does: `yes` is true and `3.10` a number. No tag makes anything but plain values, and
 * aliases expand within a limit. Never throws; texts above {@link MOST_YAML} are the caller's to refuse.
 */
export class YamlText {
  readonly root: YamlNode | undefined;
  readonly problems: readonly YamlProblem[];

  /** @param text Without a byte-order mark. */
  constructor(text: string) {
    const reader = new Reader(text);
    this.root = reader.read();
    this.problems = reader.problems;
  }
}

class Reader {
  readonly problems: YamlProblem[] = [];
  readonly #text: string;
  readonly #lines: LineIndex;
  readonly #anchors = new Map<string, Node>();
  /** Anchored values that are being read: an alias inside of its own has no end. */
  readonly #open = new Set<Node>();
  #values = 0;

  constructor(text: string) {
    this.#text = text;
    this.#lines = new LineIndex(text);
  }

  read(): YamlNode | undefined {
    const tokens: CST.Token[] = [];
    // The parser keeps its own stack; what comes after it is recursive, and a file of a million
    // brackets would end it, or the whole process.
    for (const token of new Parser().parse(this.#text)) {
      tokens.push(token);
      if (isTooDeep(token)) return this.#refuse('depth', token.offset, 1);
      if (tokens.length > MOST_TOKENS) break;
    }
    const document = this.#compose(tokens);
    if (document === undefined) return undefined;
    for (const { pos, message } of document.errors.slice(0, MOST_ERRORS)) {
      this.problems.push({ kind: 'syntax', message, span: this.#span(pos[0], pos[1]) });
    }
    const { contents } = document;
    return contents === null ? undefined : this.#node(contents, 0);
  }

  /** The first document; more of them are a problem. */
  #compose(tokens: readonly CST.Token[]): Document.Parsed | undefined {
    const composer = new Composer<ParsedNode>({
      // Every scalar is text to the library; what Python makes of it is decided here.
      schema: 'failsafe',
      prettyErrors: false,
      // Comparing every key with every other takes minutes; the reader of the values does it.
      uniqueKeys: false,
      logLevel: 'silent',
    });
    let first: Document.Parsed | undefined;
    for (const document of composer.compose(tokens, true, this.#text.length)) {
      if (first === undefined) first = document;
      else {
        this.#refuse('documents', document.range[0], 1);
        break;
      }
    }
    return first;
  }

  /** A block ends behind its line; what is meant ends before. */
  #span(start: number, end: number): Span {
    let last = Math.min(end, this.#text.length);
    while (last > start && /\s/.test(this.#text[last - 1] ?? '')) last -= 1;
    return this.#lines.span(start, Math.max(0, last - start));
  }

  #refuse(why: YamlRefusal, offset: number, length: number): YamlNode | undefined {
    if (this.problems.some((each) => each.kind === 'refused' && each.why === why)) return undefined;
    this.problems.push({ kind: 'refused', why, span: this.#span(offset, offset + length) });
    return undefined;
  }

  /** `behind`: where the value stands when nothing is written. */
  #node(node: Node | null | undefined, behind: number): YamlNode | undefined {
    if (node === null || node === undefined) return this.#nothing(behind);
    this.#values += 1;
    const [start, end] = node.range ?? [behind, behind];
    if (this.#values > MOST_VALUES) return this.#refuse('aliases', start, 1);
    if (isAlias(node)) return this.#alias(node.source, start, end);
    if (node.tag !== undefined && !PLAIN_TAG.test(node.tag)) {
      return this.#refuse('tag', start, end - start);
    }
    const { anchor } = node;
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    this.#open.add(node);
    const read = this.#plain(node, this.#span(start, end));
    this.#open.delete(node);
    return read;
  }

  #nothing(offset: number): YamlScalar {
    const at = this.#lines.at(offset);
    const span = { start: at, end: at };
    return {
      kind: 'scalar',
      value: null,
      source: '',
      style: 'plain',
      range: [offset, offset],
      span,
    };
  }

  #plain(node: Node, span: Span): YamlNode | undefined {
    if (isMap(node)) {
      const flow = node.flow === true;
      return { kind: 'map', entries: this.#entries(node.items), flow, span };
    }
    if (isSeq(node)) {
      const items = node.items.filter((item) => !isPair(item)) as Node[];
      const read = items.map((item) => this.#node(item, 0)).filter((item) => item !== undefined);
      return { kind: 'list', items: read, flow: node.flow === true, ...rangesOf(node), span };
    }
    if (isScalar(node)) return scalarOf(node, span);
    return undefined;
  }

  /** The value that an alias stands for, at the place of the alias. */
  #alias(name: string, start: number, end: number): YamlNode | undefined {
    const target = this.#anchors.get(name);
    if (target === undefined || this.#open.has(target)) {
      return this.#refuse('cycle', start, end - start);
    }
    const read = this.#node(target, start);
    return read === undefined ? undefined : { ...read, span: this.#span(start, end) };
  }

  #entries(pairs: readonly Pair[]): YamlEntry[] {
    const own: YamlEntry[] = [];
    const merged: YamlEntry[] = [];
    for (const pair of pairs) {
      const key = pair.key as Node | null;
      const [start, end] = key?.range ?? [0, 0];
      const name = isScalar(key) ? keyText(key) : undefined;
      if (name === undefined) this.#refuse('key', start, end - start);
      const value = this.#node(pair.value as Node | null, end);
      if (name === undefined || value === undefined) continue;
      if (name === '<<') merged.push(...mergedEntries(value));
      else own.push({ key: name, keySpan: this.#span(start, end), value });
    }
    const names = new Set(own.map(({ key }) => key));
    // What is merged never replaces what is written.
    for (const entry of merged) {
      if (!names.has(entry.key)) own.push(entry);
      names.add(entry.key);
    }
    return own;
  }
}

/** What is not written at all, or is a pair, has no place. */
const rangesOf = ({ items, range }: YAMLSeq): Pick<YamlList, 'start' | 'ranges'> => ({
  start: range?.[0] ?? 0,
  ranges: items.flatMap((item) => {
    const own = isPair(item) ? undefined : (item as Node | null)?.range;
    return own ? [[own[0], own[1]] as const] : [];
  }),
});

/** The types that YAML names itself; any other tag asks a reader to build something. */
const PLAIN_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq|merge)$/;
const TEXT_TAG = /:(?:str|merge)$/;

/** A key is told by how it is written: `on:` is the key `on`, whatever YAML 1.1 makes of it. */
const keyText = ({ value }: Scalar): string | undefined =>
  typeof value === 'string' ? value : undefined;

function mergedEntries(value: YamlNode): readonly YamlEntry[] {
  if (value.kind === 'map') return value.entries;
  return value.kind === 'list'
    ? value.items.flatMap((item) => (item.kind === 'map' ? item.entries : []))
    : [];
}

function scalarOf({ value, source = '', type, tag, range }: Scalar, span: Span): YamlScalar {
  const text = typeof value === 'string' ? value : source;
  const isPlain = tag === undefined ? type === undefined || type === 'PLAIN' : !TEXT_TAG.test(tag);
  return {
    kind: 'scalar',
    value: isPlain ? resolvePlain(text) : text,
    source,
    style: STYLES[type ?? 'PLAIN'] ?? 'plain',
    range: [range?.[0] ?? 0, range?.[1] ?? 0],
    span,
  };
}

const STYLES: Readonly<Record<string, YamlStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};
