/** Looks up what an artifact must equal: every reference of a plan, in the order of FixOps's verifier. */
import type { VerificationKey } from '../formats/attestation/dsse.js';
import type { Finding, FindingData } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import { literalDigest, planPath } from '../model/plan.js';
import type { BuildPlan, PlanField } from '../model/plan.js';
import type { RebuildReason, Reference, ReferenceKey } from '../model/reference.js';
import { hashFile, readBytes } from '../system/files.js';
import { Walker } from '../system/walker.js';
import { readAttestation } from '../formats/attestation/query.js';
import type { Attested } from '../formats/attestation/query.js';
import type { SigstoreTrust } from '../formats/attestation/sigstoreBundle.js';

/** How references are read. */
export interface ReferenceOptions {
  /** Absolute path of the repository. */
  readonly root: string;
  readonly key?: VerificationKey | undefined;
  readonly trust?: SigstoreTrust | undefined;
  /** FixOps's rule for attestations that do not name the artifact. */
  readonly compat: boolean;
  /** Keys that are looked up; default all. */
  readonly only?: readonly ReferenceKey[];
}

/** What one key of the plan gave. */
export type ReferenceAnswer =
  | {
      readonly kind: 'digest';
      readonly reference: Reference;
      readonly findings: readonly Finding[];
    }
  | {
      readonly kind: 'failed';
      readonly key: ReferenceKey;
      readonly source: string;
      readonly reason: RebuildReason;
      readonly finding: Finding;
    };

/**
 * Every reference that a plan gives, the one that decides first. A literal digest of nothing, and an
 * attestation with an empty digest, count as not given. Read before anything is built: a step must
 * not make what it is compared with.
 */
export async function lookUpReferences(
  plan: BuildPlan,
  options: ReferenceOptions,
): Promise<ReferenceAnswer[]> {
  const { expectedDigest, referenceAttestation, referenceArtifact } = plan;
  const wants = (key: ReferenceKey): boolean => options.only?.includes(key) !== false;
  const answers: ReferenceAnswer[] = [];
  const literal = expectedDigest && literalDigest(expectedDigest.text);
  if (expectedDigest !== undefined && literal !== undefined && wants('expected_digest')) {
    const key = 'expected_digest';
    const place = placeOf(plan, expectedDigest);
    const reference = { key, source: key, digest: literal, place } as const;
    answers.push({ kind: 'digest', reference, findings: [] });
  }
  if (referenceAttestation !== undefined && wants('reference_attestation')) {
    const answer = await attested({ plan, field: referenceAttestation }, options);
    if (answer.kind === 'failed' || answer.reference.digest !== '') answers.push(answer);
  }
  if (referenceArtifact !== undefined && wants('reference_artifact')) {
    answers.push(await hashed({ plan, field: referenceArtifact }, options));
  }
  return answers;
}

interface Named {
  readonly plan: BuildPlan;
  readonly field: PlanField;
}

const placeOf = ({ file }: BuildPlan, { span }: PlanField) => ({ file, span });

/** Larger ones attest nothing that a person or a pipeline has made. */
const MOST_ATTESTATION = 64 << 20;
const MOST_SIGNATURE = 1 << 16;

async function attested(named: Named, options: ReferenceOptions): Promise<ReferenceAnswer> {
  const { plan, field } = named;
  const key = 'reference_attestation';
  const source = `attestation:${field.text}`;
  const refused = (reason: RebuildReason, data: FindingData): ReferenceAnswer =>
    failure(named, { key, source, reason }, data);
  const found = locate(options.root, field.text);
  if (typeof found === 'string') return absent(named, { key, source }, found);
  const bytes = await readBytes(found.file, { limit: MOST_ATTESTATION }).catch(() => undefined);
  const name = field.text;
  if (bytes === undefined) {
    return refused('attestation-rejected', {
      code: 'rebuild-attestation',
      name,
      problem: 'too-large',
    });
  }
  const result = readAttestation(bytes, {
    artifact: plan.artifact?.text ?? '',
    key: options.key,
    trust: options.trust,
    detached: await detachedSignature(options.root, field.text),
    firstSubject: options.compat,
  });
  if (!result.ok) {
    const { problem, detail } = result;
    const reason = problem === 'not-json' ? 'attestation-unreadable' : 'attestation-rejected';
    const more = detail === undefined ? {} : { detail };
    return refused(reason, { code: 'rebuild-attestation', name, problem, ...more });
  }
  const { digest, signature, signer } = result;
  const place = placeOf(plan, field);
  const by = signer === undefined ? {} : { signer };
  const told = [...remarks(result, name), ...signerRemark(result, name, options.trust)];
  return {
    kind: 'digest',
    reference: { key, source, digest, place, signature, ...by },
    findings: told.map((data) => ({ ...data, place })),
  };
}

