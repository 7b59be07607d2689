import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { lineSpan } from '../../../src/core/model/span.js';
import type { TierReport } from '../../../src/core/model/tier.js';
import { StatCache } from '../../../src/core/system/statCache.js';
import {
  absorbReport,
  formatReport,
  keepTiers,
  keptTiers,
} from '../../../src/core/verify/report.js';
import { MOST_FINDINGS } from '../../../src/core/verify/tiers.js';
import type { SharedRow } from '../../../src/core/system/statRows.js';
import { temporaryDirectory } from '../system/support.js';

const A = 'a'.repeat(64) as Sha256;
const project = { root: path.resolve('/r/paper'), file: 'workflow.json' as RepoPath, basis: A };
const finding: Finding = {
  code: 'schema',
  severity: 'error',
  field: 'numpy',
  expected: 'a hash',
  place: { file: 'requirements.lock' as RepoPath, span: lineSpan(3, 1, 6) },
};
const dependencies: TierReport = {
  tier: 2,
  outcome: 'fail',
  detail: { kind: 'lock-resolved', tool: 'pip 25.0', installed: false },
  total: 4,
  verified: 3,
  findings: [finding],
  basis: A,
  finishedAt: 1_800_000_000_000,
};
const image: TierReport = {
  tier: 3,
  outcome: 'pass',
  detail: { kind: 'image', reference: `x@sha256:${A}`, by: 'registry', layers: true },
  total: 5,
  verified: 5,
  findings: [],
  basis: A,
  finishedAt: 1_800_000_000_001,
};
const row: SharedRow = [
  'f',
  1,
  1_700_000_000_000.25,
  1_700_000_000_000.5,
  7,
  8,
  A,
  1_800_000_000_000,
];
const files = { root: project.root, rows: [row] };

