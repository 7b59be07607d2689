import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isSignedBy,
  parseEnvelope,
  preAuthEncoding,
  readKey,
  verifies,
} from '../../../src/core/formats/attestation/dsse.js';
import type { DsseEnvelope } from '../../../src/core/formats/attestation/dsse.js';
import { encoded, envelope, INTOTO, Signer, sigstoreBundle } from './attestationSupport.js';
import type { KeyKind } from './attestationSupport.js';

const parsed = (text: string): DsseEnvelope => {
  const read = parseEnvelope(JSON.parse(text));
  assert.ok(typeof read !== 'string', typeof read === 'string' ? read : '');
  return read;
};

const keyOf = (pem: string) => {
  const key = readKey(pem);
  assert.ok(key);
  return key;
};

describe('DSSE envelopes', () => {
  it('encode before signing as the specification shows it', () => {
    const bytes = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    assert.equal(
      Buffer.from(bytes).toString(),
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  it("encode as Sigstore's client does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.uint8Array(), async (type, payload) => {
        // Theirs counts units and not bytes of the type; types are ASCII.
        fc.pre(Buffer.byteLength(type) === type.length);
        let theirs = '';
        const sign = (bytes: Buffer): Buffer => {
          theirs = bytes.toString('hex');
          return Buffer.from('s');
        };
        await sigstoreBundle(Buffer.from(payload), { type, sign });
        const ours = Buffer.from(preAuthEncoding(type, payload)).toString('hex');
        assert.equal(ours, theirs);
      }),
    );
  });

  for (const kind of ['ed25519', 'p256', 'p384', 'rsa', 'rsa-pss'] as const satisfies KeyKind[]) {
    it(`are verified with a key of OpenSSL: ${kind}`, () => {
      const signer = new Signer(kind);
      const stranger = new Signer(kind);
      const text = envelope({ a: 1 }, [stranger, signer]);
      assert.ok(isSignedBy(parsed(text), keyOf(signer.publicKey)));
      assert.ok(!isSignedBy(parsed(envelope({ a: 1 }, [stranger])), keyOf(signer.publicKey)));
      const good = parsed(text);
      assert.ok(!isSignedBy({ ...good, payload: Buffer.from('{"a":2}') }, keyOf(signer.publicKey)));
      assert.ok(!isSignedBy({ ...good, payloadType: 'text/plain' }, keyOf(signer.publicKey)));
      assert.ok(!isSignedBy({ ...good, signatures: [] }, keyOf(signer.publicKey)));
    });
  }

  it('are not verified by a signature over the bare payload', () => {
    const signer = new Signer('ed25519');
    const payload = Buffer.from('{"a":1}');
    const bare = { payloadType: INTOTO, payload, signatures: [signer.sign(payload)] };
    assert.ok(!isSignedBy(bare, keyOf(signer.publicKey)));
    assert.ok(verifies(payload, signer.sign(payload), keyOf(signer.publicKey)));
    const right = signer.sign(encoded(INTOTO, '{"a":1}'));
    assert.ok(isSignedBy({ ...bare, signatures: [right] }, keyOf(signer.publicKey)));
  });

  it('take base64 of both alphabets, and nothing that only resembles it', () => {
    const base = { payloadType: INTOTO, signatures: [] };
    assert.deepEqual(
      parsed(JSON.stringify({ ...base, payload: '-_-_' })).payload,
      parsed(JSON.stringify({ ...base, payload: '+/+/' })).payload,
    );
    for (const payload of ['e30=\n', 'e3 0', 'e30*', 'a', '=e30', 5, null]) {
      assert.equal(parseEnvelope({ ...base, payload }), 'payload');
    }
    assert.equal(
      parseEnvelope({ ...base, payload: 'e30', signatures: [{ sig: '?' }] }),
      'signatures[0].sig',
    );
    assert.equal(parseEnvelope({ ...base, payload: 'e30', signatures: {} }), 'signatures');
    assert.equal(parseEnvelope({ payload: 'e30', signatures: [] }), 'payloadType');
    assert.equal(parseEnvelope([]), 'dsseEnvelope');
    const many = Array.from({ length: 101 }, () => ({ sig: '' }));
    assert.equal(parseEnvelope({ ...base, payload: 'e30', signatures: many }), 'signatures');
  });

  it('take public keys only, of kinds that can verify', () => {
    const signer = new Signer('p256');
    assert.ok(readKey(signer.publicKey));
    assert.equal(readKey(signer.privateKey), undefined);
    assert.equal(
      readKey('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'),
      undefined,
    );
    assert.equal(readKey(''), undefined);
  });
});
