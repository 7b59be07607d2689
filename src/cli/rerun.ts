import type { Finding } from '../core/model/finding.js';
import type { Project } from '../core/model/project.js';
import type { TierReport } from '../core/model/tier.js';
import { refusedTier, rerunTier, writeAttestation } from '../core/rebuild/attest.js';
import type { Attested } from '../core/rebuild/attest.js';
import { planRerun } from '../core/rebuild/plan.js';
import type { ReadyPlan, RerunPlan } from '../core/rebuild/plan.js';
import { rerun } from '../core/rebuild/rerun.js';
import type { RerunResult } from '../core/rebuild/rerun.js';
import { absolutePath, FileError } from '../core/system/files.js';
import { now } from '../core/system/clock.js';
import { printable } from '../core/words/printable.js';
import { isolationPhrase } from '../core/words/tiers.js';
import manifest from '../../package.json';
import { confirmed } from './ask.js';
import { chosenProjects, declaringFile, someOf, withHasher } from './context.js';
import type { CommonOptions, Context } from './context.js';
import { Echo } from './echo.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { findingDocument, findingLine, shownPath } from './render.js';
import { planLines } from './rerunPlan.js';

export interface RerunOptions extends CommonOptions {
  readonly step?: string;
  readonly isolation?: 'auto' | 'container' | 'sandbox' | 'clean-folder';
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** Differences that are told one by one. */
const MOST_LINES = 200;

/** `rerun`: runs the pipeline, or one step of it, in a clean copy of the commit. */
export async function rerunCommand(context: Context, options: RerunOptions): Promise<Exit> {
  const project = thePipeline(await chosenProjects(context), context);
  const plan = await planned(context, project, options);
  if (plan.kind === 'refused') {
    sayFindings(plan.findings, project, context);
    context.terminal.say('Nothing was executed.');
    context.terminal.document({ outcome: 'refused', findings: plan.findings.map(findingDocument) });
    return unmetWish(plan.findings) ? EXIT.unusable : EXIT.fails;
  }
  sayPlan(plan, context);
  if (options.dryRun === true) {
    context.terminal.document({ outcome: 'planned', ...planDocument(plan) });
    return EXIT.holds;
  }
  if (!(options.yes === true || (await confirmed(context, 'Run this now?')))) {
    context.terminal.say('Nothing was executed.');
    context.terminal.document({ outcome: 'declined', ...planDocument(plan) });
    return EXIT.fails;
  }
  const { result, attested } = await carriedOut(context, plan);
  sayFindings(result.findings, project, context);
  const tier = rerunTier(result);
  context.terminal.say(claimOf(plan, tier));
  if (attested !== undefined) context.terminal.say(attestedLine(attested, project));
  context.terminal.document(resultDocument(plan, tier, attested));
  return tier.outcome === 'pass' ? EXIT.holds : EXIT.fails;
}

/**
 * Tier 4 of the ceremony: shows the plan, asks on a terminal, runs, and records what came of it. The
 * caller says the findings.
 */
export async function runRerun(
  context: Context,
  project: Project,
  options: RerunOptions,
): Promise<TierReport> {
  const plan = await planned(context, project, options);
  if (plan.kind === 'refused') return refusedTier(plan.findings);
  sayPlan(plan, context);
  if (!(options.yes === true || (await confirmed(context, 'Run this now?')))) return declined();
  const { result, attested } = await carriedOut(context, plan);
  if (attested !== undefined) context.terminal.say(attestedLine(attested, project));
  return rerunTier(result);
}

const declined = (): TierReport => ({
  tier: 4,
  outcome: 'skipped',
  detail: { kind: 'not-run', why: 'asked' },
  total: 0,
  verified: 0,
  findings: [],
  finishedAt: now(),
});

const planned = (
  { signal }: Context,
  project: Project,
  { step, isolation }: RerunOptions,
): Promise<RerunPlan> =>
  planRerun(project, {
    signal,
    ...(step === undefined ? {} : { step }),
    ...(isolation === undefined ? {} : { isolation }),
  });

/** The wish stands on the command line, so not to meet it is a fault of the command. */
const unmetWish = (findings: readonly Finding[]): boolean =>
  findings.every(({ code, severity }) => {
    return severity !== 'error' || code === 'rerun-isolation' || code === 'rerun-step-unknown';
  });

/** @throws UnusableError when there is none, or more than one. */
function thePipeline(projects: readonly Project[], { repo }: Context): Project {
  const [first, ...others] = projects.filter(({ kind }) => kind !== 'manifest');
  if (first === undefined) {
    throw new UnusableError(
      `${repo}: found checksum manifests and no pipeline; only a pipeline says how files are made`,
    );
  }
  if (others.length === 0) return first;
  const files = someOf([first, ...others].map(declaringFile));
  throw new UnusableError(`several pipelines; choose with --project: ${files}`);
}

function sayPlan(plan: ReadyPlan, { terminal: { say, paint } }: Context): void {
  for (const line of planLines(plan)) say(line);
  const { root } = plan.project;
  for (const finding of plan.findings) say(findingLine(finding, { paint, root }));
}

/** @throws `AbortError` when the user interrupts: nothing is recorded then. */
async function carriedOut(
  { terminal, signal }: Context,
  plan: ReadyPlan,
): Promise<{ readonly result: RerunResult; readonly attested: Attested | undefined }> {
  const echo = new Echo((line) => terminal.remark(terminal.paint.dim(`  | ${line}`)));
  const result = await withHasher((hasher) =>
    rerun(plan, {
      hasher,
      signal,
      onStep: ({ label, name }, index) => {
        echo.end();
        terminal.remark(`${label} ${printable(name)} (${index + 1} of ${plan.steps.length})`);
      },
      onOutput: (text) => echo.push(text),
    }),
  );
  echo.end();
  signal.throwIfAborted();
  const attested = result.kind === 'compared' ? await recorded(result, plan) : undefined;
  return { result, attested };
}

async function recorded(
  result: RerunResult & { readonly kind: 'compared' },
  { project }: ReadyPlan,
): Promise<Attested | undefined> {
  try {
    const { name, version } = manifest;
    return await writeAttestation(result, { name, version });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'an I/O error';
    const at = error instanceof FileError ? error.path : absolutePath(project.root, '.vaibify');
    throw new UnusableError(`${at}: the attestation cannot be written (${reason})`, {
      cause: error,
    });
  }
}

function sayFindings(
  findings: readonly Finding[],
  { root }: Project,
  { terminal: { say, paint } }: Context,
): void {
  for (const finding of findings.slice(0, MOST_LINES)) say(findingLine(finding, { paint, root }));
  if (findings.length > MOST_LINES) say(`... and ${findings.length - MOST_LINES} more`);
}

function claimOf(plan: ReadyPlan, { outcome, total, verified }: TierReport): string {
  const what = plan.single ? `Step ${plan.steps[0]?.label ?? ''}` : 'The pipeline';
  const counted = `${verified} of ${total} pinned files`;
  const where = isolationPhrase(plan.sandbox.kind);
  switch (outcome) {
    case 'pass':
      return `${what} ran ${where} and made the same bytes: ${counted}.`;
    case 'fail':
      return `${what} ran ${where} and did not make the same: ${counted} are as pinned.`;
    default:
      return 'Nothing was executed.';
  }
}

const attestedLine = ({ file, record, log }: Attested, { root }: Project): string =>
  `Recorded in ${shownPath(absolutePath(root, file))} and ${shownPath(absolutePath(root, record))}; log ${shownPath(absolutePath(root, log))}`;

function planDocument(plan: ReadyPlan) {
  return {
    commit: plan.commit.id,
    isolation: plan.sandbox.kind,
    ...(plan.image === undefined ? {} : { image: plan.image.reference }),
    epoch: plan.epoch,
    steps: plan.steps.map(({ label, name, directory, commands }) => ({
      label,
      name,
      directory,
      commands: commands.map(({ written }) => written),
    })),
    total: plan.entries.length,
    ...(plan.lastSeconds === undefined ? {} : { lastSeconds: plan.lastSeconds }),
  };
}

function resultDocument(
  plan: ReadyPlan,
  { outcome, verified, findings }: TierReport,
  attested: Attested | undefined,
) {
  return {
    outcome,
    ...planDocument(plan),
    verified,
    findings: findings.map(findingDocument),
    ...(attested === undefined ? {} : { attestation: attested.file, record: attested.record }),
  };
}
