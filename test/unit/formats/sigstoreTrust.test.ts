/** Bundles against a trust root: the services are a stand-in for the public ones, the client is real. */
import assert from 'node:assert/strict';
import { readAttestation } from '../../../src/core/formats/attestation/query.js';
import type {
  SigstoreTrust,
  TrustPolicy,
} from '../../../src/core/formats/attestation/sigstoreBundle.js';
import { readKey } from '../../../src/core/formats/attestation/dsse.js';
import { readTrustedRoot } from '../../../src/core/formats/attestation/sigstoreTrust.js';
import { envelope, flat, Signer, statement } from './attestationSupport.js';
import { IDENTITY, ISSUER, StandIn } from './sigstoreSupport.js';

type Json = Record<string, unknown>;

const DIGEST = 'a'.repeat(64);
const STATEMENT = statement([['dist/out.txt', DIGEST]]);
const ASKED = { identity: IDENTITY, issuer: ISSUER };

function trustIn(root: unknown, policy?: TrustPolicy): SigstoreTrust {
  const trust = readTrustedRoot(typeof root === 'string' ? root : JSON.stringify(root), policy);
  assert.ok(!('problem' in trust), JSON.stringify(trust));
  return trust;
}

const problemOf = (text: string): string => {
  const trust = readTrustedRoot(text);
  return 'problem' in trust ? `${trust.problem} ${trust.line ?? ''}`.trim() : '';
};

/** The digest and the state of the signature, or why it is refused. */
function said(document: unknown, trust: SigstoreTrust): string {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const read = readAttestation(Buffer.from(text), {
    artifact: 'dist/out.txt',
    firstSubject: false,
    trust,
  });
  return read.ok
    ? `${read.digest === DIGEST ? 'read' : read.digest} ${read.signature}`
    : `${read.problem} ${read.detail ?? ''}`.trim();
}

/** A copy in which one thing is changed. */
function changed<T>(value: T, change: (copy: T) => void): T {
  const copy = structuredClone(value);
  change(copy);
  return copy;
}

interface Material {
  certificate: { rawBytes: string };
  publicKey?: Json;
  tlogEntries: {
    integratedTime: string;
    logIndex: string;
    canonicalizedBody: string;
    inclusionPromise?: Json;
    inclusionProof: { checkpoint: { envelope: string }; rootHash: string; logIndex: string };
  }[];
  timestampVerificationData?: { rfc3161Timestamps: { signedTimestamp: string }[] };
}
interface Envelope {
  payload: string;
  payloadType: string;
  signatures: { sig: string }[];
}
const material = (bundle: Json): Material => bundle['verificationMaterial'] as Material;
const entryOf = (bundle: Json): Material['tlogEntries'][number] => material(bundle).tlogEntries[0]!;
const envelopeOf = (bundle: Json): Envelope => bundle['dsseEnvelope'] as Envelope;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const flipped = (text: string): string => {
  const bytes = Buffer.from(text, 'base64');
  bytes[bytes.length - 1] = bytes[bytes.length - 1]! ^ 1;
  return bytes.toString('base64');
};

const V01 = 'application/vnd.dev.sigstore.bundle+json;version=0.1';

