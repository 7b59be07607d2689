import assert from 'node:assert/strict';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Pin, Project } from '../../../src/core/model/project.js';
import { lineSpan } from '../../../src/core/model/span.js';
import type { Tier, TierReport } from '../../../src/core/model/tier.js';
import type { Observation } from '../../../src/core/system/observation.js';
import { makeSnapshot } from '../../../src/core/verify/snapshot.js';
import { mergeTiers } from '../../../src/core/verify/tiers.js';

const hex = (digit: string): Sha256 => digit.repeat(64) as Sha256;
const [MANIFEST, LOCK, ENVIRONMENT, OTHER] = ['a', 'b', 'c', 'd'].map(hex) as [
  Sha256,
  Sha256,
  Sha256,
  Sha256,
];
const place = { file: 'requirements.lock' as RepoPath, span: lineSpan(2, 1, 4) };
const pin = (name: string): Pin => {
  const path = name as RepoPath;
  return { path, name, digest: hex('e'), line: 1, place: { ...place, file: path } };
};
const project: Project = {
  kind: 'vaibify',
  root: '/r',
  file: 'workflow.json' as RepoPath,
  title: 'Paper',
  dialect: 'test',
  steps: [],
  declared: [],
  pins: [pin('x.csv'), pin('y.csv')],
  manifest: {
    file: 'MANIFEST.sha256' as RepoPath,
    exists: true,
    digest: MANIFEST,
    base: '',
    entries: 2,
  },
  manifestHeader: [],
  findings: [],
  envelope: {
    lock: { file: place.file, digest: LOCK, entries: [], findings: [] },
    environment: {
      file: '.vaibify/environment.json' as RepoPath,
      digest: ENVIRONMENT,
      mode: 'container',
      binaries: [],
      tools: {},
      findings: [],
    },
  } as unknown as NonNullable<Project['envelope']>,
  basis: OTHER,
};
const report = (
  tier: Tier,
  basis: Sha256 | undefined,
  more: Partial<TierReport> = {},
): TierReport => ({
  tier,
  outcome: 'pass',
  detail: { kind: 'files' },
  total: 2,
  verified: 2,
  findings: [],
  ...(basis === undefined ? {} : { basis }),
  finishedAt: 1000,
  ...more,
});
const seenAs = (...digests: (Sha256 | undefined)[]): Map<string, Observation> =>
  new Map(
    digests.map((digest, index): [string, Observation] => [
      project.pins[index]!.name,
      digest === undefined
        ? { kind: 'missing' }
        : { kind: 'file', digest, size: 1, at: 1, how: 'read' },
    ]),
  );
const GOOD = seenAs(hex('e'), hex('e'));
const drawn = (tiers: TierReport[], from = project, seen = GOOD): Tier[] =>
  makeSnapshot({ project: from, seen, tiers }).tiers.map(({ tier }) => tier);

describe('results of tiers in a snapshot', () => {
  it('count while the evidence of each is the one they were made from', () => {
    const all = [report(1, MANIFEST), report(2, LOCK), report(3, ENVIRONMENT), report(4, MANIFEST)];
    assert.deepEqual(drawn(all), [1, 2, 3, 4]);
    const edited = { ...project, manifest: { ...project.manifest, digest: OTHER } };
    assert.deepEqual(drawn(all, edited), [2, 3]);
    const bare = { ...project, envelope: {} };
    assert.deepEqual(drawn(all, bare), [1, 4]);
    assert.deepEqual(drawn([report(2, OTHER), report(3, undefined)]), []);
    assert.deepEqual(makeSnapshot({ project, seen: GOOD }).tiers, []);
  });

  it('of tier 1 count until the files are seen to be otherwise', () => {
    const drifted = seenAs(hex('e'), hex('f'));
    const missing = seenAs(hex('e'), undefined);
    const passed = [report(1, MANIFEST)];
    assert.deepEqual(drawn(passed, project, drifted), []);
    assert.deepEqual(drawn(passed, project, missing), []);
    assert.deepEqual(drawn(passed, project, new Map()), [1]);
    const failed = [report(1, MANIFEST, { outcome: 'fail', verified: 1 })];
    assert.deepEqual(drawn(failed, project, drifted), [1]);
    assert.deepEqual(drawn(failed, project, GOOD), []);
    const malformed = [report(1, MANIFEST, { outcome: 'fail' })];
    assert.deepEqual(drawn(malformed, project, GOOD), [1]);
  });

  it('bring what only they know into the findings, once', () => {
    const unhashed: Finding = { code: 'not-utf8', severity: 'error', place };
    const unpinned: Finding = {
      code: 'manifest-unreadable',
      severity: 'error',
      reason: 'x',
      place,
    };
    const known = { ...project, findings: [unhashed] };
    const again = JSON.parse(JSON.stringify({ place, ...unhashed })) as Finding;
    const tiers = [
      report(1, MANIFEST, { findings: [{ code: 'manifest-empty', severity: 'error' }] }),
      report(2, LOCK, { outcome: 'fail', findings: [again, unpinned] }),
    ];
    const codes = (from: Project, all: TierReport[]): string[] =>
      makeSnapshot({ project: from, seen: GOOD, tiers: all }).findings.map(({ code }) => code);
    assert.deepEqual(codes(known, tiers), ['not-utf8', 'manifest-unreadable']);
    assert.deepEqual(codes(project, tiers), ['not-utf8', 'manifest-unreadable']);
    const stale = [report(2, OTHER, { outcome: 'fail', findings: [unpinned] })];
    assert.deepEqual(codes(known, stale), ['not-utf8']);
  });
});

describe('joining results', () => {
  it('keeps the newest of each tier, in order, and nothing of what was skipped', () => {
    const old = [report(3, ENVIRONMENT), report(1, MANIFEST, { finishedAt: 5000 })];
    const news = [
      report(1, MANIFEST, { finishedAt: 4000, outcome: 'fail' }),
      report(2, LOCK, { outcome: 'error' }),
      report(3, ENVIRONMENT, { finishedAt: 6000, outcome: 'skipped' }),
      report(4, MANIFEST, { outcome: 'skipped' }),
    ];
    const joined = mergeTiers(old, news).map(({ tier, outcome }) => `${tier} ${outcome}`);
    assert.deepEqual(joined, ['1 pass', '2 error', '3 pass']);
  });

  it('takes the later of two results of one moment', () => {
    const [only] = mergeTiers([report(2, LOCK)], [report(2, LOCK, { outcome: 'fail' })]);
    assert.equal(only?.outcome, 'fail');
  });
});