/** What a person should know of an attestation that was accepted. */
function remarks(
  { by, subject, ambiguous, signature }: Attested,
  name: string,
): (FindingData & Pick<Finding, 'severity'>)[] {
  return [
    ...(by === 'position'
      ? [
          {
            code: 'rebuild-first-subject',
            severity: 'warning',
            name,
            subject: subject.name,
          } as const,
        ]
      : []),
    ...(ambiguous ? [{ code: 'rebuild-subjects-differ', severity: 'warning', name } as const] : []),
    ...(signature === 'not-verified'
      ? [{ code: 'rebuild-signature-unverified', severity: 'info', name } as const]
      : []),
  ];
}

/** Who signed. Anybody can have a certificate, so without a name to expect that is a warning. */
function signerRemark(
  { signer }: Attested,
  name: string,
  trust: SigstoreTrust | undefined,
): (FindingData & Pick<Finding, 'severity'>)[] {
  if (signer === undefined || trust === undefined) return [];
  const { unasked } = trust;
  return unasked === undefined
    ? [{ code: 'rebuild-signer', severity: 'info', name, ...signer }]
    : [{ code: 'rebuild-signer-unasked', severity: 'warning', name, ...signer, unasked }];
}

async function detachedSignature(root: string, name: string): Promise<string | undefined> {
  const found = locate(root, `${name}.sig`);
  if (typeof found === 'string') return undefined;
  const bytes = await readBytes(found.file, { limit: MOST_SIGNATURE }).catch(() => undefined);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1');
}

async function hashed(named: Named, { root }: ReferenceOptions): Promise<ReferenceAnswer> {
  const { plan, field } = named;
  const key = 'reference_artifact';
  const source = `artifact:${field.text}`;
  const found = locate(root, field.text);
  if (typeof found === 'string') return absent(named, { key, source }, found);
  const hashed = await hashFile(found.file);
  if (hashed === undefined) return absent(named, { key, source }, 'missing');
  const { digest } = hashed;
  const file = found.path;
  const reference: Reference = { key, source, digest, place: placeOf(plan, field), file };
  return { kind: 'digest', reference, findings: [] };
}

/** A regular file of the repository. A link is followed only while it stays inside. */
function locate(
  root: string,
  name: string,
): { readonly file: string; readonly path: RepoPath } | 'missing' | 'outside' {
  const path = planPath(name);
  if (!path.ok) return 'outside';
  if (path.path === '') return 'missing';
  const found = new Walker(root, true).locate(path.path);
  if (found.answer === 'file') return { file: found.path, path: path.path };
  return found.answer === 'linked' ? 'outside' : 'missing';
}

function absent(
  named: Named,
  { key, source }: { readonly key: ReferenceKey; readonly source: string },
  why: 'missing' | 'outside',
): ReferenceAnswer {
  const name = named.field.text;
  return why === 'outside'
    ? failure(
        named,
        { key, source, reason: 'unsafe-path' },
        { code: 'rebuild-reference-outside', name },
      )
    : failure(
        named,
        { key, source, reason: 'reference-missing' },
        { code: 'rebuild-reference-missing', key, name },
      );
}

const failure = (
  { plan, field }: Named,
  what: { readonly key: ReferenceKey; readonly source: string; readonly reason: RebuildReason },
  data: FindingData,
): ReferenceAnswer => ({
  kind: 'failed',
  ...what,
  finding: { ...data, severity: 'error', place: placeOf(plan, field) },
});
