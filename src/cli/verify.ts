import path from 'node:path';
import type { Project } from '../core/model/project.js';
import type { TierReport } from '../core/model/tier.js';
import { now } from '../core/system/clock.js';
import { absolutePath, readBytes, sha256, writeAtomic } from '../core/system/files.js';
import { StatCache } from '../core/system/statCache.js';
import { formatReport } from '../core/verify/report.js';
import { artifactsTier, TIERS } from '../core/verify/tiers.js';
import type { CheckedPin } from '../core/verify/manifestCheck.js';
import { levelName } from '../core/words/levels.js';
import { chosenProjects, declaringFile, someOf, withHasher } from './context.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { runCheck, sayFindings } from './manifestCheck.js';
import { entryLine, findingDocument, shownPath } from './render.js';

interface VerifyOptions extends CommonOptions {
  readonly skipTier?: readonly string[];
  readonly report?: string;
}

/** Lines of detail that a person still reads; `manifest check` lists every one. */
const DETAIL_LINES = 200;

/** `verify`: walks the tiers and claims only what was checked. */
export async function verify(context: Context, options: VerifyOptions): Promise<Exit> {
  const skipped = skippedTiers(options.skipTier ?? []);
  const project = theProject(await chosenProjects(context), context);
  const cache = new StatCache();
  const { report, checked } = await artifacts(project, context, cache);
  const passed = report.outcome === 'pass';
  for (const { tier, evidence, banner } of CEREMONY.slice(1)) {
    const why = skipped.has(tier) ? 'skipped' : 'not checked by this version';
    context.terminal.say(
      `[${tier}/4] ${banner}${evidence === '' ? '' : ` (${evidence})`} ... ${why}`,
    );
  }
  context.terminal.say('');
  context.terminal.say(claim(report));
  context.terminal.document({
    tiers: [
      tierDocument(report),
      ...TIERS.slice(1).map(({ tier, name }) => skippedTier(tier, name)),
    ],
    passed,
    level: { value: null, name: levelName(undefined) },
  });
  if (options.report !== undefined) {
    const document = formatReport(project, [report], cache.rowsFor(project.root, checked));
    await writeReport(path.resolve(options.report), document);
  }
  return passed ? EXIT.holds : EXIT.fails;
}

const BANNERS = [
  'Verifying file integrity',
  'Reproducing Python env',
  'Pulling pinned container image',
  'Re-running workflow',
] as const;
const CEREMONY = TIERS.map((tier, index) => ({ ...tier, banner: BANNERS[index] ?? tier.name }));

function skippedTiers(given: readonly string[]): ReadonlySet<number> {
  const tiers = new Set(given.map(Number));
  const wrong = given.find((text) => !['1', '2', '3', '4'].includes(text));
  if (wrong !== undefined) {
    throw new UnusableError(`--skip-tier ${wrong}: the tiers are 1, 2, 3 and 4`);
  }
  if (tiers.has(1)) {
    throw new UnusableError(
      '--skip-tier 1: this version checks tier 1 only; nothing would be left',
    );
  }
  return tiers;
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

const manifestOf = ({ root, manifest }: Project): string => absolutePath(root, manifest.file);

async function artifacts(
  project: Project,
  context: Context,
  cache: StatCache,
): Promise<{ readonly report: TierReport; readonly checked: readonly string[] }> {
  const manifest = manifestOf(project);
  const bytes = await readBytes(manifest);
  if (bytes === undefined) {
    throw new UnusableError(
      `${manifest}: no such file, so nothing is pinned; write it with "reprolens manifest write"`,
    );
  }
  const checked: string[] = [];
  const details: string[] = [];
  let bad = 0;
  const { root, manifest: evidence } = project;
  const drawing = { paint: context.terminal.paint, root };
  const note = ({ pin, status }: CheckedPin): void => {
    checked.push(pin.name);
    if (status.kind === 'verified') return;
    bad += 1;
    if (bad <= DETAIL_LINES) details.push(entryLine(pin, status, drawing));
  };
  const verdict = await withHasher(
    (hasher) => runCheck({ root, manifest, file: evidence.file, hasher }, context, note),
    cache,
  );
  const report = artifactsTier(verdict, sha256(bytes), now());
  sayArtifacts(report, shownPath(manifest), context);
  details.forEach((line) => context.terminal.say(line));
  if (bad > DETAIL_LINES) {
    context.terminal.say(
      `... and ${bad - DETAIL_LINES} more; "reprolens manifest check" lists all`,
    );
  }
  sayFindings(verdict.findings, root, context);
  return { report, checked };
}

function sayArtifacts(report: TierReport, evidence: string, { terminal }: Context): void {
  const { paint } = terminal;
  const word = report.outcome === 'pass' ? paint.good('OK') : paint.bad('FAIL');
  terminal.say(`[1/4] ${BANNERS[0]} (${evidence}) ... ${report.verified}/${report.total} ${word}`);
}

/** The last line: what was checked, what came of it, and what was left out. */
function claim({ outcome, total, verified }: TierReport): string {
  const rest = 'Tiers 2, 3 and 4 were not checked.';
  if (outcome === 'pass') return `File integrity confirmed: ${total} of ${total} files. ${rest}`;
  const bad = total - verified;
  if (total === 0) return `File integrity not confirmed: the manifest pins no file. ${rest}`;
  if (bad === 0) return `File integrity not confirmed: the manifest itself has problems. ${rest}`;
  return `File integrity not confirmed: ${bad} of ${total} files ${bad === 1 ? 'does' : 'do'} not hold. ${rest}`;
}

function tierDocument(report: TierReport): unknown {
  return {
    tier: report.tier,
    name: TIERS[0].name,
    outcome: report.outcome,
    detail: `${report.verified}/${report.total}`,
    findings: report.findings.map(findingDocument),
  };
}

const skippedTier = (tier: number, name: string): unknown => ({
  tier,
  name,
  outcome: 'skipped',
  detail: 'not checked by this version',
  findings: [],
});

/** @throws UnusableError with the file's own name: the library's error names a temporary one. */
async function writeReport(file: string, document: Buffer): Promise<void> {
  try {
    await writeAtomic(file, document);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'an I/O error';
    throw new UnusableError(`--report ${file}: cannot be written (${reason})`, { cause: error });
  }
}
