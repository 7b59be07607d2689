import type {
  BuildFacts,
  BuildMark,
  BuildState,
  BuildSubject,
  Rebuild,
  ReferenceFacts,
} from '../model/build.js';
import type { Finding } from '../model/finding.js';
import { parseSha256 } from '../model/digest.js';
import type { Sha256 } from '../model/digest.js';
import { planPath } from '../model/plan.js';
import type { PlanStep } from '../model/plan.js';
import type { Project } from '../model/project.js';
import type { Span } from '../model/span.js';
import type { FileStatus } from '../model/status.js';
import type { TierReport } from '../model/tier.js';
import type { Observation } from '../system/observation.js';
import { judge } from './judge.js';
import { currentTiers } from './tiers.js';

/** What a plan's state is made from. */
export interface BuildSource {
  readonly project: Project;
  readonly facts: BuildFacts;
  readonly seen: ReadonlyMap<string, Observation>;
  readonly tiers?: readonly TierReport[] | undefined;
}

/** What was made by the last rebuild, as far as it still counts. */
interface Made {
  readonly digest: Sha256;
  readonly at: number;
  readonly size: number;
}

/**
 * How a plan stands to its last rebuild. Good is only what was made again on this computer from the
 * plan as it is, from sources that have not changed since as far as that is known, and equals the
 * reference as it is now. A verdict that lies in the repository is a claim, and makes nothing good.
 */
export function buildState({ project, facts, seen, tiers }: BuildSource): BuildState {
  const last = currentTiers(project, tiers, []).find(isRebuild);
  const outdated = last !== undefined && isOutdated(facts, last);
  const made = last === undefined || outdated ? undefined : madeBy(last);
  const references = [...facts.references, ...referenceArtifacts(facts, seen)];
  const artifact = artifactStatus({ last, outdated, made, references });
  const state = { project, facts, seen, made, outdated, last, artifact, references };
  const marks = [
    ...artifactMarks(state),
    ...references.map((reference) => referenceMark(state, reference)),
    ...missingArtifact(state),
    ...sourceMarks(state),
    ...stepMarks(state),
  ].sort((a, b) => compareSpans(a.place.span, b.place.span));
  return { marks, artifact, outdated, ...(last === undefined ? {} : { last }) };
}

interface Joined extends Omit<BuildSource, 'tiers'> {
  readonly last: Rebuild | undefined;
  readonly outdated: boolean;
  readonly made: Made | undefined;
  readonly artifact: FileStatus;
  readonly references: readonly ReferenceFacts[];
}

const isRebuild = (report: TierReport): report is Rebuild =>
  report.detail.kind === 'rebuilt' || report.detail.kind === 'rebuild-failed';

/** Something below a source was touched after it was copied: what came of it says nothing any more. */
const isOutdated = ({ sources }: BuildFacts, { detail, finishedAt }: Rebuild): boolean => {
  const since = detail.kind === 'rebuilt' ? detail.startedAt : finishedAt;
  return sources.some(({ changedAt }) => changedAt !== undefined && changedAt > since);
};

function madeBy({ detail, finishedAt }: Rebuild): Made | undefined {
  if (detail.kind !== 'rebuilt') return undefined;
  return { digest: detail.generated, at: finishedAt, size: detail.size };
}

/** The reference artifact's digest comes from the look at the project's files. */
function referenceArtifacts(
  { plan }: BuildFacts,
  seen: BuildSource['seen'],
): readonly ReferenceFacts[] {
  const { referenceArtifact: field, file } = plan;
  const found = field === undefined ? undefined : planPath(field.text);
  if (field === undefined || found?.ok !== true) return [];
  const observed = seen.get(found.path);
  if (observed?.kind !== 'file') return [];
  const place = { file, span: field.span };
  return [{ key: 'reference_artifact', place, digest: observed.digest }];
}

