import path from 'node:path';
import type { Lock } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import type { TierDetail, TierOutcome, TierReport } from '../model/tier.js';
import { now } from '../system/clock.js';
import { absolutePath, readBytes, sha256 } from '../system/files.js';
import { readInside } from '../system/inside.js';
import { withTemporary } from '../system/temporary.js';
import { PipLog, readRefusal } from './dependenciesOutput.js';
import { throwAwayPip } from './dependenciesPip.js';
import type { Pip } from './dependenciesPip.js';
import { findPython } from './dependenciesPython.js';
import { compareReport, readReport } from './dependenciesReport.js';
import { compareInstalled } from './dependenciesInstalled.js';

/** How the dependencies are verified. */
export interface DependencyOptions {
  /** Install into a fresh environment, not only resolve; this runs builds of packages. */
  readonly install?: boolean;
  /** The interpreter; default: `python3` or `python`. */
  readonly python?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For pip's whole run; default 15 minutes, an hour with `install`. */
  readonly timeoutMs?: number;
  /** Told what pip prints, for progress. */
  readonly onOutput?: (text: string) => void;
}

/** The part of a report that differs from case to case. */
type Result = Pick<TierReport, 'outcome' | 'detail' | 'total' | 'verified' | 'findings'>;

/** What the steps of one verification share. */
interface Work {
  readonly lock: Lock;
  /** Absolute path of the lock. */
  readonly file: string;
  /** A directory that is thrown away. */
  readonly directory: string;
  readonly options: DependencyOptions;
}

const RESOLVE_MS = 900_000;
const INSTALL_MS = 3_600_000;
const LOCK_LIMIT = 64 << 20;

/**
 * Tier 2: does the lock pin its environment, and does the package index still serve those bytes? pip
 * resolves the lock in an environment that is thrown away, hashes required. Without an index or a pip
 * the result is the lock's structure alone, and says so.
 *
 * Only wheels are taken unless `install` is given: to resolve a source distribution is to run it.
 */
export async function dependenciesTier(
  root: string,
  lock: Lock | undefined,
  options: DependencyOptions = {},
): Promise<TierReport> {
  const result = lock === undefined ? ABSENT : await verifyLock(root, lock, options);
  const basis = lock === undefined ? {} : { basis: lock.digest };
  return { tier: 2, ...result, ...basis, finishedAt: now() };
}

const ABSENT: Result = {
  outcome: 'error',
  detail: { kind: 'not-run', why: 'absent' },
  total: 0,
  verified: 0,
  findings: [],
};

async function verifyLock(root: string, lock: Lock, options: DependencyOptions): Promise<Result> {
  const broken = lock.findings.some(({ severity }) => severity === 'error');
  if (broken) return structural(lock, 'not-asked', 'fail');
  const unfit = unaskable(lock, options);
  if (unfit.length > 0) return withFindings(structural(lock, 'not-asked', 'error'), unfit);
  const file = absolutePath(root, lock.file);
  if (!(await isUnchanged(root, lock))) return changed(lock);
  const python = await findPython(root, options);
  if (isAborted(options)) return stopped(lock, 'cancelled');
  if (python === undefined) return structural(lock, 'no-python', 'pass');
  return await withTemporary(async (directory) => {
    const pip = await throwAwayPip(python, directory, options.signal);
    if (isAborted(options)) return stopped(lock, 'cancelled');
    if (pip === undefined) return structural(lock, 'no-python', 'pass');
    const result = await askPip(pip, { lock, file, directory, options });
    return (await isUnchanged(root, lock)) ? result : changed(lock);
  });
}

const isAborted = ({ signal }: DependencyOptions): boolean => signal?.aborted === true;

/** The lock's own text is all that was checked: every entry has its pin and hash, or is a finding. */
function structural(
  lock: Lock,
  why: Extract<TierDetail, { kind: 'lock-structure' }>['why'],
  outcome: TierOutcome,
): Result {
  const bad = new Set(
    lock.findings
      .filter(({ severity }) => severity === 'error')
      .map(({ place }) => place?.span.start.line),
  );
  const total = lock.entries.length;
  const verified = lock.entries.filter(({ place }) => !touches(bad, place.span)).length;
  return {
    outcome,
    detail: { kind: 'lock-structure', why },
    total,
    verified,
    findings: lock.findings,
  };
}

function touches(lines: ReadonlySet<number | undefined>, span: LineRange): boolean {
  for (let line = span.start.line; line <= span.end.line; line++) if (lines.has(line)) return true;
  return false;
}

