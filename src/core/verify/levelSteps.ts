import type { GateStep } from '../model/gates.js';
import type { RepoPath } from '../model/paths.js';
import type { Sha256 } from '../model/digest.js';
import type { Blocker } from '../model/snapshot.js';
import { startOf } from '../projects/evidence.js';
import { standingTests } from './levelTests.js';
import type { GateView } from './level.js';
import { blocks } from './levelBlocker.js';

/**
 * Level 1: every step declares its inputs, is up to date, passes its tests and was signed off. Every
 * reason is told, not only the first of a step, so that "fix these" is complete.
 */
export function stepBlockers(view: GateView): Blocker[] {
  const { project, gates } = view;
  const work = gates.steps.filter(({ kind }) => kind === 'work');
  const place = startOf(project.file);
  return [
    ...(work.length === 0 ? [blocks(1, { code: 'no-steps' }, { place })] : []),
    ...(gates.strayDownloads ? [blocks(1, { code: 'download-unrecorded' }, { place })] : []),
    ...gates.steps.filter(({ downloadUnrecorded }) => downloadUnrecorded).map(downloadBlocker),
    ...work.flatMap((step) => blockersOf(step, view)),
  ];
}

const downloadBlocker = ({ label: step, place }: GateStep): Blocker =>
  blocks(1, { code: 'download-unrecorded', step }, { place, step });

function blockersOf(gate: GateStep, view: GateView): Blocker[] {
  const { label: step, place, inputs, record } = gate;
  const blockers: Blocker[] = [];
  if (!inputs.declared) {
    const around = { place: inputs.place, step, remedy: 'declare-no-inputs' } as const;
    blockers.push(blocks(1, { code: 'input-data-undeclared', step }, around));
  }
  if (record !== undefined && (record.upstreamModified || record.modified.length > 0)) {
    const finding = { code: 'upstream-modified', step, files: record.modified } as const;
    blockers.push(blocks(1, finding, { place, step, remedy: 'run-tests' }));
  }
  const tests = standingTests(gate, view);
  if (tests !== undefined) {
    const finding = { code: 'axis-not-green', step, ...tests } as const;
    blockers.push(blocks(1, finding, { place, step, remedy: 'run-tests' }));
  }
  return [...blockers, ...signOffBlockers(gate, view)];
}

function signOffBlockers(gate: GateStep, view: GateView): Blocker[] {
  const { label: step, place } = gate;
  const around = { place, step, remedy: 'sign-off-step' } as const;
  const state = signOffOf(gate, view);
  switch (state.kind) {
    case 'passed':
      return [];
    case 'stale':
      return [blocks(1, { code: 'attestation-stale', step, files: state.files }, around)];
    case 'none':
      return [blocks(1, { code: 'user-not-approved', step }, around)];
  }
}

type SignOffState =
  | { readonly kind: 'passed' | 'none' }
  | { readonly kind: 'stale'; readonly files: readonly RepoPath[] };

/**
 * Whether a step's sign-off holds for the figures that are there now. It is compared with their bytes:
 * one that was recorded as out of date holds again when they are what was signed off.
 */
export function signOffOf(
  { record, approved }: Pick<GateStep, 'record' | 'approved'>,
  { files }: Pick<GateView, 'files'>,
): SignOffState {
  if (record === undefined) return { kind: 'none' };
  const changed = [...approved].filter(([path, digest]) => digestAt(files, path) !== digest);
  const others = changed.map(([path]) => path);
  if (record.signOff === 'passed') {
    return others.length === 0 ? { kind: 'passed' } : { kind: 'stale', files: others };
  }
  if (record.signOff !== 'stale' || !record.dated) return { kind: 'none' };
  const restored = approved.size > 0 && others.length === 0;
  return restored ? { kind: 'passed' } : { kind: 'stale', files: others };
}

/** The content's digest; that of a Git LFS pointer is the one it stands for. */
function digestAt(files: GateView['files'], path: RepoPath): Sha256 | undefined {
  const status = files.get(path)?.status;
  if (status === undefined) return undefined;
  if (status.kind === 'pointer') return status.pointer.digest;
  return 'actual' in status ? status.actual : undefined;
}
