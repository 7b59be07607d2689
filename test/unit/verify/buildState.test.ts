/** When a build plan is good: only by a rebuild on this computer, of it as it is. */
import assert from 'node:assert/strict';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import { substitute } from '../../../src/core/formats/plan/substitute.js';
import type { BuildFacts, BuildState } from '../../../src/core/model/build.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Project } from '../../../src/core/model/project.js';
import type { TierDetail, TierReport } from '../../../src/core/model/tier.js';
import type { Observation } from '../../../src/core/system/observation.js';
import { buildState } from '../../../src/core/verify/buildState.js';
import { makeSnapshot } from '../../../src/core/verify/snapshot.js';
import { buildTitle, buildWords, markWord, subjectTitle } from '../../../src/core/words/build.js';

const MADE = 'aa'.repeat(32) as Sha256;
const OTHER = 'bb'.repeat(32) as Sha256;
const BASIS = 'cc'.repeat(32) as Sha256;
const YAML = `artifact: dist/a.txt
sources: [src]
steps: ["make it", null, [cp, a, b]]
reference_artifact: ref.txt
`;
const plan = substitute(parsePlan(YAML, 'plan.yaml' as RepoPath), 'v1');
const span = plan.sources[0]!.path.span;

const facts = (more: Partial<BuildFacts> = {}): BuildFacts => ({
  plan,
  sources: [{ span, name: 'src', path: 'src' as RepoPath, kind: 'directory', changedAt: 1000 }],
  references: [],
  called: [],
  ...more,
});

const project = (build: BuildFacts): Project => ({
  kind: 'plan',
  root: '/r',
  file: 'plan.yaml' as RepoPath,
  title: 'a.txt',
  dialect: 'build plan',
  steps: [],
  declared: [],
  pins: [],
  manifest: { file: 'plan.yaml' as RepoPath, exists: true, digest: BASIS, base: '', entries: 0 },
  manifestHeader: [],
  findings: [],
  build,
  basis: BASIS,
});

const rebuilt = (more: Partial<Extract<TierDetail, { kind: 'rebuilt' }>> = {}): TierReport => ({
  tier: 4,
  outcome: 'pass',
  detail: {
    kind: 'rebuilt',
    isolation: 'sandbox',
    tag: 'v1',
    generated: MADE,
    size: 3,
    startedAt: 2000,
    source: 'artifact:ref.txt',
    attestation: '/r/v1.json',
    ...more,
  },
  total: 1,
  verified: 1,
  findings: [],
  basis: BASIS,
  finishedAt: 3000,
});

const seen = (digest: Sha256 = MADE): Map<string, Observation> =>
  new Map([['ref.txt', { kind: 'file', digest, size: 3, at: 5, how: 'read' }]]);

interface Given {
  readonly facts?: Partial<BuildFacts>;
  readonly tiers?: readonly TierReport[];
  readonly seen?: Map<string, Observation>;
}

const stateOf = (given: Given = {}): BuildState => {
  const own = facts(given.facts);
  const { tiers = [rebuilt()] } = given;
  return buildState({ project: project(own), facts: own, seen: given.seen ?? seen(), tiers });
};
const kindOf = (given?: Given): string => stateOf(given).artifact.kind;

