/** Builds a plan once and records what it made as the reference of later rebuilds. */
import path from 'node:path';
import { formatReference } from '../formats/attestation/fixops.js';
import { decodeText } from '../model/bytes.js';
import { parseSha256 } from '../model/digest.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding, FindingData } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import { literalDigest, planPath } from '../model/plan.js';
import type { BuildPlan, PlanField } from '../model/plan.js';
import type { RebuildReason } from '../model/reference.js';
import { absolutePath, FileError, hashFile, readBytes, writeAtomic } from '../system/files.js';
import { makeDirectory } from '../system/temporary.js';
import { entryAt } from '../system/within.js';
import { build } from './build.js';
import type { BuildRequest, Built } from './build.js';
import { readAttestation } from '../formats/attestation/query.js';
import { BUILD_TYPE, BUILDER_ID } from './buildRecord.js';
import type { StepOptions } from './buildRun.js';

/** What a reference is made from. */
export interface SeedRequest extends BuildRequest {
  /** Digest of the plan's bytes. */
  readonly planDigest: Sha256;
  /** `SOURCE_DATE_EPOCH` in seconds. */
  readonly epoch?: number | undefined;
}

/** How to record. */
export interface SeedOptions extends StepOptions {
  /** Replace what records another digest. */
  readonly force?: boolean;
}

/** What a seed came to. */
export type SeedResult =
  | {
      readonly kind: 'failed';
      readonly reason: RebuildReason;
      readonly findings: readonly Finding[];
    }
  | {
      /** `kept`: another digest is recorded already, and nothing was written. */
      readonly kind: 'seeded' | 'kept';
      readonly digest: Sha256;
      /** The text of the attestation, also where the plan names no place for one. */
      readonly attestation: string;
      /** Relative to the repository: what was written, and what said the same already. */
      readonly written: readonly RepoPath[];
      readonly unchanged: readonly RepoPath[];
      readonly findings: readonly Finding[];
    };

/**
 * Builds once; then writes `<artifact>.sha256`, the attestation that the plan names and the artifact
 * that it names, each whole or not at all, and all of them only when none records another digest.
 * Deletes nothing.
 * @throws {FileError} `link-on-path`: nothing is written behind a link; and as {@link build}.
 */
export async function seedPlan(request: SeedRequest, options: SeedOptions): Promise<SeedResult> {
  const result = await build(request, options, (built) => record(request, options, built));
  return result.kind === 'failed' ? result : result.value;
}

/** One file that records the artifact. */
interface Target {
  readonly path: RepoPath;
  readonly field: PlanField | undefined;
  readonly bytes: () => Promise<Uint8Array>;
  /** The digest that a file of this kind records. */
  readonly recorded: (bytes: Uint8Array) => string | undefined;
}

const MOST_RECORD = 64 << 20;

async function record(
  request: SeedRequest,
  { force = false }: SeedOptions,
  built: Built,
): Promise<SeedResult> {
  const { plan, root } = request;
  const { digest } = built;
  const attestation = attestationOf(request, built);
  const targets = targetsOf(plan, built, attestation);
  const conflicts = literalConflict(plan, digest);
  const unchanged: RepoPath[] = [];
  for (const target of targets) {
    const found = await recordedIn(root, target);
    if (found === digest) unchanged.push(target.path);
    else if (found !== undefined) conflicts.push(conflict(plan, target, { found, digest }));
  }
  const facts = { digest, attestation, unchanged };
  if (conflicts.length > 0 && !force) {
    return { kind: 'kept', ...facts, written: [], findings: conflicts };
  }
  const written: RepoPath[] = [];
  for (const target of targets) {
    if (unchanged.includes(target.path)) continue;
    await put(root, target);
    written.push(target.path);
  }
  const findings = conflicts
    .filter(({ code }) => code === 'seed-literal')
    .concat(nowhere(plan, digest))
    .map((finding): Finding => ({ ...finding, severity: 'warning' }));
  return { kind: 'seeded', ...facts, written, findings };
}

