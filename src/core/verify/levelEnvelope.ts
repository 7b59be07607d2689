import type { CapturedEnvironment, Dockerfile, Lock } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import type { Remedy } from '../model/findings/level.js';
import type { Project } from '../model/project.js';
import type { Blocker } from '../model/snapshot.js';
import { startOf } from '../projects/evidence.js';
import { blocks } from './levelBlocker.js';
import type { GateView } from './level.js';
import { isThere } from './levelFiles.js';

/** Level 3: the envelope is complete, and a rerun against this very manifest passed. */
export function envelopeBlockers(view: GateView): Blocker[] {
  const { project } = view;
  const { lock, environment, dockerfile } = project.envelope ?? {};
  return [
    ...lockBlockers(project, lock),
    ...environmentBlockers(project, environment),
    ...dockerfileBlockers(project, dockerfile),
    ...scriptBlockers(view),
    ...determinismBlockers(view),
    ...binaryBlockers(view),
    ...attestationBlockers(project),
  ];
}

const isError = ({ severity }: Finding): boolean => severity === 'error';

function lockBlockers(project: Project, lock: Lock | undefined): Blocker[] {
  const error = lock?.findings.find(isError);
  if (lock !== undefined && error === undefined && lock.entries.length > 0) return [];
  const place = error?.place ?? startOf(lock?.file ?? project.file);
  const finding = { code: 'dependency-lock-missing', exists: lock !== undefined } as const;
  return [blocks(3, finding, { place, remedy: 'write-lock' })];
}

/** The codes of a document that could not be read, rather than of one that names no image. */
const MALFORMED: ReadonlySet<string> = new Set(['environment-json-syntax', 'environment-schema']);

function environmentBlockers(
  project: Project,
  environment: CapturedEnvironment | undefined,
): Blocker[] {
  const gap = environmentGap(environment);
  if (gap !== undefined) {
    const error = environment?.findings.find(isError);
    const place = error?.place ?? startOf(environment?.file ?? project.file);
    const finding = { code: 'environment-snapshot-missing', gap } as const;
    return [blocks(3, finding, { place, remedy: 'capture-environment' })];
  }
  const image = environment?.image;
  if (image?.localOnly !== true) return [];
  return [blocks(3, { code: 'image-not-published' }, { place: image.place, advisory: true })];
}

function environmentGap(environment: CapturedEnvironment | undefined) {
  if (environment === undefined) return 'absent';
  if (environment.mode === 'host') return 'host-mode';
  const error = environment.findings.find(isError);
  if (error !== undefined && MALFORMED.has(error.code)) return 'malformed';
  return error !== undefined || environment.image?.digest === undefined ? 'no-digest' : undefined;
}

/** What else vaibify's own check of a Dockerfile holds against it (docs/levels.md). */
const LINT: ReadonlySet<string> = new Set([
  'dockerfile-syntax',
  'epoch-not-set',
  'package-not-pinned',
]);

function dockerfileBlockers(project: Project, dockerfile: Dockerfile | undefined): Blocker[] {
  if (dockerfile === undefined) {
    const around = { place: startOf(project.file), remedy: 'write-dockerfile' } as const;
    return [blocks(3, { code: 'dockerfile-not-pinned', exists: false }, around)];
  }
  const { bases, findings, file, clean } = dockerfile;
  const open = bases.filter(({ internal, digest }) => !internal && digest === undefined);
  const blockers = open.map(({ reference, place }) => {
    const finding = { code: 'dockerfile-not-pinned', exists: true, reference } as const;
    return blocks(3, finding, { place, remedy: 'pin-base-image' });
  });
  if (bases.length === 0) {
    const finding = { code: 'dockerfile-not-pinned', exists: true } as const;
    blockers.push(blocks(3, finding, { place: startOf(file) }));
  }
  const lint = findings.filter((finding) => LINT.has(finding.code) && isLint(finding));
  // Findings are capped: what is behind the last one still counts.
  if (!clean && blockers.length + lint.length === 0) {
    const finding = { code: 'dockerfile-not-pinned', exists: true } as const;
    blockers.push(blocks(3, finding, { place: startOf(file) }));
  }
  return [...blockers, ...lint.map((finding): Blocker => ({ level: 3, finding }))];
}

