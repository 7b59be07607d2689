/**
 * Sigstore's trust roots (sigstore/protobuf-specs, `sigstore_trustroot.proto`) and what verifies
 * against them. The only file that knows the library; pure: nothing is ever fetched.
 */
import { bundleFromJSON, ValidationError } from '@sigstore/bundle';
import type { Bundle } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import {
  toSignedEntity,
  toTrustMaterial,
  VerificationError,
  Verifier,
  type Signer as FoundSigner,
  type TrustMaterial,
} from '@sigstore/verify';
import type { AttestationProblem, Signer } from '../../model/reference.js';
import { isRecord, refuse, textAt } from './json.js';
import type { JsonRecord } from './json.js';
import type { SigstoreTrust, TrustAnswer, TrustPolicy } from './sigstoreBundle.js';
import { oversized } from './sigstoreLimits.js';

/** Why a file is no trust root. */
export interface TrustRootProblem {
  readonly problem: 'not-json' | 'not-a-root' | 'unusable' | 'too-many';
  /** From 1, where the file has one root a line. */
  readonly line?: number;
}

/** Each costs a verification of every bundle. */
const MOST_ROOTS = 16;

/**
 * Reads one root, or one a line, as `gh attestation trusted-root` writes them. A bundle is accepted
 * when it verifies against any of them as a whole: what one root says never completes another.
 */
export function readTrustedRoot(
  text: string,
  policy: TrustPolicy = {},
): SigstoreTrust | TrustRootProblem {
  const values = documentsOf(text.replace(/^\ufeff/, ''));
  if (values.length === 0) return { problem: 'not-json' };
  if (values.length > MOST_ROOTS) return { problem: 'too-many' };
  const roots: Root[] = [];
  for (const [index, { value, line }] of values.entries()) {
    const at = values.length > 1 ? { line: line ?? index + 1 } : {};
    const root = value === undefined ? 'not-json' : rootOf(value);
    if (typeof root === 'string') return { problem: root, ...at };
    roots.push(root);
  }
  return { unasked: unaskedOf(policy), verify: (value) => verified(value, roots, policy) };
}

function unaskedOf({ identity, issuer }: TrustPolicy): SigstoreTrust['unasked'] {
  if (identity === undefined) return issuer === undefined ? 'both' : 'identity';
  return issuer === undefined ? 'issuer' : undefined;
}

interface Document {
  /** `undefined` for what is no JSON. */
  readonly value: unknown;
  readonly line?: number;
}

