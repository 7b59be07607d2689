import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { formatSyncStatus, parseSyncStatus } from '../../../src/core/formats/vaibify/syncStatus.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { MirrorCheck } from '../../../src/core/model/envelope.js';
import { skip } from '../../harness/skip.js';

const A = 'a'.repeat(64) as Sha256;
const B = 'b'.repeat(64) as Sha256;
const COMMIT = 'c'.repeat(40);

const github: MirrorCheck = {
  service: 'github',
  checkedAt: Date.UTC(2026, 7, 3, 4, 5, 6),
  total: 3,
  matching: 1,
  diverged: [
    { path: 'a b/ü.csv', expected: A, actual: B },
    { path: 'gone', expected: A },
  ],
  commit: COMMIT,
};
const zenodo: MirrorCheck = {
  service: 'zenodo',
  checkedAt: Date.UTC(2026, 7, 3),
  total: 3,
  matching: 3,
  diverged: [],
  doi: '10.5281/zenodo.1',
  endpoint: 'sandbox',
};

describe('syncStatus.json', () => {
  it('is written as vaibify writes it', () => {
    assert.equal(
      formatSyncStatus(undefined, [github]),
      `{
  "github": {
    "iMatching": 1,
    "iTotalFiles": 3,
    "listDiverged": [
      {
        "sActual": "${B}",
        "sExpected": "${A}",
        "sPath": "a b/\\u00fc.csv"
      },
      {
        "sActual": null,
        "sExpected": "${A}",
        "sPath": "gone"
      }
    ],
    "sCommittedShaVerified": "${COMMIT}",
    "sLastVerified": "2026-08-03T04:05:06Z",
    "sService": "github"
  }
}`,
    );
  });

  it('is read back as it was written, service by service', () => {
    const text = formatSyncStatus(formatSyncStatus(undefined, [zenodo]), [github]);
    assert.deepEqual(parseSyncStatus(text), [github, zenodo]);
  });

  it('keeps other services, unknown keys and the spelling of numbers', () => {
    const old =
      '{"zeta": 1.0, "2": [12345678901234567890, {}, []], "10": null, "__proto__": {"x": true},' +
      ' "github": {"iTotalFiles": 9, "sNote": "\u007f\u{1f600}"}, "overleaf": {"iMatching": 4}}';
    assert.equal(
      formatSyncStatus(old, [{ ...github, diverged: [] }]),
      `{
  "10": null,
  "2": [
    12345678901234567890,
    {},
    []
  ],
  "__proto__": {
    "x": true
  },
  "github": {
    "iMatching": 1,
    "iTotalFiles": 3,
    "listDiverged": [],
    "sCommittedShaVerified": "${COMMIT}",
    "sLastVerified": "2026-08-03T04:05:06Z",
    "sNote": "\\u007f\\ud83d\\ude00",
    "sService": "github"
  },
  "overleaf": {
    "iMatching": 4
  },
  "zeta": 1.0
}`,
    );
  });

  it('has the bytes of Python json.dumps with indent 2 and sorted keys', function () {
    if (spawnSync('python3', ['--version']).status !== 0) skip(this, 'python3 is not installed');
    const script =
      'import json,sys; print(json.dumps([json.dumps(json.loads(t), indent=2, sort_keys=True)' +
      ' for t in json.load(sys.stdin)]))';
    const keys = fc.string({ unit: 'binary', maxLength: 6 });
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.oneof(keys, fc.boolean(), fc.constant(null), fc.maxSafeInteger()),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    const documents = fc.dictionary(keys, tree, { maxKeys: 5 });
    const texts = fc.sample(documents, 300).map((document) => JSON.stringify(document));
    const input = JSON.stringify(texts);
    const python = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
    assert.deepEqual(
      texts.map((text) => formatSyncStatus(text, [])),
      JSON.parse(python.stdout),
    );
  });

  it('replaces what is no JSON object, as vaibify does', () => {
    for (const old of ['', '[1]', '{"github": ', 'null', '['.repeat(100_000)]) {
      assert.equal(formatSyncStatus(old, [zenodo]), formatSyncStatus(undefined, [zenodo]));
      assert.deepEqual(parseSyncStatus(old), []);
    }
  });

  it('never takes a time that is none for a check', () => {
    const times = [
      '',
      'yesterday',
      '2026-02-30T00:00:00Z',
      '2026-08-03 04:05:06',
      '9e999',
      null,
      7,
    ];
    for (const sLastVerified of times) {
      const [check] = parseSyncStatus(JSON.stringify({ github: { sLastVerified } }));
      assert.deepEqual(check, { service: 'github', total: 0, matching: 0, diverged: [] });
    }
  });

  it('reads a difference that it does not understand as a difference', () => {
    const text = (listDiverged: unknown) => JSON.stringify({ zenodo: { listDiverged } });
    for (const odd of ['x', 7, {}, ['x'], [null], [{ sPath: 3, sExpected: 'zz' }]]) {
      assert.deepEqual(
        parseSyncStatus(text(odd))[0]?.diverged,
        [{ path: '' }],
        JSON.stringify(odd),
      );
    }
    for (const none of [[], null]) assert.deepEqual(parseSyncStatus(text(none))[0]?.diverged, []);
  });

  it('counts only what is a count', () => {
    const text = (iTotalFiles: unknown) =>
      JSON.stringify({ github: { iTotalFiles, iMatching: 2 } });
    for (const odd of [-1, 1.5, 1e300, '3', true, null, [3]]) {
      assert.equal(parseSyncStatus(text(odd))[0]?.total, 0);
    }
    assert.equal(parseSyncStatus(text(3))[0]?.total, 3);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        parseSyncStatus(text);
        parseSyncStatus(formatSyncStatus(text, [github]));
      }),
    );
  });
});
