import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { findProjects } from '../../../src/core/projects/find.js';
import { readProject } from '../projects/support.js';
import { planReproduceScript, writeReproduceScript } from '../../../src/core/produce/reproduce.js';
import type { ScriptPlan } from '../../../src/core/produce/reproduce.js';
import { testCommands } from '../../../src/core/produce/testCommands.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { emptyStep, pipelineText } from '../formats/vaibifySamples.js';
import { ARTEFACTS, Sandbox } from '../projects/support.js';
import { skip } from '../../harness/skip.js';

const FILE = '.vaibify/projects/p.json';

/** Two steps: the second reads what the first made, by its token, and empties a scratch directory. */
const STEPS = [
  emptyStep({
    sName: 'Make it',
    sStepId: 'make-it',
    sDirectory: 'Make',
    saDataCommands: [
      'sort ../data/in.txt > sorted.txt',
      'awk \'{ print $1 "!" }\' sorted.txt > loud.txt',
    ],
    saOutputDataFiles: ['sorted.txt', 'loud.txt'],
    saInputDataFiles: ['data/in.txt'],
  }),
  emptyStep({
    sName: 'Draw it',
    sStepId: 'draw-it',
    sDirectory: 'Draw',
    saSetupCommands: ['test ! -e tmp/old && touch tmp/new'],
    saScratchDirs: ['tmp'],
    saPlotCommands: ['cat {step:make-it.loud} > {sPlotDirectory}/figure.{sFigureType}'],
    saPlotFiles: ['{sPlotDirectory}/figure.{sFigureType}'],
  }),
  emptyStep({
    sName: 'By hand',
    sDirectory: 'Hand',
    bInteractive: true,
    saDataCommands: ['false'],
  }),
  emptyStep({ sName: 'AI', sDirectory: 'ai', sStepKind: 'ai-declaration' }),
];

describe('reproduce.sh of a project', () => {
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox().gitInit().write({
      [FILE]: pipelineText(STEPS, { sPlotDirectory: 'Plot', sFigureType: 'txt' }),
      'data/in.txt': 'b\na\n',
      'Make/sorted.txt': 'a\nb\n',
      'Make/loud.txt': 'a!\nb!\n',
      'Draw/tmp/old': '',
      'Plot/figure.txt': 'a!\nb!\n',
      'Hand/.keep': '',
      'AI_USAGE.md': '',
    });
  });
  afterEach(() => box.remove());

  async function planned(): Promise<ScriptPlan> {
    const [ref] = await findProjects(box.root);
    return planReproduceScript(await readProject(ref!));
  }

  it('runs every step in order, tokens resolved, and compares what comes of it', async function () {
    if (spawnSync('sha256sum', ['--version']).error !== undefined) skip(this, 'no sha256sum');
    const plan = await planned();
    assert.deepEqual(plan.obstacles, []);
    assert.ok(!existsSync(box.at('reproduce.sh')), 'a plan writes nothing');
    await writeReproduceScript(plan);
    if (process.platform !== 'win32')
      assert.equal(statSync(box.at('reproduce.sh')).mode & 0o777, 0o755);
    const pinned = [
      'data/in.txt',
      'Make/sorted.txt',
      'Make/loud.txt',
      'Plot/figure.txt',
      'reproduce.sh',
    ];
    const sums = execFileSync('sha256sum', pinned, { cwd: box.root, encoding: 'utf8' });
    box.write({ 'MANIFEST.sha256': `${ARTEFACTS}\n${sums}` });
    const run = () => spawnSync('./reproduce.sh', ['--host'], { cwd: box.root, encoding: 'utf8' });
    const good = run();
    assert.equal(good.status, 0, good.stderr);
    assert.match(good.stderr, /A01 Make it\n.*A02 Draw it\n/s);
    assert.match(good.stderr, /not run, for it needs a person: I01 By hand/);
    assert.ok(existsSync(box.at('Draw/tmp/old')), 'the files of the project are left alone');
    box.write({ 'data/in.txt': 'c\n' });
    assert.equal(run().status, 1);
    assert.equal(readFileSync(box.at('Plot/figure.txt'), 'utf8'), 'a!\nb!\n');
  });

  it('is the same for the same project, and says when nothing differs', async () => {
    await writeReproduceScript(await planned());
    const again = await planned();
    assert.equal(again.differs, false);
    box.write({ 'reproduce.sh': '#!/bin/sh\n' });
    assert.equal((await planned()).differs, true);
    await assert.rejects(writeReproduceScript(again), { code: 'script-changed' });
    assert.equal(readFileSync(box.at('reproduce.sh'), 'utf8'), '#!/bin/sh\n');
  });

  it('is not made from a document with errors, or with tokens of nothing', async () => {
    const open = emptyStep({ sDirectory: 'Make', saDataCommands: ['cat {step:gone.x}'] });
    box.write({ [FILE]: pipelineText([open]) });
    const plan = await planned();
    assert.equal(plan.obstacles[0]?.code, 'finding');
    await assert.rejects(writeReproduceScript(plan));
    assert.ok(!existsSync(box.at('reproduce.sh')));
  });
});

describe('testCommands', () => {
  const of = (more: Record<string, unknown>) =>
    testCommands(
      pipelineText([emptyStep({ sDirectory: 'D', ...more })]),
      'p.json' as RepoPath,
      'A01',
    );

  it('are those of the categories, else the old list', () => {
    const old = { saTestCommands: ['pytest old'] };
    assert.deepEqual(of(old), { directory: 'D', commands: ['pytest old'], refused: 0 });
    const dictTests = {
      dictIntegrity: { saCommands: ['pytest a'] },
      dictQuantitative: { saCommands: [' pytest b '] },
    };
    assert.deepEqual(of({ ...old, dictTests })?.commands, ['pytest a', 'pytest b']);
  });

  it('leave out what a terminal would run at once, or hide', () => {
    const saTestCommands = ['pytest\nrm -r x', 'pytest \u001b[8m', 'pytest \u202e', 'pytest'];
    assert.deepEqual(of({ saTestCommands }), { directory: 'D', commands: ['pytest'], refused: 3 });
  });

  it('are of a step that is there', () => {
    assert.equal(testCommands('{}', 'p.json' as RepoPath, 'A01'), undefined);
    assert.equal(testCommands('{', 'p.json' as RepoPath, 'A01'), undefined);
  });
});
