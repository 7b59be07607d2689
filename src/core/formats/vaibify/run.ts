import type { Finding } from '../../model/finding.js';
import { toRepoPath } from '../../model/paths.js';
import type { RepoPath } from '../../model/paths.js';
import type { Place } from '../../model/place.js';
import { parseVaibify } from './vaibify.js';
import { elements, JsonText, member } from './json.js';
import type { Node } from './json.js';
import * as rules from './paths.js';
import { stringOf } from './reader.js';
import { openTokens, replaceTokens, tokenTable } from './runTokens.js';
import type { RunPart, TokenStep, TokenTable } from './runTokens.js';

/** One shell command of a step. */
export interface RunCommand {
  readonly kind: 'setup' | 'data' | 'plot';
  /** As the document spells it. */
  readonly written: string;
  /** With its tokens replaced; `commandText` joins them for a place. */
  readonly parts: readonly RunPart[];
  readonly place: Place;
}

/** One step as a runner sees it. */
export interface RunStep {
  readonly label: string;
  readonly name: string;
  readonly id: string;
  /** Its working directory below the project's root; `''` is the root. */
  readonly directory: RepoPath | '';
  readonly enabled: boolean;
  readonly interactive: boolean;
  /** A step that only declares how AI was used: nothing of it is executed. */
  readonly declaration: boolean;
  /** Its data commands are passed over. */
  readonly plotOnly: boolean;
  /** Those that run, in order. */
  readonly commands: readonly RunCommand[];
  /** Whether data commands were passed over: what they make is then not made. */
  readonly withoutData: boolean;
  /** Directories that are empty when it begins. */
  readonly scratch: readonly RepoPath[];
  readonly place: Place;
}

/** What a pipeline executes. */
export interface Run {
  readonly steps: readonly RunStep[];
  /** Errors only: a document that has one is not run. */
  readonly findings: readonly Finding[];
}

interface Scope {
  readonly json: JsonText;
  readonly file: RepoPath;
  readonly table: TokenTable;
  readonly version: number;
}

const BOM = '\uFEFF';

/**
 * Reads what a pipeline document of any schema version executes, in vaibify's order: setup, data
 * unless the step is `bPlotOnly`, plot. Tests are no part of a run. Never throws.
 * @param repoName As for `parseVaibify`.
 */
export function parseRun(text: string, file: RepoPath, repoName?: string): Run {
  const document = parseVaibify(text, file, repoName);
  const errors = document.findings.filter(({ severity }) => severity === 'error');
  const json = new JsonText(text.startsWith(BOM) ? text.slice(1) : text);
  if (json.root?.type !== 'object') return { steps: [], findings: errors };
  const nodes = elements(member(json.root, 'listSteps')).filter(({ type }) => type === 'object');
  const { schemaVersion: version, generation } = document;
  const facts = withIds(nodes.map((node) => tokenStep(node, version, repoName)));
  const table = tokenTable(json, json.root, { steps: facts, current: generation === 'current' });
  const scope: Scope = { json, file, table, version };
  const steps = facts.map((each, index) => {
    const { label = '', name = '' } = document.steps[index] ?? {};
    return runStep(each, { label, name }, scope);
  });
  const open = steps.flatMap((step) => step.findings);
  return { steps: steps.map((step) => step.step), findings: [...errors, ...open] };
}

function tokenStep(node: Node, version: number, repoName: string | undefined): TokenStep {
  const written = stringOf(member(node, 'sDirectory')) ?? '';
  const containerRoot = containerRootOf(written, version, repoName);
  const inside = containerRoot === undefined ? undefined : rules.below(written, containerRoot);
  const directory = written.startsWith('/') ? (inside ?? written) : written;
  return { node, id: stringOf(member(node, 'sStepId')) ?? '', directory, containerRoot };
}

/** Absolute container paths end with schema 2 (docs/vaibify.md, section 2). */
function containerRootOf(directory: string, version: number, repoName: string | undefined) {
  if (version >= 2) return undefined;
  return repoName === undefined
    ? /^\/workspace\/[^/]+(?=\/)/.exec(directory)?.[0]
    : `/workspace/${repoName}`;
}

/** The migration to schema 6 gives a step without an id one from its name. */
function withIds(steps: readonly TokenStep[]): TokenStep[] {
  const taken = new Set(steps.map(({ id }) => id));
  return steps.map((step, index) => {
    if (step.id !== '') return step;
    const slug = slugOf(stringOf(member(step.node, 'sName')) ?? '') || `step-${index + 1}`;
    let id = slug;
    for (let more = 2; taken.has(id); more++) id = `${slug}-${more}`;
    taken.add(id);
    return { ...step, id };
  });
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

function runStep(
  { node, id, directory: written }: TokenStep,
  named: { readonly label: string; readonly name: string },
  scope: Scope,
): { readonly step: RunStep; readonly findings: readonly Finding[] } {
  const plotOnly = flag(node, 'bPlotOnly') ?? false;
  const data = commandsOf(node, 'saDataCommands', scope);
  const all = [
    ...commandsOf(node, 'saSetupCommands', scope),
    ...(plotOnly ? [] : data),
    ...commandsOf(node, 'saPlotCommands', scope),
  ];
  const result = toRepoPath(written);
  const directory = result.ok ? result.path : '';
  const old = scope.version < 1 ? flag(node, 'bEnabled') : undefined;
  const step: RunStep = {
    ...named,
    id,
    directory,
    enabled: flag(node, 'bRunEnabled') ?? old ?? true,
    interactive: named.label.startsWith('I'),
    declaration: stringOf(member(node, 'sStepKind')) === 'ai-declaration',
    plotOnly,
    commands: all.map(({ command }) => command),
    withoutData: plotOnly && data.length > 0,
    scratch: scratchOf(node, written),
    place: { file: scope.file, span: scope.json.span(node) },
  };
  const findings = step.declaration ? [] : all.flatMap(({ open }) => open(step.label));
  return { step, findings };
}

/** Never the step's own directory, nor one around it: emptying that would take the scripts away. */
function scratchOf(node: Node, directory: string): RepoPath[] {
  const own = `${rules.joined(directory, '.')}/`;
  return elements(member(node, 'saScratchDirs')).flatMap((each) => {
    const text = stringOf(each) ?? '';
    if (text === '' || text.startsWith('/')) return [];
    const result = toRepoPath(rules.joined(directory, text));
    return result.ok && !own.startsWith(`${result.path}/`) ? [result.path] : [];
  });
}

const KINDS = { saSetupCommands: 'setup', saDataCommands: 'data', saPlotCommands: 'plot' } as const;

function commandsOf(node: Node, key: keyof typeof KINDS, { json, file, table }: Scope) {
  return elements(member(node, key)).flatMap((each) => {
    const written = each.type === 'number' ? rules.pythonNumber(json.raw(each)) : stringOf(each);
    if (written === undefined || written.trim() === '') return [];
    const command: RunCommand = {
      kind: KINDS[key],
      written,
      parts: replaceTokens(written, table),
      place: { file, span: json.inside(each) },
    };
    const open = (step: string): Finding[] =>
      openTokens(written, table).map(({ token, at }) => {
        const span = json.inside(each, at, at + token.length);
        return { code: 'rerun-token', severity: 'error', step, token, place: { file, span } };
      });
    return [{ command, open }];
  });
}

/** A flag as Python reads it: the truth of any value; absent when the key is. */
function flag(node: Node, key: string): boolean | undefined {
  const value = member(node, key);
  if (value === undefined) return undefined;
  return value.type === 'array' || value.type === 'object'
    ? (value.children?.length ?? 0) > 0
    : Boolean(value.value);
}
