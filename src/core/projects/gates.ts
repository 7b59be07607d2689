import {
  MARKER_LIMIT,
  markerDirectories,
  markerNames,
  normalDirectory,
  parseMarker,
} from '../formats/vaibify/testMarker.js';
import type { Convention } from '../formats/vaibify/declared.js';
import type { VaibifyDocument } from '../formats/vaibify/document.js';
import { NO_STATE, parseState } from '../formats/vaibify/state.js';
import { decodeText } from '../model/bytes.js';
import type { Sha256 } from '../model/digest.js';
import type { Envelope } from '../model/envelope.js';
import type {
  Blob,
  Gates,
  GateStep,
  RecordedState,
  StepFacts,
  StepRecord,
  TestMarker,
} from '../model/gates.js';
import { toRepoPath } from '../model/paths.js';
import type { RepoPath } from '../model/paths.js';
import { blobIds } from '../system/blobs.js';
import { breathe } from '../system/clock.js';
import { absolutePath, listDirectory } from '../system/files.js';
import { readInside } from '../system/inside.js';
import { ENVELOPE_FILES } from './envelope.js';
import type { Surroundings } from './envelope.js';
import type { ProjectRef } from './ref.js';

/** Markers of one project that are read, and files that they may name together. */
const MOST_MARKERS = 1000;
const MOST_FILES = 20_000;

/** What the gates are read from. */
export interface GateSource {
  readonly ref: ProjectRef;
  readonly document: VaibifyDocument;
  readonly convention: Convention;
  readonly surroundings: Surroundings;
}

/** The whole envelope of one project. Never throws. */
export async function envelopeOf(source: GateSource): Promise<Envelope> {
  return { ...source.surroundings.envelope, gates: await readGates(source) };
}

/** Gathers what the gates of the levels read besides the rest of the envelope. */
async function readGates(source: GateSource): Promise<Gates> {
  const { ref, document, surroundings } = source;
  const { steps: facts, ...rest } = document.facts;
  const state = stateOf(source);
  const markers = await readMarkers(ref, facts);
  const { blobs, absent } = await readBlobs(ref.root, [...markers.found.values()]);
  const byDirectory = directoriesOfOne(facts);
  const steps = facts.map((step): GateStep => {
    const record = recordOf(step, state, byDirectory);
    const marker = markers.found.get(step.label);
    return {
      ...step,
      ...(record === undefined ? {} : { record }),
      ...(marker === undefined ? {} : { marker }),
      downloadUnrecorded: step.id !== '' && state.downloads.has(step.id),
      approved: approvedOf(step, record, source),
    };
  });
  return {
    facts: rest,
    steps,
    strayDownloads: strayDownloads(state, facts),
    blobs,
    absent,
    script: { file: ENVELOPE_FILES.script, exists: surroundings.scriptExists },
    sources: [...Object.values(ENVELOPE_FILES), ...markers.files],
  };
}

function stateOf({ ref, surroundings: { state, pipelines } }: GateSource): RecordedState {
  if (state === undefined) return NO_STATE;
  return parseState(state, { file: ref.file, alone: pipelines.every((each) => each === ref.file) });
}

/** Downloads of steps that the document does not have (any more): nobody can tell what they left. */
const strayDownloads = ({ downloads }: RecordedState, steps: readonly StepFacts[]): boolean =>
  [...downloads].some((id) => steps.every((step) => step.id !== id));

/** Directories that only one step has: by them, a record can be told to belong to it. */
function directoriesOfOne(steps: readonly StepFacts[]): ReadonlySet<string> {
  const times = new Map<string, number>();
  for (const { directory } of steps) times.set(directory, (times.get(directory) ?? 0) + 1);
  return new Set([...times].filter(([, count]) => count === 1).map(([directory]) => directory));
}

function recordOf(
  { id, directory }: StepFacts,
  { steps }: RecordedState,
  ofOne: ReadonlySet<string>,
): StepRecord | undefined {
  const own = id === '' ? undefined : steps.get(id);
  return own ?? (ofOne.has(directory) ? steps.get(directory) : undefined);
}

/** Signed-off figures by their path: vaibify names them as the step declares them. */
function approvedOf(
  { label }: StepFacts,
  record: StepRecord | undefined,
  { document, convention }: GateSource,
): Map<RepoPath, Sha256> {
  const approved = new Map<RepoPath, Sha256>();
  if (record === undefined || record.approved.size === 0) return approved;
  const entries = document.entries.filter((entry) => entry.step === label);
  for (const [name, digest] of record.approved) {
    const declared = entries.find(({ text }) => text === name)?.[convention];
    const path = declared?.ok === true ? declared : toRepoPath(name);
    if (path.ok) approved.set(path.path, digest);
  }
  return approved;
}

interface Markers {
  /** By the step's label. */
  readonly found: ReadonlyMap<string, TestMarker>;
  readonly files: readonly RepoPath[];
}

async function readMarkers(ref: ProjectRef, steps: readonly StepFacts[]): Promise<Markers> {
  const there = await markerFiles(ref);
  const found = new Map<string, TestMarker>();
  const files: RepoPath[] = [];
  for (const step of steps) {
    if (files.length >= MOST_MARKERS) break;
    const candidates = there.flatMap(({ directory, names }) =>
      markerNames(step.directory)
        .filter((name) => names.has(name))
        .map((name) => `${directory}/${name}` as RepoPath),
    );
    for (const file of candidates) {
      files.push(file);
      const marker = await readMarker(ref.root, file);
      if (marker === undefined || !belongs(marker, step)) continue;
      found.set(step.label, marker);
      break;
    }
  }
  return { found, files };
}

/** Two directories can give one file name, and two steps can share a directory. */
const belongs = (marker: TestMarker, step: StepFacts): boolean =>
  marker.directory === normalDirectory(step.directory) &&
  (marker.label === '' || marker.label === step.label);

async function markerFiles(ref: ProjectRef) {
  const found: { directory: RepoPath; names: ReadonlySet<string> }[] = [];
  for (const directory of markerDirectories(ref.file)) {
    const entries = await listDirectory(absolutePath(ref.root, directory)).catch(() => undefined);
    const names = (entries ?? []).filter(({ kind }) => kind === 'file').map(({ name }) => name);
    if (names.length > 0) found.push({ directory, names: new Set(names) });
  }
  return found;
}

async function readMarker(root: string, file: RepoPath): Promise<TestMarker | undefined> {
  await breathe();
  try {
    const bytes = await readInside(root, file, { limit: MARKER_LIMIT });
    return bytes === undefined ? undefined : parseMarker(decodeText(bytes));
  } catch {
    return undefined;
  }
}

/** The blobs of every file that the markers name; of too many, the rest stays unknown. */
async function readBlobs(
  root: string,
  markers: readonly TestMarker[],
): Promise<Pick<Gates, 'blobs' | 'absent'>> {
  const named = markers.flatMap(({ outputs, inputs }) => [...outputs.keys(), ...inputs.keys()]);
  const names = [...new Set(named)].slice(0, MOST_FILES);
  const answers = await blobIds.of(root, names);
  const blobs = new Map<RepoPath, Blob>();
  const absent = new Set<RepoPath>();
  for (const [index, name] of names.entries()) {
    const answer = answers[index];
    if (answer === 'missing') absent.add(name);
    else if (answer !== undefined) blobs.set(name, answer);
  }
  return { blobs, absent };
}
