/** What can be written at a position of a build plan, and what stands there means. */
import * as l10n from '@vscode/l10n';
import { planCursorAt } from '../formats/plan/cursor.js';
import type { PlanCursor } from '../formats/plan/cursor.js';
import { PLAN_ALIASES, PLAN_KEYS, SOURCE_KEYS, STEP_KEYS } from '../formats/plan/keys.js';
import type { PlanKeyName } from '../formats/plan/keys.js';
import type { At, Explanation, Proposal } from './configCompletion.js';
import {
  aliasText,
  PLAN_VARIABLES,
  planExpectation,
  planKey,
  planMarkdown,
  planWordAt,
  variableAt,
  variableMarkdown,
  wordMarkdown,
} from './planHelp.js';
import type { PlanWord } from './planHelp.js';

/** What can be written in a `plan.yaml`. Decided by the lines: the document may be half typed. */
export function planProposals(lines: readonly string[], at: At): Proposal[] {
  const cursor = planCursorAt(lines, at);
  if (cursor === undefined) return [];
  if (cursor.part === 'value') return [...valueProposals(cursor), ...tagProposals(cursor, at)];
  return [...braceProposals(cursor, lines[at.line - 1] ?? ''), ...keyProposals(cursor)];
}

function keyProposals(cursor: PlanCursor): Proposal[] {
  const [top, ...below] = cursor.path;
  if (top === undefined) return topProposals(cursor);
  switch (planKey(top)) {
    case 'environment':
      return below.length === 0 ? variableProposals(cursor) : [];
    case 'sources':
      return elementProposals(cursor, SOURCE_KEYS, SOURCES);
    case 'steps':
      return elementProposals(cursor, STEP_KEYS, STEPS);
    default:
      return [];
  }
}

/** What a key of a `plan.yaml` means, over the key and over its value; and `{tag}`. */
export function planExplanation(lines: readonly string[], at: At): Explanation | undefined {
  const cursor = planCursorAt(lines, at);
  if (cursor === undefined || cursor.text === '') return undefined;
  const { path, part, text, start, end } = cursor;
  const tag = part === 'value' ? tagAt(cursor, at.column) : undefined;
  if (tag !== undefined) {
    return { markdown: wordMarkdown('{tag}'), start: tag, end: tag + '{tag}'.length };
  }
  // Over a value stands how it is: what its key means is told over the key.
  if (part !== 'key') return undefined;
  const markdown = planMarkdown([...path, text]);
  return markdown === undefined ? undefined : { markdown, start, end };
}

/** The column of the `{tag}` that a column is in. */
function tagAt({ text, start }: PlanCursor, column: number): number | undefined {
  for (const { index } of text.matchAll(/\{tag\}/g)) {
    const from = start + index;
    if (column >= from && column <= from + '{tag}'.length) return from;
  }
  return undefined;
}

const placeOf = ({ start, end }: PlanCursor): Pick<Proposal, 'start' | 'end'> => ({ start, end });

/** Keys that are not there yet, neither by their name nor by an alias. */
function topProposals(cursor: PlanCursor): Proposal[] {
  const taken = new Set([...cursor.beside].map((key) => planKey(key)));
  const free = (Object.keys(PLAN_KEYS) as PlanKeyName[]).filter((key) => !taken.has(key));
  const aliases = [...PLAN_ALIASES].filter(([, documented]) => !taken.has(documented));
  return [
    ...free.map((key) => keyProposal(cursor, key, opening(key, cursor))),
    ...aliases.map(([alias, documented]) => ({
      ...keyProposal(cursor, documented, opening(documented, cursor)),
      label: alias,
      insert: cursor.hasColon ? alias : `${alias}:${opening(documented, cursor)}`,
      detail: aliasText(documented),
      markdown: planMarkdown([alias]) ?? '',
      deprecated: true as const,
    })),
  ];
}

function keyProposal(cursor: PlanCursor, key: PlanWord, behind: string): Proposal {
  return {
    kind: 'key',
    label: key,
    insert: cursor.hasColon ? key : `${key}:${behind}`,
    detail: planExpectation(key),
    markdown: wordMarkdown(key),
    ...placeOf(cursor),
    ...(cursor.hasColon ? {} : { snippet: true as const }),
  };
}

/** What follows the colon, as a snippet. */
function opening(key: PlanKeyName, { isFlow }: PlanCursor): string {
  if (isFlow) return ' ';
  switch (PLAN_KEYS[key].value) {
    case 'steps':
    case 'sources':
      return '\n  - $0';
    case 'mapping':
      return '\n  $0';
    case 'text':
    case 'any':
      return key === 'expected_digest' ? ' "sha256:$0"' : ' ';
  }
}

function variableProposals(cursor: PlanCursor): Proposal[] {
  return PLAN_VARIABLES.filter(({ name }) => !cursor.beside.has(name)).map((variable) => ({
    kind: 'key',
    label: variable.name,
    insert: cursor.hasColon ? variable.name : `${variable.name}: ${variable.value}`,
    detail: variable.value,
    markdown: variableMarkdown(variable),
    ...placeOf(cursor),
  }));
}

/** A whole element of a list, without its dash. `text`: a snippet. */
interface Element {
  readonly label: string;
  readonly text: string;
  readonly detail: () => string;
  /** The key whose meaning it shows. */
  readonly word: PlanWord;
}

const SOURCES: readonly Element[] = [
  {
    label: 'path, destination',
    text: 'path: ${1:src}\n  destination: ${2:src}',
    detail: () => l10n.t('A source, and where it is copied to'),
    word: 'destination',
  },
];

