import assert from 'node:assert/strict';
import { isSignedBy, readKey } from '../../../src/core/formats/attestation/dsse.js';
import { isBundle, parseBundle } from '../../../src/core/formats/attestation/sigstoreBundle.js';
import { envelope, INTOTO, Signer, sigstoreBundle, statement } from './attestationSupport.js';

const TYPES = [
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
];

const bundle = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  mediaType: TYPES[3],
  verificationMaterial: { publicKey: { hint: 'x' } },
  dsseEnvelope: JSON.parse(envelope({ a: 1 }, [])) as unknown,
  ...more,
});

const problemOf = (value: Record<string, unknown>): string => {
  const result = parseBundle(value);
  return result.ok ? '' : `${result.problem} ${result.detail ?? ''}`.trim();
};

describe('Sigstore bundles', () => {
  it('are recognised in every version', () => {
    for (const mediaType of TYPES) {
      assert.ok(isBundle(bundle({ mediaType })));
      assert.equal(problemOf(bundle({ mediaType })), '');
    }
    assert.ok(!isBundle({ dsseEnvelope: {} }));
    assert.ok(!isBundle(Object.create({ mediaType: TYPES[0] }) as Record<string, unknown>));
  });

  it('are refused when a part is missing or of another kind', () => {
    const odd = 'application/vnd.dev.sigstore.bundle+xml';
    assert.equal(problemOf(bundle({ mediaType: odd })), 'malformed mediaType');
    assert.equal(problemOf(bundle({ verificationMaterial: 1 })), 'malformed verificationMaterial');
    assert.equal(problemOf(bundle({ dsseEnvelope: 'x' })), 'malformed dsseEnvelope');
    assert.equal(problemOf(bundle({ dsseEnvelope: {} })), 'malformed payloadType');
    const signed = bundle({ messageSignature: { messageDigest: {}, signature: '' } });
    delete signed['dsseEnvelope'];
    assert.equal(problemOf(signed), 'no-statement');
  });

  it("that Sigstore's client makes are read, and their signatures verified", async () => {
    const signer = new Signer('p256');
    const data = Buffer.from(JSON.stringify(statement([['a', '0'.repeat(64)]])));
    const read = parseBundle(await sigstoreBundle(data, { sign: (each) => signer.sign(each) }));
    assert.ok(read.ok, JSON.stringify(read));
    assert.equal(read.envelope.payloadType, INTOTO);
    assert.equal(Buffer.from(read.envelope.payload).toString(), data.toString());
    const key = readKey(signer.publicKey);
    assert.ok(key && isSignedBy(read.envelope, key));
    const other = readKey(new Signer('p256').publicKey);
    assert.ok(other && !isSignedBy(read.envelope, other));
  });
});
