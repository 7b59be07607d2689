/** The quick start of build plans: `seed`, then `rebuild`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { skip } from '../../harness/skip.js';
import { digestOf, installed, Repo, rebuilt } from '../rebuild/buildSupport.js';
import { DETERMINISTIC } from './planExamples.js';
import { digest, directory, removeAll, reprolens, write } from './run.js';

const PLAN =
  'artifact: dist/out-{tag}.txt\nsources: [in]\nsteps: ["mkdir dist; cp in dist/out-{tag}.txt"]\n';
const ATTESTED = `${PLAN}reference_attestation: artifacts/{tag}.json\n`;

const json = (root: string, name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(root, name), 'utf8')) as Record<string, unknown>;

describe('seed', () => {
  after(removeAll);

  it('makes the reference that the quick start then finds', () => {
    const repo = directory({
      'build/plan.yaml': DETERMINISTIC,
      'README.md': 'read me\n',
      'pkg/__pycache__/m.pyc': 'x',
      'artifacts/kept.txt': 'kept\n',
    });
    spawnSync('git', ['init', '-q', repo]);
    const seeded = reprolens(repo, 'seed', 'v1.0.0');
    assert.equal(seeded.code, 0, seeded.err);
    const [, hex = ''] = /^\[SEEDED\] v1\.0\.0 sha256=([0-9a-f]{64})$/m.exec(seeded.out) ?? [];
    assert.equal(
      readFileSync(path.join(repo, 'dist/fixops-v1.0.0.tar.gz.sha256'), 'utf8'),
      `${hex}\n`,
    );
    assert.equal(readFileSync(path.join(repo, 'artifacts/kept.txt'), 'utf8'), 'kept\n');
    assert.deepEqual(json(repo, 'artifacts/attestations/fixops-v1.0.0.json')['subject'], [
      { digest: { sha256: hex }, name: 'fixops-v1.0.0.tar.gz' },
    ]);
    const args = [
      '--tag',
      'v1.0.0',
      '--plan',
      'build/plan.yaml',
      '--out',
      'artifacts/repro/attestations',
      '--repo',
      '.',
    ];
    const ran = reprolens(repo, 'rebuild', ...args);
    assert.equal(ran.code, 0, ran.err);
    assert.ok(
      ran.out.startsWith(
        `[SUCCESS] v1.0.0 sha256=${hex}\nAttestation written to artifacts/repro/attestations/v1.0.0.json\n`,
      ),
    );
    // And once more, now that the attestations lie in the repository too.
    assert.equal(reprolens(repo, 'rebuild', ...args).code, 0);
    write(repo, 'README.md', 'changed\n');
    assert.equal(reprolens(repo, 'rebuild', ...args).code, 3);
    assert.ok(
      existsSync(
        path.join(repo, 'artifacts/repro/attestations', `v1.0.0.${hex.slice(0, 12)}.json`),
      ),
    );
  });

  it('keeps what records another digest, unless it is forced', () => {
    const repo = directory({ 'build/plan.yaml': ATTESTED, in: 'one\n' });
    assert.equal(reprolens(repo, 'seed', 'v1').code, 0);
    const again = reprolens(repo, 'seed', 'v1');
    assert.equal(again.code, 0);
    assert.match(again.out, /Recorded already in artifacts\/v1\.json/);
    write(repo, 'in', 'two\n');
    const kept = reprolens(repo, 'seed', 'v1');
    assert.equal(kept.code, 1);
    assert.match(kept.out, /^\[KEPT\] v1 /);
    assert.match(kept.out, /seed-recorded: .*--force/);
    assert.equal(
      readFileSync(path.join(repo, 'dist/out-v1.txt.sha256'), 'utf8'),
      `${digest('one\n')}\n`,
    );
    assert.equal(reprolens(repo, 'rebuild', '--tag', 'v1').code, 3);
    assert.equal(reprolens(repo, 'seed', 'v1', '--force').code, 0);
    assert.equal(
      readFileSync(path.join(repo, 'dist/out-v1.txt.sha256'), 'utf8'),
      `${digest('two\n')}\n`,
    );
    assert.equal(reprolens(repo, 'rebuild', '--tag', 'v1').code, 0);
  });

  it('writes all of it or nothing', () => {
    const repo = directory({
      'build/plan.yaml': ATTESTED,
      in: 'one\n',
      'artifacts/v1.json': 'mine',
    });
    const kept = reprolens(repo, 'seed', 'v1');
    assert.equal(kept.code, 1);
    assert.match(kept.out, /seed-unreadable/);
    assert.ok(!existsSync(path.join(repo, 'dist')));
    assert.equal(readFileSync(path.join(repo, 'artifacts/v1.json'), 'utf8'), 'mine');
  });

  it('records the artifact itself where the plan compares with one', () => {
    const repo = directory({
      'build/plan.yaml': `${PLAN}reference_artifact: ref/{tag}\n`,
      in: 'one\n',
    });
    assert.equal(reprolens(repo, 'seed', 'v1').code, 0);
    assert.equal(readFileSync(path.join(repo, 'ref/v1'), 'utf8'), 'one\n');
    assert.equal(reprolens(repo, 'rebuild', '--tag', 'v1').code, 0);
    write(repo, 'in', 'two\n');
    assert.equal(reprolens(repo, 'seed', 'v1').code, 1);
    assert.equal(readFileSync(path.join(repo, 'ref/v1'), 'utf8'), 'one\n');
  });

  it('says when no rebuild would read what it wrote, and when the plan pins another digest', () => {
    const repo = directory({ 'build/plan.yaml': PLAN, in: 'one\n' });
    const nowhere = reprolens(repo, 'seed', 'v1');
    assert.equal(nowhere.code, 0);
    assert.match(nowhere.out, new RegExp(`seed-nowhere: .*sha256:${digest('one\n')}`));
    write(repo, 'build/plan.yaml', `${ATTESTED}expected_digest: ${digest('other')}\n`);
    const literal = reprolens(repo, 'seed', 'v1');
    assert.equal(literal.code, 1);
    assert.match(literal.out, /seed-literal/);
    assert.ok(!existsSync(path.join(repo, 'artifacts')));
  });

  it('writes nothing behind a link', () => {
    const repo = directory({ 'build/plan.yaml': ATTESTED, in: 'one\n' });
    const away = directory();
    symlinkSync(away, path.join(repo, 'artifacts'));
    const { code, err } = reprolens(repo, 'seed', 'v1');
    assert.equal(code, 2);
    assert.match(err, /link-on-path/);
    assert.deepEqual(readdirSync(away), []);
  });

  it('gives the attestation as its document', () => {
    const repo = directory({ 'build/plan.yaml': ATTESTED, in: 'one\n' });
    const { out } = reprolens(repo, 'seed', 'v1', '--json');
    const document = JSON.parse(out) as Record<string, unknown>;
    const { seeded, written, unchanged, findings, ...attestation } = document;
    assert.deepEqual(attestation, json(repo, 'artifacts/v1.json'));
    assert.deepEqual(
      [seeded, written, unchanged, findings],
      [true, ['artifacts/v1.json', 'dist/out-v1.txt.sha256'], [], []],
    );
  });

  it('fails like a rebuild when nothing comes of the build', () => {
    const repo = directory({ 'build/plan.yaml': 'artifact: a\nsteps: ["exit 4"]\n' });
    const { code, err } = reprolens(repo, 'seed', 'v1');
    assert.equal(code, 1);
    assert.match(err, /build\/plan\.yaml:2:\d+: error rebuild-step-failed: .*status 4/);
    assert.deepEqual(readdirSync(repo), ['build']);
  });
});

describe('the deterministic example', () => {
  const repo = new Repo();
  after(() => spawnSync('rm', ['-rf', repo.root]));

  it('is rebuilt to the same digest a day later by the clock', async function () {
    if (!installed('faketime')) skip(this, 'faketime is not installed');
    repo.write('README.md', 'read me\n').write('src/a.txt', 'a\n');
    const variation = { prefix: ['faketime', '-f', '+1d'] };
    const plan = DETERMINISTIC.replace(/^reference_attestation.*\n/m, '');
    const today = digestOf(await rebuilt(repo, plan));
    assert.equal(digestOf(await rebuilt(repo, plan, { variation })), today);
    // The clock is really another one: without the flags the archive holds it.
    const naive = 'artifact: a\nsources: [src]\nsteps: ["date +%F > a"]';
    assert.notEqual(
      digestOf(await rebuilt(repo, naive, { variation })),
      digestOf(await rebuilt(repo, naive)),
    );
  });
});
