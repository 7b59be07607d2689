import type { Sha256 } from './digest.js';
import type { RepoPath } from './paths.js';
import type { Place } from './place.js';

/** The keys of a plan that say what the artifact must equal, in the order in which they decide. */
export type ReferenceKey = 'expected_digest' | 'reference_attestation' | 'reference_artifact';

/** What an attestation is written as. */
export type AttestationFormat = 'fixops' | 'statement-v0.1' | 'statement-v1';

/** What an attestation is wrapped into. */
export type AttestationEnvelope = 'none' | 'dsse' | 'sigstore-bundle';

/**
 * `verified`: with the key that was given, or against the trust root and by the signer that was asked
 * for. `any-signer`: against the trust root, and nobody said by whom. `not-verified`: there is one, and
 * nobody gave a key or a root. `unsigned`: there is none.
 */
export type SignatureState = 'verified' | 'any-signer' | 'not-verified' | 'unsigned';

/** Whom a verified certificate names. */
export interface Signer {
  /** An address, or the URI of a workflow. Never empty. */
  readonly identity: string;
  /** Who vouched for that; empty where the authority does not say. */
  readonly issuer: string;
}

/** One thing that an attestation speaks of. */
export interface Subject {
  /** Empty where it has none. */
  readonly name: string;
  /** As written; `undefined` when it has no digest of this kind. */
  readonly sha256: string | undefined;
}

/** Why an attestation says nothing that could be compared. */
export type AttestationProblem =
  /** Not UTF-8, or no JSON. */
  | 'not-json'
  | 'too-large'
  /** Neither FixOps's document nor a Statement, nor an envelope of one. */
  | 'unknown-format'
  /** A key is absent or of the wrong kind; the field is in the finding. */
  | 'malformed'
  /** A Statement whose predicate is no SLSA provenance. */
  | 'predicate'
  /** An envelope whose payload is something else than a Statement. */
  | 'payload-type'
  /** A bundle that signs bare bytes: it names nothing. */
  | 'no-statement'
  /** No subject has the artifact's name. */
  | 'no-subject'
  /** The subject has no SHA-256 digest. */
  | 'no-digest'
  /** A key was given, and there is no signature. */
  | 'unsigned'
  /** A key was given, and no signature is by it. */
  | 'signature'
  /** A trust root was given, and this is no bundle that one could verify. */
  | 'no-bundle'
  /** Signed with a bare key, which no trust root knows. */
  | 'public-key'
  /** Its certificate is of no authority of the root, or was not valid when it was signed. */
  | 'certificate'
  /** No log of certificates of the root has promised to list the certificate. */
  | 'certificate-log'
  /** No signed time that the root vouches for. */
  | 'timestamp'
  /** No entry of a transparency log. */
  | 'log-missing'
  /** The entry is in no log of the root. */
  | 'log'
  /** The entry is about other content. */
  | 'log-entry'
  /** The signature is not by the key of the certificate. */
  | 'bundle-signature'
  /** Another signer than the one that was asked for; the signer is the detail. */
  | 'identity'
  /** Another issuer vouched for the signer; the issuer is the detail. */
  | 'issuer';

/** What was read from an attestation. */
export interface AttestationDocument {
  readonly format: AttestationFormat;
  readonly subjects: readonly Subject[];
  /** Who says to have built it; a claim, not a proof. */
  readonly builder?: string;
}

/** A digest that the artifact is compared with. */
export interface Reference {
  readonly key: ReferenceKey;
  /** As FixOps reports it: `expected_digest`, `attestation:<path>`, `artifact:<path>`. */
  readonly source: string;
  /** As written; compared as text, by FixOps's rule. */
  readonly digest: string;
  readonly place: Place;
  /** The file of a `reference_artifact`, for whoever wants to know what differs. */
  readonly file?: RepoPath;
  /** Of an attestation. */
  readonly signature?: SignatureState;
  /** Of a bundle that was verified against a trust root. */
  readonly signer?: Signer;
}

/** How a rebuild ended; the words of the JSON document. */
export type RebuildReason =
  | 'match'
  | 'mismatch'
  | 'no-reference'
  | 'plan-not-found'
  | 'plan-invalid'
  | 'unsafe-path'
  | 'isolation-unavailable'
  | 'source-missing'
  | 'step-failed'
  | 'artifact-missing'
  | 'reference-missing'
  | 'attestation-rejected'
  /** Not even JSON; FixOps gives this another status than a rejection. */
  | 'attestation-unreadable';

/** Exit statuses of `rebuild`: FixOps's four (docs/rebuild.md). */
export const REBUILD_EXIT: Readonly<Record<RebuildReason, 0 | 1 | 2 | 3>> = {
  match: 0,
  mismatch: 3,
  'no-reference': 3,
  'plan-not-found': 1,
  'plan-invalid': 2,
  'unsafe-path': 2,
  'isolation-unavailable': 2,
  'source-missing': 1,
  'step-failed': 1,
  'artifact-missing': 1,
  'reference-missing': 1,
  'attestation-rejected': 1,
  'attestation-unreadable': 2,
};

/** What came of comparing an artifact with its references. */
export interface Verdict {
  readonly reason: Extract<RebuildReason, 'match' | 'mismatch' | 'no-reference'>;
  readonly match: boolean;
  readonly generated: Sha256;
  /** The one that decided. */
  readonly reference?: Reference;
}
