/** Reads an attestation of any kind and finds what it says of one artifact. Pure. */
import { base64Bytes, isRecord, refuse } from './json.js';
import type { AttestationResult, JsonRecord } from './json.js';
import { INTOTO_PAYLOAD, isEnvelope, isSignedBy, parseEnvelope, verifies } from './dsse.js';
import type { DsseEnvelope, VerificationKey } from './dsse.js';
import { isFixops, parseFixops } from './fixops.js';
import { isBundle, parseBundle } from './sigstoreBundle.js';
import type { SigstoreTrust } from './sigstoreBundle.js';
import { isStatement, parseStatement } from './statement.js';
import { toRepoPath } from '../../model/paths.js';
import type {
  AttestationDocument,
  AttestationEnvelope,
  SignatureState,
  Signer,
  Subject,
} from '../../model/reference.js';

/** What is asked of an attestation. */
export interface AttestationQuestion {
  /** The artifact's path, relative to the workspace. */
  readonly artifact: string;
  /** With one, only a signature by it is accepted. */
  readonly key?: VerificationKey | undefined;
  /** With one, only a Sigstore bundle that verifies against it is accepted. */
  readonly trust?: SigstoreTrust | undefined;
  /** The content of `<file>.sig`, where there is one: base64 of a signature over the file's bytes. */
  readonly detached?: string | undefined;
  /** FixOps's rule: where no name fits, the first subject is taken. */
  readonly firstSubject: boolean;
}

/** What an attestation says of an artifact. */
export interface Attested {
  readonly ok: true;
  readonly document: AttestationDocument;
  readonly envelope: AttestationEnvelope;
  readonly signature: SignatureState;
  /** Only where a trust root was given. */
  readonly signer?: Signer;
  /** Verbatim; `''` counts as not given, as it does for FixOps. */
  readonly digest: string;
  readonly subject: Subject;
  /** How the subject was chosen. */
  readonly by: 'name' | 'position';
  /** Whether other subjects of the artifact's name have other digests. */
  readonly ambiguous: boolean;
}

type Refused = Extract<AttestationResult, { ok: false }>;

/** Reads one. Never throws: hostile input is refused with the reason. */
export function readAttestation(
  bytes: Uint8Array,
  question: AttestationQuestion,
): Attested | Refused {
  const value = jsonOf(bytes);
  if (value === undefined) return refuse('not-json');
  const opened = open(value, bytes, question);
  if (!opened.ok) return opened;
  const chosen = choose(opened.document, question);
  return chosen.ok ? { ...chosen, ...opened } : chosen;
}

/** Strict: no byte-order mark, no invalid UTF-8. */
function jsonOf(bytes: Uint8Array): JsonRecord | null | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return undefined;
  }
}

type Opened =
  | (Pick<Attested, 'envelope' | 'signature' | 'signer' | 'document'> & { readonly ok: true })
  | Refused;

function open(
  value: JsonRecord | null,
  bytes: Uint8Array,
  { key, trust, detached }: AttestationQuestion,
): Opened {
  if (value === null) return refuse('unknown-format');
  if (trust !== undefined) return trusted(value, trust, key);
  if (isFixops(value) || isStatement(value)) {
    const signature = stateOf(detached !== undefined, key, (by) => {
      const raw = base64Bytes(detached?.trim() ?? '');
      return raw !== undefined && verifies(bytes, raw, by);
    });
    if (typeof signature !== 'string') return signature;
    const result = isFixops(value) ? parseFixops(value) : parseStatement(value);
    return result.ok ? { ...result, envelope: 'none', signature } : result;
  }
  if (isBundle(value)) {
    const bundle = parseBundle(value);
    return bundle.ok ? opened(bundle.envelope, 'sigstore-bundle', key) : bundle;
  }
  if (!isEnvelope(value)) return refuse('unknown-format');
  const envelope = parseEnvelope(value);
  return typeof envelope === 'string'
    ? refuse('malformed', envelope)
    : opened(envelope, 'dsse', key);
}

