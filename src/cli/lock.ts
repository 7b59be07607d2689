import path from 'node:path';
import { parseLock } from '../core/formats/lock/lock.js';
import { decodeText } from '../core/model/bytes.js';
import type { Lock } from '../core/model/envelope.js';
import type { Finding } from '../core/model/finding.js';
import type { RepoPath } from '../core/model/paths.js';
import type { TierReport } from '../core/model/tier.js';
import { planLock, writeLock } from '../core/produce/lock.js';
import type { LockChange, LockPlan } from '../core/produce/lock.js';
import { absolutePath, existsFile, sha256 } from '../core/system/files.js';
import { readInside } from '../core/system/inside.js';
import { dependenciesTier } from '../core/verify/dependencies.js';
import { compareInstalled } from '../core/verify/dependenciesInstalled.js';
import { printable } from '../core/words/printable.js';
import { detailText, outcomeWord } from '../core/words/tiers.js';
import { agreed, declined, LEFT } from './ask.js';
import type { Manner } from './ask.js';
import { chosenRefs } from './context.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { findingDocument, findingLine, shownPath } from './render.js';

export interface LockWriteOptions extends CommonOptions, Manner {
  readonly python?: string;
}

export interface LockVerifyOptions extends CommonOptions {
  readonly install?: boolean;
  readonly python?: string;
}

const LOCK = 'requirements.lock' as RepoPath;
const LIMIT = 64 << 20;

