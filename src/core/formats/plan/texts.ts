/** The texts of a plan with their places, and what YAML's values are to Python. */
import type { PlanText, TextStyle } from '../../model/plan.js';
import type { LineIndex } from '../../model/span.js';
import type { WordList } from '../../model/wordList.js';
import type { ConfigFindings } from '../container/findings.js';
import { pythonText } from '../yaml/python.js';
import { stretchesOf } from '../yaml/stretches.js';
import { wordListOf } from './members.js';
import type {
  YamlEntry,
  YamlList,
  YamlMap,
  YamlNode,
  YamlScalar,
  YamlStyle,
} from '../yaml/text.js';

const STYLES: Readonly<Record<YamlStyle, TextStyle>> = {
  plain: 'plain',
  single: 'single',
  double: 'double',
  literal: 'block',
  folded: 'block',
};

/** One of a pair of units without the other. */
const HALF = /\p{Surrogate}/u;

/** Makes the texts of one document. */
export class PlanTexts {
  readonly #document: string;
  readonly #lines: LineIndex;
  readonly #findings: ConfigFindings;

  constructor(document: string, lines: LineIndex, findings: ConfigFindings) {
    this.#document = document;
    this.#lines = lines;
    this.#findings = findings;
  }

  /** A scalar that stands for a text. */
  of(scalar: YamlScalar, text: string): PlanText {
    const { span } = scalar;
    // `"\ud800"`: no file can be called so, and nothing that is attested could name it.
    const [half] = text.isWellFormed() ? [] : (HALF.exec(text) ?? []);
    if (half !== undefined) {
      const point = half.charCodeAt(0).toString(16).toUpperCase();
      const problem = `the character U+${point} is not allowed`;
      this.#findings.add('error', { code: 'yaml-syntax', problem }, span);
    }
    const stretches = stretchesOf(this.#document, scalar).map(({ start, source }) => ({
      start,
      at: this.#lines.at(source),
    }));
    return { text, span, style: STYLES[scalar.style], stretches };
  }

  /** Any scalar as Python spells it; `undefined` for what PyYAML refuses. */
  spelled(scalar: YamlScalar): PlanText | undefined {
    const text = pythonText(scalar);
    return text === undefined ? undefined : this.of(scalar, text);
  }

  /** Where the members of a list of words stand. */
  listOf(list: YamlList): WordList | undefined {
    return wordListOf(this.#document, this.#lines, list);
  }

  /** A word of a command, or a variable's value: a scalar, with a finding when it is no text. */
  word(node: YamlNode, field: string): PlanText | undefined {
    const text = node.kind === 'scalar' ? this.spelled(node) : undefined;
    if (text === undefined || node.kind !== 'scalar') {
      const data = { code: 'plan-shape', field, expected: 'text' } as const;
      this.#findings.add('error', data, node.span);
      return undefined;
    }
    if (text.text.includes('\0')) {
      this.#findings.add('error', { code: 'plan-nul', field }, node.span);
    } else if (text.text !== node.source && typeof node.value !== 'string') {
      const data = { code: 'plan-reads', field, reads: text.text } as const;
      this.#findings.add('warning', data, node.span);
    }
    return text;
  }
}

/** The entry of a key; of several the last, as Python reads it. */
export const lastOf = (map: YamlMap, key: string): YamlEntry | undefined =>
  map.entries.findLast((entry) => entry.key === key);

/** What Python takes for true: a plan's key with any other value counts as absent. */
export function isTruthy(node: YamlNode): boolean {
  if (node.kind === 'map') return node.entries.length > 0;
  if (node.kind === 'list') return node.items.length > 0;
  // Dates have no value here, and are true.
  return node.value === undefined || Boolean(node.value) || Number.isNaN(node.value);
}

/** A value as YAML reads it, where quotes would make it a text; `undefined` for lists and nothing. */
export function readsOf(node: YamlNode): string | undefined {
  if (node.kind === 'list') return undefined;
  // `{tag}-x` without quotes.
  if (node.kind === 'map') return node.flow ? '{…}' : undefined;
  if (node.value === null && node.source === '') return undefined;
  return pythonText(node) ?? node.source;
}
