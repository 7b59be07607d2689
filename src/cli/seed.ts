import { seedPlan } from '../core/rebuild/buildSeed.js';
import type { SeedResult } from '../core/rebuild/buildSeed.js';
import { absolutePath, FileError } from '../core/system/files.js';
import { printable } from '../core/words/printable.js';
import type { Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { planRequest, sayBegin, sayFailure, sourceDateEpoch, stepOptions } from './planRequest.js';
import type { PlanOptions, PlanRequest } from './planRequest.js';
import { findingDocument, findingLine, shownPath } from './render.js';

export interface SeedCommandOptions extends PlanOptions {
  /** Replace what records another digest. */
  readonly force?: boolean;
}

/** `seed`: builds a plan once and records the digest and the attestation that rebuilds must equal. */
export async function seedCommand(context: Context, options: SeedCommandOptions): Promise<Exit> {
  const epoch = sourceDateEpoch();
  const request = await planRequest(context, options);
  if (request.kind === 'failed') return sayFailure(context, request);
  const result = await seeded(context, options, { request, epoch });
  if (result.kind === 'failed') return sayFailure(context, result);
  saySeed(context, options, result);
  context.terminal.document({
    ...(JSON.parse(result.attestation) as object),
    seeded: result.kind === 'seeded',
    written: result.written,
    unchanged: result.unchanged,
    findings: result.findings.map(findingDocument),
  });
  return result.kind === 'seeded' ? EXIT.holds : EXIT.fails;
}

async function seeded(
  context: Context,
  options: SeedCommandOptions,
  { request, epoch }: { readonly request: PlanRequest; readonly epoch: number | undefined },
): Promise<SeedResult> {
  const { end, ...steps } = stepOptions(context, options, request.mode);
  sayBegin(context, request);
  try {
    const seed = { ...request, root: context.repo, epoch };
    return await seedPlan(seed, { ...steps, force: options.force === true });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new UnusableError(
      `${shownPath(error.path)}: the reference cannot be written (${error.code})`,
      { cause: error },
    );
  } finally {
    end();
  }
}

function saySeed(
  { terminal, repo }: Context,
  { tag }: SeedCommandOptions,
  { kind, digest, written, unchanged, findings }: Exclude<SeedResult, { kind: 'failed' }>,
): void {
  const { say, paint } = terminal;
  const word = kind === 'seeded' ? paint.good('[SEEDED]') : paint.bad('[KEPT]');
  say(`${word} ${printable(tag)} sha256=${digest}`);
  for (const name of written) say(`Reference written to ${shownPath(absolutePath(repo, name))}`);
  for (const name of unchanged) say(`Recorded already in ${shownPath(absolutePath(repo, name))}`);
  for (const finding of findings) say(findingLine(finding, { paint, root: repo }));
}
