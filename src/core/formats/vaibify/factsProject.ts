import type { DeclaredBinary, PipelineFacts, Remotes } from '../../model/gates.js';
import type { Place } from '../../model/place.js';
import { flag, keyPlace } from './factsSource.js';
import type { FactSource } from './factsSource.js';
import { elements, member } from './json.js';
import type { Node } from './json.js';
import { stringOf } from './reader.js';

/** Declared binaries that are kept: a hostile list is longer. */
const MOST_BINARIES = 1000;
/** The answers that vaibify takes for the personal layer. */
const PERSONAL: ReadonlySet<string> = new Set(['none', 'declared-private', 'included']);

const placed = (place: Place | undefined): { readonly place?: Place } =>
  place === undefined ? {} : { place };

/** Text of a key without blanks around it; `''` for anything else. */
const textAt = (node: Node | undefined, key: string): string =>
  stringOf(member(node, key))?.trim() ?? '';

/** Where the pipeline is published; older documents name some of it at the top. */
export function remoteFacts(source: FactSource): Remotes {
  const { root } = source;
  const remotes = member(root, 'dictRemotes');
  const at = (service: string): Place | undefined => keyPlace(source, remotes, service);
  const github = member(remotes, 'github');
  const zenodo = member(remotes, 'zenodo');
  const bound = at('github');
  const endpoint = textAt(zenodo, 'sService') || textAt(root, 'sZenodoService') || 'sandbox';
  const arxiv = textAt(member(remotes, 'arxiv'), 'sArxivId') === '' ? undefined : at('arxiv');
  const overleaf =
    textAt(member(remotes, 'overleaf'), 'sProjectId') === ''
      ? overleafAtTop(source)
      : at('overleaf');
  return {
    ...(bound === undefined
      ? {}
      : { github: { commit: textAt(github, 'sCommittedSha'), place: bound } }),
    zenodo: { endpoint, ...placed(at('zenodo')) },
    ...(arxiv === undefined ? {} : { arxiv: { place: arxiv } }),
    ...(overleaf === undefined ? {} : { overleaf: { place: overleaf } }),
  };
}

const overleafAtTop = (source: FactSource): Place | undefined =>
  textAt(source.root, 'sOverleafProjectId') === ''
    ? undefined
    : keyPlace(source, source.root, 'sOverleafProjectId');

/** What is declared of the use of AI. */
export function aiFacts(source: FactSource): Pick<PipelineFacts, 'models' | 'personalLayer'> {
  const provenance = member(source.root, 'dictAiProvenance');
  const around = placed(keyPlace(source, source.root, 'dictAiProvenance'));
  const models = elements(member(provenance, 'listDeclaredModels'));
  const state = models.length === 0 ? 'none' : models.every(isComplete) ? 'complete' : 'incomplete';
  const personal = member(provenance, 'dictPersonalLayer');
  const listed = keyPlace(source, provenance, 'listDeclaredModels');
  const layer = keyPlace(source, provenance, 'dictPersonalLayer');
  return {
    models: { state, ...around, ...placed(listed) },
    personalLayer: {
      declared: PERSONAL.has(stringOf(member(personal, 'sStatus')) ?? ''),
      ...around,
      ...placed(layer),
    },
  };
}

const MODEL = ['sVendor', 'sModelId', 'sUseStartDate', 'sUseEndDate'] as const;
const OPEN_MODEL = ['sWeightsSource', 'sWeightsRevisionHash'] as const;

function isComplete(model: Node): boolean {
  const keys = flag(model, 'bOpenWeights') ? [...MODEL, ...OPEN_MODEL] : MODEL;
  return keys.every((key) => textAt(model, key) !== '');
}

/** Declared when one of the three answers is given; a thread count of 0 is one. */
export function determinismFacts(source: FactSource): PipelineFacts['determinism'] {
  const given = member(source.root, 'dictDeterminism');
  const threads = member(given, 'dOmpNumThreads');
  const declared =
    flag(given, 'bAcceptBlasVariance') ||
    (threads !== undefined && threads.type !== 'null') ||
    (stringOf(member(given, 'sMklCbwr')) ?? '') !== '';
  return { declared, ...placed(keyPlace(source, source.root, 'dictDeterminism')) };
}

/** The programs outside the container: declared, waived, both or neither. */
export function binaryFacts(source: FactSource): PipelineFacts['binaries'] {
  const { root } = source;
  const nodes = elements(member(root, 'listDeclaredBinaries')).slice(0, MOST_BINARIES);
  const place =
    keyPlace(source, root, 'listDeclaredBinaries') ??
    keyPlace(source, root, 'bNoStandaloneBinaries');
  return {
    waived: flag(root, 'bNoStandaloneBinaries'),
    declared: nodes.map((node) => binaryOf(source, node)),
    ...placed(place),
  };
}

function binaryOf({ json, file }: FactSource, node: Node): DeclaredBinary {
  const complete = ['sBinaryPath', 'sPurpose', 'sExpectedVersion'].every(
    (key) => textAt(node, key) !== '',
  );
  return {
    path: stringOf(member(node, 'sBinaryPath')) ?? '',
    complete,
    place: { file, span: json.opening(node) },
  };
}
