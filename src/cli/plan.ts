import path from 'node:path';
import { checkSteps } from '../core/formats/plan/argv.js';
import type { StepMode } from '../core/formats/plan/argv.js';
import { codeOf } from '../core/model/finding.js';
import type { Finding } from '../core/model/finding.js';
import type { RepoPath } from '../core/model/paths.js';
import {
  findPlans,
  PLAN_FILES,
  planInside,
  readPlan,
  unreadablePlan,
} from '../core/projects/plan.js';
import type { PlanReading } from '../core/projects/plan.js';
import { absolutePath } from '../core/system/files.js';
import { lintPlan } from '../core/lint/lint.js';
import { sentence } from '../core/words/findings.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { findingLine, shownPath } from './render.js';

export interface PlanCheckOptions extends CommonOptions {
  /** The plan, relative to the current directory. */
  readonly plan?: string;
  /** Put in place of `{tag}`, so that paths that hold it are checked as well. */
  readonly tag?: string;
  /** Check string steps as they run without a shell. */
  readonly argv?: boolean;
}

/** Findings that say that no plan was read at all. */
const UNREAD: ReadonlySet<string> = new Set(['plan-document', 'config-too-large', 'not-utf8']);

/**
 * `plan check`: what is wrong with a build plan, and what in its steps makes builds differ. Exit status
 * 1 when there is an error, 0 with warnings only, 2 when the plan cannot be read.
 */
export async function planCheck(context: Context, options: PlanCheckOptions): Promise<Exit> {
  const { terminal } = context;
  const place = await placeOf(context, options);
  const reading = await read(place, options.tag);
  const findings = inOrder(allFindings(reading, options.argv === true ? 'argv' : 'shell'));
  for (const finding of findings)
    terminal.say(findingLine(finding, { ...terminal, root: context.repo }));
  const errors = findings.filter(({ severity }) => severity === 'error');
  const shown = shownPath(absolutePath(place.root, place.file));
  terminal.say(`${shown}: ${summary(findings)}`);
  terminal.document({ problems: findings.map(problemDocument) });
  const unread = errors.find(({ code }) => code.startsWith('yaml-') || UNREAD.has(code));
  if (unread !== undefined) throw new UnusableError(oneLine(unread, shown));
  return errors.length === 0 ? EXIT.holds : EXIT.fails;
}

interface PlanPlace {
  readonly root: string;
  readonly file: RepoPath;
}

async function placeOf({ repo }: Context, { plan }: PlanCheckOptions): Promise<PlanPlace> {
  if (plan !== undefined) return { root: repo, file: namedPlan(repo, plan) };
  const [file] = await findPlans(repo);
  if (file !== undefined) return { root: repo, file };
  throw new UnusableError(
    `${repo}: found no build plan (${PLAN_FILES.join(', ')}); name it with --plan FILE`,
  );
}

/** A plan that is named relative to the current directory. @throws UnusableError when it lies elsewhere. */
export function namedPlan(repo: string, name: string): RepoPath {
  const file = planInside(repo, path.resolve(name));
  if (file !== undefined) return file;
  throw new UnusableError(
    `${shownPath(path.resolve(name))}: lies outside of the repository; name the repository with --repo DIR`,
  );
}

async function read({ root, file }: PlanPlace, tag: string | undefined): Promise<PlanReading> {
  const shown = shownPath(absolutePath(root, file));
  let reading: PlanReading | undefined;
  try {
    reading = await readPlan(root, file, { tag });
  } catch (error) {
    throw new UnusableError(`${shown}: ${sentence(unreadablePlan(file, error))}`, { cause: error });
  }
  if (reading === undefined) throw new UnusableError(`${shown}: no such file`);
  return reading;
}

const allFindings = ({ plan, files, findings }: PlanReading, mode: StepMode): Finding[] => [
  ...findings,
  ...checkSteps(plan, mode),
  ...lintPlan(plan, files),
];

/** By file and place: the plan first, then what it runs. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const files = [...new Set(findings.map(({ place }) => place?.file))];
  const rank = ({ place }: Finding): readonly number[] => [
    ...[files.indexOf(place?.file), place?.span.start.line ?? 0, place?.span.start.column ?? 0],
  ];
  return findings.toSorted((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
  });
}

function summary(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']): number =>
    findings.filter((each) => each.severity === severity).length;
  const word = (times: number, one: string, many: string): string =>
    `${times} ${times === 1 ? one : many}`;
  const [errors, warnings, infos] = [count('error'), count('warning'), count('info')];
  if (findings.length === 0) return 'nothing found';
  return [
    ...[word(errors, 'error', 'errors'), word(warnings, 'warning', 'warnings')],
    word(infos, 'remark', 'remarks'),
  ].join(', ');
}

function problemDocument(finding: Finding): unknown {
  const { line, column } = finding.place?.span.start ?? { line: 1, column: 1 };
  const { severity } = finding;
  const file = finding.place?.file;
  return { file, line, column, severity, code: codeOf(finding), message: sentence(finding) };
}

function oneLine(finding: Finding, shown: string): string {
  const { line, column } = finding.place?.span.start ?? { line: 1, column: 1 };
  return `${shown}:${line}:${column}: ${sentence(finding)}`;
}
