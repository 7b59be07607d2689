/** Build plans on disk: which there are, what they say, and the files that their steps run. */
import path from 'node:path';
import { withoutMark } from '../formats/container/findings.js';
import { isPlan, parsePlan } from '../formats/plan/plan.js';
import { calledBy, originsOf } from '../formats/plan/calls.js';
import type { Called, CalledKind } from '../formats/plan/calls.js';
import { substitute } from '../formats/plan/substitute.js';
import { TAG } from '../formats/plan/check.js';
import { parseShell } from '../formats/shell/shell.js';
import { decodeText, encodeText, isUtf8 } from '../model/bytes.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding, Severity } from '../model/finding.js';
import { toRepoPath } from '../model/paths.js';
import type { RepoPath } from '../model/paths.js';
import { literalDigest, planPath } from '../model/plan.js';
import type { BuildPlan, PlanField } from '../model/plan.js';
import { absolutePath, sha256 } from '../system/files.js';
import { readInside } from '../system/inside.js';
import { entryAt } from '../system/within.js';
import { reasonOf, startOf } from './evidence.js';
import { BUILD, PLAN } from './names.js';
import type { ReadOptions } from './evidence.js';

/** Where a plan is looked for, in this order; others are named in settings or on the command line. */
export const PLAN_FILES = [`${BUILD}/${PLAN}`, PLAN] as RepoPath[];

/** The largest plan, in bytes. */
export const MOST_PLAN = 256 << 10;
/** The largest file that a plan runs, in bytes. */
const MOST_SCRIPT = 1 << 20;
/** Files that are followed from one plan, and how many calls deep. */
const MOST_SCRIPTS = 50;
const DEEPEST = 3;

/** A file that a step runs, as it lies in the repository. */
export interface CalledFile {
  readonly file: RepoPath;
  readonly kind: CalledKind;
  /** Without a byte-order mark. */
  readonly text: string;
  readonly digest: Sha256;
}

/** A plan that was read. */
export interface PlanReading {
  /** Absolute path of the repository: sources and references are relative to it. */
  readonly root: string;
  /** With `{tag}` replaced when a tag was given. */
  readonly plan: BuildPlan;
  /** Of the plan's bytes. */
  readonly digest: Sha256;
  readonly files: readonly CalledFile[];
  /** Those of the plan, and what is missing on disk. */
  readonly findings: readonly Finding[];
}

export interface PlanReadOptions extends ReadOptions {
  /** Put in place of `{tag}` before paths are looked up; without one, paths that hold it are not. */
  readonly tag?: string | undefined;
}

/**
 * The build plans of a repository: `build/plan.yaml`, `plan.yaml` and those that are named, as far as
 * their content is a plan. No link is followed out of the root. Never throws.
 */
export async function findPlans(
  root: string,
  options: { readonly named?: readonly string[] } & ReadOptions = {},
): Promise<RepoPath[]> {
  const named = (options.named ?? []).flatMap((name) => {
    const result = toRepoPath(name);
    return result.ok ? [result.path] : [];
  });
  const found: RepoPath[] = [];
  for (const file of new Set([...PLAN_FILES, ...named])) {
    const read = await readText(root, file, options).catch(() => undefined);
    if (read !== undefined && isPlan(read.text)) found.push(file);
  }
  return found;
}

/**
 * Reads a plan and the files that its steps run. `undefined` when there is no such file.
 * @throws {FileError} `too-large`; and the error of the operating system.
 */
export async function readPlan(
  root: string,
  file: RepoPath,
  options: PlanReadOptions = {},
): Promise<PlanReading | undefined> {
  const read = await readText(root, file, options);
  if (read === undefined) return undefined;
  const written = parsePlan(read.text, file);
  const plan = options.tag === undefined ? written : substitute(written, options.tag);
  const files = await calledFiles(root, plan, options);
  const findings = [...plan.findings, ...(await diskFindings(root, plan))];
  return { root, plan, digest: read.digest, files, findings };
}

/** The finding that stands for a plan that {@link readPlan} could not open. */
export const unreadablePlan = (file: RepoPath, error: unknown): Finding => ({
  code: 'plan-unreadable',
  severity: 'error',
  reason: reasonOf(error),
  place: startOf(file),
});