/** `lock check`: the structure of the lock file. */
export async function lockCheck(context: Context): Promise<Exit> {
  const { terminal } = context;
  const root = await lockRoot(context);
  const lock = await readLock(root);
  sayFindings(lock.findings, root, context);
  const { entries, findings } = lock;
  const problems = findings.filter(({ severity }) => severity === 'error');
  const file = shownPath(absolutePath(root, LOCK));
  const count = entries.length === 1 ? '1 package' : `${entries.length} packages`;
  terminal.say(
    problems.length === 0
      ? `${file}: ${count}, all pinned and hashed`
      : `${file}: ${count}, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
  );
  terminal.document({
    lock: LOCK,
    entries: entries.length,
    problems: findings.map(findingDocument),
  });
  if (entries.length === 0 && findings.some(({ code }) => code === 'lock-line')) {
    throw new UnusableError(`${file}: holds no requirement; is it a requirements file?`);
  }
  return problems.length === 0 ? EXIT.holds : EXIT.fails;
}

/** `lock write`: shows which packages change and, without `--dry-run`, writes the lock. */
export async function lockWrite(context: Context, options: LockWriteOptions): Promise<Exit> {
  const { terminal, signal } = context;
  const root = await lockRoot(context);
  terminal.progress('resolving dependencies');
  const python = interpreter(options.python);
  const plan = await planLock(root, { signal, python });
  sayPlan(plan, context);
  const blocked = plan.obstacles.length > 0;
  const write = !blocked && plan.differs && (await agreed(context, options, 'Write the lock?'));
  if (write) await writeLock(plan);
  terminal.say(!blocked && declined(options, plan.differs && !write) ? LEFT : outcome(plan, write));
  terminal.document(planDocument(plan));
  if (blocked) return isMissingInput(plan) ? EXIT.unusable : EXIT.fails;
  return options.dryRun === true && plan.differs ? EXIT.fails : EXIT.holds;
}

/** `lock verify`: pip resolves the lock file. */
export async function lockVerify(context: Context, options: LockVerifyOptions): Promise<Exit> {
  const { terminal, signal } = context;
  const root = await lockRoot(context);
  const lock = await readLock(root);
  const python = interpreter(options.python);
  terminal.progress('asking the package index');
  const install = options.install === true;
  const report = await dependenciesTier(root, lock, { install, python, signal });
  signal.throwIfAborted();
  const drift = python === undefined ? [] : ((await compareInstalled(lock, python, signal)) ?? []);
  const findings = [...report.findings, ...drift];
  sayFindings(findings, root, context);
  terminal.say(verdict(report, root, context));
  const { outcome: result } = report;
  terminal.document({
    outcome: result,
    detail: detailText(report),
    problems: findings.map(findingDocument),
  });
  return result === 'pass' ? EXIT.holds : EXIT.fails;
}

/** The repository itself when it has a lock; else the root of its pipeline. */
async function lockRoot(context: Context): Promise<string> {
  if (context.project === undefined && (await existsFile(absolutePath(context.repo, LOCK)))) {
    return context.repo;
  }
  const refs = await chosenRefs(context);
  return refs.find(({ kind }) => kind === 'vaibify')?.root ?? context.repo;
}

async function readLock(root: string): Promise<Lock> {
  const file = absolutePath(root, LOCK);
  const bytes = await readInside(root, LOCK, { limit: LIMIT });
  if (bytes !== undefined) return parseLock(decodeText(bytes), LOCK, sha256(bytes));
  throw new UnusableError(`${file}: no such file; write it with "reprolens lock write"`);
}

/** A name is searched on the path; anything with a separator is a file. */
const interpreter = (given: string | undefined): string | undefined =>
  given === undefined || !/[/\\]/.test(given) ? given : path.resolve(given);

function sayFindings(findings: readonly Finding[], root: string, { terminal }: Context): void {
  for (const finding of findings) terminal.say(findingLine(finding, { ...terminal, root }));
}

function sayPlan(plan: LockPlan, { terminal }: Context): void {
  const { say, remark, paint } = terminal;
  for (const change of plan.added) say(`${paint.good('+ add')}     ${changeLine(change)}`);
  for (const change of plan.changed) say(`${paint.bad('~ change')}  ${changeLine(change)}`);
  for (const change of plan.removed) say(`${paint.bad('- remove')}  ${changeLine(change)}`);
  for (const obstacle of plan.obstacles) remark(findingLine(obstacle, { paint, root: plan.root }));
}

function changeLine({ name, from, to }: LockChange): string {
  if (from !== undefined && from === to)
    return `${printable(name)}  ${printable(from)}, other hashes`;
  const versions = [from, to].filter((version): version is string => version !== undefined);
  return `${printable(name)}  ${versions.map(printable).join(' -> ')}`;
}

/** Nothing says what to lock, or nothing is there that could. */
const isMissingInput = ({ obstacles }: LockPlan): boolean =>
  obstacles.some(({ code }) => code === 'lock-input-absent' || code === 'lock-tool-absent');

function outcome(plan: LockPlan, written: boolean): string {
  const { obstacles, differs, parsed, input = '', tool = '' } = plan;
  const lock = shownPath(absolutePath(plan.root, plan.lock));
  if (obstacles.length > 0) return `${lock}: not written`;
  const count = parsed?.entries.length ?? 0;
  const what = `${count === 1 ? '1 package' : `${count} packages`} from ${input} by ${tool}`;
  if (written) return `${lock}: written, ${what}`;
  return differs
    ? `${lock}: would change; run without --dry-run to write ${what}`
    : `${lock}: up to date, ${what}`;
}

function planDocument(plan: LockPlan): unknown {
  const { lock, input, tool, added, changed, removed, obstacles, parsed } = plan;
  return {
    lock,
    entries: parsed?.entries.length ?? 0,
    problems: [...obstacles, ...(obstacles.length > 0 ? [] : (parsed?.findings ?? []))].map(
      findingDocument,
    ),
    ...(input === undefined ? {} : { input }),
    ...(tool === undefined ? {} : { tool }),
    ...{ added, changed, removed },
  };
}

function verdict(report: TierReport, root: string, { terminal: { paint } }: Context): string {
  const tint = report.outcome === 'pass' ? paint.good : paint.bad;
  const weaker =
    report.detail.kind === 'lock-structure'
      ? ' (weaker: only the text of the lock was checked)'
      : '';
  return `${shownPath(absolutePath(root, LOCK))}: ${detailText(report)} ${tint(outcomeWord(report.outcome))}${weaker}`;
}