/** By the first reference that is given, as the verdict is; compared as text. */
function artifactStatus({
  last,
  outdated,
  made,
  references,
}: Pick<Joined, 'last' | 'outdated' | 'made' | 'references'>): FileStatus {
  if (outdated) return { kind: 'unknown', reason: 'sources-changed' };
  if (last?.detail.kind === 'rebuild-failed') return { kind: 'missing' };
  if (made === undefined) return { kind: 'unknown', reason: 'not-rebuilt' };
  const [first] = references;
  return comparedWith(first?.digest, made);
}

function comparedWith(reference: string | undefined, { digest, at, size }: Made): FileStatus {
  const check = { at, size, how: 'rebuilt' } as const;
  if (reference === undefined) return { kind: 'unpinned', actual: digest, check };
  if (reference === digest) return { kind: 'verified', actual: digest, check };
  // What is no digest in lower case equals none: FixOps compares texts.
  const expected = parseSha256(reference) ?? (reference as Sha256);
  return { kind: 'drifted', expected, actual: digest, check };
}

function artifactMarks({ facts, artifact: status }: Joined): BuildMark[] {
  const { artifact, file } = facts.plan;
  if (artifact === undefined) return [];
  const place = { file, span: artifact.span };
  return [{ place, subject: { kind: 'artifact' }, state: status.kind, status }];
}

function referenceMark(state: Joined, { key, place, digest, problem }: ReferenceFacts): BuildMark {
  const more = digest === undefined ? {} : { digest };
  const subject: BuildSubject = { kind: 'reference', key, ...more };
  const status = referenceStatus(state, digest, problem);
  return { place, subject, state: status.kind, status };
}

function referenceStatus(
  { made, outdated }: Joined,
  digest: string | undefined,
  problem: Finding | undefined,
): FileStatus {
  if (problem?.code === 'rebuild-reference-missing') return { kind: 'missing' };
  if (problem !== undefined) return { kind: 'unreadable', reason: 'io' };
  if (made !== undefined && digest !== undefined) return comparedWith(digest, made);
  return { kind: 'unknown', reason: outdated ? 'sources-changed' : 'not-rebuilt' };
}

/** A reference artifact that could not be hashed has the state of the file itself. */
function missingArtifact({ facts, seen, references }: Joined): BuildMark[] {
  const { referenceArtifact: field, file } = facts.plan;
  if (field === undefined || references.some(({ key }) => key === 'reference_artifact')) return [];
  const found = planPath(field.text);
  const status = judge(undefined, found.ok ? seen.get(found.path) : undefined);
  const subject: BuildSubject = { kind: 'reference', key: 'reference_artifact' };
  return [{ place: { file, span: field.span }, subject, state: status.kind, status }];
}

function sourceMarks({ facts, seen, artifact }: Joined): BuildMark[] {
  return facts.sources.map((source): BuildMark => {
    const place = { file: facts.plan.file, span: source.span };
    const there = source.kind === 'file' || source.kind === 'directory';
    const observed = source.path === undefined ? undefined : seen.get(source.path);
    const more = observed?.kind === 'file' ? { digest: observed.digest } : {};
    const subject = { kind: 'source', source, ...more } as const;
    if (there) return { place, subject, state: partOf(artifact) };
    return { place, subject, state: source.kind === 'missing' ? 'missing' : 'linked' };
  });
}

/** What went into an artifact that equals its reference has been shown to make it. */
const partOf = ({ kind }: FileStatus): 'verified' | 'unknown' =>
  kind === 'verified' ? 'verified' : 'unknown';

function stepMarks({ facts, artifact, last }: Joined): BuildMark[] {
  const failing = last?.findings.find((finding) => finding.code === 'rebuild-step-failed')?.step;
  return facts.plan.steps
    .filter(({ kind }) => kind !== 'skipped')
    .map((step: PlanStep): BuildMark => {
      const failed = step.number === failing;
      const place = { file: facts.plan.file, span: step.span };
      const subject = { kind: 'step', step, failed } as const;
      return { place, subject, state: failed ? 'unreadable' : partOf(artifact) };
    });
}

const compareSpans = ({ start: a }: Span, { start: b }: Span): number =>
  a.line - b.line || a.column - b.column;