/** The signature first: of what was not signed by the key not a byte is read. */
function opened(
  envelope: DsseEnvelope,
  kind: AttestationEnvelope,
  key: VerificationKey | undefined,
): Opened {
  const signature = stateOf(envelope.signatures.length > 0, key, (by) => isSignedBy(envelope, by));
  return typeof signature === 'string'
    ? statementIn(envelope, { envelope: kind, signature })
    : signature;
}

/** As {@link opened}; here even the bytes that are read are those that the verifier hands back. */
function trusted(
  value: JsonRecord,
  trust: SigstoreTrust,
  key: VerificationKey | undefined,
): Opened {
  if (!isBundle(value)) {
    const known = isFixops(value) || isStatement(value) || isEnvelope(value);
    return refuse(known ? 'no-bundle' : 'unknown-format');
  }
  const bundle = parseBundle(value);
  if (!bundle.ok) return bundle;
  const answer = trust.verify(value);
  if (!answer.ok) return answer;
  const { envelope, signer } = answer;
  if (key !== undefined && !isSignedBy(envelope, key)) return refuse('signature');
  const signature = trust.unasked === undefined ? 'verified' : 'any-signer';
  return statementIn(envelope, { envelope: 'sigstore-bundle', signature, signer });
}

function statementIn(
  envelope: DsseEnvelope,
  how: Pick<Attested, 'envelope' | 'signature' | 'signer'>,
): Opened {
  if (envelope.payloadType !== INTOTO_PAYLOAD) return refuse('payload-type', envelope.payloadType);
  const value = jsonOf(envelope.payload);
  if (value === undefined) return refuse('malformed', 'payload');
  if (value === null || !isStatement(value)) return refuse('malformed', 'payload');
  const result = parseStatement(value);
  return result.ok ? { ...result, ...how } : result;
}

function stateOf(
  signed: boolean,
  key: VerificationKey | undefined,
  verified: (key: VerificationKey) => boolean,
): SignatureState | Refused {
  if (key === undefined) return signed ? 'not-verified' : 'unsigned';
  if (!signed) return refuse('unsigned');
  return verified(key) ? 'verified' : refuse('signature');
}

type Choice = Pick<Attested, 'digest' | 'subject' | 'by' | 'ambiguous' | 'ok'> | Refused;

/**
 * The subject of the artifact's name: its path or its last component, never its position. FixOps
 * compares the last component only, so in its own document that one goes first.
 */
function choose(
  { subjects, format }: AttestationDocument,
  { artifact, firstSubject }: AttestationQuestion,
): Choice {
  const path = normalised(artifact);
  const last = path.slice(path.lastIndexOf('/') + 1);
  const names = format === 'fixops' ? [last, path] : [path, last];
  const named = subjects.filter(({ name }) => names.includes(normalised(name)));
  const digests = new Set(named.map(({ sha256 }) => (sha256 ?? '').toLowerCase()));
  digests.delete('');
  const fitting = names
    .flatMap((name) => named.filter((each) => normalised(each.name) === name))
    .find(({ sha256 = '' }) => sha256 !== '');
  if (fitting?.sha256 !== undefined) {
    const { sha256: digest } = fitting;
    return { ok: true, digest, subject: fitting, by: 'name', ambiguous: digests.size > 1 };
  }
  const [first] = subjects;
  if (firstSubject && first !== undefined) {
    const digest = first.sha256 ?? '';
    return { ok: true, digest, subject: first, by: 'position', ambiguous: false };
  }
  const [nameless] = named;
  if (nameless === undefined) return refuse('no-subject', last);
  return nameless.sha256 === ''
    ? { ok: true, digest: '', subject: nameless, by: 'name', ambiguous: false }
    : refuse('no-digest', nameless.name);
}

/** `./dist//a` is `dist/a`; a name that is no path inside stays as it is, and fits nothing. */
function normalised(name: string): string {
  const result = toRepoPath(name);
  return result.ok ? result.path : name;
}
