/** What is written of a rebuild: names, bytes, and what was there before. */
import assert from 'node:assert/strict';
import { namesFile } from '../../../src/core/model/plan.js';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  normalisedPath,
  rebuildDocuments,
  writeRecord,
} from '../../../src/core/rebuild/buildRecord.js';
import type { RebuildFacts } from '../../../src/core/rebuild/buildRecord.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import { execFileSync } from 'node:child_process';
import { skip } from '../../harness/skip.js';
import { installed, planOf, repos, sha256 } from './buildSupport.js';

const newRepo = repos();
const ONE = sha256('one') as Sha256;
const TWO = sha256('two') as Sha256;

const facts = (generated: Sha256, more: Partial<RebuildFacts> = {}): RebuildFacts => ({
  plan: planOf('artifact: dist/a\nsteps: ["true"]'),
  planDigest: TWO,
  planName: './build//plan.yaml',
  tag: 'v1',
  mode: 'shell',
  sandbox: { kind: 'clean-folder' },
  built: { digest: generated, shown: '/workspace/build/dist/a', startedAt: 1, finishedAt: 2 },
  verdict: { reason: 'no-reference', match: false, generated },
  tool: { name: 'reprolens', version: '1' },
  ...more,
});

describe('records of a rebuild', () => {
  it('depend on no clock under SOURCE_DATE_EPOCH', () => {
    const at = (time: number): RebuildFacts =>
      facts(ONE, {
        epoch: 1_600_000_000,
        built: {
          digest: ONE,
          shown: '/workspace/build/dist/a',
          startedAt: time,
          finishedAt: time + 5,
        },
      });
    assert.deepEqual(rebuildDocuments(at(1e12)), rebuildDocuments(at(1.5e12)));
    assert.match(rebuildDocuments(at(1)).verdict, /"verified_at": "2020-09-13T12:26:40\+00:00"/);
    const open = { ...at(1e12), epoch: undefined };
    assert.notDeepEqual(
      rebuildDocuments(open),
      rebuildDocuments({ ...open, built: { ...open.built, finishedAt: 9e11 } }),
    );
  });

  it('name the plan as Python does, and the tag as FixOps does', function () {
    for (const [given, shown] of [
      ['./build//plan.yaml', 'build/plan.yaml'],
      ['/a/./b/', '/a/b'],
      ['../x', '../x'],
      ['.', '.'],
    ] as const) {
      assert.equal(normalisedPath(given), shown);
      if (!installed('python3')) skip(this, 'python3 is not installed');
      const script = 'import pathlib, sys; print(pathlib.Path(sys.argv[1]))';
      const theirs = execFileSync('python3', ['-c', script, given], { encoding: 'utf8' });
      assert.equal(theirs.trimEnd(), shown);
    }
    const tagOf = (yaml: string, tag: string): unknown => {
      const plan = planOf(`artifact: a\nsteps: ["true"]\n${yaml}`, tag);
      const { verdict } = rebuildDocuments(facts(ONE, { plan, tag }));
      return (JSON.parse(verdict) as { tag: unknown }).tag;
    };
    assert.equal(tagOf('', 'v1'), 'v1');
    assert.equal(tagOf('tag: 1.10', 'v1'), '1.1');
    assert.equal(tagOf('tag: "rc-{tag}"', 'v1'), 'rc-v1');
    assert.equal(tagOf('', ''), 'unknown');
  });

  it('are written beside each other, and the same ones again change nothing', async () => {
    const repo = newRepo();
    const out = repo.at('artifacts/out');
    const where = { out, root: repo.root, tag: 'v1' };
    const first = await writeRecord(rebuildDocuments(facts(ONE)), where);
    const again = await writeRecord(rebuildDocuments(facts(ONE)), where);
    assert.deepEqual([first.kept, again.kept], [undefined, undefined]);
    assert.deepEqual(readdirSync(out), ['v1.intoto.json', 'v1.json']);
    const statement = JSON.parse(readFileSync(first.statement, 'utf8')) as {
      predicate: { runDetails: { byproducts: { digest: { sha256: string } }[] } };
    };
    const [byproduct] = statement.predicate.runDetails.byproducts;
    assert.equal(byproduct?.digest.sha256, sha256(readFileSync(first.verdict)));
  });

  it('put aside what speaks of another artifact', async () => {
    const repo = newRepo();
    const where = { out: repo.at('out'), root: repo.root, tag: 'v1' };
    const before = rebuildDocuments(facts(ONE));
    await writeRecord(before, where);
    const { kept } = await writeRecord(rebuildDocuments(facts(TWO)), where);
    const name = `v1.${ONE.slice(0, 12)}`;
    assert.equal(kept, path.join(where.out, `${name}.json`));
    assert.equal(repo.read(`out/${name}.json`), before.verdict);
    assert.equal(repo.read(`out/${name}.intoto.json`), before.statement);
    assert.match(repo.read('out/v1.json'), new RegExp(TWO));
    repo.write('out/v1.json', 'mine');
    const other = await writeRecord(rebuildDocuments(facts(TWO)), where);
    assert.equal(other.kept && readFileSync(other.kept, 'utf8'), 'mine');
  });

  it('are never written behind a link', async () => {
    const repo = newRepo();
    const away = newRepo();
    const documents = rebuildDocuments(facts(ONE));
    repo.link('artifacts', away.root);
    const linked = { out: repo.at('artifacts/repro'), root: repo.root, tag: 'v1' };
    await assert.rejects(writeRecord(documents, linked), { code: 'link-on-path' });
    away.write('victim', 'safe');
    mkdirSync(repo.at('out'));
    repo.link('out/v1.json', away.at('victim'));
    const file = { out: repo.at('out'), root: repo.root, tag: 'v1' };
    await assert.rejects(writeRecord(documents, file), { code: 'link-on-path' });
    assert.deepEqual(readdirSync(away.root), ['victim']);
    assert.equal(away.read('victim'), 'safe');
  });

  it('have names that tags can give them', () => {
    for (const tag of ['v1.0.0', '', 'ä b', 'v1_2+3', '-x']) assert.ok(namesFile(tag), tag);
    for (const tag of ['a/b', '../x', '..', 'a\\b', 'a\nb', 'a\0', 'x'.repeat(201)]) {
      assert.ok(!namesFile(tag), tag);
    }
  });
});