/** vaibify looks at what apt installs; what pip does is the lock's business. */
const isLint = (finding: Finding): boolean =>
  finding.severity !== 'info' &&
  (finding.code !== 'package-not-pinned' || finding.manager === 'apt');

function scriptBlockers(view: GateView): Blocker[] {
  const { project, gates } = view;
  const { file, exists } = gates.script;
  const there = isThere(view, file, exists);
  const pinned = (view.files.get(file)?.pins.length ?? 0) > 0;
  if (there && pinned) return [];
  const gap = there ? 'not-pinned' : 'absent';
  const remedy: Remedy = there ? 'regenerate-manifest' : 'write-reproduce-script';
  const place = startOf(there ? project.manifest.file : project.file);
  return [blocks(3, { code: 'reproduce-script-missing', gap }, { place, remedy })];
}

function determinismBlockers({ project, gates }: GateView): Blocker[] {
  const { declared, place = startOf(project.file) } = gates.facts.determinism;
  const blockers: Blocker[] = [];
  if (!declared) {
    const around = { place, remedy: 'declare-determinism' } as const;
    blockers.push(blocks(3, { code: 'nondeterminism-undeclared' }, around));
  }
  for (const { label: step, unseeded, record, place: opening } of gates.steps) {
    if (unseeded === undefined && record?.unseeded !== true) continue;
    const around = { place: unseeded ?? opening, step };
    blockers.push(blocks(3, { code: 'nondeterminism-undeclared', step }, around));
  }
  return blockers;
}

function binaryBlockers({ project, gates }: GateView): Blocker[] {
  const { waived, declared, place = startOf(project.file) } = gates.facts.binaries;
  const code = 'binaries-not-declared-or-waived';
  if (declared.length === 0) {
    if (waived) return [];
    return [blocks(3, { code, gap: 'neither' }, { place, remedy: 'waive-binaries' })];
  }
  const both = waived ? [blocks(3, { code, gap: 'both' }, { place })] : [];
  const incomplete = declared
    .filter(({ complete }) => !complete)
    .map((each) => blocks(3, { code, gap: 'incomplete' }, { place: each.place }));
  return [...both, ...incomplete, ...uncaptured({ project, gates })];
}

/** Listed and not counted, as vaibify does: the captured hash is information. */
function uncaptured({ project, gates }: Pick<GateView, 'project' | 'gates'>): Blocker[] {
  const environment = project.envelope?.environment;
  if (environment === undefined) return [];
  const captured = new Set(
    environment.binaries.filter(({ digest }) => digest !== undefined).map(({ path }) => path),
  );
  return gates.facts.binaries.declared
    .filter(({ path, complete }) => complete && !captured.has(path))
    .map(({ path: binary, place }) => {
      const around = { place, remedy: 'capture-environment', advisory: true } as const;
      return blocks(3, { code: 'binary-not-captured', binary }, around);
    });
}

/** A rerun counts for the manifest that it was compared with, and for no other. */
function attestationBlockers({ file, manifest, envelope }: Project): Blocker[] {
  const attestation = envelope?.attestation;
  const around = { place: startOf(attestation?.file ?? file), remedy: 'rerun' } as const;
  const gap = ((): 'absent' | 'failed' | 'other-manifest' | undefined => {
    if (attestation === undefined) return 'absent';
    const { outcome, matched, total } = attestation;
    if (outcome !== 'passed' || total === 0 || matched !== total) return 'failed';
    const same = manifest.digest !== undefined && attestation.manifest === manifest.digest;
    return same ? undefined : 'other-manifest';
  })();
  return gap === undefined ? [] : [blocks(3, { code: 'l3-attestation-stale', gap }, around)];
}
