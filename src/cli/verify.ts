import path from 'node:path';
import { readProjects } from '../core/projects/read.js';
import type { Project } from '../core/model/project.js';
import type { Level } from '../core/model/snapshot.js';
import type { Tier, TierDetail, TierReport } from '../core/model/tier.js';
import { environmentTier } from '../core/remotes/environmentTier.js';
import { now } from '../core/system/clock.js';
import { writeAtomic } from '../core/system/files.js';
import { StatCache } from '../core/system/statCache.js';
import { dependenciesTier } from '../core/verify/dependencies.js';
import { look } from '../core/verify/look.js';
import { formatReport } from '../core/verify/report.js';
import { TIERS } from '../core/verify/tiers.js';
import { levelLine, levelName } from '../core/words/levels.js';
import { banner, claim, detailText, outcomeWord } from '../core/words/tiers.js';
import { checkArtifacts, manifestOf } from './artifacts.js';
import { chosenProjects, declaringFile, someOf, withHasher } from './context.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { findingDocument, findingLine, shownPath } from './render.js';
import { runRerun } from './rerun.js';
import type { RerunOptions } from './rerun.js';

interface VerifyOptions extends CommonOptions, Pick<RerunOptions, 'isolation' | 'yes'> {
  readonly skipTier?: readonly string[];
  readonly rerun?: boolean;
  readonly install?: boolean;
  readonly layers?: boolean;
  readonly report?: string;
}

/** What the ceremony works with, and what it has seen. */
interface Ceremony {
  readonly project: Project;
  readonly context: Context;
  readonly options: VerifyOptions;
  readonly cache: StatCache;
  /** The names of files that tier 1 opened. */
  readonly opened: string[];
}

/** A tier's report, and the lines that belong to it beyond its findings. */
interface Told {
  readonly report: TierReport;
  readonly details?: readonly string[];
}

/**
 * `verify`: walks the tiers in order, each whatever came of the one before, and claims only what was
 * checked. 0: every tier that was asked for passed. 1: one did not, or could not be checked to the
 * end. 2: none failed, and evidence that one needs does not exist.
 */
export async function verify(context: Context, options: VerifyOptions): Promise<Exit> {
  const skipped = skippedTiers(options);
  const project = theProject(await chosenProjects(context), context);
  const ceremony = { project, context, options, cache: new StatCache(), opened: [] };
  const reports: TierReport[] = [];
  for (const { tier } of TIERS) {
    context.terminal.progress(`[${tier}/4] ${banner(tier)} ...`);
    const told = skipped.has(tier)
      ? { report: notRun(tier, skipped.get(tier) ?? 'asked') }
      : await runTier(tier, ceremony);
    context.signal.throwIfAborted();
    tell(told, ceremony);
    reports.push(told.report);
  }
  const level = await levelOf(ceremony);
  const exit = exitOf(reports);
  if (project.kind !== 'manifest') context.terminal.say(`\n${levelLine(level)}`);
  context.terminal.say(`${project.kind === 'manifest' ? '\n' : ''}${claim(reports)}`);
  context.terminal.document({
    tiers: reports.map(tierDocument),
    passed: exit === EXIT.holds,
    level: { value: level ?? null, name: levelName(level) },
  });
  if (options.report !== undefined) {
    const rows = ceremony.cache.rowsFor(project.root, ceremony.opened);
    await writeReport(path.resolve(options.report), formatReport(project, reports, rows));
  }
  return exit;
}

function skippedTiers(options: VerifyOptions): Map<Tier, 'asked' | 'opt-in'> {
  const given = options.skipTier ?? [];
  const wrong = given.find((text) => !['1', '2', '3', '4'].includes(text));
  if (wrong !== undefined) {
    throw new UnusableError(`--skip-tier ${wrong}: the tiers are 1, 2, 3 and 4`);
  }
  const skipped = new Map<Tier, 'asked' | 'opt-in'>();
  if (options.rerun !== true) skipped.set(4, 'opt-in');
  for (const { tier } of TIERS) if (given.includes(String(tier))) skipped.set(tier, 'asked');
  if (skipped.size < TIERS.length) return skipped;
  throw new UnusableError('--skip-tier: every tier is left out, so nothing would be checked');
}

/** All projects of one repository share its manifest; several manifests need a choice. */
function theProject(projects: readonly [Project, ...Project[]], { project }: Context): Project {
  const [first] = projects;
  const pipelines = projects.filter(({ kind }) => kind !== 'manifest');
  const candidates = pipelines.length > 0 ? pipelines : projects;
  const manifests = new Set(candidates.map(manifestOf));
  if (project !== undefined || manifests.size === 1) return pipelines[0] ?? first;
  const files = someOf(candidates.map(declaringFile));
  throw new UnusableError(
    `several projects with evidence of their own; choose with --project: ${files}`,
  );
}

