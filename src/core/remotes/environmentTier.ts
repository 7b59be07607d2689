import { parseImageReference } from '../formats/container/imageReference.js';
import type { CapturedEnvironment, CapturedImage } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import type { TierDetail, TierOutcome, TierReport } from '../model/tier.js';
import { now } from '../system/clock.js';
import { findEngine } from './engine.js';
import type { Engine } from './engine.js';
import { holdsLocal, obtain } from './engineImages.js';
import type { EngineVerdict } from './engineImages.js';
import { imageFinding, isFlaw } from './imageFindings.js';
import { machineDrift } from './machineDrift.js';
import { inspectImage, resolveTag } from './registry.js';
import type { ImageInspection, PinnedReference } from './registry.js';
import { dockerCredentials } from './registryCredentials.js';

/** How the image is looked at. */
export interface EnvironmentTierOptions {
  /** Whether the bytes of every layer are fetched from the registry and hashed. */
  readonly layers: boolean;
  /** Default: docker, else podman, else none. */
  readonly engine?: Engine['kind'] | 'none';
  readonly signal?: AbortSignal | undefined;
  /** Told what the engine prints while it pulls. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

/** What a look at the image came to. */
interface Verdict {
  readonly outcome: TierOutcome;
  readonly detail: TierDetail;
  readonly findings: readonly Finding[];
  readonly total: number;
}

/**
 * Tier 3: the pinned image is there and has the recorded digest. The registry is asked in any case,
 * for a docker daemon that once had a manifest does not ask for it again; and so is an engine, where
 * there is one, for it may reach a registry that we do not. What either of them refutes fails. What
 * differs on this machine is told and changes nothing.
 */
export async function environmentTier(
  environment: CapturedEnvironment | undefined,
  options: EnvironmentTierOptions,
): Promise<TierReport> {
  if (environment === undefined) return report(undefined, notRun('error'));
  const verdict = await judge(environment, options);
  const drift = await machineDrift(environment, options.signal);
  const findings = [...environment.findings, ...verdict.findings, ...drift];
  if (options.signal?.aborted === true) {
    return report(environment, { ...verdict, outcome: 'error', findings });
  }
  return report(environment, { ...verdict, findings });
}

function report(
  environment: CapturedEnvironment | undefined,
  { outcome, detail, findings, total }: Verdict,
): TierReport {
  const verified = outcome === 'pass' ? total : 0;
  const basis = environment === undefined ? {} : { basis: environment.digest };
  return { tier: 3, outcome, detail, total, verified, findings, ...basis, finishedAt: now() };
}

const notRun = (outcome: 'error' | 'fail', findings: readonly Finding[] = []): Verdict => ({
  outcome,
  detail: { kind: 'not-run', why: 'absent' },
  findings,
  total: 0,
});

async function judge(
  environment: CapturedEnvironment,
  options: EnvironmentTierOptions,
): Promise<Verdict> {
  if (environment.mode === 'host') {
    return notRun('error', [{ code: 'environment-host-mode', severity: 'info' }]);
  }
  const { image } = environment;
  if (image === undefined) return notRun('error');
  const reference = parseImageReference(image.reference);
  const broken = environment.findings.some(({ severity }) => severity === 'error');
  if (broken || reference?.digest === undefined) return notRun('fail');
  const { engine, findings } = await chosenEngine(options);
  const verdict = await (reference.kind === 'local'
    ? judgeLocal(image, engine, options)
    : judgePinned(image, { ...reference, digest: reference.digest }, { ...options, engine }));
  return { ...verdict, findings: [...findings, ...verdict.findings] };
}

async function chosenEngine({ engine: kind, signal }: EnvironmentTierOptions) {
  if (kind === 'none') return { engine: undefined, findings: [] };
  const engine = await findEngine(kind === undefined ? undefined : [kind], signal);
  const missed: Finding[] =
    kind === undefined || engine !== undefined
      ? []
      : [{ code: 'image-engine-absent', severity: 'warning', engine: kind }];
  return { engine, findings: missed };
}

/** An image that was never published: at best this very machine still has it. */
async function judgeLocal(
  image: CapturedImage,
  engine: Engine | undefined,
  { signal }: EnvironmentTierOptions,
): Promise<Verdict> {
  const held =
    engine !== undefined && image.digest !== undefined
      ? await holdsLocal(engine, image.digest, { signal })
      : undefined;
  const { reference, place } = image;
  const severity = held === true ? 'info' : 'error';
  const findings: Finding[] = [{ code: 'image-local-only', severity, held: held === true, place }];
  if (engine === undefined || held === undefined) return recorded(image, findings);
  const detail = { kind: 'image', reference, by: engine.kind, layers: false } as const;
  return { outcome: held ? 'pass' : 'fail', detail, findings, total: 1 };
}

const recorded = ({ reference }: CapturedImage, findings: readonly Finding[]): Verdict => ({
  outcome: 'error',
  detail: { kind: 'image-recorded', reference, why: 'offline' },
  findings,
  total: 1,
});

type Looking = Omit<EnvironmentTierOptions, 'engine'> & { readonly engine: Engine | undefined };

async function judgePinned(
  image: CapturedImage,
  reference: PinnedReference,
  options: Looking,
): Promise<Verdict> {
  const asking = { signal: options.signal, credentials: dockerCredentials };
  const seen = await inspectImage(reference, { ...asking, layers: options.layers });
  const problem = seen.kind === 'ok' ? [] : [imageFinding(seen, image, reference)];
  if (isFlaw(seen)) {
    return { ...looked(image, seen, 'registry'), outcome: 'fail', findings: problem };
  }
  const had = await engineVerdict(reference, options);
  const moved = seen.kind === 'ok' ? await movedTag(image, reference, asking) : [];
  const findings = [...problem, ...complaints(had, options.engine, image), ...moved];
  return { ...weigh(image, seen, had, options.engine), findings };
}

/** The registry found no flaw; what the engine says, and who may be named for a pass. */
function weigh(
  image: CapturedImage,
  seen: ImageInspection,
  had: EngineVerdict | undefined,
  engine: Engine | undefined,
): Verdict {
  const by = looked(image, seen, engine?.kind ?? 'registry');
  switch (had?.kind) {
    case 'refused':
      return { ...by, outcome: 'fail' };
    case 'held':
    case 'pulled':
      return { ...by, outcome: 'pass' };
    case 'failed':
    case 'cancelled':
    case undefined:
      return seen.kind === 'ok'
        ? { ...looked(image, seen, 'registry'), outcome: 'pass' }
        : recorded(image, []);
  }
}

function engineVerdict(reference: PinnedReference, { engine, signal, onOutput }: Looking) {
  const attention = { signal, ...(onOutput === undefined ? {} : { onOutput }) };
  return engine === undefined ? undefined : obtain(engine, reference, attention);
}

const looked = (
  { reference }: CapturedImage,
  seen: ImageInspection,
  by: 'docker' | 'podman' | 'registry',
) => ({
  detail: { kind: 'image', reference, by, layers: hashed(seen) } as const,
  total: parts(seen),
  findings: [],
});

const hashed = (seen: ImageInspection): boolean => seen.kind === 'ok' && seen.layers;
const parts = (seen: ImageInspection): number =>
  seen.kind === 'ok' ? seen.manifests + seen.blobs : 1;

function complaints(
  verdict: EngineVerdict | undefined,
  engine: Engine | undefined,
  { place }: CapturedImage,
): Finding[] {
  if (engine === undefined || verdict === undefined || !('reason' in verdict)) return [];
  const severity = verdict.kind === 'refused' ? 'error' : 'warning';
  const { reason } = verdict;
  return [{ code: 'image-engine-refused', severity, engine: engine.kind, reason, place }];
}

/** A tag beside the digest says where the image came from; that it moved on is worth knowing. */
async function movedTag(
  { place }: CapturedImage,
  reference: PinnedReference,
  options: Parameters<typeof resolveTag>[1],
): Promise<Finding[]> {
  const { tag, digest } = reference;
  if (tag === undefined) return [];
  const found = await resolveTag(reference, options);
  if (found.kind !== 'ok' || found.digest === digest || found.platforms.includes(digest)) return [];
  const data = { tag, recorded: digest, current: found.digest };
  return [{ code: 'image-tag-moved', severity: 'info', ...data, place }];
}
