/** What can be written at a position of a container file, and what stands there means. */
import { CONTAINER_FIELDS, fieldsOf } from '../formats/container/conf.js';
import { METHODS } from '../formats/container/repositories.js';
import { cursorAt } from '../formats/vaibify/configCursor.js';
import { settingAt, settingsBelow } from '../formats/vaibify/configKeys.js';
import type { Setting, ValueSpec } from '../formats/vaibify/configKeys.js';
import { expectation, fieldMarkdown, methodText, settingMarkdown } from './configHelp.js';
import { plain } from './markdown.js';

/** A position; both from 1. */
export interface At {
  readonly line: number;
  readonly column: number;
}

/** One thing that can be written. */
export interface Proposal {
  readonly kind: 'key' | 'value' | 'snippet';
  readonly label: string;
  /** What takes the place of the columns. */
  readonly insert: string;
  /** Whether `insert` has places to be filled in, as the editor writes them: `$0`, `${1:name}`. */
  readonly snippet?: true;
  /** Read, and better not written: listed last and struck out. */
  readonly deprecated?: true;
  readonly detail: string;
  readonly markdown: string;
  /** Columns from 1, the end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** What stands at a position. */
export interface Explanation {
  readonly markdown: string;
  readonly start: number;
  readonly end: number;
}

/** What can be written in a `vaibify.yml`. */
export function settingProposals(lines: readonly string[], at: At): Proposal[] {
  const cursor = cursorAt(lines, at);
  if (cursor === undefined) return [];
  const { path, part, start, end } = cursor;
  if (part === 'key') {
    const hasColon = /^ *:/.test((lines[at.line - 1] ?? '').slice(end - 1));
    return Object.entries(settingsBelow(path) ?? {}).map(([key, setting]) => ({
      kind: 'key',
      label: key,
      insert: hasColon ? key : `${key}:${opening(setting.value)}`,
      detail: expectation(setting),
      markdown: settingMarkdown([...path, key]) ?? '',
      start,
      end,
    }));
  }
  const setting = settingAt(path);
  return valuesOf(setting).map((value) => ({
    kind: 'value',
    label: value,
    insert: value,
    detail: path.at(-1) === 'installMethod' ? (methodText(value) ?? '') : '',
    markdown: settingMarkdown(path) ?? '',
    start,
    end,
  }));
}

/** What follows the colon: the values of a group stand on lines of their own. */
const opening = ({ type }: ValueSpec): string =>
  type === 'group' || type === 'list' || type === 'records' ? '' : ' ';

function valuesOf(setting: Setting | undefined): readonly string[] {
  if (setting === undefined) return [];
  if (setting.value.type === 'choice') return setting.value.choices;
  if (setting.value.type === 'switch') return ['true', 'false'];
  return setting.default === undefined ? [] : [setting.default];
}

/** What a key of a `vaibify.yml` means, over the key and over its value. */
export function settingExplanation(lines: readonly string[], at: At): Explanation | undefined {
  const cursor = cursorAt(lines, at);
  if (cursor === undefined) return undefined;
  const { path, part, start, end } = cursor;
  const word = (lines[at.line - 1] ?? '').slice(start - 1, end - 1);
  const markdown = settingMarkdown(part === 'key' ? [...path, word] : path);
  return markdown === undefined ? undefined : { markdown, start, end };
}

/** The ways to install a repository, in the fourth field of a line of `container.conf`. */
export function methodProposals(line: string, { line: number, column }: At): Proposal[] {
  const index = fieldAt(line, column);
  const field = fieldsOf(line, number)[index];
  if (CONTAINER_FIELDS[index] !== 'method' || field === undefined) return [];
  return METHODS.map((method) => ({
    kind: 'value',
    label: method,
    insert: method,
    detail: methodText(method) ?? '',
    markdown: fieldMarkdown('method'),
    start: field.span.start.column,
    end: field.span.end.column,
  }));
}

/** What a field of a line of `container.conf` means. */
export function fieldExplanation(
  line: string,
  { line: number, column }: At,
): Explanation | undefined {
  if (/^\s*(?:#|$)/.test(line) || !line.includes('|')) return undefined;
  const index = fieldAt(line, column);
  const name = CONTAINER_FIELDS[index];
  const field = fieldsOf(line, number)[index];
  if (name === undefined || field === undefined) return undefined;
  const method = name === 'method' ? methodText(field.text) : undefined;
  const { start, end } = field.span;
  return {
    markdown: [fieldMarkdown(name), ...(method === undefined ? [] : [plain(method)])].join('\n\n'),
    start: start.column,
    end: end.column,
  };
}

/** The field that a column is in: as many as there are bars before it. */
const fieldAt = (line: string, column: number): number =>
  line.slice(0, column - 1).split('|').length - 1;
