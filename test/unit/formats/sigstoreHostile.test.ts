/** Bundles that somebody made to crash, to hang or to deceive whoever verifies them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readAttestation } from '../../../src/core/formats/attestation/query.js';
import type { SigstoreTrust } from '../../../src/core/formats/attestation/sigstoreBundle.js';
import { readTrustedRoot } from '../../../src/core/formats/attestation/sigstoreTrust.js';
import { statement } from './attestationSupport.js';
import { StandIn } from './sigstoreSupport.js';

type Json = Record<string, unknown>;

const DIGEST = 'a'.repeat(64);

describe('hostile bundles, against a trust root', () => {
  let good: Json;
  let trust: SigstoreTrust;

  before(async () => {
    const services = await StandIn.open();
    good = await services.sign(statement([['out.txt', DIGEST]]), {
      witnesses: ['log', 'timestamp'],
    });
    services.close();
    const read = readTrustedRoot(JSON.stringify(services.root));
    assert.ok(!('problem' in read));
    trust = read;
  });

  const said = (text: string): string => {
    const read = readAttestation(Buffer.from(text), {
      ...{ artifact: 'out.txt', firstSubject: false, trust },
    });
    return read.ok ? `read ${read.digest}` : `${read.problem} ${read.detail ?? ''}`.trim();
  };

  /** With another value at a path. */
  const having = (value: unknown, ...path: (string | number)[]): string => {
    const copy = structuredClone(good);
    const last = path.pop() ?? '';
    const at = path.reduce((each, key) => each[key] as Json, copy);
    at[last] = value;
    return JSON.stringify(copy);
  };
  const MATERIAL = 'verificationMaterial';
  const ENTRY = [MATERIAL, 'tlogEntries', 0] as const;

  it('are refused when they hold more than any real one', () => {
    const list = (at: Json, key: string): unknown[] => at[key] as unknown[];
    const [entry] = list(good[MATERIAL] as Json, 'tlogEntries');
    const times = (good[MATERIAL] as Json)['timestampVerificationData'] as Json;
    const [stamp] = list(times, 'rfc3161Timestamps');
    const many = (each: unknown): unknown[] => Array.from({ length: 33 }, () => each);
    const huge = Buffer.alloc(70_000, 0x30).toString('base64');
    for (const [text, problem] of [
      [having(many(entry), MATERIAL, 'tlogEntries'), 'tlogEntries'],
      [
        having(many(stamp), MATERIAL, 'timestampVerificationData', 'rfc3161Timestamps'),
        'rfc3161Timestamps',
      ],
      [having(huge, MATERIAL, 'certificate', 'rawBytes'), 'certificate'],
      [
        having(
          [{ signedTimestamp: huge }],
          ...[MATERIAL, 'timestampVerificationData', 'rfc3161Timestamps'],
        ),
        'signedTimestamp',
      ],
      [having('9'.repeat(100_000), ...ENTRY, 'logIndex'), 'logIndex'],
      [having('1e400', ...ENTRY, 'integratedTime'), 'integratedTime'],
      [having('0x1', ...ENTRY, 'inclusionProof', 'logIndex'), 'inclusionProof.logIndex'],
      [
        having(Array<string>(129).fill('AAAA'), ...ENTRY, 'inclusionProof', 'hashes'),
        'inclusionProof.hashes',
      ],
      [
        having('x'.repeat(70_000), ...ENTRY, 'inclusionProof', 'checkpoint', 'envelope'),
        'inclusionProof.checkpoint',
      ],
    ] as const) {
      assert.equal(said(text), `malformed ${problem}`);
    }
  });

  it('do not get a pattern of theirs matched against the name of the log', () => {
    const proof = ((good[MATERIAL] as Json)['tlogEntries'] as Json[])[0]?.[
      'inclusionProof'
    ] as Json;
    const { envelope } = proof['checkpoint'] as { envelope: string };
    for (const name of ['((([^!]+)+)+)+!', '.*', '\u2014x', 'a|b']) {
      const hostile = envelope.replace(/\u2014 \S+ /, () => `\u2014 ${name} `);
      assert.notEqual(hostile, envelope);
      const text = having(hostile, ...ENTRY, 'inclusionProof', 'checkpoint', 'envelope');
      assert.equal(said(text), 'malformed inclusionProof.checkpoint');
    }
  });

  it('are refused when they are nested beyond measure, in JSON or in a certificate', () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const at = (key: string): string =>
      JSON.stringify(good).replace(`"${key}":`, () => `"${key}":${deep},"x":`);
    for (const key of ['tlogEntries', 'certificate', 'dsseEnvelope', MATERIAL, 'rawBytes']) {
      assert.match(said(at(key)), /^(malformed|log-missing|not-json|certificate)/);
    }
    // Constructed values in each other, each with the length of the rest.
    const der = Buffer.concat(
      Array.from({ length: 15_000 }, (_, index) => {
        const rest = Math.max(0, 60_000 - 4 * (index + 1));
        return Buffer.from([0x30, 0x82, rest >> 8, rest & 0xff]);
      }),
    );
    assert.equal(
      said(having(der.toString('base64'), MATERIAL, 'certificate', 'rawBytes')),
      'malformed verificationMaterial',
    );
  });

  it('cannot give themselves keys by way of a prototype', () => {
    const { verificationMaterial, ...rest } = good;
    assert.ok(verificationMaterial);
    const text = JSON.stringify(rest).replace(
      '{',
      () => `{"__proto__":{"verificationMaterial":${JSON.stringify(verificationMaterial)}},`,
    );
    assert.equal(said(text), 'malformed verificationMaterial');
    assert.equal(({} as Json)['verificationMaterial'], undefined);
  });

  it('say what was signed or nothing, whatever is changed in them', () => {
    const paths: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]): void => {
      if (path.length > 0) paths.push(path);
      if (typeof value !== 'object' || value === null) return;
      for (const [key, each] of Object.entries(value)) {
        walk(each, [...path, Array.isArray(value) ? Number(key) : key]);
      }
    };
    walk(good, []);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      fc.constantFrom('0', '-1', '1', 'AAAA', 'constructor', '__proto__', 'NaN'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), value, (path, other) => {
        const answer = said(having(other, ...path));
        assert.ok(!answer.startsWith('read') || answer === `read ${DIGEST}`, answer);
      }),
      { numRuns: 150 },
    );
    assert.equal(said(JSON.stringify(good)), `read ${DIGEST}`);
  });

  it('say what was signed or nothing, with bytes of the certificate or a timestamp flipped', () => {
    const fields = [
      [MATERIAL, 'certificate', 'rawBytes'],
      [...[MATERIAL, 'timestampVerificationData', 'rfc3161Timestamps', 0], 'signedTimestamp'],
      [...ENTRY, 'canonicalizedBody'],
    ];
    const textAt = (path: (string | number)[]): string =>
      path.reduce<unknown>((each, key) => (each as Json)[key], good) as string;
    fc.assert(
      fc.property(
        fc.constantFrom(...fields),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (...on) => {
          const [field, where, mask] = on;
          const bytes = Buffer.from(textAt(field), 'base64');
          const at = where % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ mask;
          const answer = said(having(bytes.toString('base64'), ...field));
          assert.ok(!answer.startsWith('read') || answer === `read ${DIGEST}`, answer);
        },
      ),
      { numRuns: 150 },
    );
  });
});