describe('buildState', () => {
  it('is good when what was made equals the reference as it is now', () => {
    const state = stateOf();
    assert.deepEqual(state.artifact, {
      kind: 'verified',
      actual: MADE,
      check: { at: 3000, size: 3, how: 'rebuilt' },
    });
    assert.deepEqual(
      state.marks.map((mark) => [subjectTitle(mark, facts()), mark.state, markWord(mark, state)]),
      [
        ['dist/a.txt', 'verified', 'equals its reference'],
        ['src', 'verified', 'made an artifact that matches'],
        ['step 1: make it', 'verified', 'made an artifact that matches'],
        ['step 3: cp a b', 'verified', 'made an artifact that matches'],
        ['ref.txt', 'verified', 'equals the rebuilt artifact'],
      ],
    );
  });
  it('is not good for what the report calls a match, but for the digests', () => {
    const state = stateOf({ seen: seen(OTHER) });
    assert.deepEqual(state.artifact.kind, 'drifted');
    assert.equal(state.marks.at(-1)?.state, 'drifted');
    assert.equal(state.marks[1]?.state, 'unknown');
  });
  it('is unknown without a rebuild, whatever a verdict in the repository claims', () => {
    const record = {
      ...{ file: 'x.json' as RepoPath, tag: 'v1', generated: MADE, match: true, verifiedAt: 1 },
    };
    const given = { tiers: [], facts: { record } };
    assert.deepEqual(stateOf(given).artifact, { kind: 'unknown', reason: 'not-rebuilt' });
    assert.equal(
      buildTitle(facts({ record }), stateOf(given), 0),
      'not rebuilt here · x.json says that v1 matched',
    );
  });
  it('is unknown when the plan is another one by now', () => {
    const report = { ...rebuilt(), basis: OTHER };
    assert.deepEqual(stateOf({ tiers: [report] }).artifact, {
      kind: 'unknown',
      reason: 'not-rebuilt',
    });
  });
  it('is unknown when a source has changed since it was copied', () => {
    const source = { span, name: 'src', path: 'src' as RepoPath, kind: 'directory' } as const;
    const changed = { sources: [{ ...source, changedAt: 2001 }] };
    const state = stateOf({ facts: changed });
    assert.deepEqual(state.artifact, { kind: 'unknown', reason: 'sources-changed' });
    assert.equal(state.outdated, true);
    assert.equal(buildWords(state), 'rebuild out of date');
    assert.equal(kindOf({ facts: { sources: [{ ...source, changedAt: 2000 }] } }), 'verified');
  });
  it('is decided by the first reference, as the verdict is', () => {
    const place = { file: 'plan.yaml' as RepoPath, span };
    const literal = { key: 'expected_digest', place, digest: OTHER } as const;
    assert.equal(kindOf({ facts: { references: [literal] } }), 'drifted');
    const upper = { ...literal, digest: MADE.toUpperCase() };
    assert.equal(kindOf({ facts: { references: [upper] } }), 'drifted');
    assert.equal(kindOf({ seen: new Map() }), 'unpinned');
  });
  it('says that a rebuild failed, and at which step', () => {
    const report: TierReport = {
      ...rebuilt(),
      outcome: 'error',
      verified: 0,
      detail: { kind: 'rebuild-failed', reason: 'step-failed', tag: 'v1' },
      findings: [
        { code: 'rebuild-step-failed', severity: 'error', step: 3, failure: 'status', status: 1 },
      ],
    };
    const state = stateOf({ tiers: [report] });
    assert.equal(state.artifact.kind, 'missing');
    assert.deepEqual(
      state.marks
        .filter(({ subject }) => subject.kind === 'step')
        .map((mark) => markWord(mark, state)),
      ['not rebuilt', 'failed'],
    );
    assert.equal(
      buildTitle(facts(), state, 3000),
      'the last rebuild failed: a step failed · v1 · just now',
    );
  });
  it('marks a source that is missing, and one that leads outside', () => {
    const sources = [
      { span, name: 'gone', path: 'gone' as RepoPath, kind: 'missing' },
      { span, name: '../x', kind: 'refused' },
    ] as const;
    const state = stateOf({ facts: { sources } });
    const marks = state.marks.filter(({ subject }) => subject.kind === 'source');
    assert.deepEqual(
      marks.map((mark) => markWord(mark, state)),
      ['missing', 'leads outside of the repository'],
    );
  });
});

describe('makeSnapshot of a build plan', () => {
  it('counts the artifact alone, and drops what a rebuild found that is out of date', () => {
    const mismatch = {
      ...rebuilt(),
      findings: [{ code: 'rebuild-no-reference', severity: 'error' }],
    };
    const tiers = [mismatch as TierReport];
    const now = makeSnapshot({ project: project(facts()), seen: seen(), tiers });
    assert.deepEqual([now.counts.verified, now.findings.length, now.tiers.length], [1, 1, 1]);
    const source = { span, name: 'src', kind: 'directory', changedAt: 9000 } as const;
    const later = makeSnapshot({
      project: project(facts({ sources: [source] })),
      seen: seen(),
      tiers,
    });
    assert.deepEqual([later.counts.unknown, later.findings.length, later.tiers.length], [1, 0, 0]);
  });
});
