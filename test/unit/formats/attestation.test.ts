import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  ATTESTATION,
  formatAttestation,
  parseAttestation,
  recordStem,
} from '../../../src/core/formats/attestation/attestation.js';
import type { AttestationFacts } from '../../../src/core/formats/attestation/attestation.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { has } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';

const DIGEST = 'ab'.repeat(32) as Sha256;
const FACTS: AttestationFacts = {
  outcome: 'failed',
  manifest: DIGEST,
  matched: 46,
  total: 47,
  diverged: ['step A02 failed', 'Plot/grün.svg'],
  attestedAt: Date.UTC(2026, 10, 21, 10, 11, 12, 987),
  durationSeconds: 61.5,
  log: '.vaibify/l3_attestations/x.log' as RepoPath,
  image: 'lab/x@sha256:00',
  isolation: 'container',
  commit: 'c'.repeat(40),
  epoch: 1_700_000_000,
  tool: { name: 'reprolens', version: '1.2.3' },
};
const parse = (text: string) => parseAttestation(text, ATTESTATION);

describe('attestations', () => {
  it('are read as they are written', () => {
    assert.deepEqual(parse(formatAttestation(FACTS)), {
      file: ATTESTATION,
      outcome: 'failed',
      manifest: DIGEST,
      matched: 46,
      total: 47,
      attestedAt: '2026-11-21T10:11:12Z',
      durationSeconds: 61.5,
      diverged: FACTS.diverged,
    });
  });

  it('have the form that Python’s json gives them', function () {
    if (!has('python3')) skip(this, 'python3 is not installed');
    const text = formatAttestation(FACTS);
    const program =
      'import json, sys; d = json.load(sys.stdin); sys.stdout.write(json.dumps(d, indent=2, sort_keys=True))';
    const { stdout } = spawnSync('python3', ['-c', program], { input: text, encoding: 'utf8' });
    assert.equal(stdout, text);
  });

  it('have every key of schema 2, and an image only where one was used', () => {
    const { image, ...without } = FACTS;
    assert.ok(image);
    const record = JSON.parse(formatAttestation(without)) as Record<string, unknown>;
    assert.deepEqual(
      Object.keys(record).filter((key) => !/^s(Tool|Isolation|Commit)|^iSource/.test(key)),
      [
        ...['dictAiProvenance', 'fDurationSeconds', 'iOutputHashesMatched', 'iOutputHashesTotal'],
        ...['iSchemaVersion', 'listDivergedHashes', 'sAttestedAtUtc', 'sImageDigest'],
        ...['sManifestDigestAtAttestation', 'sRunLogPath', 'sStatus'],
      ],
    );
    assert.equal(record['sImageDigest'], null);
    assert.equal(record['iSchemaVersion'], 2);
    assert.equal(record['sManifestDigestAtAttestation'], `sha256:${DIGEST}`);
  });

  it('of schema 1 count, and a newer schema is taken as it is', () => {
    const text = (version: number): string =>
      JSON.stringify({
        iSchemaVersion: version,
        sStatus: 'passed',
        sManifestDigestAtAttestation: `sha256:${DIGEST}`,
      });
    for (const version of [1, 9]) {
      const read = parse(text(version));
      assert.deepEqual([read?.outcome, read?.manifest], ['passed', DIGEST]);
    }
  });

  it('that are no object do not exist', () => {
    for (const text of ['', '[]', '{', 'null', '{"sStatus": "passed",}', '['.repeat(9999)]) {
      assert.equal(parse(text), undefined, text.slice(0, 30));
    }
  });

  it('pass by one word only, and pin by lower-case digits only', () => {
    for (const status of ['PASSED', 'failed', 'pass', '', 1, true, null]) {
      assert.equal(parse(JSON.stringify({ sStatus: status }))?.outcome, 'failed');
    }
    for (const digest of [
      DIGEST,
      `sha256:${DIGEST.toUpperCase()}`,
      'sha256:ab',
      `SHA256:${DIGEST}`,
    ]) {
      const text = JSON.stringify({ sManifestDigestAtAttestation: digest });
      assert.equal(parse(text)?.manifest, undefined, digest);
    }
  });

  it('lose what is no count, no duration and no text', () => {
    const read = parse(
      '{"iOutputHashesMatched": -1, "iOutputHashesTotal": 1.5, "fDurationSeconds": -3, "listDivergedHashes": [1, "a", null]}',
    );
    assert.deepEqual([read?.matched, read?.total, read?.durationSeconds], [0, 0, undefined]);
    assert.deepEqual(read?.diverged, ['a']);
  });

  it('are named by their moment, so that names sort by age', () => {
    assert.equal(recordStem(FACTS.attestedAt, 'failed'), '20261121T101112Z_failed');
  });
});
