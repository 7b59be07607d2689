/** `rebuild --vary`: which factor of the surroundings changes the artifact, and which line is why. */
import { DIFFERENCE_CLASSES } from '../core/model/difference.js';
import type { Explanation } from '../core/model/difference.js';
import type { Finding } from '../core/model/finding.js';
import { VARIED_FACTORS } from '../core/model/variation.js';
import type { FactorResult, VariedFactor } from '../core/model/variation.js';
import { lintPlan } from '../core/lint/lint.js';
import { planInside, readPlan } from '../core/projects/plan.js';
import { isolationName } from '../core/rebuild/buildIsolation.js';
import { vary } from '../core/rebuild/vary.js';
import type { Setting } from '../core/rebuild/varyFactors.js';
import { causesOf, lintLines } from '../core/rebuild/varyCauses.js';
import { absolutePath } from '../core/system/files.js';
import { differenceSentence, differencesSummary, memberPath } from '../core/words/differences.js';
import { sentence } from '../core/words/findings.js';
import { printable } from '../core/words/printable.js';
import {
  changePhrase,
  noCause,
  notVariedReason,
  outcomeWord,
  resultSentence,
  varySummary,
} from '../core/words/variation.js';
import type { Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { explanationDocument } from './explain.js';
import { planRequest, sayBegin, sayFailure, stepOptions } from './planRequest.js';
import type { PlanOptions, PlanRequest } from './planRequest.js';
import { findingDocument, findingLine, placePrefix } from './render.js';

export interface VaryCommandOptions extends PlanOptions {
  /** `true` for all factors; else names, each word possibly several with commas. */
  readonly vary: true | readonly string[];
}

/** Members of one class, lines of a failed build and likely causes that are shown. */
const MOST_MEMBERS = 3;
const MOST_SAID = 5;
const MOST_CAUSES = 5;

/**
 * Exit status 0: nothing that was changed changes the artifact. 3: something does, or the build fails
 * with it. 1: the unchanged plan cannot be built, or nothing could be changed. 2: as `rebuild`.
 */
export async function varyCommand(context: Context, options: VaryCommandOptions): Promise<Exit> {
  const factors = factorsOf(options.vary);
  const request = await planRequest(context, options);
  if (request.kind === 'failed') return sayFailure(context, request);
  const lint = await planLint(context, request, options.tag);
  const result = await varied(context, request, { ...options, factors });
  if (result.kind === 'failed') return sayFailure(context, result);
  const { baseline, results } = result;
  for (const each of results) sayDetails(context, each, lint);
  context.terminal.say('');
  context.terminal.say(varySummary(results));
  context.terminal.document({
    tag: options.tag,
    artifact: request.plan.artifact?.text ?? '',
    baseline: { sha256: baseline },
    isolation: isolationName(request.sandbox.kind),
    factors: results.map((each) => factorDocument(each, lint)),
  });
  return exitOf(results, factors);
}

/** The factors that were asked for, in the order in which they are changed. */
function factorsOf(words: true | readonly string[]): readonly VariedFactor[] {
  if (words === true) return VARIED_FACTORS;
  const names = words.flatMap((word) => word.split(',')).map((name) => name.trim());
  const known = new Set<string>(VARIED_FACTORS);
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return VARIED_FACTORS.filter((factor) => names.includes(factor));
  throw new UnusableError(
    `--vary ${printable(unknown) || '""'}: there is no such factor; there are ${VARIED_FACTORS.join(', ')}`,
  );
}

/** What the lint says of a plan that lies in the repository; nothing where it cannot be read there. */
export async function planLint(
  { repo }: Context,
  { plan }: PlanRequest,
  tag: string,
): Promise<Finding[]> {
  const file = planInside(repo, absolutePath(repo, plan.file));
  const reading =
    file === undefined ? undefined : await readPlan(repo, file, { tag }).catch(() => undefined);
  return lintLines(lintPlan(reading?.plan ?? plan, reading?.files ?? []));
}

async function varied(
  context: Context,
  request: PlanRequest,
  options: VaryCommandOptions & { readonly factors: readonly VariedFactor[] },
): ReturnType<typeof vary> {
  const { terminal, repo } = context;
  const { end, onStep, onOutput, ...steps } = stepOptions(context, options, request.mode);
  sayBegin(context, request);
  let first = true;
  let width = 0;
  try {
    return await vary(
      { ...request, root: repo },
      {
        ...steps,
        factors: options.factors,
        // Twelve builds say the same twelve times: the first is enough.
        onStep: (step) => first && onStep?.(step),
        onOutput: (text, stream) => first && onOutput?.(text, stream),
        onBuild: (factor) => {
          if (factor !== 'baseline') end();
          first = factor === 'baseline';
          terminal.progress(`builds: ${factor}`);
        },
        onSettings: (settings) => (width = widthOf(settings)),
        onResult: (result) => terminal.say(row(result, width, context)),
      },
    );
  } finally {
    end();
  }
}

/** Of the column that says what was changed. */
const widthOf = (settings: readonly Setting[]): number =>
  Math.max(
    ...settings.map((each) => (each.kind === 'ready' ? changePhrase(each.change).length : 0)),
    changePhrase({ kind: 'seconds' }).length,
  );

const FACTOR_WIDTH = Math.max(...VARIED_FACTORS.map(({ length }) => length));

function row(result: FactorResult, width: number, { terminal: { paint } }: Context): string {
  const { factor, change, outcome } = result;
  const name = factor.padEnd(FACTOR_WIDTH);
  const changed = (change === undefined ? '-' : changePhrase(change)).padEnd(width);
  const why = outcome === 'skipped' ? `: ${notVariedReason(result.why)}` : '';
  const times = outcome === 'same' && result.butTimes === true ? ' but for times' : '';
  const tint = { same: paint.good, differs: paint.bad, failed: paint.bad, skipped: paint.dim };
  return `${name}  ${changed}  ${tint[outcome](outcomeWord(outcome))}${why}${times}`;
}

/** What differs and why, for a factor that changes the artifact. */
function sayDetails({ terminal, repo }: Context, result: FactorResult, lint: Finding[]): void {
  const { say, paint } = terminal;
  if (result.outcome !== 'differs' && result.outcome !== 'failed') return;
  say('');
  say(`${paint.bad(result.factor)}: ${resultSentence(result)}`);
  if (result.outcome === 'failed') {
    for (const finding of result.findings) say(`  ${findingLine(finding, { paint, root: repo })}`);
    const lines = result.said.split(/\r?\n/).filter((line) => line !== '');
    for (const line of lines.slice(-MOST_SAID)) say(paint.dim(`  | ${printable(line)}`));
  } else if (result.explanation !== undefined) {
    sayMembers(result.explanation, (line) => say(`  ${line}`));
  }
  const causes = causesFor(result, lint);
  for (const cause of causes.slice(0, MOST_CAUSES))
    say(`  Likely cause: ${causeLine(cause, repo)}`);
  if (causes.length > MOST_CAUSES) say(`  and ${causes.length - MOST_CAUSES} more`);
  if (causes.length === 0) say(`  ${noCause()}`);
}

function sayMembers(explanation: Explanation, say: (line: string) => void): void {
  say(differencesSummary(explanation));
  for (const name of DIFFERENCE_CLASSES) {
    const own = explanation.differences.filter(
      (each) => each.class === name && each.follows !== true,
    );
    for (const each of own.slice(0, MOST_MEMBERS)) {
      const where = memberPath(each.path);
      say(`${name}  ${where === '' ? '' : `${where}: `}${differenceSentence(each)}`);
    }
    const count = explanation.classes.find((each) => each.class === name)?.count ?? 0;
    if (count > MOST_MEMBERS) say(`${name}  and ${count - MOST_MEMBERS} more`);
  }
}

/** `file:line:column: [code] sentence`. */
export const causeLine = (finding: Finding, root: string): string =>
  `${placePrefix(finding.place, root)}[${finding.code}] ${sentence(finding)}`;

/** What makes two builds with nothing changed differ may be what could not be held still. */
const causesFor = (result: FactorResult, lint: readonly Finding[]): Finding[] => {
  if (result.outcome !== 'differs' && result.outcome !== 'failed') return [];
  const unruled = result.outcome === 'differs' ? (result.unruled ?? []) : [];
  return causesOf(lint, [result.factor, ...unruled]);
};

function factorDocument(result: FactorResult, lint: readonly Finding[]): Record<string, unknown> {
  const { factor, change, outcome } = result;
  return {
    factor,
    ...(change === undefined ? {} : { change: changePhrase(change) }),
    outcome,
    ...(outcome === 'same' && result.butTimes !== true ? {} : { reason: resultSentence(result) }),
    ...('sha256' in result ? { sha256: result.sha256 } : {}),
    causes: causesFor(result, lint).map(causeDocument),
    ...(outcome === 'failed' ? { findings: result.findings.map(findingDocument) } : {}),
    ...(outcome === 'differs' && result.explanation !== undefined
      ? { differences: explanationDocument(result.explanation, ['baseline', factor]) }
      : {}),
  };
}

function causeDocument(finding: Finding): Record<string, unknown> {
  const { file, span } = finding.place ?? {};
  const { line, column } = span?.start ?? { line: 1, column: 1 };
  return { file, line, column, code: finding.code, message: sentence(finding) };
}

function exitOf(results: readonly FactorResult[], asked: readonly VariedFactor[]): Exit {
  if (results.some(({ outcome }) => outcome === 'differs' || outcome === 'failed')) {
    return EXIT.mismatch;
  }
  // The control alone is no answer to a question about something else.
  const known = results.some(({ factor, outcome }) => outcome === 'same' && asked.includes(factor));
  return known ? EXIT.holds : EXIT.fails;
}
