import type { TestAxis } from '../../model/findings/level.js';
import type { PipelineFacts, StepFacts } from '../../model/gates.js';
import type { Place } from '../../model/place.js';
import type { Step } from '../../model/project.js';
import { aiFacts, binaryFacts, determinismFacts, remoteFacts } from './factsProject.js';
import { flag, keyPlace } from './factsSource.js';
import type { FactSource } from './factsSource.js';
import { elements, member } from './json.js';
import type { Node } from './json.js';
import { stringOf } from './reader.js';

/** The groups of `dictTests`, by what they are about. */
const CATEGORIES = {
  integrity: 'dictIntegrity',
  qualitative: 'dictQualitative',
  quantitative: 'dictQuantitative',
} as const;

/**
 * What a pipeline document says that the gates of the levels read (docs/levels.md). Lenient: a value
 * of the wrong type counts as not given, for its schema finding says the rest.
 * @param steps Those of the same document, in order; they give the labels.
 */
export function factsOf(
  source: FactSource,
  steps: readonly Step[],
  version: number,
): PipelineFacts {
  const nodes = elements(member(source.root, 'listSteps')).filter(({ type }) => type === 'object');
  return {
    steps: nodes.map((node, index) => stepFacts(source, node, steps[index]?.label ?? '', version)),
    remotes: remoteFacts(source),
    ...aiFacts(source),
    determinism: determinismFacts(source),
    binaries: binaryFacts(source),
  };
}

/** The facts of a document that holds no pipeline. */
export const NO_FACTS: PipelineFacts = {
  steps: [],
  remotes: { zenodo: { endpoint: 'sandbox' } },
  models: { state: 'none' },
  personalLayer: { declared: false },
  determinism: { declared: false },
  binaries: { waived: false, declared: [] },
};

function stepFacts(source: FactSource, node: Node, label: string, version: number): StepFacts {
  const { json, file } = source;
  const place: Place = { file, span: json.opening(node) };
  const unseeded = keyPlace(source, node, 'bUnseededRandomnessWarning');
  const isUnseeded = member(node, 'bUnseededRandomnessWarning')?.value === true;
  return {
    label,
    id: stringOf(member(node, 'sStepId')) ?? '',
    directory: stringOf(member(node, 'sDirectory')) ?? '',
    kind: stringOf(member(node, 'sStepKind')) === 'ai-declaration' ? 'ai-declaration' : 'work',
    place,
    inputs: {
      declared: elements(member(node, 'saInputDataFiles')).length > 0 || flag(node, 'bNoInputData'),
      place: keyPlace(source, node, 'saInputDataFiles') ?? place,
    },
    tested: testedAxes(node, version),
    ...(isUnseeded && unseeded !== undefined ? { unseeded } : {}),
  };
}

/**
 * The axes with commands. Flat test commands of documents without a version become integrity tests
 * by the first migration (docs/vaibify.md, section 2); in later ones vaibify does not count them.
 */
function testedAxes(node: Node, version: number): Set<TestAxis> {
  const tests = member(node, 'dictTests');
  const tested = new Set<TestAxis>();
  for (const [axis, key] of Object.entries(CATEGORIES) as [TestAxis, string][]) {
    if (elements(member(member(tests, key), 'saCommands')).length > 0) tested.add(axis);
  }
  const flat = elements(member(node, 'saTestCommands')).length > 0;
  if (version < 1 && tests === undefined && flat) tested.add('integrity');
  return tested;
}
