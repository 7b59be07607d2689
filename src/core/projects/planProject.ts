import path from 'node:path';
import { withoutMark } from '../formats/container/findings.js';
import { parseVerdict } from '../formats/attestation/fixops.js';
import { isPlan, parsePlan } from '../formats/plan/plan.js';
import { checkSteps } from '../formats/plan/argv.js';
import { TAG } from '../formats/plan/check.js';
import { lintPlan } from '../lint/lint.js';
import type { BuildFacts, BuildRecord, ReferenceFacts, SourceFacts } from '../model/build.js';
import { decodeText } from '../model/bytes.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import { planPath } from '../model/plan.js';
import type { BuildPlan, PlanSource } from '../model/plan.js';
import type { DeclaredFile, Project } from '../model/project.js';
import { newestChange } from '../system/changes.js';
import { absolutePath, existsFile, listDirectory, readBytes } from '../system/files.js';
import { readInside } from '../system/inside.js';
import { entryAt } from '../system/within.js';
import { basisOf } from './evidence.js';
import type { ReadOptions } from './evidence.js';
import { gitTopLevel } from './git.js';
import { RECORDS } from './names.js';
import { MOST_PLAN, readPlan, unreadablePlan } from './plan.js';
import type { PlanReading } from './plan.js';
import { lookUpReferences } from './planReferences.js';
import type { ReferenceAnswer } from './planReferences.js';
import type { ProjectRef } from './ref.js';

/** The largest verdict, in bytes. */
const MOST_RECORD = 1 << 20;
/** Verdicts that are read, and entries of a source that are looked at. */
const MOST_RECORDS = 200;
const MOST_ENTRIES = 5000;

/**
 * Whether a file is a build plan; what cannot be read is none.
 * @param known whether it was one when last looked at, which an empty one may still be
 */
export async function isPlanFile(
  absolute: string,
  known?: (absolute: string) => boolean,
): Promise<boolean> {
  const bytes = await readBytes(absolute, { limit: MOST_PLAN }).catch(() => undefined);
  if (bytes?.length === 0) return known?.(absolute) === true;
  return bytes !== undefined && isPlan(decodeText(bytes));
}

/**
 * The directory that a plan's sources are relative to: the one that holds `build/`, or the plan
 * itself; the top of the git work tree where the first source is there and not here.
 */
export async function planRoot(absolute: string): Promise<string> {
  const directory = path.dirname(absolute);
  const own = path.basename(directory) === 'build' ? path.dirname(directory) : directory;
  const top = await gitTopLevel(own);
  if (top === undefined || top === own) return own;
  const bytes = await readBytes(absolute, { limit: MOST_PLAN }).catch(() => undefined);
  if (bytes === undefined) return own;
  const [first] = parsePlan(withoutMark(decodeText(bytes)), 'plan' as RepoPath).sources;
  const name = first === undefined ? undefined : planPath(first.path.text);
  if (name?.ok !== true || name.path === '' || (await thereAt(own, name.path))) return own;
  return (await thereAt(top, name.path)) ? top : own;
}

const thereAt = async (root: string, file: RepoPath): Promise<boolean> =>
  (await existsFile(absolutePath(root, file))) ||
  (await listDirectory(absolutePath(root, file)).catch(() => undefined)) !== undefined;

/** A build plan as a project: it declares what its artifact must equal. Never throws. */
export async function planProject(ref: ProjectRef, options: ReadOptions): Promise<Project> {
  const { root, file } = ref;
  const record = await newestRecord(root, file);
  const gitRoot = await gitTopLevel(root);
  const own = { ...ref, ...EMPTY, ...(gitRoot === undefined ? {} : { gitRoot }) };
  try {
    const reading = await readPlan(root, file, { ...options, tag: record?.tag });
    if (reading !== undefined) return { ...own, ...(await contentOf(reading, record)) };
  } catch (error) {
    return { ...own, ...unread(file), findings: [unreadablePlan(file, error)] };
  }
  return { ...own, ...unread(file), findings: [] };
}

const EMPTY = {
  kind: 'plan',
  dialect: 'build plan',
  steps: [],
  pins: [],
  manifestHeader: [],
} as const satisfies Partial<Project>;

type Content = Omit<Project, keyof typeof EMPTY | 'root' | 'file' | 'gitRoot'>;

const unread = (file: RepoPath): Omit<Content, 'findings'> => ({
  title: path.posix.basename(file),
  declared: [],
  manifest: { file, exists: false, base: '', entries: 0 },
  basis: basisOf(''),
});

async function contentOf(reading: PlanReading, record: BuildRecord | undefined): Promise<Content> {
  const { plan, digest } = reading;
  const { file } = plan;
  const build = await factsOf(reading, record);
  return {
    title: titleOf(plan, file),
    declared: declaredIn(build),
    manifest: { file, exists: true, digest, base: '', entries: build.references.length },
    findings: saidOf(reading, build),
    build,
    basis: basisOf('', digest),
  };
}