describe('a report', () => {
  const directory = temporaryDirectory();
  let made = 0;
  const written = (content: unknown): string => {
    const file = path.join(directory, `report-${made++}.json`);
    writeFileSync(file, Buffer.isBuffer(content) ? content : JSON.stringify(content));
    return file;
  };
  const parsed = (): Record<string, unknown> & { tiers: Record<string, unknown>[] } =>
    JSON.parse(formatReport(project, [dependencies, image], files).toString()) as never;
  /** What is read of the tiers when the first one is changed. */
  const tiersWith = async (change: Readonly<Record<string, unknown>>): Promise<unknown[]> => {
    const document = parsed();
    Object.assign(document.tiers[0]!, change);
    const taken = await absorbReport(written(document), new StatCache());
    return [...(taken?.tiers ?? [])];
  };

  it('gives back every tier with its findings, whose project it is, and the files', async () => {
    const cache = new StatCache();
    const file = written(formatReport(project, [dependencies, image], files));
    assert.deepEqual(await absorbReport(file, cache), {
      root: project.root,
      file: project.file,
      tiers: [dependencies, image],
      files: 1,
    });
    assert.equal(cache.get(project.root, 'f')?.digest, A);
  });

  it('of version 1 gives its files and no tier: it does not say what they were made from', async () => {
    const old = { ...parsed(), version: 1, root: undefined };
    const taken = await absorbReport(written(old), new StatCache());
    assert.deepEqual(taken, { root: project.root, file: project.file, tiers: [], files: 1 });
  });

  it('carries a bounded number of findings', async () => {
    const many = { ...dependencies, findings: Array.from({ length: 3000 }, () => finding) };
    const file = written(formatReport(project, [many], files));
    const taken = await absorbReport(file, new StatCache());
    assert.equal(taken?.tiers[0]?.findings.length, MOST_FINDINGS);
  });

  it('that is none of ours gives nothing', async () => {
    const cache = new StatCache();
    for (const content of [
      null,
      [],
      'text',
      { ...parsed(), version: 3 },
      { ...parsed(), version: '2' },
      { ...parsed(), files: {} },
      { ...parsed(), root: 'relative', files: { root: 'relative', rows: [] } },
      { ...parsed(), project: '../other.json' },
      Buffer.from('{"version": 2, '),
    ]) {
      assert.equal(await absorbReport(written(content), cache), undefined, JSON.stringify(content));
    }
    assert.equal(await absorbReport(path.join(directory, 'absent.json'), cache), undefined);
    assert.equal(cache.size, 0);
  });

  it('loses a tier that is not well-formed, and only that', async () => {
    assert.deepEqual(await tiersWith({}), [dependencies, image]);
    for (const change of [
      { tier: 5 },
      { tier: '2' },
      { tier: 3 },
      { outcome: 'passed' },
      { total: -1 },
      { verified: 5 },
      { verified: 0.5 },
      { basis: 'A'.repeat(64) },
      { basis: 'abc' },
      { finishedAt: 'now' },
      { detail: { kind: 'magic' } },
      { detail: { kind: 'lock-structure', why: 'lazy' } },
      { detail: undefined },
      { findings: {} },
    ]) {
      const tiers = await tiersWith(change);
      assert.equal(tiers.length, 1, JSON.stringify(change));
    }
  });

  it('loses a finding that is not well-formed, and only that', async () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    const place = finding.place!;
    for (const broken of [
      null,
      'schema',
      { ...finding, severity: 'fatal' },
      { ...finding, code: 7 },
      { ...finding, code: 'a b' },
      { ...finding, field: null },
      { ...finding, field: 'n'.repeat(10_000) },
      { ...finding, field: nested(3000) },
      { ...finding, fields: Array.from({ length: 5000 }, () => 'n') },
      { ...finding, place: { ...place, file: '../../etc/passwd' } },
      { ...finding, place: { ...place, file: '/etc/passwd' } },
      { ...finding, place: { ...place, span: { start: { line: 0, column: 1 } } } },
    ]) {
      const said = JSON.stringify(broken).slice(0, 80);
      const tiers = await tiersWith({ findings: [broken, finding] });
      assert.deepEqual(tiers, [dependencies, image], said);
    }
  });

  it('never throws and never passes a tier with more than there was, whatever stands in it', async () => {
    const odd = fc.oneof(
      { weight: 1, arbitrary: fc.anything() },
      { weight: 5, arbitrary: fc.nat(9) },
    );
    const tier = fc.record({
      tier: odd,
      outcome: fc.constantFrom('pass', 'fail', 'maybe'),
      detail: fc.constantFrom<unknown>({ kind: 'files' }, { kind: 'files' }, { kind: 'magic' }),
      total: odd,
      verified: odd,
      finishedAt: odd,
      findings: fc.array(fc.anything()),
    });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(tier), async (tiers) => {
        const taken = await absorbReport(written({ ...parsed(), tiers }), new StatCache());
        for (const { total, verified } of taken?.tiers ?? []) assert.ok(verified <= total);
        read += taken?.tiers.length ?? 0;
      }),
      { numRuns: 100 },
    );
    assert.ok(read > 0, 'some of them are well-formed');
  });
});

describe('kept results', () => {
  const directory = temporaryDirectory();
  const kept = { root: project.root, file: project.file, tiers: [dependencies, image] };

  it('are none where nothing was kept', async () => {
    assert.deepEqual(await keptTiers(path.join(directory, 'absent')), []);
  });

  it('are those kept last of every project', async () => {
    const other = { ...kept, root: path.resolve('/r/talk'), tiers: [image] };
    const place = path.join(directory, 'made', 'on-demand');
    await keepTiers(place, { ...kept, tiers: [] });
    await keepTiers(place, kept);
    await keepTiers(place, other);
    const all = await keptTiers(place);
    assert.equal(readdirSync(place).length, 2);
    assert.deepEqual(
      all.sort((a, b) => (a.root < b.root ? -1 : 1)),
      [kept, other],
    );
  });

  it('leave out a file that was renamed, damaged or grew too large', async () => {
    const place = path.join(directory, 'broken');
    mkdirSync(place);
    await keepTiers(place, kept);
    const [name] = readdirSync(place);
    const file = path.join(place, name!);
    const renamed = path.join(place, `tiers-${A}.json`);
    renameSync(file, renamed);
    assert.deepEqual(await keptTiers(place), []);
    renameSync(renamed, file);
    assert.deepEqual(await keptTiers(place), [kept]);
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, whole.length / 2));
    assert.deepEqual(await keptTiers(place), []);
    writeFileSync(file, Buffer.concat([whole, Buffer.alloc(5 << 20, ' ')]));
    assert.deepEqual(await keptTiers(place), []);
  });
});
