/** DSSE envelopes (secure-systems-lab/dsse, `envelope.md` and `protocol.md`, version 1.0). */
import { constants, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { base64Bytes, isRecord, own, textAt } from './json.js';
import type { JsonRecord } from './json.js';

/** The payload type of in-toto Statements. */
export const INTOTO_PAYLOAD = 'application/vnd.in-toto+json';

/** A signed payload; its signatures are verified by {@link isSignedBy} only. */
export interface DsseEnvelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

/** A key that signatures can be verified with. */
export type VerificationKey = KeyObject;

/** Whether a value has the keys of an envelope. */
export const isEnvelope = (value: JsonRecord): boolean =>
  ['payload', 'payloadType', 'signatures'].every((key) => own(value, key) !== undefined);

/**
 * Reads an envelope. Key ids are hints that anybody may write, so they are not even kept.
 * @returns the name of the field that is malformed, when one is.
 */
export function parseEnvelope(value: unknown): DsseEnvelope | string {
  if (!isRecord(value)) return 'dsseEnvelope';
  const payloadType = textAt(value, 'payloadType');
  if (payloadType === undefined) return 'payloadType';
  const payload = base64Bytes(textAt(value, 'payload') ?? '!');
  if (payload === undefined) return 'payload';
  const given = own(value, 'signatures');
  // The protocol wants one at least; in its absence the envelope is read, and called unsigned.
  if (!Array.isArray(given) || given.length > MOST_SIGNATURES) return 'signatures';
  const signatures: Uint8Array[] = [];
  for (const [index, each] of given.entries()) {
    const bytes = base64Bytes(textAt(each, 'sig') ?? '!');
    if (bytes === undefined) return `signatures[${index}].sig`;
    signatures.push(bytes);
  }
  return { payloadType, payload, signatures };
}

/** Each costs the verification of a signature. */
const MOST_SIGNATURES = 100;

/** The pre-authentication encoding: what a signature really covers, the type included. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  const head = `DSSEv1 ${type.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Whether one of the signatures is by this key. */
export const isSignedBy = (
  { payloadType, payload, signatures }: DsseEnvelope,
  key: VerificationKey,
): boolean => {
  const signed = preAuthEncoding(payloadType, payload);
  return signatures.some((signature) => verifies(signed, signature, key));
};

/** Whether a detached signature over these very bytes is by this key. */
export const verifies = (bytes: Uint8Array, signature: Uint8Array, key: VerificationKey): boolean =>
  attempts(key).some((attempt) => attempt(bytes, signature));

type Attempt = (bytes: Uint8Array, signature: Uint8Array) => boolean;

/** The digests that go with curves (securesystemslib, Sigstore). */
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

/** The ways in which a key of this kind signs. A kind that is not known verifies nothing. */
function attempts(key: VerificationKey): Attempt[] {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return [(bytes, signature) => verify(null, bytes, key, signature)];
    case 'ec': {
      const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
      if (curve === undefined) return [];
      // cosign hashes with SHA-256 whatever the curve is.
      return [...new Set([curve, 'sha256'])].map(
        (digest) => (bytes, signature) => verify(digest, bytes, key, signature),
      );
    }
    case 'rsa': {
      const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants;
      return [RSA_PKCS1_PSS_PADDING, RSA_PKCS1_PADDING].map(
        (padding) => (bytes, signature) => verify('sha256', bytes, { key, padding }, signature),
      );
    }
    default:
      return [];
  }
}

/** Reads a public key, or a certificate's, from PEM; `undefined` for what is none that can verify. */
export function readKey(pem: string): VerificationKey | undefined {
  // Node would make the public key of a private one; nobody should hand that one around.
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) return undefined;
  try {
    const key = createPublicKey(pem);
    return attempts(key).length > 0 ? key : undefined;
  } catch {
    return undefined;
  }
}
