/** The text of `.vaibify/state.json`, schema 3, with one more sign-off in it. Pure. */
import { elements, member, members, plainValue } from '../formats/vaibify/json.js';
import type { Node } from '../formats/vaibify/json.js';
import { stringOf } from '../formats/vaibify/reader.js';
import type { Sha256 } from '../model/digest.js';
import { EditRefusedError, readJson, setIn } from './editsJson.js';
import type { Json, JsonPath } from './editsJson.js';

/** The schema that is written; older ones are migrated first. */
export const STATE_SCHEMA = 3;

/** Why a state is not written to. */
export type StateProblem = 'malformed' | 'newer' | 'ambiguous';

/** A refusal to write a state: nobody could tell afterwards what it had said. */
export class StateRefusedError extends Error {
  readonly code: StateProblem;

  constructor(code: StateProblem) {
    super(code);
    this.name = 'StateRefusedError';
    this.code = code;
  }
}

/** One person's word on one step. */
export interface SignOffRecord {
  /** The pipeline document, relative to the repository. */
  readonly file: string;
  /** The step's identifier, else its directory as written. */
  readonly step: string;
  /** SHA-256 of the figures, by their name as declared. */
  readonly figures: readonly (readonly [string, Sha256])[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What old states, which know one project only and its steps' directories, become part of. */
export interface StateOwner {
  readonly file: string;
  /** Whether the repository holds no other pipeline. */
  readonly alone: boolean;
  /** Identifiers of steps by their directory as written, where only one step has it. */
  readonly ids: ReadonlyMap<string, string>;
}

/**
 * Adds a sign-off to a state; `undefined` when there is none yet. What else it says stays, byte for
 * byte unless its schema is older.
 *
 * @throws {StateRefusedError} `malformed`; `newer` than schema 3; `ambiguous` when an older state could
 * belong to several pipelines.
 */
export function signedState(
  text: string | undefined,
  record: SignOffRecord,
  owner: StateOwner,
): string {
  try {
    return withSignOff(text === undefined ? EMPTY : currentState(text, owner), record);
  } catch (error) {
    if (error instanceof EditRefusedError) throw new StateRefusedError('malformed');
    throw error;
  }
}

const printed = (value: Json): string => `${JSON.stringify(value, undefined, 2)}\n`;

const EMPTY = printed({
  iStateSchemaVersion: STATE_SCHEMA,
  sLastUpdated: '',
  dictWorkflowState: {},
  listQuarantinedState: [],
  dictRemoteDataMarkers: {},
});

function withSignOff(text: string, { file, step, figures, at }: SignOffRecord): string {
  const section = ['dictWorkflowState', file];
  const verification = [...section, 'dictStepState', step, 'dictVerification'];
  const time = utc(at);
  const changes: [JsonPath, Json][] = [
    [['sLastUpdated'], time],
    [[...section, 'iStateSchemaVersion'], STATE_SCHEMA],
    [[...section, 'sLastUpdated'], time],
    [[...verification, 'sUser'], 'passed'],
    [[...verification, 'sLastUserUpdate'], time],
    [[...verification, 'dictUserVerifiedHashes'], Object.fromEntries(figures)],
  ];
  return changes.reduce((before, [path, value]) => setIn(before, path, value), text);
}

/** `2026-11-21 14:05:09 UTC`, as vaibify writes times of a person's actions. */
const utc = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

function currentState(text: string, owner: StateOwner): string {
  const { root } = readJson(text);
  if (root.type !== 'object') throw new StateRefusedError('malformed');
  const version: unknown = member(root, 'iStateSchemaVersion')?.value;
  if (typeof version === 'number' && version > STATE_SCHEMA) throw new StateRefusedError('newer');
  if (member(root, 'dictWorkflowState') !== undefined) return text;
  if (members(root).size === 0) return EMPTY;
  if (!owner.alone) throw new StateRefusedError('ambiguous');
  return migrated(root, owner);
}

/** A state of schema 1 or 2 as the section of its only project; its steps are named by directory. */
function migrated(root: Node, { file, ids }: StateOwner): string {
  const steps = [...members(member(root, 'dictStepState'))].map(
    ([directory, step]) => [ids.get(directory) ?? directory, plainValue(step)] as const,
  );
  const rest = [...members(root)].filter(([key]) => key !== 'dictStepState');
  const section = Object.fromEntries([
    ...rest.map(([key, value]) => [key, plainValue(value)] as const),
    ['iStateSchemaVersion', STATE_SCHEMA],
    ['dictStepState', Object.fromEntries(steps)],
  ]) as Json;
  return printed({
    iStateSchemaVersion: STATE_SCHEMA,
    sLastUpdated: stringOf(member(root, 'sLastUpdated')) ?? '',
    dictWorkflowState: Object.fromEntries([[file, section]]),
    listQuarantinedState: elements(member(root, 'listQuarantinedState')).map(
      (each) => plainValue(each) as Json,
    ),
    dictRemoteDataMarkers: {},
  });
}

const IGNORED = ['state.json', '/state.json'];

/**
 * `.vaibify/.gitignore` so that git leaves the state alone: a sign-off holds on one machine only.
 * @returns the new text; `undefined` when the present one does it already.
 */
export function ignoringState(text: string | undefined): string | undefined {
  if (text === undefined) return '# What holds on this machine only.\nstate.json\nmanuscript/\n';
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  if (lines.some((line) => IGNORED.includes(line))) return undefined;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return `${text}${text === '' || text.endsWith('\n') ? '' : eol}state.json${eol}`;
}
