import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import {
  formatReference,
  formatVerdict,
  generatedDigest,
  parseFixops,
  pythonTime,
} from '../../../src/core/formats/attestation/fixops.js';
import type { VerdictFacts } from '../../../src/core/formats/attestation/fixops.js';
import { sha256 } from '../../../src/core/system/files.js';
import { skip } from '../../harness/skip.js';
import { flat } from './attestationSupport.js';

const A = 'a'.repeat(64);
const python = (script: string, input: string): string | undefined => {
  const ran = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
  return ran.error === undefined ? ran.stdout : undefined;
};

const FACTS: VerdictFacts = {
  artifact: 'dist/ä\u2028\u007f\u{1f600}"\\.txt',
  artifactPath: '/workspace/build/dist/a',
  generated: sha256(Buffer.from('x')),
  match: false,
  plan: 'build/plan.yaml',
  reference: undefined,
  source: undefined,
  tag: 'v1',
  verifiedAt: 1_600_000_000_120,
  more: { isolation: 'network-off', reason: 'no-reference' },
};

const problemOf = (value: Record<string, unknown>): string => {
  const result = parseFixops(value);
  return result.ok ? '' : `${result.problem} ${result.detail ?? ''}`.trim();
};

describe("FixOps's verdict", () => {
  it('has its ten keys, always', () => {
    const value = JSON.parse(formatVerdict(FACTS)) as Record<string, unknown>;
    assert.deepEqual(value, {
      artifact: FACTS.artifact,
      artifact_path: '/workspace/build/dist/a',
      attestation_path: null,
      generated_digest: { sha256: FACTS.generated },
      match: false,
      plan: 'build/plan.yaml',
      reference_digest: null,
      reference_source: null,
      tag: 'v1',
      verified_at: '2020-09-13T12:26:40.120000+00:00',
      isolation: 'network-off',
      reason: 'no-reference',
    });
  });

  it('is the bytes that Python writes', function () {
    const script = `
import json, sys
value = json.load(sys.stdin)
sys.stdout.write(json.dumps(value, indent=2, sort_keys=True) + "\\n")`;
    for (const facts of [
      FACTS,
      { ...FACTS, match: true, reference: 'ö', source: 'artifact:a\u0001' },
    ]) {
      const ours = formatVerdict(facts);
      const theirs = python(script, ours);
      if (theirs === undefined) skip(this, 'python3 is not installed');
      assert.equal(ours, theirs);
    }
  });

  it('tells the time as Python does', function () {
    const script = `
import json, sys
from datetime import datetime, timedelta, timezone
start = datetime(1970, 1, 1, tzinfo=timezone.utc)
print(json.dumps([(start + timedelta(milliseconds=each)).isoformat() for each in json.load(sys.stdin)]))`;
    const times = [0, 1, 999, 1000, 1_600_000_000_000, 1_600_000_000_120, 1_600_000_000_007];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (each) => void times.push(each)),
      { numRuns: 200 },
    );
    const theirs = python(script, JSON.stringify(times));
    if (theirs === undefined) skip(this, 'python3 is not installed');
    assert.deepEqual(times.map(pythonTime), JSON.parse(theirs));
  });

  it('gives its digest back, and anything else gives none', () => {
    assert.equal(generatedDigest(formatVerdict(FACTS)), FACTS.generated);
    for (const text of ['', '[]', '{', '{"generated_digest": 5}', 'null']) {
      assert.equal(generatedDigest(text), undefined);
    }
  });
});

describe("FixOps's own attestation", () => {
  it('is read, further keys and all', () => {
    const result = parseFixops(
      flat(
        [
          ['x', A],
          ['y', ''],
        ],
        { more: 1 },
      ),
    );
    assert.ok(result.ok);
    assert.deepEqual(result.document.subjects, [
      { name: 'x', sha256: A },
      { name: 'y', sha256: '' },
    ]);
  });

  it('is refused where FixOps refuses it', () => {
    const odd = (more: Record<string, unknown>): string => problemOf(flat([['x', A]], more));
    for (const slsaVersion of ['0.2', 1, 1.0, null]) {
      assert.equal(odd({ slsaVersion }), 'malformed slsaVersion');
    }
    assert.equal(odd({ builder: {} }), 'malformed builder');
    assert.equal(odd({ buildType: undefined }), 'malformed buildType');
    assert.equal(odd({ source: 'x' }), 'malformed source');
    assert.equal(odd({ metadata: [] }), 'malformed metadata');
    assert.equal(odd({ materials: null }), 'malformed materials');
    assert.equal(odd({ materials: [{}] }), 'malformed materials');
    assert.equal(odd({ materials: [{ uri: 'x' }] }), '');
    assert.equal(odd({ subject: [] }), 'malformed subject');
    assert.equal(odd({ subject: [{ name: '', digest: { sha256: A } }] }), 'malformed subject[0]');
    assert.equal(odd({ subject: [{ name: 'x', digest: { sha512: A } }] }), 'malformed subject[0]');
  });

  it('is written so that it is read', () => {
    const digest = sha256(Buffer.from('x'));
    const text = formatReference({
      name: 'x.txt',
      sha256: digest,
      builder: 'urn:b',
      buildType: 'urn:t',
      plan: { uri: 'build/plan.yaml', sha256: digest },
      startedAt: 0,
      finishedAt: 1000,
    });
    const value = JSON.parse(text) as Record<string, unknown>;
    const result = parseFixops(value);
    assert.ok(result.ok);
    assert.deepEqual(result.document.subjects, [{ name: 'x.txt', sha256: digest }]);
    assert.deepEqual(value['metadata'], {
      buildStartedOn: '1970-01-01T00:00:00Z',
      buildFinishedOn: '1970-01-01T00:00:01Z',
    });
  });
});
