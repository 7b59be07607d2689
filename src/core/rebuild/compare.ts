import type { Finding } from '../model/finding.js';
import type { Divergence } from '../model/findings/rerun.js';
import type { RepoPath } from '../model/paths.js';
import type { Pin } from '../model/project.js';
import type { FileStatus } from '../model/status.js';
import type { Hasher } from '../system/hasher.js';
import type { Observation } from '../system/observation.js';
import { judge } from '../verify/judge.js';
import type { ReadyPlan } from './plan.js';
import type { Workspace } from './workspace.js';

/** What a copy holds after a run, against what was frozen before it. */
export interface Comparison {
  readonly total: number;
  readonly matched: number;
  readonly manifestChanged: boolean;
  /** Files that are not as pinned, in the manifest's order. */
  readonly diverged: readonly RepoPath[];
  readonly findings: readonly Finding[];
}

interface Looking {
  readonly hasher: Hasher;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Pinned files that a run only reads and that the copy holds otherwise: a run from them says nothing
 * about the manifest, so it does not begin.
 */
export async function unfitInputs(
  { pinned, remade, manifest }: ReadyPlan,
  { project: root }: Workspace,
  looking: Looking,
): Promise<Finding[]> {
  const read = pinned.filter(({ path }) => !remade.has(path) && path !== manifest.file);
  const seen = await look(root, read, looking);
  return read.flatMap((pin, index): Finding[] => {
    const status = judge(pin.digest, seen[index]);
    const { path, place } = pin;
    switch (status.kind) {
      case 'verified':
        return [];
      case 'pointer':
        return [{ code: 'rerun-pointer', severity: 'error', path, place }];
      case 'linked':
        return [{ code: 'rerun-link', severity: 'error', path, place }];
      case 'missing':
        // Outputs of other steps may be; everything else was looked up in the commit.
        return [];
      case 'drifted':
      case 'unpinned':
      case 'unreadable':
      case 'unknown':
        return [{ code: 'rerun-other-in-commit', severity: 'error', path, place }];
    }
  });
}

/** Hashes every entry, the manifest too; reads every byte. `failedAt`: the step that did not end well. */
export async function compareCopy(
  plan: ReadyPlan,
  { project: root }: Workspace,
  { failedAt, ...looking }: Looking & { readonly failedAt: number | undefined },
): Promise<Comparison> {
  const { entries, manifest } = plan;
  const seen = await look(root, [...entries, { name: manifest.file }], looking);
  const unmade = unmadeAfter(plan, failedAt);
  const steps = new Map(plan.project.declared.map(({ path, step }) => [path, step]));
  const findings: Finding[] = [];
  const diverged: RepoPath[] = [];
  if (judge(manifest.digest, seen.at(-1)).kind !== 'verified') {
    findings.push({ code: 'rerun-manifest-changed', severity: 'error' });
  }
  const manifestChanged = findings.length > 0;
  entries.forEach((pin, index) => {
    const status = judge(pin.digest, seen[index]);
    if (status.kind === 'verified') return;
    diverged.push(pin.path);
    // Said once, by the step that failed.
    if (status.kind !== 'missing' || !unmade.has(pin.path)) {
      findings.push(divergence(pin, gotOf(status, seen[index]), steps.get(pin.path)));
    }
  });
  const matched = entries.length - diverged.length;
  return { total: entries.length, matched, manifestChanged, diverged, findings };
}

const look = (
  root: string,
  pins: readonly Pick<Pin, 'name'>[],
  { hasher, signal }: Looking,
): Promise<Observation[]> =>
  hasher.observe(
    root,
    pins.map(({ name }) => name),
    { mode: 'read', followLinks: false, ...(signal === undefined ? {} : { signal }) },
  );

/** Outputs of the failed step and of those behind it: nobody expects them. */
function unmadeAfter({ steps, project }: ReadyPlan, failedAt: number | undefined) {
  const labels = new Set(failedAt === undefined ? [] : steps.slice(failedAt).map((s) => s.label));
  const files = project.declared.filter(({ step }) => step !== undefined && labels.has(step));
  return new Set(files.map(({ path }) => path));
}

function gotOf(status: FileStatus, seen: Observation | undefined): Divergence {
  if (seen?.kind === 'file') return { kind: 'other-bytes', actual: seen.digest };
  switch (status.kind) {
    case 'missing':
      return { kind: 'nothing' };
    case 'linked':
    case 'pointer':
      return { kind: 'link' };
    default:
      return { kind: 'unreadable' };
  }
}

function divergence(
  { path, digest, place }: Pin,
  got: Divergence,
  step: string | undefined,
): Finding {
  const data = { path, expected: digest, got, ...(step === undefined ? {} : { step }) };
  return { code: 'rerun-diverged', severity: 'error', ...data, place };
}
