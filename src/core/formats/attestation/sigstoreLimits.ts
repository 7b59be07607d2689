/** What a hostile bundle may cost before anybody verifies it. */
import type { Bundle } from '@sigstore/bundle';

/** Real ones have one or two; each costs signatures, and timestamps are compared pair by pair. */
const MOST_ENTRIES = 32;
/** Real ones have 1 to 6 KB; the reader of ASN.1 recurses. */
const MOST_DER = 1 << 16;
const MOST_CHECKPOINT = 1 << 16;
/** Statements with many subjects make large entries. */
const MOST_BODY = 16 << 20;
/** A Merkle tree of 2^64 leaves. */
const MOST_HASHES = 128;
const COUNT = /^\d{1,20}$/;
/** As hosts and paths are spelled. */
const LOG_NAME = /^[\w.:/@~%-]+$/;

/** The name of a field that is larger than any real one, or made to be expensive. */
export function oversized({ verificationMaterial }: Bundle): string | undefined {
  const { content, tlogEntries, timestampVerificationData } = verificationMaterial;
  const timestamps = timestampVerificationData?.rfc3161Timestamps ?? [];
  if (tlogEntries.length > MOST_ENTRIES) return 'tlogEntries';
  if (timestamps.length > MOST_ENTRIES) return 'rfc3161Timestamps';
  if (timestamps.some((each) => each.signedTimestamp.length > MOST_DER)) return 'signedTimestamp';
  if (leafSize(content) > MOST_DER) return 'certificate';
  return tlogEntries.map(oversizedEntry).find((each) => each !== undefined);
}

type Material = Bundle['verificationMaterial'];

/** Of a chain only the first one is looked at: the others must come from the trust root. */
function leafSize(content: Material['content']): number {
  switch (content.$case) {
    case 'certificate':
      return content.certificate.rawBytes.length;
    case 'x509CertificateChain':
      return content.x509CertificateChain.certificates[0]?.rawBytes.length ?? 0;
    case 'publicKey':
      return 0;
  }
}

function oversizedEntry(entry: Material['tlogEntries'][number]): string | undefined {
  const { logIndex, integratedTime, canonicalizedBody, inclusionProof: proof } = entry;
  if (!COUNT.test(logIndex)) return 'logIndex';
  if (!COUNT.test(integratedTime)) return 'integratedTime';
  if (canonicalizedBody.length > MOST_BODY) return 'canonicalizedBody';
  if (proof === undefined) return undefined;
  if (!COUNT.test(proof.logIndex)) return 'inclusionProof.logIndex';
  if (proof.hashes.length > MOST_HASHES) return 'inclusionProof.hashes';
  return proof.checkpoint === undefined || isPlainNote(proof.checkpoint.envelope)
    ? undefined
    : 'inclusionProof.checkpoint';
}

/**
 * Names of signers in a checkpoint become regular expressions in the library, before anything is
 * verified: one with nested quantifiers would never end.
 */
function isPlainNote(note: string): boolean {
  if (note.length > MOST_CHECKPOINT) return false;
  const names = [...note.matchAll(/\u2014 (\S+)/g)].map(([, name = '']) => name);
  return names.every((name) => LOG_NAME.test(name));
}
