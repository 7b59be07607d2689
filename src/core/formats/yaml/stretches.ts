/** Where the units of a scalar's value stand in the document: quotes, escapes and folding undone. */
import type { YamlScalar } from './text.js';

/** From unit `start` of the value on, units stand side by side from unit `source` of the document on. */
export interface SourceStretch {
  readonly start: number;
  readonly source: number;
}

/**
 * The stretches of a text, in order; none where value and document cannot be matched, which no text
 * that was read in this way should reach. Linear in the length of the scalar.
 */
export function stretchesOf(
  document: string,
  scalar: Pick<YamlScalar, 'value' | 'style' | 'range'>,
): SourceStretch[] {
  const { value, style, range } = scalar;
  if (typeof value !== 'string') return [{ start: 0, source: range[0] }];
  const raw = document.slice(range[0], range[1]);
  const found =
    style === 'literal' || style === 'folded'
      ? blockStretches(raw, value, style === 'literal')
      : flowStretches(raw, value, style);
  return found.map(({ start, source }) => ({ start, source: source + range[0] }));
}

interface Line {
  readonly text: string;
  readonly at: number;
}

/** The lines below the one of `|` or `>`. */
function linesBelow(raw: string): Line[] {
  const lines: Line[] = [];
  let at = 0;
  for (const line of raw.split('\n')) {
    lines.push({ text: line.endsWith('\r') ? line.slice(0, -1) : line, at });
    at += line.length + 1;
  }
  return lines.slice(1);
}

function blockStretches(raw: string, value: string, literal: boolean): SourceStretch[] {
  const lines = linesBelow(raw);
  const found: SourceStretch[] = [];
  if (literal) {
    let start = 0;
    for (const [index, text] of value.split('\n').entries()) {
      const line = lines[index];
      if (line?.text.endsWith(text) === true) {
        found.push({ start, source: line.at + line.text.length - text.length });
      }
      start += text.length + 1;
    }
    return found;
  }
  const content = lines.filter(({ text }) => text.trim() !== '');
  const indent = Math.min(...content.map(({ text }) => text.length - text.trimStart().length));
  let start = 0;
  for (const { text, at } of content) {
    const own = text.slice(indent);
    // Between two lines stand one blank, or line ends.
    while (/[ \n\t]/.test(value[start] ?? '') && !value.startsWith(own, start)) start += 1;
    if (!value.startsWith(own, start)) return [];
    found.push({ start, source: at + indent });
    start += own.length;
  }
  return found;
}

/** Blanks, and when a line ends behind them, that and all blanks and line ends that follow. */
const BLANKS = /[ \t]*(?:(?:\r\n?|\n)[ \t\r\n]*)?/y;
const ESCAPED_END = /\\(?:\r\n?|\n)[ \t]*/y;
const ESCAPE_LENGTH: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** Units of the document, the units of the value that they are, and whether those are side by side. */
interface Step {
  readonly units: number;
  readonly length: number;
  readonly alike: boolean;
}

function flowStretches(raw: string, value: string, style: YamlScalar['style']): SourceStretch[] {
  const found: SourceStretch[] = [];
  let at = style === 'plain' ? 0 : 1;
  let start = 0;
  let joined = false;
  while (start < value.length && at < raw.length) {
    const step = stepOf(raw, at, style);
    if (!joined || !step.alike) found.push({ start, source: at });
    start += step.units;
    at += step.length;
    joined = step.alike;
  }
  // Behind an escape, the end of the text is not one unit further.
  if (!joined && value !== '') found.push({ start, source: at });
  return found;
}

const ONE: Step = { units: 1, length: 1, alike: true };

function stepOf(raw: string, at: number, style: YamlScalar['style']): Step {
  const character = raw[at] ?? '';
  if (character === '\\' && style === 'double') return escapeOf(raw, at);
  if (character === "'" && style === 'single') return { units: 1, length: 2, alike: false };
  if (!/[ \t\r\n]/.test(character)) return ONE;
  BLANKS.lastIndex = at;
  const blanks = BLANKS.exec(raw)?.[0] ?? character;
  const ends = blanks.match(/\r\n?|\n/g)?.length ?? 0;
  const { length } = blanks;
  if (ends === 0) return { units: length, length, alike: true };
  // One line end is folded to a blank; of several, the first is dropped.
  return { units: Math.max(1, ends - 1), length, alike: false };
}

function escapeOf(raw: string, at: number): Step {
  ESCAPED_END.lastIndex = at;
  const end = ESCAPED_END.exec(raw)?.[0];
  if (end !== undefined) return { units: 0, length: end.length, alike: false };
  const length = ESCAPE_LENGTH[raw[at + 1] ?? ''] ?? 2;
  const point = length === 10 ? parseInt(raw.slice(at + 2, at + 10), 16) : 0;
  return { units: point > 0xffff ? 2 : 1, length, alike: false };
}
