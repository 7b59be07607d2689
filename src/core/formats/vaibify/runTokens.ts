/** Tokens in commands: docs/rerun.md says what each stands for. */
import { elements, member } from './json.js';
import type { JsonText, Node } from './json.js';
import * as rules from './paths.js';
import { stringOf } from './reader.js';

/** A piece of a command: text, or a path below wherever the project's copy will lie; `''` is its root. */
export type RunPart = string | { readonly under: string };

/** What every token stands for, by its text without the braces. */
export type TokenTable = ReadonlyMap<string, readonly RunPart[]>;

/** A token that nothing stands behind, and where it begins in its command. */
export interface OpenToken {
  readonly token: string;
  readonly at: number;
}

/** What a step's tokens are made of. */
export interface TokenStep {
  readonly node: Node;
  readonly id: string;
  readonly directory: string;
  /** Where the repository is in old documents' paths. */
  readonly containerRoot: string | undefined;
}

/** In the order in which the tokens of old documents overwrite each other. */
const OUTPUTS = ['saDataFiles', 'saPlotFiles', 'saOutputDataFiles', 'saOutputFiles'] as const;
/** What looks like a token and not like a brace of the shell, of awk or of find. */
const OPEN =
  /\{(?:step:[a-z0-9][a-z0-9-]*\.[^{}]+|(?:Step|Scene)\d+\.[^{}]+|[a-z]{1,4}[A-Z][A-Za-z0-9]*)\}/g;

/** Every token of a document: its globals, and one for each output of each step. */
export function tokenTable(
  json: JsonText,
  root: Node,
  { steps, current }: { readonly steps: readonly TokenStep[]; readonly current: boolean },
): TokenTable {
  const globals = globalTokens(json, root);
  const table = new Map(globals);
  for (const [index, step] of steps.entries()) {
    const place = String(index + 1).padStart(2, '0');
    for (const [stem, value] of stemsOf(step, globals, current)) {
      for (const name of [`step:${step.id}`, `Step${place}`, `Scene${place}`]) {
        table.set(`${name}.${stem}`, value);
      }
    }
  }
  return table;
}

function globalTokens(json: JsonText, root: Node): Map<string, readonly RunPart[]> {
  const plots = stringOf(member(root, 'sPlotDirectory')) ?? 'Plot';
  const cores = member(root, 'iNumberOfCores');
  const figures = stringOf(member(root, 'sFigureType')) ?? 'pdf';
  return new Map<string, readonly RunPart[]>([
    ['sRepoRoot', [{ under: '' }]],
    ['sPlotDirectory', plots.startsWith('/') ? [plots] : [{ under: plots }]],
    ['iNumberOfCores', [cores?.type === 'number' ? rules.pythonNumber(json.raw(cores)) : '-1']],
    ['sFigureType', [figures.toLowerCase()]],
  ]);
}

/**
 * Outputs by their stem. Of two with one stem a later one replaced the earlier until schema 8; since
 * then both have their first directory before it.
 */
function stemsOf(
  step: TokenStep,
  globals: TokenTable,
  current: boolean,
): [string, readonly RunPart[]][] {
  const outputs = OUTPUTS.flatMap((key) => elements(member(step.node, key)))
    .map((node) => stringOf(node) ?? '')
    .filter((text) => text !== '')
    .map((text) => rules.migrateOutput(text, step.directory, step.containerRoot))
    .map((text) => ({ text, parts: replaceTokens(text, globals) }));
  const named = outputs.map(({ text, parts }) => ({
    name: stemOf(commandText(parts, '')),
    first: text.includes('/') ? (text.split('/')[0] ?? '') : '',
    value: valueOf(parts, step.directory),
  }));
  const times = new Map<string, number>();
  for (const { name } of named) times.set(name, (times.get(name) ?? 0) + 1);
  return named.map(({ name, first, value }) => {
    if (!current || times.get(name) === 1) return [name, value];
    return [`${first}_${name}`.replace(/[^0-9A-Za-z_]/g, '_'), value];
  });
}

/** An output's absolute path, not normalised. */
function valueOf(parts: readonly RunPart[], directory: string): readonly RunPart[] {
  const [first = ''] = parts;
  if (typeof first !== 'string' || first.startsWith('/')) return parts;
  return [{ under: directory }, '/', ...parts];
}

/** `os.path.splitext` of Python over the base name: a leading dot begins no extension. */
function stemOf(text: string): string {
  const base = text.slice(text.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  return dot > 0 && /[^.]/.test(base.slice(0, dot)) ? base.slice(0, dot) : base;
}

/** Replaces known tokens, once; anything else in braces stays as it is, as with vaibify. */
export function replaceTokens(text: string, table: TokenTable): RunPart[] {
  const parts: RunPart[] = [];
  let from = 0;
  for (let open = text.indexOf('{'); open >= 0;) {
    const close = text.indexOf('}', open);
    if (close < 0) break;
    const value = table.get(text.slice(open + 1, close));
    if (value !== undefined) {
      if (open > from) parts.push(text.slice(from, open));
      parts.push(...value);
      from = close + 1;
    }
    open = text.indexOf('{', close + 1);
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** What looks like a token and would reach the shell as it is. `${name}` is the shell's own. */
export function openTokens(text: string, table: TokenTable): OpenToken[] {
  return [...text.matchAll(OPEN)].flatMap(({ 0: token, index }) => {
    const ofShell = text[index - 1] === '$' && /^\{\w+\}$/.test(token);
    // Behind an earlier brace that is not closed the shell gets even a known token as it is.
    const known = table.has(token.slice(1, -1)) && isReplaced(text, index);
    return ofShell || known ? [] : [{ token, at: index }];
  });
}

/** Whether the brace at `index` is the one that {@link replaceTokens} begins with. */
function isReplaced(text: string, index: number): boolean {
  const lastClose = text.lastIndexOf('}', index);
  return text.indexOf('{', lastClose + 1) === index;
}

/** A command, or a value, where the project's copy lies at `root`. */
export const commandText = (parts: readonly RunPart[], root: string): string =>
  parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return part.under === '' ? root : `${root}/${part.under}`;
    })
    .join('');
