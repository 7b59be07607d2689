import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAttestation } from '../../../src/core/formats/attestation/attestation.js';
import { rerunTier, writeAttestation } from '../../../src/core/rebuild/attest.js';
import { readProject } from '../projects/support.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { has } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { papers, ran, ready, step, suiteHasher } from './support.js';
import type { Paper } from './support.js';

const TOOL = { name: 'reprolens', version: '0.0.0' };
const HISTORY = '.vaibify/l3_attestations';

describe('the record of a rerun', function () {
  this.timeout(120_000);
  const paper = papers();
  const hasher = suiteHasher();

  before(function () {
    if (!has('git')) skip(this, 'git is not installed');
  });

  const made = (command: string): Paper =>
    paper([step('Make', { saDataCommands: [command], saOutputDataFiles: ['out.txt'] })])
      .write('Make/out.txt', 'x\n')
      .pin('Make/out.txt')
      .commit();
  const rerunOf = async (each: Paper, only?: string) =>
    ran(
      await ready(each, {
        isolation: 'clean-folder',
        ...(only === undefined ? {} : { step: only }),
      }),
      { hasher: hasher() },
    );

  it('is written when it passes, read back with the project, and kept beside the next', async () => {
    const each = made('echo x > out.txt');
    const result = await rerunOf(each);
    const first = await writeAttestation(result, TOOL);
    assert.ok(first);
    const project = await readProject({
      kind: 'vaibify',
      root: each.root,
      file: 'workflow.json' as RepoPath,
    });
    const { attestation } = project.envelope ?? {};
    assert.equal(attestation?.outcome, 'passed');
    assert.equal(attestation.manifest, project.manifest.digest);
    assert.deepEqual([attestation.matched, attestation.total], [1, 1]);
    assert.equal(each.read(first.record), each.read(first.file));
    assert.match(each.read(first.log), /\$ echo x > out\.txt/);
    const record = JSON.parse(each.read(first.file)) as Record<string, unknown>;
    assert.equal(record['sRunLogPath'], first.log);
    assert.equal(record['sCommit'], each.git('rev-parse', 'HEAD'));
    // A second one that ends in the same second.
    const second = await writeAttestation(result, TOOL);
    assert.ok(second);
    assert.notEqual(second.record, first.record);
    assert.ok(second.record > first.record);
    assert.equal(readdirSync(each.at(HISTORY)).length, 4);
  });

  it('is written when it fails too, and says what diverged', async () => {
    const each = made('echo y > out.txt; exit 4');
    const result = await rerunOf(each);
    const attested = await writeAttestation(result, TOOL);
    assert.ok(attested);
    assert.match(attested.record, /_failed\.json$/);
    const read = parseAttestation(each.read(attested.file), attested.file);
    assert.equal(read?.outcome, 'failed');
    assert.deepEqual(read.diverged, ['step A01 failed', 'Make/out.txt']);
    assert.equal(rerunTier(result).outcome, 'fail');
  });

  it('is not written for a single step', async () => {
    const each = made('echo x > out.txt');
    assert.equal(await writeAttestation(await rerunOf(each, 'A01'), TOOL), undefined);
    assert.ok(!each.has('.vaibify'));
  });

  it('is not written through a link', async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'rl-elsewhere-'));
    try {
      const each = made('echo x > out.txt');
      symlinkSync(elsewhere, each.at('.vaibify'));
      await assert.rejects(writeAttestation(await rerunOf(each), TOOL), { code: 'link-on-path' });
      assert.deepEqual(readdirSync(elsewhere), []);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });
});
