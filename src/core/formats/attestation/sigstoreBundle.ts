/** Sigstore bundles (sigstore/protobuf-specs, `sigstore_bundle.proto`, versions 0.1 to 0.3). */
import { isRecord, own, refuse, textAt } from './json.js';
import type { AttestationResult, JsonRecord } from './json.js';
import { parseEnvelope } from './dsse.js';
import type { DsseEnvelope } from './dsse.js';
import type { Signer } from '../../model/reference.js';

/** Who must have signed; compared as text, to the letter. */
export interface TrustPolicy {
  /** The subject alternative name of the certificate: an address, or the URI of a workflow. */
  readonly identity?: string | undefined;
  /** Who vouched for it to the certificate authority: the URL of an OpenID Connect issuer. */
  readonly issuer?: string | undefined;
}

/** What verifying came to. */
export type TrustAnswer =
  | { readonly ok: true; readonly envelope: DsseEnvelope; readonly signer: Signer }
  | Extract<AttestationResult, { ok: false }>;

/** What bundles are verified with. The library behind it is large: only who has a root loads it. */
export interface SigstoreTrust {
  /** What the policy leaves open: somebody whom nobody asked for may have signed. */
  readonly unasked: 'identity' | 'issuer' | 'both' | undefined;
  /** Never throws: what does not verify is refused with the reason. */
  readonly verify: (bundle: JsonRecord) => TrustAnswer;
}

/** `application/vnd.dev.sigstore.bundle+json;version=0.1`, `...bundle.v0.3+json`. */
const MEDIA_TYPE =
  /^application\/vnd\.dev\.sigstore\.bundle(?:\.v\d+\.\d+)?\+json(?:;version=\d+\.\d+)?$/;

/** Whether a value says to be a bundle. */
export const isBundle = (value: JsonRecord): boolean =>
  textAt(value, 'mediaType')?.startsWith('application/vnd.dev.sigstore.bundle') === true;

/**
 * The envelope in a bundle. Its certificate and its log entry are not looked at: they say who signed
 * only to somebody who has a trust root ({@link SigstoreTrust}).
 */
export function parseBundle(
  value: JsonRecord,
):
  | { readonly ok: true; readonly envelope: DsseEnvelope }
  | Extract<AttestationResult, { ok: false }> {
  if (!MEDIA_TYPE.test(textAt(value, 'mediaType') ?? '')) return refuse('malformed', 'mediaType');
  if (!isRecord(own(value, 'verificationMaterial'))) {
    return refuse('malformed', 'verificationMaterial');
  }
  const given = own(value, 'dsseEnvelope');
  if (given === undefined && own(value, 'messageSignature') !== undefined) {
    return refuse('no-statement');
  }
  const envelope = parseEnvelope(given);
  return typeof envelope === 'string' ? refuse('malformed', envelope) : { ok: true, envelope };
}
