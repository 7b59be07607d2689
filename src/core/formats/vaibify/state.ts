import { parseSha256 } from '../../model/digest.js';
import type { Sha256 } from '../../model/digest.js';
import type { TestAxis } from '../../model/findings/level.js';
import type { AxisState, RecordedState, SignOff, StepRecord } from '../../model/gates.js';
import { elements, JsonText, member, members } from './json.js';
import type { Node } from './json.js';
import { stringOf } from './reader.js';

/** The largest state that is read, in bytes: it is read on the thread that draws. */
export const STATE_LIMIT = 4 << 20;
/** Files that changed, of one step: enough to name some. */
const MOST_FILES = 1000;

const AXES: Readonly<Record<TestAxis, string>> = {
  unit: 'sUnitTest',
  integrity: 'sIntegrity',
  qualitative: 'sQualitative',
  quantitative: 'sQuantitative',
};
const AXIS_STATES: ReadonlyMap<string, AxisState> = new Map<string, AxisState>([
  ['passed', 'passed'],
  ['passed-from-marker', 'from-marker'],
  ['unnecessary', 'unnecessary'],
  ['untested', 'untested'],
  ['failed', 'failed'],
  ['outputs-missing', 'outputs-missing'],
  ['outputs-changed', 'outputs-changed'],
]);
const SIGN_OFFS: ReadonlySet<string> = new Set<SignOff>(['passed', 'stale', 'failed']);
/** With and without seconds, as vaibify and its markers write it. */
const TIME = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?(?:\.\d{1,9})?(?: ?UTC|Z|\+00:00)$/;

/** Whose state is asked for. */
export interface StateOwner {
  /** The pipeline document, relative to the repository. */
  readonly file: string;
  /** Whether the repository holds no other pipeline: states before schema 3 name none. */
  readonly alone: boolean;
}

export const NO_STATE: RecordedState = { steps: new Map(), downloads: new Set() };

/**
 * Reads `.vaibify/state.json` of schema 1 to 3 (docs/levels.md). Never throws: what cannot be read
 * says nothing, and nothing is no sign-off.
 */
export function parseState(text: string, owner: StateOwner): RecordedState {
  const { root, problems } = new JsonText(text);
  if (root?.type !== 'object' || problems.length > 0) return NO_STATE;
  const byProject = member(root, 'dictWorkflowState');
  const section = byProject === undefined ? flatState(root, owner) : member(byProject, owner.file);
  const downloads = member(member(root, 'dictRemoteDataMarkers'), owner.file);
  const steps = [...members(member(section, 'dictStepState'))].map(
    ([key, node]) => [key, stepRecord(node)] as const,
  );
  return { steps: new Map(steps), downloads: new Set(members(downloads).keys()) };
}

/** A state without projects is that of the only one; of several, nobody knows whose. */
const flatState = (root: Node, { alone }: StateOwner): Node | undefined =>
  alone ? root : undefined;

function stepRecord(step: Node): StepRecord {
  const node = member(step, 'dictVerification');
  const testedAt = parseTime(stringOf(member(node, 'sLastTestRun')));
  return {
    signOff: signOffOf(member(node, 'sUser')),
    dated: (stringOf(member(node, 'sLastUserUpdate')) ?? '') !== '',
    axes: axesOf(node),
    ...(testedAt === undefined ? {} : { testedAt }),
    modified: elements(member(node, 'listModifiedFiles'))
      .slice(0, MOST_FILES)
      .map((each) => stringOf(each) ?? ''),
    upstreamModified: member(node, 'bUpstreamModified')?.value === true,
    approved: approvedOf(member(node, 'dictUserVerifiedHashes')),
    unseeded: member(node, 'bUnseededRandomnessWarning')?.value === true,
  };
}

function signOffOf(node: Node | undefined): SignOff {
  const text = stringOf(node) ?? '';
  return SIGN_OFFS.has(text) ? (text as SignOff) : 'untested';
}

/** A key that is there and holds no known word is not good. */
function axesOf(node: Node | undefined): Map<TestAxis, AxisState> {
  const axes = new Map<TestAxis, AxisState>();
  for (const [axis, key] of Object.entries(AXES) as [TestAxis, string][]) {
    const value = member(node, key);
    if (value !== undefined) axes.set(axis, AXIS_STATES.get(stringOf(value) ?? '') ?? 'error');
  }
  return axes;
}

function approvedOf(node: Node | undefined): Map<string, Sha256> {
  const approved = new Map<string, Sha256>();
  for (const [name, value] of members(node)) {
    const digest = parseSha256(stringOf(value) ?? '');
    if (digest !== undefined) approved.set(name, digest);
  }
  return approved;
}

/** A time as vaibify writes it, in milliseconds since 1970. */
export function parseTime(text: string | undefined): number | undefined {
  const [, day, minute, second] = TIME.exec(text ?? '') ?? [];
  if (day === undefined || minute === undefined) return undefined;
  const at = Date.parse(`${day}T${minute}${second ?? ':00'}Z`);
  return Number.isNaN(at) ? undefined : at;
}
