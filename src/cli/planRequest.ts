/** What `rebuild` and `seed` do before anything is built: read the plan and choose an isolation. */
import path from 'node:path';
import { parsePlan } from '../core/formats/plan/plan.js';
import { substitute } from '../core/formats/plan/substitute.js';
import { decodeText } from '../core/model/bytes.js';
import type { Sha256 } from '../core/model/digest.js';
import type { Finding } from '../core/model/finding.js';
import type { RepoPath } from '../core/model/paths.js';
import { namesFile } from '../core/model/plan.js';
import type { BuildPlan } from '../core/model/plan.js';
import { REBUILD_EXIT } from '../core/model/reference.js';
import type { RebuildReason } from '../core/model/reference.js';
import { chooseBuildIsolation } from '../core/rebuild/buildIsolation.js';
import type { BuildIsolation } from '../core/rebuild/buildIsolation.js';
import { stepProblems } from '../core/rebuild/buildRun.js';
import type { StepMode, StepOptions } from '../core/rebuild/buildRun.js';
import type { IsolationChoice } from '../core/rebuild/isolation.js';
import type { Sandbox } from '../core/rebuild/sandbox.js';
import { readBytes, sha256 } from '../core/system/files.js';
import { printable } from '../core/words/printable.js';
import { isolationPhrase } from '../core/words/tiers.js';
import type { CommonOptions, Context } from './context.js';
import { Echo } from './echo.js';
import { UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { findingDocument, findingLine, shownPath } from './render.js';

/** The options that `rebuild` and `seed` share. */
export interface PlanOptions extends CommonOptions {
  readonly tag: string;
  /** Relative to the current directory; default `build/plan.yaml`. */
  readonly plan?: string;
  /** Split string steps into words instead of handing them to a shell. */
  readonly argv?: boolean;
  readonly isolation?: BuildIsolation;
  /** `name@sha256:...`: what a container would be made of. */
  readonly image?: string;
  /** Seconds, for all steps together. */
  readonly timeout?: string;
}

/** A plan that can be built. */
export interface PlanRequest {
  readonly kind: 'ready';
  readonly plan: BuildPlan;
  readonly planName: string;
  readonly planDigest: Sha256;
  readonly sandbox: Sandbox;
  readonly image?: IsolationChoice['image'];
  readonly mode: StepMode;
}

/** What keeps a plan from being built, or what came of building it. */
export interface Failure {
  readonly kind: 'failed';
  readonly reason: RebuildReason;
  readonly findings: readonly Finding[];
  /** A sentence where no finding says it. */
  readonly message?: string;
}

const DEFAULT_PLAN = 'build/plan.yaml';
/** Plans of people have a few kilobytes. */
const MOST_PLAN = 16 << 20;

/** Reads the plan and chooses an isolation. @throws UnusableError when an option is malformed. */
export async function planRequest(
  { repo, signal }: Context,
  options: PlanOptions,
): Promise<PlanRequest | Failure> {
  const { tag, plan: planName = DEFAULT_PLAN } = options;
  if (!namesFile(tag))
    return failed('unsafe-path', [{ code: 'rebuild-tag', severity: 'error', tag }]);
  const at = path.resolve(planName);
  const bytes = await readPlan(at);
  if (bytes === undefined) {
    const message = `${shownPath(at)}: there is no build plan of that name; name it with --plan FILE, relative to the current directory`;
    return { ...failed('plan-not-found', []), message };
  }
  const file = path.relative(repo, at).split(path.sep).join('/') as RepoPath;
  const plan = substitute(parsePlan(decodeText(bytes), file), tag);
  const mode: StepMode = options.argv === true ? 'argv' : 'shell';
  const problems = stepProblems(plan, mode);
  if (problems.length > 0) return failed('plan-invalid', problems);
  const wish = options.isolation ?? 'auto';
  const choice = await chooseBuildIsolation(wish, options.image, { file, signal });
  signal.throwIfAborted();
  const { sandbox, image } = choice;
  if (sandbox === undefined) return failed('isolation-unavailable', passedOver(choice, 'error'));
  const planDigest = sha256(bytes);
  return { kind: 'ready', plan, planName, planDigest, sandbox, mode, ...(image ? { image } : {}) };
}

const failed = (reason: RebuildReason, findings: readonly Finding[]): Failure => ({
  kind: 'failed',
  reason,
  findings,
});

const passedOver = ({ passedOver }: IsolationChoice, severity: Finding['severity']): Finding[] =>
  passedOver.map((each) => ({ code: 'rebuild-isolation', severity, ...each }));

async function readPlan(at: string): Promise<Uint8Array | undefined> {
  try {
    return await readBytes(at, { limit: MOST_PLAN });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'an I/O error';
    throw new UnusableError(`${shownPath(at)}: the plan cannot be read (${reason})`, {
      cause: error,
    });
  }
}

/** The options of the steps, and an echo of what they write; call `end` when they have ended. */
export function stepOptions(
  { terminal, signal }: Context,
  { timeout }: PlanOptions,
  mode: StepMode,
): StepOptions & { readonly end: () => void } {
  const echo = new Echo((line) => terminal.remark(terminal.paint.dim(`  | ${line}`)));
  return {
    mode,
    signal,
    timeoutMs: timeoutMs(timeout),
    onStep: ({ number }) => {
      echo.end();
      terminal.remark(`step ${number}`);
    },
    onOutput: (text) => echo.push(text),
    end: () => echo.end(),
  };
}

function timeoutMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && seconds > 0) return seconds * 1000;
  throw new UnusableError(`--timeout ${printable(text)}: write a number of seconds`);
}

/** `SOURCE_DATE_EPOCH` in seconds. @throws UnusableError when it is set to something else. */
export function sourceDateEpoch(): number | undefined {
  const text = process.env['SOURCE_DATE_EPOCH'] ?? '';
  if (text === '') return undefined;
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw new UnusableError(
    `SOURCE_DATE_EPOCH is "${printable(text)}"; it must be seconds since 1970`,
  );
}

/** One line before the steps: what is built, from what and in what. */
export function sayBegin(
  { terminal }: Context,
  { plan, planName, sandbox, mode }: PlanRequest,
): void {
  const what = printable(plan.artifact?.text ?? '');
  const how = mode === 'argv' ? ', string steps split without a shell' : '';
  terminal.remark(
    `Building ${what} from ${printable(planName)} ${isolationPhrase(sandbox.kind)}${how}`,
  );
}

/** Tells why nothing came of it, and gives the exit status. */
export function sayFailure(context: Context, { reason, findings, message }: Failure): Exit {
  const { terminal, repo } = context;
  if (message !== undefined) terminal.remark(`reprolens: ${message}`);
  for (const finding of findings) {
    terminal.remark(findingLine(finding, { paint: terminal.paint, root: repo }));
  }
  terminal.document({
    reason,
    match: false,
    ...(message === undefined ? {} : { message }),
    findings: findings.map(findingDocument),
  });
  return REBUILD_EXIT[reason];
}