interface LineRange {
  readonly start: { readonly line: number };
  readonly end: { readonly line: number };
}

const withFindings = (result: Result, more: readonly Finding[]): Result => ({
  ...result,
  findings: [...result.findings, ...more],
});

const changed = (lock: Lock): Result =>
  withFindings(structural(lock, 'not-asked', 'error'), [
    { code: 'lock-changed', severity: 'error' },
  ]);

const stopped = (lock: Lock, why: 'timed-out' | 'cancelled'): Result =>
  withFindings(structural(lock, 'not-asked', 'error'), [
    { code: 'lock-resolver-stopped', severity: 'error', why },
  ]);

/**
 * Why pip is not given this lock. An address with `${TOKEN}` in it would send a variable of the
 * user's to whatever server the lock names; `--no-binary` would run builds.
 */
function unaskable(lock: Lock, { install }: DependencyOptions): Finding[] {
  const variables = lock.findings.filter(({ code }) => code === 'lock-variable').slice(0, 1);
  const sources = lock.options.filter(
    ({ name, value }) => name === '--no-binary' && value !== ':none:' && install !== true,
  );
  return [
    ...variables.map((finding) => ({ ...finding, severity: 'error' as const })),
    ...sources.map(({ value, place }): Finding => {
      return { code: 'lock-needs-build', severity: 'error', name: value, place };
    }),
  ];
}

async function isUnchanged(root: string, lock: Lock): Promise<boolean> {
  const bytes = await readInside(root, lock.file, { limit: LOCK_LIMIT }).catch(() => undefined);
  return bytes !== undefined && sha256(bytes) === lock.digest;
}

async function askPip(pip: Pip, work: Work): Promise<Result> {
  const { lock, file, directory, options } = work;
  const install = options.install === true;
  const report = path.join(directory, 'report.json');
  const log = new PipLog();
  const ran = await pip.run(
    [
      ...['install', '-vv', '--require-hashes', '--ignore-installed', '--no-cache-dir'],
      ...['--no-input', '--retries', '1', '--no-warn-script-location', '--report', report],
      ...(install ? ['--no-compile'] : ['--dry-run', '--only-binary', ':all:']),
      ...['-r', file],
    ],
    {
      timeoutMs: options.timeoutMs ?? (install ? INSTALL_MS : RESOLVE_MS),
      signal: options.signal,
      onOutput: (text, stream) => {
        log.take(text, stream);
        options.onOutput?.(text);
      },
    },
  );
  if (ran.outcome === 'timed-out' || ran.outcome === 'cancelled') return stopped(lock, ran.outcome);
  if (ran.status === 0) return await resolved(pip, work, report);
  const refusal = readRefusal(ran.stderr, log, lock);
  if (refusal.kind === 'unreachable') return structural(lock, 'offline', 'pass');
  const outcome = refusal.kind === 'fails' ? 'fail' : 'error';
  return withFindings(judged(pip, work, outcome), refusal.findings);
}

const judged = (
  pip: Pip,
  { lock, options }: Work,
  outcome: TierOutcome,
  counts = { total: lock.entries.length, verified: 0 },
): Result => {
  const installed = options.install === true;
  const detail = { kind: 'lock-resolved', tool: `pip ${pip.version}`, installed } as const;
  return { outcome, detail, ...counts, findings: lock.findings };
};

async function resolved(pip: Pip, work: Work, report: string): Promise<Result> {
  const bytes = await readBytes(report).catch(() => undefined);
  const chosen = readReport(bytes === undefined ? '' : Buffer.from(bytes).toString('utf8'));
  if (chosen === undefined) return judged(pip, work, 'error');
  const { total, verified, findings } = compareReport(work.lock, chosen);
  const drift = await installedDrift(pip, work);
  // Nothing that applies here is nothing that was checked.
  const held = total > 0 && verified === total && drift.length === 0;
  const counts = { total, verified };
  return withFindings(judged(pip, work, held ? 'pass' : 'error', counts), [...findings, ...drift]);
}

/** After an installation: is what was installed what is pinned? */
async function installedDrift(pip: Pip, { lock, options }: Work): Promise<readonly Finding[]> {
  if (options.install !== true) return [];
  const seen = await compareInstalled(lock, pip.python, options.signal);
  const drift = (seen ?? []).filter(({ code }) => code === 'lock-installed');
  return drift.map((finding) => ({ ...finding, severity: 'error' }));
}