describe('a trust root of Sigstore', function () {
  let services: StandIn;
  let other: StandIn;
  let good: Json;
  let stamped: Json;
  let trust: SigstoreTrust;

  before(async () => {
    [services, other] = await Promise.all([StandIn.open(), StandIn.open()]);
    good = await services.sign(STATEMENT);
    stamped = await services.sign(STATEMENT, { witnesses: ['log', 'timestamp'] });
    trust = trustIn(services.root, ASKED);
  });
  after(() => [services, other].forEach((each) => each.close()));

  it('accepts what was signed under it, and names the signer', () => {
    assert.equal(said(good, trust), 'read verified');
    const read = readAttestation(Buffer.from(JSON.stringify(good)), {
      ...{ artifact: 'dist/out.txt', firstSubject: false, trust },
    });
    assert.deepEqual(read.ok && read.signer, ASKED);
  });

  it('accepts every version, both kinds of entries, and times of a timestamp authority', async () => {
    assert.equal(good['mediaType'], 'application/vnd.dev.sigstore.bundle.v0.3+json');
    const chain = await services.sign(STATEMENT, { chain: true });
    assert.match(String(chain['mediaType']), /version=0\.2$/);
    const intoto = await services.sign(STATEMENT, { entry: 'intoto', chain: true });
    const timed = changed(stamped, (copy) => {
      delete entryOf(copy).inclusionPromise;
    });
    for (const each of [chain, { ...chain, mediaType: V01 }, intoto, stamped, timed]) {
      assert.equal(said(each, trust), 'read verified');
    }
  });

  it('without a signer to expect accepts anybody, and the state says so', async () => {
    const mallory = await services.sign(STATEMENT, { identity: 'mailto:mallory@example.org' });
    for (const [policy, state, open] of [
      [{}, 'any-signer', 'both'],
      [{ issuer: ISSUER }, 'any-signer', 'identity'],
      [{ identity: 'mailto:mallory@example.org' }, 'any-signer', 'issuer'],
    ] as const) {
      const asked = trustIn(services.root, policy);
      assert.equal(asked.unasked, open);
      assert.equal(said(mallory, asked), `read ${state}`);
    }
    assert.equal(trust.unasked, undefined);
    assert.equal(said(mallory, trust), 'identity mailto:mallory@example.org');
  });

  it('expects signer and issuer to the letter, not as patterns', () => {
    for (const identity of [IDENTITY.slice(0, -1), '.*', `${IDENTITY}x`, IDENTITY.toUpperCase()]) {
      assert.equal(said(good, trustIn(services.root, { identity })), `identity ${IDENTITY}`);
    }
    for (const issuer of ['', '.*', ISSUER.slice(0, -1), `${ISSUER}/`]) {
      assert.equal(said(good, trustIn(services.root, { ...ASKED, issuer })), `issuer ${ISSUER}`);
    }
  });

  it('refuses what was signed under another one', () => {
    assert.equal(said(good, trustIn(other.root)), 'certificate');
    assert.equal(said(good, trustIn({ ...services.root, tlogs: other.root['tlogs'] })), 'log');
    assert.equal(
      said(good, trustIn({ ...services.root, ctlogs: other.root['ctlogs'] })),
      'certificate-log',
    );
    const stamps = { ...services.root, timestampAuthorities: other.root['timestampAuthorities'] };
    assert.equal(said(stamped, trustIn(stamps)), 'timestamp');
  });

  it('refuses what was signed after it had expired, or before it began', () => {
    const at = (key: string, validFor: Json): Json =>
      changed(services.root, (copy) => {
        for (const each of copy[key] as Json[]) {
          if (key === 'certificateAuthorities') each['validFor'] = validFor;
          else (each['publicKey'] as Json)['validFor'] = validFor;
        }
      });
    const past = { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' };
    const future = { start: '2999-01-01T00:00:00Z' };
    for (const validFor of [past, future]) {
      assert.equal(said(good, trustIn(at('certificateAuthorities', validFor))), 'certificate');
      assert.equal(said(good, trustIn(at('tlogs', validFor))), 'log');
      assert.equal(said(good, trustIn(at('ctlogs', validFor))), 'certificate-log');
    }
  });

  it('refuses a certificate that was no longer valid when it was used', async () => {
    const late = await StandIn.open({ logClock: new Date(Date.now() + 3_600_000) });
    const bundle = await late.sign(STATEMENT);
    late.close();
    assert.equal(said(bundle, trustIn(late.root)), 'certificate');
  });

  it('refuses a certificate that no log has promised to list', async () => {
    const silent = await StandIn.open({ noPromise: true });
    const bundle = await silent.sign(STATEMENT);
    silent.close();
    assert.equal(said(bundle, trustIn(silent.root)), 'certificate-log');
  });

  it('refuses what is in no transparency log, unless the root names none', async () => {
    const unlogged = await services.sign(STATEMENT, { witnesses: ['timestamp'] });
    assert.equal(said(unlogged, trust), 'log-missing');
    const quiet = await StandIn.open({ noPromise: true });
    const bundle = await quiet.sign(STATEMENT, { witnesses: ['timestamp'] });
    const unstamped = await quiet.sign(STATEMENT, { witnesses: [] });
    const logged = await quiet.sign(STATEMENT);
    quiet.close();
    const logless = trustIn({ ...quiet.root, tlogs: [], ctlogs: [] }, ASKED);
    assert.equal(said(bundle, logless), 'read verified');
    assert.equal(said(unstamped, logless), 'timestamp');
    assert.equal(said(logged, logless), 'log', 'a log that nobody knows gives no time');
    assert.equal(said(bundle, trustIn({ ...quiet.root, ctlogs: [] })), 'log-missing');
  });

  it('refuses what was changed after it was signed', () => {
    const forged = base64(JSON.stringify(statement([['dist/out.txt', 'b'.repeat(64)]])));
    const tamper = (change: (copy: Json) => void): string => said(changed(good, change), trust);
    assert.equal(
      tamper((copy) => (envelopeOf(copy).payload = forged)),
      'log-entry',
    );
    assert.equal(
      tamper((copy) => (envelopeOf(copy).payloadType = 'text/plain')),
      'bundle-signature',
    );
    assert.equal(
      tamper((copy) => {
        const first = envelopeOf(copy).signatures[0]!;
        first.sig = flipped(first.sig);
      }),
      'log-entry',
    );
    assert.equal(
      tamper((copy) => (entryOf(copy).integratedTime += '0')),
      'certificate',
    );
    assert.equal(
      tamper((copy) => (entryOf(copy).logIndex = '7')),
      'log',
    );
    assert.equal(
      tamper((copy) => {
        const proof = entryOf(copy).inclusionProof;
        proof.checkpoint.envelope = proof.checkpoint.envelope.replace(
          /Timestamp: \d/,
          'Timestamp: 9',
        );
      }),
      'log',
    );
    assert.equal(
      tamper((copy) => {
        const { certificate } = material(copy);
        certificate.rawBytes = flipped(certificate.rawBytes);
      }),
      'certificate',
    );
    const stamp = changed(stamped, (copy) => {
      const [first] = material(copy).timestampVerificationData!.rfc3161Timestamps;
      first!.signedTimestamp = flipped(first!.signedTimestamp);
    });
    assert.equal(said(stamp, trust), 'timestamp');
  });

  it("refuses another one's entry, certificate or signature", async () => {
    const second = await services.sign(statement([['dist/out.txt', 'c'.repeat(64)]]));
    const mixed = (bundle: Json, key: keyof Material, from: Json): Json =>
      changed(bundle, (copy) => Object.assign(material(copy), { [key]: material(from)[key] }));
    // A later time and an earlier certificate: the other way round it would not have been valid yet.
    assert.equal(said(mixed(good, 'tlogEntries', second), trust), 'log-entry');
    assert.equal(said(mixed(second, 'certificate', good), trust), 'bundle-signature');
  });

  it('refuses everything that is no bundle it could verify', () => {
    const signer = new Signer('p256');
    assert.equal(said(STATEMENT, trust), 'no-bundle');
    assert.equal(said(flat([['out.txt', DIGEST]]), trust), 'no-bundle');
    assert.equal(said(envelope(STATEMENT, [signer]), trust), 'no-bundle');
    assert.equal(said({}, trust), 'unknown-format');
    for (const tlogEntries of [material(good).tlogEntries, []]) {
      const keyed = { publicKey: { hint: 'constructor' }, tlogEntries };
      assert.equal(said({ ...good, verificationMaterial: keyed }, trust), 'public-key');
    }
    const message = { messageDigest: { algorithm: 'SHA2_256', digest: DIGEST }, signature: 'AAAA' };
    assert.equal(said({ ...good, messageSignature: message }, trust), 'no-statement');
    const { dsseEnvelope, ...bare } = good;
    assert.ok(dsseEnvelope);
    assert.equal(said({ ...bare, messageSignature: message }, trust), 'no-statement');
  });

  it('reads the statement that was signed, not what stands beside it', () => {
    const polyglot = { ...good, ...statement([['dist/out.txt', 'b'.repeat(64)]]) };
    assert.equal(said(polyglot, trust), 'read verified');
  });

  it('asks for the key as well, where one is given', () => {
    const key = readKey(new Signer('p256').publicKey);
    const read = readAttestation(Buffer.from(JSON.stringify(good)), {
      ...{ artifact: 'dist/out.txt', firstSubject: false, trust, key },
    });
    assert.equal(!read.ok && read.problem, 'signature');
  });

  it('is one of several, one a line, of which one has to hold as a whole', () => {
    const lines = (...roots: Json[]): string =>
      roots.map((each) => JSON.stringify(each)).join('\n');
    const halves = [
      { ...services.root, tlogs: other.root['tlogs'] },
      { ...other.root, tlogs: services.root['tlogs'] },
    ];
    assert.equal(
      said(good, trustIn(`${lines(other.root, services.root)}\r\n\n`, ASKED)),
      'read verified',
    );
    assert.equal(said(good, trustIn(lines(...halves))), 'log');
    assert.equal(
      said(good, trustIn(`\ufeff${JSON.stringify(services.root, null, 2)}`)),
      'read any-signer',
    );
  });

  it('that is none is called so, with the line', () => {
    const { root } = services;
    const text = JSON.stringify(root);
    for (const bad of ['', ' \n', 'no', '{', '['.repeat(100_000)])
      assert.match(problemOf(bad), /^not-json/);
    for (const bad of ['{}', '[]', 'null', '5', '"x"', JSON.stringify(good)]) {
      assert.equal(problemOf(bad), 'not-a-root');
    }
    assert.equal(
      problemOf('{"__proto__": {"mediaType": "application/vnd.dev.sigstore.trustedroot"}}'),
      'not-a-root',
    );
    for (const part of [
      { certificateAuthorities: [] },
      { certificateAuthorities: [{}] },
      { certificateAuthorities: [{ certChain: { certificates: [] } }] },
      { certificateAuthorities: [{ certChain: { certificates: [{ rawBytes: 'AAAA' }] } }] },
      { tlogs: [{}] },
      { tlogs: [null] },
      { ctlogs: [{ publicKey: { rawBytes: 'AAAA' }, logId: { keyId: 'AAAA' } }] },
    ]) {
      assert.equal(
        problemOf(JSON.stringify({ ...root, ...part })),
        'unusable',
        JSON.stringify(part),
      );
    }
    assert.equal(problemOf(`${text}\n\n{}\n`), 'not-a-root 3');
    assert.equal(problemOf(`${text}\n{\n`), 'not-json 2');
    assert.equal(problemOf(`${text}\n`.repeat(17)), 'too-many');
  });
});
