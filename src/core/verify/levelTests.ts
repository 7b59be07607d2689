import type { TestAxis, TestState } from '../model/findings/level.js';
import type { AxisState, BlobId, GateStep, StepRecord, TestMarker } from '../model/gates.js';
import type { Sha256 } from '../model/digest.js';
import type { RepoPath } from '../model/paths.js';
import type { FileStatus } from '../model/status.js';
import type { GateView } from './level.js';

/** Worst first, as vaibify ranks them; the first decides what is said of a step. */
const WORST = [
  'failed',
  'error',
  'outputs-missing',
  'outputs-changed',
  'outputs-unknown',
  'untested',
] as const satisfies readonly TestState[];
/** The particular axes first: `unit` only sums them up. */
const AXES = ['integrity', 'qualitative', 'quantitative', 'unit'] as const;

/** What the tests of a step leave to be desired. */
export interface OpenTests {
  readonly axis: TestAxis;
  readonly state: TestState;
  readonly axes: readonly TestAxis[];
  readonly first?: RepoPath;
}

/** How a file stands to what the tests saw of it. */
interface Drift {
  readonly state: 'outputs-missing' | 'outputs-changed' | 'outputs-unknown';
  readonly first: RepoPath;
}

/** The axes of a step that are not green, worst first; `undefined` when all are. */
export function standingTests(step: GateStep, view: GateView): OpenTests | undefined {
  const drift = step.marker === undefined ? undefined : driftOf(step.marker, view);
  const states = axesOf(step, drift);
  const open = AXES.flatMap((axis) => {
    const state = states.get(axis);
    return state === undefined || isGreen(state) ? [] : [{ axis, state }];
  }).sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state));
  const [worst] = open;
  if (worst === undefined) return undefined;
  const told = drift !== undefined && drift.state === worst.state ? { first: drift.first } : {};
  return { ...worst, axes: open.map(({ axis }) => axis), ...told };
}

const isGreen = (state: AxisState): state is 'passed' | 'from-marker' | 'unnecessary' =>
  state === 'passed' || state === 'from-marker' || state === 'unnecessary';

/**
 * The state of each axis. Whichever is newer speaks, the recorded state or the marker of the last test
 * session; without a recorded result the marker does, as in a fresh clone. Whoever speaks, an axis is
 * green only while the files are those that the tests saw.
 */
function axesOf(step: GateStep, drift: Drift | undefined): Map<TestAxis, AxisState> {
  const { record, marker } = step;
  if (record === undefined || record.axes.size === 0) return fromMarker(step, drift);
  const axes = new Map(record.axes);
  const spoken = marker !== undefined && isNewer(marker, record);
  if (spoken) {
    for (const axis of marker.failures.keys()) {
      const state = verdict(marker, axis, drift);
      if (state !== undefined) axes.set(axis, state);
    }
    // It sums up what was just replaced; the axes themselves are all here.
    if (marker.failures.size > 0) axes.delete('unit');
    if (marker.failed) axes.set('unit', 'failed');
  }
  for (const [axis, state] of axes) axes.set(axis, settled(step, { axis, state, drift }));
  return axes;
}

const isNewer = (marker: TestMarker, { testedAt }: StepRecord): boolean =>
  testedAt === undefined || marker.ranAt > testedAt;

interface Settling {
  readonly axis: TestAxis;
  readonly state: AxisState;
  readonly drift: Drift | undefined;
}

/** An axis without commands needs no test; a green one is so for the bytes that were tested only. */
function settled({ tested }: GateStep, { axis, state, drift }: Settling): AxisState {
  if (state === 'untested' && !(axis === 'unit' ? tested.size > 0 : tested.has(axis))) {
    return 'unnecessary';
  }
  const bytes = state === 'passed' || state === 'from-marker';
  return bytes && drift !== undefined ? drift.state : state;
}

function fromMarker(step: GateStep, drift: Drift | undefined): Map<TestAxis, AxisState> {
  const { marker, tested } = step;
  const axes = new Map<TestAxis, AxisState>();
  for (const axis of new Set([...tested, ...(marker?.failures.keys() ?? [])])) {
    const state = marker?.failures.has(axis) === true ? verdict(marker, axis, drift) : undefined;
    axes.set(axis, state ?? 'untested');
  }
  // A session that broke before it reached a test names no axis.
  if (marker?.failed === true && axes.size === 0) axes.set('unit', 'failed');
  return axes;
}

/** What a marker says of one axis; nothing when it recorded no file that its result could hold for. */
function verdict(
  { failed, failures, outputs }: TestMarker,
  axis: TestAxis,
  drift: Drift | undefined,
): AxisState | undefined {
  if (drift !== undefined) return drift.state;
  if (failed || (failures.get(axis) ?? 0) > 0) return 'failed';
  return outputs.size === 0 ? undefined : 'from-marker';
}

/** What became of the files that the tests saw: missing before changed, changed before unknown. */
function driftOf({ outputs, inputs }: TestMarker, view: GateView): Drift | undefined {
  let worst: Drift | undefined;
  for (const [first, id] of [...outputs, ...inputs]) {
    const state = compare(first, id, view);
    if (state === 'same') continue;
    if (worst === undefined || WORST.indexOf(state) < WORST.indexOf(worst.state)) {
      worst = { state, first };
    }
  }
  return worst;
}

/**
 * A blob id is known for the bytes of one moment, with their SHA-256 beside it. If the file that was
 * seen last has another SHA-256, it is another file: a change shows at once, and a blob id that was
 * computed too early proves nothing.
 */
function compare(
  path: RepoPath,
  id: BlobId,
  { files, gates: { blobs, absent } }: GateView,
): 'same' | Drift['state'] {
  const status = files.get(path)?.status;
  const blob = blobs.get(path);
  const gone = status === undefined ? absent.has(path) : status.kind === 'missing';
  if (gone) return 'outputs-missing';
  if (blob === undefined) return 'outputs-unknown';
  // No declaration names it, so nobody looked at it since.
  const actual = status === undefined ? blob.digest : actualOf(status);
  if (actual === undefined) return 'outputs-unknown';
  return blob.id === id && blob.digest === actual ? 'same' : 'outputs-changed';
}

const actualOf = (status: FileStatus): Sha256 | undefined =>
  'actual' in status ? status.actual : undefined;