async function runTier(tier: Tier, ceremony: Ceremony): Promise<Told> {
  const { project, context, options } = ceremony;
  const attention = { signal: context.signal };
  // A checksum list is evidence for tier 1 alone.
  if (tier !== 1 && project.kind === 'manifest') return { report: notRun(tier, 'absent') };
  switch (tier) {
    case 1: {
      const { report, details, checked } = await checkArtifacts(project, context, ceremony.cache);
      for (const name of checked) ceremony.opened.push(name);
      return { report, details };
    }
    case 2: {
      const lock = project.envelope?.lock;
      if (lock === undefined) return { report: missing(tier) };
      const install = options.install === true;
      return { report: await dependenciesTier(project.root, lock, { install, ...attention }) };
    }
    case 3: {
      const environment = project.envelope?.environment;
      if (environment === undefined) return { report: missing(tier) };
      const layers = options.layers === true;
      return { report: await environmentTier(environment, { layers, ...attention }) };
    }
    case 4:
      return { report: await runRerun(context, project, options) };
  }
}

const notRun = (tier: Tier, why: Extract<TierDetail, { kind: 'not-run' }>['why']): TierReport => ({
  tier,
  outcome: 'skipped',
  detail: { kind: 'not-run', why },
  total: 0,
  verified: 0,
  findings: [],
  finishedAt: now(),
});

/** The evidence of a tier that was asked for does not exist. */
const missing = (tier: Tier): TierReport => ({ ...notRun(tier, 'absent'), outcome: 'error' });

const isMissing = ({ outcome, detail }: TierReport): boolean =>
  outcome === 'error' && detail.kind === 'not-run';

function exitOf(reports: readonly TierReport[]): Exit {
  const asked = reports.filter(({ outcome }) => outcome !== 'skipped');
  if (asked.some(({ outcome }) => outcome === 'fail')) return EXIT.fails;
  if (asked.some(isMissing)) return EXIT.unusable;
  return asked.every(({ outcome }) => outcome === 'pass') ? EXIT.holds : EXIT.fails;
}

function tell({ report, details = [] }: Told, { project, context: { terminal } }: Ceremony): void {
  const { say, remark, paint } = terminal;
  const { tier, outcome } = report;
  const tint = { pass: paint.good, fail: paint.bad, error: paint.bad, skipped: paint.dim };
  const evidence = tier === 1 ? shownPath(manifestOf(project)) : TIERS[tier - 1]?.evidence;
  const what = evidence === '' ? banner(tier) : `${banner(tier)} (${evidence})`;
  const word = tint[outcome](outcomeWord(outcome));
  const rest =
    outcome === 'skipped' ? `${word} (${detailText(report)})` : `${detailText(report)} ${word}`;
  say(`[${tier}/4] ${what} ... ${rest}`);
  for (const line of details) say(line);
  for (const finding of report.findings) say(findingLine(finding, { paint, root: project.root }));
  if (isMissing(report)) {
    remark(
      `reprolens: ${shownPath(path.join(project.root, evidence ?? ''))}: no such file; "reprolens ${tier === 2 ? 'lock write' : 'environment capture'}" writes it, --skip-tier ${tier} goes without`,
    );
  }
}

/** The level as it is now; a checksum list has none, so nothing is looked at for it. */
async function levelOf({ project, cache, context, options }: Ceremony): Promise<Level> {
  if (project.kind === 'manifest') return undefined;
  // A rerun has just written its attestation; nothing else here changes what was read.
  const projects =
    options.rerun === true ? await readProjects([project], { pinLimit: Infinity }) : [project];
  const [snapshot] = await withHasher(
    (hasher) =>
      look(projects, {
        hasher,
        mode: 'cached',
        followLinks: context.followLinks,
        signal: context.signal,
      }),
    cache,
  );
  return snapshot?.level;
}

function tierDocument(report: TierReport): unknown {
  return {
    tier: report.tier,
    name: TIERS[report.tier - 1]?.name,
    outcome: report.outcome,
    detail: detailText(report),
    findings: report.findings.map(findingDocument),
  };
}

/** @throws UnusableError with the file's own name: the library's error names a temporary one. */
async function writeReport(file: string, document: Buffer): Promise<void> {
  try {
    await writeAtomic(file, document);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'an I/O error';
    throw new UnusableError(`--report ${file}: cannot be written (${reason})`, { cause: error });
  }
}
