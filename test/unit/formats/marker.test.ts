import assert from 'node:assert/strict';
import {
  markerDirectories,
  markerNames,
  parseMarker,
} from '../../../src/core/formats/vaibify/testMarker.js';
import type { RepoPath } from '../../../src/core/model/paths.js';

const marker = (more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    sDirectory: './A//B/',
    sLabel: 'A01',
    iExitStatus: 0,
    sRunAtUtc: '2026-08-20T09:00:00Z',
    dictCategories: { integrity: { iPassed: 1, iFailed: 0 }, other: { iFailed: 2 } },
    dictOutputHashes: { 'A/B/o.csv': 'AB'.repeat(20) },
    ...more,
  });

describe('parseMarker', () => {
  it('reads what a test session recorded', () => {
    const { ranAt, ...rest } = parseMarker(marker({ dictInputHashes: { i: '0'.repeat(40) } }))!;
    assert.equal(new Date(ranAt).toISOString(), '2026-08-20T09:00:00.000Z');
    assert.deepEqual(rest, {
      directory: 'A/B',
      label: 'A01',
      failed: false,
      failures: new Map([['integrity', 0]]),
      outputs: new Map([['A/B/o.csv', 'ab'.repeat(20)]]),
      inputs: new Map([['i', '0'.repeat(40)]]),
    });
  });
  for (const [name, more, failed] of [
    ['a session that was interrupted', { iExitStatus: 2 }, true],
    ['no exit status', { iExitStatus: null }, true],
    ['an exit status that is text', { iExitStatus: '0' }, true],
  ] as const) {
    it(`takes ${name} for a failure`, () => {
      assert.equal(parseMarker(marker(more))?.failed, failed);
    });
  }
  it('takes a count of failures that is no number for one', () => {
    const more = { dictCategories: { integrity: { iFailed: '0' } } };
    assert.equal(parseMarker(marker(more))?.failures.get('integrity'), 1);
  });
  for (const [name, more] of [
    ['no time', { sRunAtUtc: null }],
    ['a path that leads out', { dictOutputHashes: { '../x': '0'.repeat(40) } }],
    ['an absolute path', { dictInputHashes: { '/etc/passwd': '0'.repeat(40) } }],
    ['a SHA-256 for a blob', { dictOutputHashes: { x: '0'.repeat(64) } }],
    ['a hash that is no text', { dictOutputHashes: { x: 7 } }],
  ] as const) {
    it(`gives nothing for ${name}`, () => assert.equal(parseMarker(marker(more)), undefined));
  }
  it('gives nothing for too many files', () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_001 }, (_, index) => [`f${index}`, '0'.repeat(40)]),
    );
    assert.equal(parseMarker(marker({ dictOutputHashes: many })), undefined);
  });
});

describe('where markers lie', () => {
  it('names the directories of both layouts, the own one first', () => {
    assert.deepEqual(markerDirectories('.vaibify/projects/fit.json' as RepoPath), [
      '.vaibify/test_markers/fit',
      '.vaibify/test_markers/default',
      '.vaibify/test_markers',
    ]);
  });
  for (const [directory, names] of [
    ['A/B', ['A_B.json']],
    ['./A//B/', ['A_B.json', '._A__B.json']],
    ['', ['.json', '..json']],
    ['.', ['.json', '..json']],
  ] as const) {
    it(`of "${directory}"`, () => assert.deepEqual(markerNames(directory), names));
  }
});
