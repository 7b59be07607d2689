/**
 * What a person declares about a pipeline, as changes of its document. Every one of them is a claim
 * that only a person can make: whoever calls has asked which is true. Keys that a vaibify does not
 * know yet it keeps (docs/vaibify.md, section 2).
 */
import { parseVaibify } from '../formats/vaibify/vaibify.js';
import { elements, member } from '../formats/vaibify/json.js';
import type { Node } from '../formats/vaibify/json.js';
import type { RepoPath } from '../model/paths.js';
import { APPEND, difference, EditRefusedError, readJson, setIn } from './editsJson.js';
import type { Edit, Json, JsonPath } from './editsJson.js';

/** How a pipeline is deterministic. */
export type Determinism = 'blas-variance' | 'one-thread';
/** What a person says of instructions of their own that a model was given. */
export type PersonalLayer = 'none' | 'declared-private' | 'included';

/** One model that was used; dates as `YYYY-MM-DD`. */
export interface DeclaredModel {
  readonly vendor: string;
  readonly model: string;
  readonly from: string;
  readonly until: string;
  /** Where open weights come from, and their revision; absent when the weights are not open. */
  readonly weights?: { readonly source: string; readonly revision: string };
}

/**
 * Says that a step reads no raw data.
 * @param step Its label, `A01`.
 * @throws {EditRefusedError} `inputs-declared` when the document lists some; `no-such-step`, `syntax`.
 */
export function declareNoInputs(text: string, step: string): Edit[] {
  const { index, node } = stepAt(text, step);
  if (elements(member(node, 'saInputDataFiles')).length > 0) {
    throw new EditRefusedError('inputs-declared', step);
  }
  const path = ['listSteps', index, 'bNoInputData'];
  return difference(text, setIn(text, path, true, ['saInputDataFiles', 'saOutputDataFiles']));
}

/**
 * Lists raw data that a step reads, in addition to what is listed; paths relative to the repository.
 * @throws {EditRefusedError} `no-such-step`, `syntax`.
 */
export function declareInputs(text: string, step: string, paths: readonly string[]): Edit[] {
  const { index, node } = stepAt(text, step);
  const listed = elements(member(node, 'saInputDataFiles')).map(({ value }): unknown => value);
  const added = paths.filter((path) => !listed.includes(path));
  let next = text;
  for (const path of added) {
    const at: JsonPath = ['listSteps', index, 'saInputDataFiles', APPEND];
    next = setIn(next, at, path, ['saOutputDataFiles', 'saDataFiles', 'saPlotFiles']);
  }
  const denied = member(node, 'bNoInputData');
  if (denied !== undefined && denied.value !== false) {
    next = setIn(next, ['listSteps', index, 'bNoInputData'], false);
  }
  return difference(text, next);
}

/** Says in which way the pipeline is deterministic. @throws {EditRefusedError} `syntax`. */
export function declareDeterminism(text: string, how: Determinism): Edit[] {
  const [key, value] =
    how === 'blas-variance'
      ? (['bAcceptBlasVariance', true] as const)
      : (['dOmpNumThreads', 1] as const);
  return difference(text, setIn(text, ['dictDeterminism', key], value));
}

/**
 * Says that the pipeline uses no programs of its own beside the scripts.
 * @throws {EditRefusedError} `binaries-declared` when the document lists some: both cannot be true.
 */
export function waiveBinaries(text: string): Edit[] {
  const { root } = readJson(text);
  if (elements(member(root, 'listDeclaredBinaries')).length > 0) {
    throw new EditRefusedError('binaries-declared', 'listDeclaredBinaries');
  }
  const after = ['listDeclaredBinaries', 'saHostBinaries'];
  return difference(text, setIn(text, ['bNoStandaloneBinaries'], true, after));
}

/** Names the models that were used, in addition to those named. @throws {EditRefusedError} `syntax`. */
export function declareModels(text: string, models: readonly DeclaredModel[]): Edit[] {
  const path: JsonPath = ['dictAiProvenance', 'listDeclaredModels', APPEND];
  const next = models.reduce((before, model) => setIn(before, path, modelJson(model)), text);
  return difference(text, next);
}

