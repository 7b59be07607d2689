import path from 'node:path';
import type { Rebuild } from '../core/model/build.js';
import type { RebuildResult } from '../core/rebuild/buildPlan.js';
import type { Recorded } from '../core/rebuild/buildRecord.js';
import { now } from '../core/system/clock.js';
import { writeAtomic } from '../core/system/files.js';
import { formatReport } from '../core/verify/report.js';
import type { Context } from './context.js';
import type { PlanRequest } from './planRequest.js';

/** What a report of a rebuild is made from. */
export interface RebuildNews {
  readonly request: PlanRequest;
  readonly tag: string;
  readonly result: RebuildResult;
  /** Where the verdict was written; absent when nothing was made that there could be one on. */
  readonly recorded?: Recorded;
}

/**
 * Leaves the result for the process that asked for it: a verdict in the repository is a claim to
 * everybody else, this is what was seen.
 * @param file relative to the current directory
 */
export async function leaveReport(
  { repo }: Context,
  file: string,
  news: RebuildNews,
): Promise<void> {
  const { plan, planDigest: basis } = news.request;
  const project = { root: repo, file: plan.file, basis };
  const rows = { root: repo, rows: [] };
  await writeAtomic(path.resolve(file), formatReport(project, [rebuildTier(news)], rows));
}

function rebuildTier({ request, tag, result, recorded }: RebuildNews): Rebuild {
  const { planDigest: basis, sandbox } = request;
  const report = { tier: 4, total: 1, findings: result.findings, basis } as const;
  if (result.kind === 'failed' || recorded === undefined) {
    const reason = result.kind === 'failed' ? result.reason : result.verdict.reason;
    const detail = { kind: 'rebuild-failed', reason, tag } as const;
    return { ...report, outcome: 'error', detail, verified: 0, finishedAt: now() };
  }
  const { verdict, built } = result;
  return {
    ...report,
    outcome: verdict.match ? 'pass' : 'fail',
    verified: verdict.match ? 1 : 0,
    finishedAt: built.finishedAt,
    detail: {
      kind: 'rebuilt',
      isolation: sandbox.kind,
      tag,
      generated: built.digest,
      size: built.size,
      startedAt: built.startedAt,
      attestation: recorded.verdict,
      ...(verdict.reference === undefined ? {} : { source: verdict.reference.source }),
    },
  };
}
