import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { findProjects } from '../../../src/core/projects/find.js';
import { readProjects } from '../../../src/core/projects/read.js';
import type { Snapshot } from '../../../src/core/model/snapshot.js';
import { buildWorker, hasherFactory, temporaryDirectory } from '../system/support.js';
import { codesOf, Repository, sha256, snapshotOf } from './levelSupport.js';

const stepsWith = ({ blockers }: Snapshot, code: string): string[] =>
  blockers.filter(({ finding }) => finding.code === code).map(({ step }) => step ?? '');

describe('the level, from what each era of vaibify wrote', () => {
  const worker = buildWorker(temporaryDirectory());
  const makeHasher = hasherFactory();
  let repository: Repository;
  const look = async (): Promise<Snapshot> =>
    snapshotOf(await repository.read(), makeHasher({ workerFile: worker }));
  beforeEach(() => {
    repository = new Repository();
  });
  afterEach(() => repository.remove());

  /** The same pipeline in the keys of schema 7 and before. */
  const asLegacy = (version: number): void => {
    const { document, stepList } = repository;
    if (version === 0) delete document['iWorkflowSchemaVersion'];
    else document['iWorkflowSchemaVersion'] = version;
    const generate = repository.step(0);
    generate['saDataFiles'] = generate['saOutputDataFiles'];
    delete generate['saOutputDataFiles'];
    for (const step of stepList) delete step['sStepId'];
    const { generate: gen, draw, ai } = repository.steps;
    repository.projectFile = '.vaibify/workflows/p.json';
    repository.state = {
      iStateSchemaVersion: version < 4 ? 1 : 2,
      dictStepState: { Gen: gen, Draw: draw, ai },
    };
  };

  for (const version of [0, 3, 5]) {
    it(`reaches 3 with schema ${version}, flat state by directory and flat markers`, async () => {
      asLegacy(version);
      repository.markerFile = '.vaibify/test_markers/Gen.json';
      repository.make();
      const snapshot = await look();
      assert.deepEqual(codesOf(snapshot), []);
      assert.equal(snapshot.level, 3);
      repository.write({ 'Gen/out.csv': 'edited' }).pin();
      assert.deepEqual(stepsWith(await look(), 'axis-not-green'), ['A01']);
    });
  }
  it('asks documents without inputs for them, as vaibify does after migrating', async () => {
    asLegacy(3);
    delete repository.step(0)['saInputDataFiles'];
    repository.unpinned.add('data/in.csv');
    repository.make();
    assert.deepEqual(stepsWith(await look(), 'input-data-undeclared'), ['A01']);
  });
  it('reads workflow.json at the top, whose tests write their markers under "default"', async () => {
    asLegacy(5);
    repository.projectFile = 'workflow.json';
    repository.markerFile = '.vaibify/test_markers/default/Gen.json';
    repository.make();
    assert.equal((await look()).level, 3);
    repository.write({ 'Gen/out.csv': 'edited' }).pin();
    assert.equal((await look()).level, 0);
  });
  it('does not take a flat state for one of several projects', async () => {
    asLegacy(5);
    repository.make().write({ '.vaibify/workflows/q.json': '{"listSteps":[]}' });
    assert.deepEqual(stepsWith(await look(), 'user-not-approved'), ['A01', 'A02']);
  });
  it('takes of a state with projects only its own', async () => {
    repository.make();
    const text = repository.textOf('.vaibify/state.json').replaceAll('projects/p', 'projects/q');
    repository.write({ '.vaibify/state.json': text });
    assert.deepEqual(stepsWith(await look(), 'user-not-approved'), ['A01', 'A02']);
  });
  it('does not take a record by directory where two steps share it', async () => {
    asLegacy(3);
    repository.step(1)['sDirectory'] = 'Gen';
    repository.step(1)['saPlotFiles'] = [];
    repository.step(1)['saPlotCommands'] = [];
    for (const name of ['Draw/draw.py', 'Draw/fig.svg']) repository.unpinned.add(name);
    repository.make();
    assert.deepEqual(stepsWith(await look(), 'user-not-approved'), ['A01', 'A02']);
  });

  describe('in a fresh clone', () => {
    const clone = async (): Promise<Snapshot> => {
      const git = (cwd: string, ...args: string[]): Buffer =>
        execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@e', ...args], { cwd });
      repository.make().write({ '.vaibify/.gitignore': 'state.json\n' });
      git(repository.root, 'add', '-A');
      git(repository.root, 'commit', '-qm', 'all');
      const to = `${repository.root}-clone`;
      git(repository.root, 'clone', '-q', '.', to);
      try {
        const [project] = await readProjects(await findProjects(to));
        return await snapshotOf(project!, makeHasher({ workerFile: worker }));
      } finally {
        rmSync(to, { recursive: true });
      }
    };
    it('nobody signed off, and the committed markers say that the tests passed', async () => {
      const snapshot = await clone();
      assert.equal(snapshot.level, 0);
      assert.deepEqual(codesOf(snapshot), ['user-not-approved', 'ai-declaration-unattested']);
    });
    it('a failed session is no pass', async () => {
      repository.marker!['iExitStatus'] = 1;
      assert.deepEqual(stepsWith(await clone(), 'axis-not-green'), ['A01']);
    });
    it('without a marker, tests that have commands are not run', async () => {
      repository.marker = undefined;
      assert.deepEqual(stepsWith(await clone(), 'axis-not-green'), ['A01']);
    });
    it('a marker without hashes proves nothing', async () => {
      repository.marker = { ...repository.marker, dictOutputHashes: {}, dictInputHashes: {} };
      assert.deepEqual(stepsWith(await clone(), 'axis-not-green'), ['A01']);
    });
    for (const [name, change] of [
      ['of another directory', { sDirectory: 'A/B' }],
      ['of another step', { sLabel: 'A07' }],
      ['without a time', { sRunAtUtc: '' }],
    ] as const) {
      it(`a marker ${name} is none`, async () => {
        Object.assign(repository.marker!, change);
        assert.deepEqual(stepsWith(await clone(), 'axis-not-green'), ['A01']);
      });
    }
  });

  it('sees a changed output without reading any document again', async () => {
    repository.make();
    const project = await repository.read();
    const hasher = makeHasher({ workerFile: worker });
    assert.equal((await snapshotOf(project, hasher)).level, 3);
    repository.write({ 'Gen/out.csv': 'edited' });
    const after = await snapshotOf(project, hasher);
    assert.deepEqual(codesOf(after), ['axis-not-green', 'outputs-not-verified']);
    rmSync(repository.at('Gen/out.csv'));
    const gone = (await snapshotOf(project, hasher)).blockers[0]?.finding;
    assert.equal(gone?.code === 'axis-not-green' && gone.state, 'outputs-missing');
    repository.write({ 'Gen/out.csv': repository.files['Gen/out.csv']! });
    assert.equal((await snapshotOf(project, hasher)).level, 3);
  });
  it('takes a newer marker over an older record, and a newer record over an older marker', async () => {
    repository.verification('generate')['sIntegrity'] = 'failed';
    repository.verification('generate')['sUnitTest'] = 'failed';
    repository.marker!['sRunAtUtc'] = '2026-08-20T09:00:01Z';
    repository.make();
    assert.equal((await look()).level, 3);
    repository.marker!['sRunAtUtc'] = '2026-08-20T08:59:59Z';
    repository.make({ git: false });
    assert.deepEqual(stepsWith(await look(), 'axis-not-green'), ['A01']);
  });
  it('restores a stale sign-off when the figures are those that were signed off', async () => {
    const draw = repository.verification('draw');
    draw['sUser'] = 'stale';
    draw['dictUserVerifiedHashes'] = { 'fig.svg': sha256(repository.files['Draw/fig.svg']!) };
    repository.make();
    assert.equal((await look()).level, 3);
  });
  it('says a problem of the Dockerfile once', async () => {
    repository.evidence['Dockerfile'] = 'FROM python:3.12\nENV SOURCE_DATE_EPOCH=1\n';
    repository.make();
    const { findings, blockers } = await look();
    assert.equal(blockers.length, 1);
    const there = findings.filter(({ place }) => place?.file === 'Dockerfile');
    assert.equal(there.filter(({ place }) => place!.span.start.line === 1).length, 1);
  });

  describe('from hostile files', () => {
    const HOSTILE: Readonly<Record<string, string>> = {
      nothing: '',
      'no JSON': '{"dictWorkflowState"',
      'a list': '[]',
      'deep nesting': '['.repeat(200_000),
      'wrong types':
        '{"dictWorkflowState":7,"dictStepState":[],"dictRemoteDataMarkers":"x","sRunAtUtc":{},"github":[],"zenodo":3}',
      prototypes:
        '{"__proto__":{"sUser":"passed"},"constructor":{"prototype":{}},"dictWorkflowState":{"__proto__":{}}}',
      'bytes that are no UTF-8': Buffer.from([0xff, 0xfe, 0]).toString('latin1'),
      'more than is read': ' '.repeat(17 << 20),
    };
    for (const [name, text] of Object.entries(HOSTILE)) {
      it(`holds level 0 and does not throw: ${name}`, async () => {
        repository.make();
        for (const file of ['state', 'syncStatus', 'l3_attestation', 'test_markers/p/Gen']) {
          repository.write({ [`.vaibify/${file}.json`]: text });
        }
        const snapshot = await look();
        assert.equal(snapshot.level, 0);
        assert.deepEqual(stepsWith(snapshot, 'user-not-approved'), ['A01', 'A02']);
        assert.ok(codesOf(snapshot).includes('remote-not-verified'));
        assert.ok(codesOf(snapshot).includes('l3-attestation-stale'));
      });
    }
    it('follows no link out of the repository, and opens no directory or pipe', async () => {
      repository.make();
      const outside = temporary(repository);
      for (const file of ['.vaibify/state.json', '.vaibify/test_markers/p/Gen.json']) {
        rmSync(repository.at(file));
      }
      symlinkSync(outside, repository.at('.vaibify/state.json'));
      mkdirSync(repository.at('.vaibify/test_markers/p/Gen.json'));
      rmSync(repository.at('.vaibify/syncStatus.json'));
      execFileSync('mkfifo', [repository.at('.vaibify/syncStatus.json')]);
      const snapshot = await look();
      assert.deepEqual(stepsWith(snapshot, 'user-not-approved'), ['A01', 'A02']);
      assert.ok(codesOf(snapshot).includes('remote-not-verified'));
      rmSync(outside);
    });
  });
});

/** A good state outside of the repository. */
function temporary(repository: Repository): string {
  const at = `${repository.root}-state.json`;
  execFileSync('cp', [repository.at('.vaibify/state.json'), at]);
  return at;
}