const modelJson = ({ vendor, model, from, until, weights }: DeclaredModel): Json => ({
  sVendor: vendor,
  sModelId: model,
  sUseStartDate: from,
  sUseEndDate: until,
  bOpenWeights: weights !== undefined,
  ...(weights === undefined
    ? {}
    : { sWeightsSource: weights.source, sWeightsRevisionHash: weights.revision }),
});

/** Answers whether a model had a person's own instructions. @throws {EditRefusedError} `syntax`. */
export const declarePersonalLayer = (text: string, status: PersonalLayer): Edit[] =>
  difference(text, setIn(text, ['dictAiProvenance', 'dictPersonalLayer', 'sStatus'], status));

/** Where an AI declaration is written unless its step says otherwise. */
export const AI_DECLARATION = 'AI_USAGE.md' as RepoPath;

/**
 * Adds the step that stands for the declaration of AI use. It runs nothing, so it is not interactive:
 * an interactive step would keep a rerun from going unattended.
 *
 * @throws {EditRefusedError} `declaration-exists`, `syntax`, and `not-a-container` without steps.
 */
export function addAiDeclaration(text: string): Edit[] {
  const { root } = readJson(text);
  const steps = elements(member(root, 'listSteps'));
  if (steps.some((step) => member(step, 'sStepKind')?.value === 'ai-declaration')) {
    throw new EditRefusedError('declaration-exists', 'listSteps');
  }
  const { schemaVersion, generation } = parseVaibify(text, AI_DECLARATION);
  const ids = new Set(steps.map((step): unknown => member(step, 'sStepId')?.value));
  const step: Json = {
    sName: 'AI Declaration',
    ...(schemaVersion < 6 ? {} : { sStepId: freeId(ids) }),
    sStepKind: 'ai-declaration',
    sDirectory: 'aiDeclaration',
    sDeclarationFile: AI_DECLARATION,
    bRunEnabled: true,
    bPlotOnly: false,
    bInteractive: false,
    saDataCommands: [],
    ...(generation === 'current' ? { saOutputDataFiles: [] } : { saDataFiles: [] }),
    ...(schemaVersion < 9 ? {} : { saInputDataFiles: [], bNoInputData: true }),
    saPlotCommands: [],
    saPlotFiles: [],
  };
  return difference(text, setIn(text, ['listSteps', APPEND], step));
}

function freeId(taken: ReadonlySet<unknown>): string {
  let id = 'ai-declaration';
  for (let more = 2; taken.has(id); more++) id = `ai-declaration-${more}`;
  return id;
}

/** The text that a declaration begins as; what is between angle brackets is a person's to fill in. */
export const aiDeclarationText = (title: string, used: boolean): string =>
  [
    `# Use of AI in ${title.replace(/\s+/g, ' ').trim()}`,
    '',
    ...(used ? USED : UNUSED),
    '',
    'Declared by: <name>, <date>',
    '',
  ].join('\n');

const USED = [
  '## What it was used for',
  '',
  '<Code, text, analysis, figures: which parts, and by which model.>',
  '',
  '## What was checked by people, and how',
  '',
  '<Who read the code, which results were computed in another way.>',
  '',
  '## What it was not used for',
  '',
  '<For instance: choosing data, drawing conclusions.>',
];
const UNUSED = [
  'No AI was used to make the code, the data, the figures or the text of this project.',
];

function stepAt(text: string, label: string): { readonly index: number; readonly node: Node } {
  const { root } = readJson(text);
  const all = elements(member(root, 'listSteps'));
  const nodes = all.filter(({ type }) => type === 'object');
  const { steps } = parseVaibify(text, AI_DECLARATION);
  const node = nodes[steps.findIndex((step) => step.label === label)];
  if (node === undefined) throw new EditRefusedError('no-such-step', label);
  return { index: all.indexOf(node), node };
}