async function readText(
  root: string,
  file: RepoPath,
  { overlay }: ReadOptions,
  limit = MOST_PLAN,
): Promise<{ readonly text: string; readonly digest: Sha256 } | undefined> {
  const open = overlay?.(absolutePath(root, file));
  if (open !== undefined) return { text: open, digest: sha256(encodeText(open)) };
  const bytes = await readInside(root, file, { limit });
  return bytes === undefined ? undefined : { text: decodeText(bytes), digest: sha256(bytes) };
}

/** What the steps run, and what that runs in turn. */
async function calledFiles(
  root: string,
  plan: BuildPlan,
  options: ReadOptions,
): Promise<CalledFile[]> {
  const found = new Map<RepoPath, CalledFile>();
  let called = plan.steps.flatMap((step) => {
    if (step.kind === 'shell') return calledBy(parseShell(step.script.text).commands);
    if (step.kind === 'skipped') return [];
    const words = step.words.map(({ text }) => ({
      ...{ text, start: 0, end: 0, glob: false, variables: [] },
    }));
    return calledBy([{ assignments: [], words, redirects: [], pipeline: 0 }]);
  });
  for (let depth = 0; depth < DEEPEST && called.length > 0; depth++) {
    const next: Called[] = [];
    for (const one of called) {
      if (found.size >= MOST_SCRIPTS) return [...found.values()];
      const file = await calledFile(root, plan, { one, options });
      if (file === undefined || found.has(file.file)) continue;
      found.set(file.file, file);
      // A script runs where it is started, which is the workspace unless it says otherwise.
      if (file.kind === 'shell') next.push(...calledBy(parseShell(file.text).commands));
    }
    called = next;
  }
  return [...found.values()];
}

async function calledFile(
  root: string,
  plan: BuildPlan,
  { one, options }: { readonly one: Called; readonly options: ReadOptions },
): Promise<CalledFile | undefined> {
  for (const file of originsOf(plan, one.path)) {
    const read = await readText(root, file, options, MOST_SCRIPT).catch(() => undefined);
    if (read === undefined) continue;
    // A program need not be a script.
    if (!isUtf8(read.text) || read.text.includes('\0')) return undefined;
    const text = withoutMark(read.text);
    const kind = one.kind === 'shell' ? languageOf(text) : one.kind;
    return kind === undefined ? undefined : { file, kind, text, digest: read.digest };
  }
  return undefined;
}

/** What the first line says; without `#!` the shell that starts it reads it itself. */
function languageOf(text: string): 'shell' | 'python' | undefined {
  const [first = ''] = text.split('\n', 1);
  if (!first.startsWith('#!') || /\b(?:ba|da|a|z|k)?sh\b/.test(first)) return 'shell';
  return /\bpython/.test(first) ? 'python' : undefined;
}

/** Sources and references that are not there. What a link leads to is looked at when it is copied. */
async function diskFindings(root: string, plan: BuildPlan): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { path: source } of plan.sources) {
    const found = planPath(source.text);
    if (!found.ok || found.path === '' || source.text.includes(TAG)) continue;
    if (await exists(root, found.path)) continue;
    const place = { file: plan.file, span: source.span };
    const data = { code: 'plan-source-missing', path: found.path } as const;
    findings.push({ ...data, severity: 'error', place });
  }
  return [...findings, ...(await missingReferences(root, plan))];
}

/** Behind one that decides, a missing reference is only told. */
async function missingReferences(root: string, plan: BuildPlan): Promise<Finding[]> {
  const { expectedDigest, referenceAttestation, referenceArtifact } = plan;
  const findings: Finding[] = [];
  let decided = expectedDigest !== undefined && literalDigest(expectedDigest.text) !== undefined;
  const fields = [referenceAttestation, referenceArtifact];
  for (const field of fields.filter((each): each is PlanField => each !== undefined)) {
    const severity: Severity = decided ? 'warning' : 'error';
    decided = true;
    const found = planPath(field.text);
    if (!found.ok || found.path === '' || field.text.includes(TAG)) continue;
    if (await exists(root, found.path)) continue;
    const place = { file: plan.file, span: field.span };
    findings.push({ code: 'plan-reference-missing', path: found.path, severity, place });
  }
  return findings;
}

const exists = async (root: string, file: RepoPath): Promise<boolean> =>
  (await entryAt(root, file).catch(() => undefined)) !== undefined;

/** The path of a file inside a repository; `undefined` for one that lies elsewhere. */
export function planInside(root: string, absolute: string): RepoPath | undefined {
  const result = toRepoPath(path.relative(root, absolute).split(path.sep).join('/'));
  return result.ok ? result.path : undefined;
}
