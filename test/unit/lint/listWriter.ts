/** Plans and Dockerfiles with one command that is a list, written in every way that there is for it. */
import fc from 'fast-check';

/** How one word is written, where the word and the list allow it; else in single quotes. */
export type WordStyle = (typeof STYLES)[number];
const STYLES = [
  ...(['plain', 'single', 'double', 'escaped', 'literal', 'folded', 'lines'] as const),
  ...(['anchor', 'tag'] as const),
];
export const WITHOUT_ANCHORS = STYLES.filter((style) => style !== 'anchor');

export interface Layout {
  readonly list: 'flow' | 'block';
  readonly run: boolean;
  readonly lineEnd: '\n' | '\r\n';
  /** Of each word, used again from the start when there are more words; so are the gaps. */
  readonly styles: readonly WordStyle[];
  readonly gaps: readonly number[];
  /** Whether a comma stands behind the last, and whether the file ends with a line end. */
  readonly tail: boolean;
}

export const layouts = (styles: readonly WordStyle[] = STYLES): fc.Arbitrary<Layout> =>
  fc.record({
    list: fc.constantFrom('flow', 'block'),
    run: fc.boolean(),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    styles: fc.array(fc.constantFrom(...styles), { minLength: 1, maxLength: 4 }),
    gaps: fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }),
    tail: fc.boolean(),
  });

/** Text without quotes that every reader takes for a text. */
const PLAIN = /^[A-Za-z./][\w./=-]*(?: [\w./=][\w./=-]*)*$/;
const VALUES = /^(?:y|n|yes|no|on|off|true|false|null|\.inf|\.nan)$/i;
const PRINTED = /^[ -~\u00a0-\u2027\u202a-\ud7ff]*$/;

const units = (word: string): string =>
  Array.from({ length: word.length }, (_, index) => {
    return `\\u${word.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');

const ESCAPED = (word: string): string => `"${units(word)}"`;
const SINGLE = (word: string): string => `'${word.replaceAll("'", "''")}'`;

const WRITTEN: Readonly<Record<WordStyle, (word: string) => string>> = {
  plain: (word) => word,
  single: SINGLE,
  double: (word) => JSON.stringify(word),
  escaped: ESCAPED,
  literal: (word) => `|-\n        ${word}`,
  folded: (word) => `>-\n        ${word.replace(' ', '\n        ')}\n`,
  lines: (word) => word.replace(' ', '\n        '),
  anchor: (word) => `&a ${SINGLE(word)}`,
  tag: (word) => `!!str ${SINGLE(word)}`,
};

function written(word: string, style: WordStyle, isBlock: boolean): string {
  if (!PRINTED.test(word)) return ESCAPED(word);
  const isPlain = PLAIN.test(word) && !VALUES.test(word);
  const isLine = isBlock && /^\S(?:.*\S)?$/.test(word);
  if ((style === 'plain' || style === 'lines') && !isPlain) return SINGLE(word);
  if ((style === 'literal' || style === 'folded') && !isLine) return SINGLE(word);
  return WRITTEN[style](word);
}

/** Between members in brackets. */
const COMMAS = [', ', ',', ' ,\n      ', ', # x, "y]\n      ', '\n      , ', ' # x\n      ,'];
/** Before members of a block, the `-` in it; on a line of their own, from the third on. */
const DASHES = ['- ', '-   ', '-\n        ', '# x: [\n    - ', '\n    - ', '# - x\n\n    -  '];
/** Behind members of a block. */
const ENDS = ['', ' # x', '', ' ', '', '\n      # - x'];

export const HEAD = 'artifact: a\nenvironment: {LC_ALL: C, TZ: UTC, PYTHONHASHSEED: "0"}\nsteps:\n';

/** The text of a plan whose only step is a list of words. */
export function planWith(words: readonly string[], layout: Layout): string {
  const { list, run, lineEnd, gaps, styles, tail } = layout;
  const isBlock = list === 'block';
  const gap = (index: number): number => gaps[index % gaps.length]!;
  const texts = words.map((word, index) => written(word, styles[index % styles.length]!, isBlock));
  const members = texts.map((text, index) => {
    if (!isBlock) return (index === 0 ? '' : COMMAS[gap(index)]!) + text;
    // `- - a`, where the first member stands on the line of the step.
    const isCompact = index === 0 && !run;
    const dash = DASHES[gap(index) % (isCompact ? 3 : DASHES.length)]!;
    const end = /^(?:!!str )?[|>]/.test(text) ? '' : ENDS[gap(index + 1)]!;
    return `${isCompact ? ' ' : '\n    '}${dash}${text}${end}`;
  });
  const body = isBlock ? members.join('') : ` [${members.join('')}${tail ? ',' : ''}]`;
  const text = `${HEAD}  -${run ? ' run:' : ''}${body}${tail ? '\n' : ''}`;
  return text.replaceAll('\n', lineEnd);
}

/** Between words in a Dockerfile, where lines are continued. */
const JSON_COMMAS = [', ', ',', ' , \\\n  ', ' \\\n  ,', ', \\\n  # x\n  ', '  ,  '];

/** The text of a Dockerfile that runs a list of words. */
export function dockerfileWith(words: readonly string[], layout: Layout): string {
  const { gaps, styles, lineEnd } = layout;
  const members = words.map((word, index) => {
    const style = styles[index % styles.length];
    const text = style === 'escaped' ? `"${units(word)}"` : JSON.stringify(word);
    return (index === 0 ? '' : JSON_COMMAS[gaps[index % gaps.length]!]!) + text;
  });
  return `FROM scratch\nRUN [${members.join('')}]\n`.replaceAll('\n', lineEnd);
}