function documentsOf(text: string): Document[] {
  const whole = jsonOf(text);
  if (whole !== undefined) return [{ value: whole }];
  return text
    .split('\n')
    .map((each, index) => ({ text: each.trim(), line: index + 1 }))
    .filter((each) => each.text !== '')
    .map((each) => ({ value: jsonOf(each.text), line: each.line }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

interface Root {
  readonly material: TrustMaterial;
  readonly verifier: Verifier;
}

const ROOT_TYPE = 'application/vnd.dev.sigstore.trustedroot';

function rootOf(value: unknown): Root | 'not-a-root' | 'unusable' {
  if (!isRecord(value) || textAt(value, 'mediaType')?.startsWith(ROOT_TYPE) !== true) {
    return 'not-a-root';
  }
  try {
    const material = toTrustMaterial(TrustedRoot.fromJSON(value), noKey);
    const { certificateAuthorities, tlogs, ctlogs } = material;
    const empty = certificateAuthorities.some(({ certChain }) => certChain.length === 0);
    if (certificateAuthorities.length === 0 || empty) return 'unusable';
    // A root that names no log (GitHub's own) cannot ask for one; a signed timestamp is needed then.
    const verifier = new Verifier(material, {
      tlogThreshold: Math.min(tlogs.length, 1),
      ctlogThreshold: Math.min(ctlogs.length, 1),
      timestampThreshold: 1,
    });
    return { material, verifier };
  } catch {
    return 'unusable';
  }
}

function noKey(): never {
  throw new VerificationError({ code: 'PUBLIC_KEY_ERROR', message: 'no key is trusted' });
}

type Refused = Extract<TrustAnswer, { ok: false }>;

function verified(value: JsonRecord, roots: readonly Root[], policy: TrustPolicy): TrustAnswer {
  const bundle = bundleOf(value);
  if ('problem' in bundle) return bundle;
  const { content } = bundle;
  if (content.$case !== 'dsseEnvelope') return refuse('no-statement');
  const [first, ...others] = roots.map((root) => against(root, bundle));
  if (first === undefined) return refuse('certificate');
  const best = others.reduce((one, other) => (rank(other) > rank(one) ? other : one), first);
  if ('problem' in best) return best;
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  // What the library verified, and no second reading of the same text.
  const envelope = { payload, payloadType, signatures: signatures.map(({ sig }) => sig) };
  return expected(best, policy) ?? { ok: true, envelope, signer: best };
}

function bundleOf(value: JsonRecord): Bundle | Refused {
  try {
    const bundle = bundleFromJSON(value);
    const problem = oversized(bundle);
    return problem === undefined ? bundle : refuse('malformed', problem);
  } catch (error) {
    const field = error instanceof ValidationError ? error.fields[0] : undefined;
    return refuse('malformed', field ?? 'verificationMaterial');
  }
}

function against({ material, verifier }: Root, bundle: Bundle): Signer | Refused {
  const { content, tlogEntries } = bundle.verificationMaterial;
  if (content.$case === 'publicKey') return refuse('public-key');
  if (material.tlogs.length > 0 && tlogEntries.length === 0) return refuse('log-missing');
  try {
    const signer = verifier.verify(toSignedEntity(bundle));
    return signerOf(signer) ?? refuse('malformed', 'verificationMaterial.certificate');
  } catch (error) {
    return error instanceof VerificationError
      ? refuse(problemOf(error))
      : refuse('malformed', 'verificationMaterial');
  }
}

/** From the library's code; its words are not repeated, they quote what the bundle says. */
function problemOf({ code, message }: VerificationError): AttestationProblem {
  switch (code) {
    case 'TIMESTAMP_ERROR':
      return 'timestamp';
    case 'CERTIFICATE_ERROR':
      // One code for both; only which sentence is said hangs on the word.
      return /\bSCTs?\b/.test(message) ? 'certificate-log' : 'certificate';
    case 'PUBLIC_KEY_ERROR':
      return 'public-key';
    case 'TLOG_BODY_ERROR':
      return 'log-entry';
    case 'TLOG_ERROR':
    case 'TLOG_INCLUSION_PROOF_ERROR':
    case 'TLOG_INCLUSION_PROMISE_ERROR':
    case 'TLOG_MISSING_INCLUSION_ERROR':
      return 'log';
    case 'SIGNATURE_ERROR':
      return 'bundle-signature';
    case 'NOT_IMPLEMENTED_ERROR':
      return 'malformed';
  }
}

/** The order in which the library looks: the root that came furthest is the one that is meant. */
const STEPS: readonly AttestationProblem[] = [
  'malformed',
  'public-key',
  'timestamp',
  'certificate',
  'certificate-log',
  'log-missing',
  'log',
  'log-entry',
  'bundle-signature',
];

const rank = (answer: Signer | Refused): number =>
  'problem' in answer ? STEPS.indexOf(answer.problem) : STEPS.length;

/** Fulcio's extensions for the issuer: the old one holds bare text (fulcio, `docs/oid-info.md`). */
function signerOf({ identity }: FoundSigner): Signer | undefined {
  const { subjectAlternativeName: name, extensions, oids = [] } = identity ?? {};
  const issuer = extensions?.issuer ?? '';
  // The library reads bytes as ASCII and drops their highest bit: another name could become this one.
  const written = (text: string): boolean => oids.some(({ value }) => value.includes(text));
  if (name === undefined || name === '' || !written(name) || !written(issuer)) return undefined;
  return { identity: name, issuer };
}

/** Compared as text: the library takes patterns, and a dot would fit anything. */
function expected(signer: Signer, { identity, issuer }: TrustPolicy): Refused | undefined {
  if (identity !== undefined && identity !== signer.identity) {
    return refuse('identity', signer.identity);
  }
  return issuer !== undefined && issuer !== signer.issuer
    ? refuse('issuer', signer.issuer)
    : undefined;
}