const titleOf = ({ artifact }: BuildPlan, file: RepoPath): string =>
  path.posix.basename(artifact?.text ?? file) || file;

/** What is hashed where it lies: the reference artifact, and sources that are files. */
function declaredIn({ plan, sources }: BuildFacts): DeclaredFile[] {
  const { file, referenceArtifact } = plan;
  const found = planPath(referenceArtifact?.text ?? '');
  const declared = sources.flatMap(({ span, path: source, kind }): DeclaredFile[] =>
    kind === 'file' && source !== undefined && source !== ''
      ? [{ path: source, role: 'input', place: { file, span } }]
      : [],
  );
  if (referenceArtifact === undefined || !found.ok || found.path === '') return declared;
  const place = { file, span: referenceArtifact.span };
  return [{ path: found.path, role: 'reference', place }, ...declared];
}

const saidOf = ({ plan, files, findings }: PlanReading, { references }: BuildFacts): Finding[] => [
  ...findings,
  ...checkSteps(plan, 'shell'),
  ...references.flatMap(({ problem }) =>
    // That it is missing was said when the plan was read.
    problem === undefined || problem.code === 'rebuild-reference-missing' ? [] : [problem],
  ),
  ...lintPlan(plan, files),
];

async function factsOf(
  { root, plan, files }: PlanReading,
  record: BuildRecord | undefined,
): Promise<BuildFacts> {
  const sources: SourceFacts[] = [];
  for (const source of plan.sources) sources.push(await sourceFacts(root, source));
  const only = ['expected_digest', 'reference_attestation'] as const;
  const answers = await lookUpReferences(plan, { root, compat: false, only });
  return {
    plan,
    sources,
    references: answers.map((answer) => referenceFacts(plan, answer)),
    ...(record === undefined ? {} : { record }),
    called: files.map(({ file }) => file),
  };
}

/** Before a tag is known, nobody knows which file is meant. */
const isOpen = ({ referenceAttestation }: BuildPlan): boolean =>
  referenceAttestation?.text.includes(TAG) === true;

function referenceFacts(plan: BuildPlan, answer: ReferenceAnswer): ReferenceFacts {
  if (answer.kind === 'digest') {
    const { key, place, digest } = answer.reference;
    return { key, place, digest };
  }
  const { key, finding } = answer;
  if (isOpen(plan) && finding.place !== undefined) return { key, place: finding.place };
  const field = key === 'expected_digest' ? plan.expectedDigest : plan.referenceAttestation;
  const span = field?.span ?? { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
  return { key, place: finding.place ?? { file: plan.file, span }, problem: finding };
}

async function sourceFacts(root: string, { path: text }: PlanSource): Promise<SourceFacts> {
  const { span, text: name } = text;
  const found = planPath(name);
  if (!found.ok) return { span, name, kind: 'refused' };
  const facts = { span, name, path: found.path };
  if (found.path === '') return { ...facts, kind: 'directory' };
  const kind = await entryAt(root, found.path).catch(() => 'special' as const);
  if (kind === undefined) return { ...facts, kind: 'missing' };
  if (kind !== 'file' && kind !== 'directory') return { ...facts, kind: 'other' };
  const changedAt = await newestChange(absolutePath(root, found.path), MOST_ENTRIES);
  return { ...facts, kind, ...(changedAt === undefined ? {} : { changedAt }) };
}

/** The newest verdict on a plan among those in the directory that `rebuild` writes to. */
async function newestRecord(root: string, plan: RepoPath): Promise<BuildRecord | undefined> {
  const directory = absolutePath(root, RECORDS);
  const entries = await listDirectory(directory).catch(() => undefined);
  let newest: BuildRecord | undefined;
  const names = (entries ?? []).filter(({ name, kind }) => kind === 'file' && isVerdict(name));
  for (const { name } of names.slice(0, MOST_RECORDS)) {
    const file = `${RECORDS}/${name}` as RepoPath;
    const bytes = await readInside(root, file, { limit: MOST_RECORD }).catch(() => undefined);
    const verdict = bytes === undefined ? undefined : parseVerdict(decodeText(bytes));
    if (verdict === undefined || !isAbout(verdict.plan, plan)) continue;
    if (newest !== undefined && newest.verifiedAt >= verdict.verifiedAt) continue;
    const { tag, generated, match, verifiedAt, isolation } = verdict;
    const more = isolation === undefined ? {} : { isolation };
    newest = { file, tag, generated, match, verifiedAt, ...more };
  }
  return newest;
}

const isVerdict = (name: string): boolean =>
  name.endsWith('.json') && !name.endsWith('.intoto.json');

/** The recorded path was relative to wherever the rebuild was started. */
const isAbout = (recorded: string, plan: RepoPath): boolean =>
  recorded === plan || recorded.endsWith(`/${plan}`) || plan.endsWith(`/${recorded}`);