const STEPS: readonly Element[] = [
  {
    label: 'run: …',
    text: 'run: ${1:make}',
    detail: () => l10n.t('A step for the shell'),
    word: 'run',
  },
  {
    label: 'run: |',
    text: 'run: |\n    ${1:make}',
    detail: () => l10n.t('A step of several lines for the shell'),
    word: 'run',
  },
  {
    label: 'run: ["…"]',
    text: 'run: ["${1:make}", "${2:all}"]',
    detail: () => l10n.t('A step without a shell: a program and its arguments'),
    word: 'run',
  },
];

/** In a list, whole elements; in an element that has begun, the keys that it has not. */
function elementProposals(
  cursor: PlanCursor,
  keys: readonly PlanWord[],
  elements: readonly Element[],
): Proposal[] {
  const { path, isItem, isFlow, beside, hasColon } = cursor;
  const depth = path.length;
  if (depth > 2 || (depth === 2 && path[1] !== '-')) return [];
  const named =
    depth === 1
      ? []
      : keys
          .filter((key) => !beside.has(key))
          .map((key) => ({ ...keyProposal(cursor, key, ' '), detail: planExpectation(key) }));
  // A new element: behind its dash, or on a line of its own where the dash is still to come.
  const isNew = !isFlow && !hasColon && beside.size === 0 && (depth === 1 || isItem);
  const whole = isNew ? elements.map((each) => elementProposal(cursor, each, depth === 1)) : [];
  return [...whole, ...named];
}

function elementProposal(cursor: PlanCursor, element: Element, dash: boolean): Proposal {
  const { label, text, detail, word } = element;
  return {
    kind: 'snippet',
    label: dash ? `- ${label}` : label,
    insert: dash ? `- ${text}` : text,
    snippet: true,
    detail: detail(),
    markdown: wordMarkdown(word),
    ...placeOf(cursor),
  };
}

/** The values that a key usually has. */
function valueProposals(cursor: PlanCursor): Proposal[] {
  const { path, text, quote } = cursor;
  const [top = '', name] = path;
  const make = (value: string, insert: string, more: Partial<Proposal> = {}): Proposal => ({
    kind: 'value',
    label: value,
    insert,
    detail: '',
    markdown: planMarkdown(path) ?? '',
    ...placeOf(cursor),
    ...more,
  });
  if (planWordAt(path) === 'expected_digest') {
    // What is there already is somebody's digest.
    if (text !== '' && !'sha256:'.startsWith(text)) return [];
    const insert = quote === '' ? '"sha256:$0"' : 'sha256:';
    return [make('sha256:', insert, quote === '' ? { snippet: true } : {})];
  }
  const variable = top === 'environment' && path.length === 2 ? variableAt(name) : undefined;
  if (variable === undefined) return [];
  const bare = variable.value.replaceAll('"', '');
  return [make(bare, quote === '' ? variable.value : bare)];
}

/** Texts in which the tag is commonly written. */
const TAGGED: ReadonlySet<PlanWord> = new Set<PlanWord>([
  ...(['artifact', 'tag', 'reference_attestation', 'reference_artifact'] as const),
  ...(['path', 'destination', 'run'] as const),
]);

/** `{tag}`: behind a brace, and where no word is being typed. */
function tagProposals(cursor: PlanCursor, { column }: At): Proposal[] {
  const { path, text, start, quote, isFlow } = cursor;
  if (!isTagged(path)) return [];
  const before = text.slice(0, column - start);
  const begun = /\{[a-z]*$/.exec(before)?.[0] ?? '';
  const isTyping = begun === '' && /[\p{L}\p{N}]$/u.test(before);
  if (isTyping || (quote === '' && isFlow)) return [];
  const from = column - begun.length;
  // At the front, a brace would begin a mapping.
  const isFront = quote === '' && from === start;
  if (isFront && text !== begun) return [];
  const to = text.slice(column - start).startsWith('}') ? column + 1 : column;
  return [tagProposal({ start: from, end: to }, isFront)];
}

/** Where a text is wanted, a brace that was just typed is half a `{tag}` and no mapping. */
function braceProposals(cursor: PlanCursor, line: string): Proposal[] {
  const { path, isFlow, text, start, end } = cursor;
  if (!isFlow || !isTagged(path)) return [];
  const open = start - 2;
  const isHalf = line[open] === '{' && /(?:^|[\s[,])$/.test(line.slice(0, open));
  const behind = line.slice(end - 1).replace(/^\}/, '');
  if (!isHalf || !'tag'.startsWith(text) || !/^(?:\s|[\],]|$)/.test(behind)) return [];
  const closed = line[end - 1] === '}' ? 1 : 0;
  return [tagProposal({ start: open + 1, end: end + closed }, true)];
}

function tagProposal(place: Pick<Proposal, 'start' | 'end'>, quoted: boolean): Proposal {
  return {
    kind: 'value',
    label: '{tag}',
    insert: quoted ? '"{tag\\}$0"' : '{tag}',
    detail: l10n.t('The tag of the command line'),
    markdown: wordMarkdown('{tag}'),
    ...place,
    ...(quoted ? { snippet: true as const } : {}),
  };
}

/** Texts of a plan; those of a list stand for sources, or for words of a step. */
function isTagged(path: readonly string[]): boolean {
  const word = planWordAt(path);
  if (word !== undefined) return TAGGED.has(word);
  const key = planKey(path[0] ?? '');
  if (key === 'environment') return path.length === 2;
  return (key === 'sources' || key === 'steps') && path.at(-1) === '-';
}
