/** Sigstore bundles (sigstore/protobuf-specs, `sigstore_bundle.proto`, versions 0.1 to 0.3). */
import { isRecord, own, refuse, textAt } from './attestationJson.js';
import type { AttestationResult, JsonRecord } from './attestationJson.js';
import { parseEnvelope } from './dsse.js';
import type { DsseEnvelope } from './dsse.js';

/** `application/vnd.dev.sigstore.bundle+json;version=0.1`, `...bundle.v0.3+json`. */
const MEDIA_TYPE =
  /^application\/vnd\.dev\.sigstore\.bundle(?:\.v\d+\.\d+)?\+json(?:;version=\d+\.\d+)?$/;

/** Whether a value says to be a bundle. */
export const isBundle = (value: JsonRecord): boolean =>
  textAt(value, 'mediaType')?.startsWith('application/vnd.dev.sigstore.bundle') === true;

/**
 * The envelope in a bundle. Its certificate and its log entry are not looked at: they say who signed
 * only to somebody who has Sigstore's trust root.
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
