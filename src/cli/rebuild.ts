import path from 'node:path';
import { explain } from '../core/explain/explain.js';
import type { Explanation } from '../core/model/difference.js';
import { REBUILD_EXIT } from '../core/model/reference.js';
import { rebuildPlan } from '../core/rebuild/buildPlan.js';
import type { RebuildResult } from '../core/rebuild/buildPlan.js';
import { rebuildDocuments, writeRecord } from '../core/rebuild/buildRecord.js';
import type { RebuildDocuments, Recorded } from '../core/rebuild/buildRecord.js';
import { FileError } from '../core/system/files.js';
import { differencesSummary } from '../core/words/differences.js';
import { printable } from '../core/words/printable.js';
import { isolationPhrase } from '../core/words/tiers.js';
import manifest from '../../package.json';
import type { Context } from './context.js';
import { UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { explanationDocument, sayDifferences } from './explain.js';
import { planRequest, sayBegin, sayFailure, sourceDateEpoch, stepOptions } from './planRequest.js';
import type { PlanOptions, PlanRequest } from './planRequest.js';
import { findingDocument, findingLine, shownPath } from './render.js';
import { leaveReport } from './rebuildReport.js';
import { checkProof, proofOf } from './rebuildProof.js';
import type { Proof, ProofOptions } from './rebuildProof.js';
import { causeLine, planLint, varyCommand } from './vary.js';

export interface RebuildCommandOptions extends PlanOptions, ProofOptions {
  /** Relative to the current directory; default `artifacts/repro/attestations`. */
  readonly out?: string;
  /** A disagreement of references is a mismatch. */
  readonly strict?: boolean;
  /** FixOps's rule for attestations that do not name the artifact. */
  readonly compat?: boolean;
  /** Compare builds with each other instead, one factor changed at a time. */
  readonly vary?: true | readonly string[];
  /** Where the result is left for the process that asked, relative to the current directory. */
  readonly report?: string;
}

const DEFAULT_OUT = 'artifacts/repro/attestations';

/** `rebuild`: builds a plan in isolation, compares the artifact with its references, attests. */
export async function rebuildCommand(
  context: Context,
  options: RebuildCommandOptions,
): Promise<Exit> {
  const { vary } = options;
  checkProof(options);
  if (vary !== undefined) return varyCommand(context, { ...options, vary });
  const proof = await proofOf(options);
  const epoch = sourceDateEpoch();
  const request = await planRequest(context, options);
  if (request.kind === 'failed') return sayFailure(context, request);
  const explained: Explained[] = [];
  const result = await rebuilt(context, { request, options, proof, explained });
  const { report, tag } = options;
  if (result.kind === 'failed') {
    if (report !== undefined) await leaveReport(context, report, { request, tag, result });
    return sayFailure(context, result);
  }
  const documents = rebuildDocuments({
    ...request,
    ...result,
    tag,
    epoch,
    tool: { name: manifest.name, version: manifest.version },
  });
  const recorded = await written(context, options, documents);
  if (report !== undefined) await leaveReport(context, report, { request, tag, result, recorded });
  sayVerdict(context, options, { request, result, recorded });
  sayExplained(context, explained);
  if (result.verdict.reason === 'mismatch') await sayWhy(context, request, tag);
  context.terminal.document({
    ...(JSON.parse(documents.verdict) as object),
    attestation_path: recorded.verdict,
    findings: result.findings.map(findingDocument),
    ...(explained[0] === undefined
      ? {}
      : { differences: explanationDocument(explained[0].explanation, explained[0].files) }),
  });
  return REBUILD_EXIT[result.verdict.reason];
}

/** Lines of the lint that are shown beside a mismatch. */
const MOST_LINT = 10;

/** What the plan does that makes builds differ, and how to find out which of it did. */
async function sayWhy(context: Context, request: PlanRequest, tag: string): Promise<void> {
  const { terminal, repo } = context;
  const lint = await planLint(context, request, tag);
  if (lint.length > 0) terminal.say('What may make it differ:');
  for (const finding of lint.slice(0, MOST_LINT)) terminal.say(`  ${causeLine(finding, repo)}`);
  if (lint.length > MOST_LINT) terminal.say(`  and ${lint.length - MOST_LINT} more: plan check`);
  terminal.say(
    `To find the cause: reprolens rebuild --tag ${printable(tag)} --vary (builds once for each factor)`,
  );
}

async function rebuilt(
  context: Context,
  {
    request,
    options,
    proof,
    explained,
  }: {
    readonly request: PlanRequest;
    readonly options: RebuildCommandOptions;
    readonly proof: Proof;
    readonly explained: Explained[];
  },
): Promise<RebuildResult> {
  const { end, ...steps } = stepOptions(context, options, request.mode);
  sayBegin(context, request);
  try {
    return await rebuildPlan(
      { ...request, root: context.repo },
      {
        ...steps,
        ...proof,
        strict: options.strict === true,
        compat: options.compat === true,
        onMismatch: async (built, reference) => {
          explained.push(...(await explanation(context, built, reference)));
        },
      },
    );
  } finally {
    end();
  }
}

/** Why the artifact is not the reference; the first is the expected one. */
interface Explained {
  readonly explanation: Explanation;
  readonly files: readonly [string, string];
}

function sayExplained(context: Context, explained: readonly Explained[]): void {
  for (const { explanation } of explained) {
    sayDifferences(explanation, context);
    context.terminal.say(differencesSummary(explanation));
  }
}

/** None when it cannot be found out: that changes nothing of the verdict. */
async function explanation(
  { terminal, signal }: Context,
  built: string,
  reference: string,
): Promise<Explained[]> {
  try {
    const files = [reference, built] as const;
    return [{ explanation: await explain(...files, { signal }), files }];
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    terminal.remark(`What differs could not be found out: ${printable(why)}`);
    return [];
  }
}

async function written(
  { repo }: Context,
  { out = DEFAULT_OUT, tag }: RebuildCommandOptions,
  documents: RebuildDocuments,
): Promise<Recorded> {
  const directory = path.resolve(out);
  try {
    return await writeRecord(documents, { out: directory, root: repo, tag });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'an I/O error';
    const at = error instanceof FileError ? error.path : directory;
    throw new UnusableError(`${shownPath(at)}: the attestation cannot be written (${reason})`, {
      cause: error,
    });
  }
}

/** First what FixOps prints, then what we know besides. */
function sayVerdict(
  { terminal, repo }: Context,
  { tag }: RebuildCommandOptions,
  {
    request,
    result,
    recorded,
  }: {
    readonly request: PlanRequest;
    readonly result: Extract<RebuildResult, { kind: 'judged' }>;
    readonly recorded: Recorded;
  },
): void {
  const { say, paint } = terminal;
  const { match, generated, reference } = result.verdict;
  const word = match ? paint.good('[SUCCESS]') : paint.bad('[MISMATCH]');
  say(`${word} ${printable(tag)} sha256=${generated}`);
  say(`Attestation written to ${shownPath(recorded.verdict)}`);
  if (recorded.kept !== undefined) {
    say(`The one of another digest that was there is now ${shownPath(recorded.kept)}`);
  }
  for (const finding of result.findings) say(findingLine(finding, { paint, root: repo }));
  const { kind } = request.sandbox;
  // Only what had no network may be called so.
  const how = kind === 'clean-folder' ? 'Rebuilt' : 'Hermetic rebuild';
  const by = reference === undefined ? 'nothing' : printable(reference.source);
  say(`${how} ${isolationPhrase(kind)}, compared with ${by}`);
}