function attestationOf({ plan, planDigest, epoch }: SeedRequest, built: Built): string {
  const at = (milliseconds: number): number => (epoch === undefined ? milliseconds : epoch * 1000);
  return formatReference({
    // The last component: FixOps looks for nothing else.
    name: path.posix.basename(plan.artifact?.text ?? ''),
    sha256: built.digest,
    builder: BUILDER_ID,
    buildType: BUILD_TYPE,
    plan: { uri: plan.file, sha256: planDigest },
    startedAt: at(built.startedAt),
    finishedAt: at(built.finishedAt),
  });
}

function targetsOf(plan: BuildPlan, { digest, file }: Built, attestation: string): Target[] {
  const { artifact, referenceAttestation, referenceArtifact } = plan;
  const name = artifact?.text ?? '';
  const sums: Target = {
    path: `${pathOf(name)}.sha256` as RepoPath,
    field: artifact,
    bytes: () => Promise.resolve(Buffer.from(`${digest}\n`)),
    recorded: (bytes) => decodeText(bytes).trim().split(/\s/)[0],
  };
  const documents = (referenceAttestation === undefined ? [] : [referenceAttestation]).map(
    (field): Target => ({
      path: pathOf(field.text),
      field,
      bytes: () => Promise.resolve(Buffer.from(attestation)),
      recorded: (bytes) => {
        const read = readAttestation(bytes, { artifact: name, firstSubject: false });
        return read.ok ? read.digest : '';
      },
    }),
  );
  const artifacts = (referenceArtifact === undefined ? [] : [referenceArtifact]).map(
    (field): Target => ({
      path: pathOf(field.text),
      field,
      bytes: async () => (await readBytes(file)) ?? new Uint8Array(),
      recorded: () => undefined,
    }),
  );
  return [...artifacts, ...documents, sums];
}

/** The plan is not refused, so that its paths stay inside. */
function pathOf(text: string): RepoPath {
  const path = planPath(text);
  if (!path.ok || path.path === '') throw new FileError('not-a-file', text);
  return path.path;
}

/** The digest that is recorded now; `''` for what records none; `undefined` when nothing is there. */
async function recordedIn(root: string, target: Target): Promise<string | undefined> {
  const kind = await entryAt(root, target.path);
  if (kind === undefined) return undefined;
  const at = absolutePath(root, target.path);
  if (kind === 'link') throw new FileError('link-on-path', at);
  if (kind !== 'file') throw new FileError('not-a-file', at);
  if (target.field?.key === 'reference_artifact' || target.field?.key === 'artifact_reference') {
    return (await hashFile(at))?.digest ?? '';
  }
  const bytes = await readBytes(at, { limit: MOST_RECORD });
  return bytes === undefined ? undefined : (target.recorded(bytes) ?? '');
}

async function put(root: string, { path: name, bytes }: Target): Promise<void> {
  const at = absolutePath(root, name);
  if ((await entryAt(root, path.posix.dirname(name))) === 'link') {
    throw new FileError('link-on-path', path.dirname(at));
  }
  await makeDirectory(path.dirname(at));
  await writeAtomic(at, await bytes(), { within: root });
}

function conflict(
  { file }: BuildPlan,
  { path: name, field }: Target,
  { found, digest }: { readonly found: string; readonly digest: Sha256 },
): Finding {
  const recorded = parseSha256(found);
  const data: FindingData =
    recorded === undefined
      ? { code: 'seed-unreadable', name }
      : { code: 'seed-recorded', name, recorded, actual: digest };
  return { ...data, severity: 'error', ...(field ? { place: { file, span: field.span } } : {}) };
}

function literalConflict({ expectedDigest, file }: BuildPlan, digest: Sha256): Finding[] {
  const recorded = expectedDigest && literalDigest(expectedDigest.text);
  if (expectedDigest === undefined || recorded === undefined || recorded === digest) return [];
  const place = { file, span: expectedDigest.span };
  return [{ code: 'seed-literal', severity: 'error', recorded, actual: digest, place }];
}

const nowhere = (plan: BuildPlan, digest: Sha256): Finding[] => {
  const literal = plan.expectedDigest && literalDigest(plan.expectedDigest.text);
  return (literal ?? plan.referenceAttestation ?? plan.referenceArtifact)
    ? []
    : [{ code: 'seed-nowhere', severity: 'warning', digest }];
};
