import path from 'node:path';
import { ATTESTATION, parseAttestation } from '../formats/attestation/attestation.js';
import { readManifest } from '../formats/manifest/reader.js';
import { parseRun } from '../formats/vaibify/run.js';
import type { RunStep } from '../formats/vaibify/run.js';
import { decodeText } from '../model/bytes.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import type { Pin, Project } from '../model/project.js';
import { sha256 } from '../system/files.js';
import { readInside } from '../system/inside.js';
import { startOf } from '../projects/evidence.js';
import { GitError, headOf, textIn, treeOf } from './commit.js';
import type { Commit } from './commit.js';
import { commitFindings } from './committed.js';
import { chooseIsolation } from './isolation.js';
import type { IsolationChoice, IsolationWish, PassedOver } from './isolation.js';
import { remadeOutputs } from './outputs.js';
import type { Sandbox } from './sandbox.js';

/** How to rerun. */
export interface PlanOptions {
  /** Default `auto`. */
  readonly isolation?: IsolationWish;
  /** Label of the one step to run. */
  readonly step?: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a rerun will do, or every reason why it will not. Nothing of the project's was started. */
export type RerunPlan =
  | { readonly kind: 'refused'; readonly project: Project; readonly findings: readonly Finding[] }
  | ReadyPlan;

/** A rerun that can begin. What it is compared with is frozen here. */
export interface ReadyPlan {
  readonly kind: 'ready';
  readonly project: Project;
  readonly commit: Commit;
  /** The project's root below the repository's. */
  readonly prefix: string;
  /** Steps that execute something, in order. */
  readonly steps: readonly RunStep[];
  /** Whether only one step runs; nothing is attested then. */
  readonly single: boolean;
  readonly sandbox: Sandbox;
  readonly image?: { readonly reference: string; readonly pull: boolean };
  /** Stronger isolations that cannot be had. */
  readonly passedOver: readonly PassedOver[];
  /** `SOURCE_DATE_EPOCH` in seconds, and where it comes from. */
  readonly epoch: number;
  readonly epochFrom: 'environment' | 'commit';
  /** The manifest as it was read: whatever is done to it later, this is what is compared. */
  readonly manifest: {
    readonly file: RepoPath;
    readonly bytes: Uint8Array;
    readonly digest: Sha256;
  };
  readonly pinned: readonly Pin[];
  /** Those of its entries that are compared: all, or those that the single step makes. */
  readonly entries: readonly Pin[];
  /** Outputs that the run makes; they are deleted before it. */
  readonly remade: ReadonlySet<RepoPath>;
  /** How long the last rerun took. */
  readonly lastSeconds?: number;
  /** Nothing that stands in the way. */
  readonly findings: readonly Finding[];
}

const MOST_DOCUMENT = 64 << 20;
const MOST_MANIFEST = 1 << 30;
const MOST_ATTESTATION = 16 << 20;

/**
 * Looks at everything that a rerun needs, and gives all reasons against it at once. Reads the
 * repository and asks git and the engines; nothing of the project is executed, nothing is written.
 * @throws `AbortError` when the signal fires; the I/O error when a document cannot be read.
 */
export async function planRerun(project: Project, options: PlanOptions = {}): Promise<RerunPlan> {
  const { signal } = options;
  if (project.kind === 'manifest') {
    return { kind: 'refused', project, findings: [problem('rerun-not-a-pipeline', project)] };
  }
  const run = await stepsOf(project, options.step);
  const pinned = await frozen(project);
  const single = isSingle(options);
  const committed = await inCommit(project, { ...run, ...pinned, single, signal });
  const image = project.envelope?.environment?.image;
  const choice = await chooseIsolation(options.isolation ?? 'auto', image, signal);
  signal?.throwIfAborted();
  const parts = [run, pinned, committed].flatMap(({ findings }) => findings);
  const findings = [...parts, ...unmet(choice)];
  const { manifest } = pinned;
  const { commit, remade } = committed;
  const { sandbox } = choice;
  if (findings.some(isError) || !manifest || !commit || !sandbox) {
    return { kind: 'refused', project, findings };
  }
  return {
    kind: 'ready',
    project,
    commit,
    prefix: prefixOf(project),
    steps: run.steps,
    single,
    ...choice,
    sandbox,
    ...epochOf(project, commit),
    manifest,
    pinned: pinned.entries,
    entries: pinned.entries.filter((pin) => !single || remade.has(pin.path)),
    remade,
    ...(await lastDuration(project)),
    findings,
  };
}

/** As captured, so that a later commit changes nothing; vaibify records 0 where it knew none. */
function epochOf({ envelope }: Project, commit: Commit): Pick<ReadyPlan, 'epoch' | 'epochFrom'> {
  const epoch = envelope?.environment?.epoch ?? 0;
  return epoch > 0
    ? { epoch, epochFrom: 'environment' }
    : { epoch: commit.time, epochFrom: 'commit' };
}

const isSingle = ({ step }: PlanOptions): boolean => step !== undefined;
const isError = ({ severity }: Finding): boolean => severity === 'error';

/** The project's root below its repository's, with `/` between names. */
export const prefixOf = ({ root, gitRoot = root }: Project): string =>
  path.relative(gitRoot, root).split(path.sep).join('/');

function problem(
  code: 'rerun-not-a-pipeline' | 'rerun-nothing-to-run' | 'rerun-no-commit',
  { file }: Project,
): Finding {
  return { code, severity: 'error', place: startOf(file) };
}

/** What would run: the steps with commands, or the one that is asked for. */
async function stepsOf(project: Project, only: string | undefined) {
  const bytes = await readInside(project.root, project.file, { limit: MOST_DOCUMENT });
  const text = decodeText(bytes ?? new Uint8Array());
  const run = parseRun(text, project.file, path.basename(project.root));
  const chosen = run.steps.filter(({ label }) => only === undefined || label === only);
  const steps = chosen.filter(({ declaration, commands }) => !declaration && commands.length > 0);
  const labels = new Set(chosen.map(({ label }) => label));
  const findings: Finding[] = run.findings.filter(
    (finding) => finding.code !== 'rerun-token' || labels.has(finding.step),
  );
  for (const step of steps) findings.push(...refusals(step));
  // Paths that the project refuses are no finding of the document alone.
  findings.push(
    ...project.findings.filter(({ code, severity }) => {
      return code === 'declared-refused-path' && severity === 'error' && !hasFinding(run, code);
    }),
  );
  if (only !== undefined && chosen.length === 0) {
    const place = startOf(project.file);
    findings.push({ code: 'rerun-step-unknown', severity: 'error', step: only, place });
  } else if (steps.length === 0) {
    findings.push(problem('rerun-nothing-to-run', project));
  }
  return { text, all: run.steps, steps, findings };
}

const hasFinding = (run: { readonly findings: readonly Finding[] }, code: string): boolean =>
  run.findings.some((finding) => finding.code === code);

function refusals({ interactive, enabled, label, place }: RunStep): Finding[] {
  const found: Finding[] = [];
  const at = { severity: 'error', step: label, place } as const;
  if (interactive) found.push({ code: 'rerun-interactive-step', ...at });
  if (!enabled) found.push({ code: 'rerun-disabled-step', ...at });
  return found;
}

/** The manifest as it is now: whatever is done to it later, this is what is compared. */
async function frozen(project: Project): Promise<{
  readonly manifest?: ReadyPlan['manifest'];
  readonly entries: readonly Pin[];
  readonly findings: readonly Finding[];
}> {
  const { file } = project.manifest;
  const bytes = await readInside(project.root, file, { limit: MOST_MANIFEST });
  const place = startOf(project.file);
  if (bytes === undefined) {
    const absent: Finding = { code: 'rerun-no-manifest', severity: 'error', name: file, place };
    return { entries: [], findings: [absent] };
  }
  const { pins, findings } = readManifest(bytes, file);
  const errors = findings.filter(isError);
  if (pins.length === 0 && errors.length === 0) {
    errors.push({ code: 'manifest-empty', severity: 'error', place: startOf(file) });
  }
  return { manifest: { file, bytes, digest: sha256(bytes) }, entries: pins, findings: errors };
}

interface InCommit {
  readonly commit?: Commit;
  readonly remade: ReadonlySet<RepoPath>;
  readonly findings: readonly Finding[];
}

async function inCommit(
  project: Project,
  run: {
    readonly text: string;
    readonly all: readonly RunStep[];
    readonly steps: readonly RunStep[];
    readonly entries: readonly Pin[];
    readonly single: boolean;
    readonly signal: AbortSignal | undefined;
  },
): Promise<InCommit> {
  const { remade, findings: untouched } = remadeOutputs(project, run);
  const place = startOf(project.file);
  const none = (finding: Finding): InCommit => ({ remade, findings: [finding, ...untouched] });
  if (project.gitRoot === undefined) return none({ code: 'not-in-git', severity: 'error', place });
  try {
    const commit = await headOf(project.gitRoot, run.signal);
    if (commit === undefined) return none(problem('rerun-no-commit', project));
    const tree = await treeOf(commit, run.signal);
    const prefix = prefixOf(project);
    const name = prefix === '' ? project.file : `${prefix}/${project.file}`;
    const text = tree.has(name) ? await textIn(commit, name, run.signal) : undefined;
    const findings = commitFindings(project, { ...run, remade, tree, prefix, committed: text });
    return { commit, remade, findings: [...findings, ...untouched] };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return none({ code: 'rerun-git', severity: 'error', reason: error.message, place });
  }
}

/** A wish that cannot be met is an error; of `auto` what was passed over is only told. */
const unmet = ({ sandbox, passedOver }: IsolationChoice): Finding[] =>
  passedOver.map((each) => ({
    code: 'rerun-isolation',
    severity: sandbox === undefined ? 'error' : 'info',
    ...each,
  }));

async function lastDuration({ root }: Project): Promise<Pick<ReadyPlan, 'lastSeconds'>> {
  const limit = MOST_ATTESTATION;
  const bytes = await readInside(root, ATTESTATION, { limit }).catch(() => undefined);
  const text = bytes === undefined ? '' : decodeText(bytes);
  const lastSeconds = parseAttestation(text, ATTESTATION)?.durationSeconds;
  return lastSeconds === undefined ? {} : { lastSeconds };
}
