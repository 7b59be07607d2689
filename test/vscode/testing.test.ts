import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { StatCache } from '../../src/core/system/statCache.js';
import { cliRunner } from '../../src/vscode/cliTask.js';
import type { Model } from '../../src/vscode/model.js';
import { openReports } from '../../src/vscode/reports.js';
import type { Reports } from '../../src/vscode/reports.js';
import { TestWalk } from '../../src/vscode/testingRun.js';
import { TestTree } from '../../src/vscode/testingTree.js';
import { heardController, heardRun } from './heard.js';
import type { Said } from './heard.js';
import { at, ID, settledModel, snapshotOf, text, until } from './host.js';

const PIPELINE = 'workflow.json';
const LIST = 'release/SHA256SUMS';

describe('the Test Explorer', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'reprolens-testing-'));
  let model: Model;
  let controller: vscode.TestController;
  let tree: TestTree;
  let reports: Reports;
  let following: vscode.Disposable;
  const takenBack: string[] = [];

  before(async () => {
    model = await settledModel();
    controller = vscode.tests.createTestController('reprolens-suite', 'The suite');
    tree = new TestTree(heardController(controller, takenBack), model);
    const log = vscode.window.createOutputChannel('The suite', { log: true });
    reports = openReports(model, new StatCache(), { directory, log });
    following = vscode.Disposable.from(
      controller,
      log,
      model.onDidChange((changes) => tree.follow(changes)),
    );
    tree.resolve();
  });
  after(() => {
    following.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  /** An item by the identifiers of its row and those above it. */
  const item = (file: string, ...ids: string[]): vscode.TestItem => {
    const uri = at(file).toString();
    let found = tree.projects.find((each) => each.uri?.toString() === uri);
    for (const id of ids) found = found && tree.below(found).find((each) => each.id === id);
    assert.ok(found, `${file}: ${ids.join(' > ')}`);
    return found;
  };
  const below = (of: vscode.TestItem): string[] => tree.below(of).map(({ label }) => label);

  /** Runs items as the profile does, and gives what was said of each. */
  const walk = async (
    include: vscode.TestItem[],
    { exclude = [], signal = new AbortController().signal }: Partial<Walk> = {},
  ): Promise<Said> => {
    const request = new vscode.TestRunRequest(include, exclude);
    const { run, said } = heardRun(controller.createTestRun(request));
    const { extensionPath } = vscode.extensions.getExtension(ID)!;
    const runCli = cliRunner(path.join(extensionPath, 'dist', 'cli.js'), directory);
    await new TestWalk({ model, tree, run, runCli, reports, signal }).walk(request);
    run.end();
    return said;
  };
  interface Walk {
    readonly exclude: vscode.TestItem[];
    readonly signal: AbortSignal;
  }
  const readAt = (file: string): number => {
    const [found] = model.entriesAt(at(file));
    const status = found?.entry.status;
    return status !== undefined && 'check' in status ? status.check.at : 0;
  };

  it('shows project, tier, step and output, each with its document', () => {
    assert.deepEqual(below(item(LIST)), ['Verifying file integrity']);
    assert.deepEqual(below(item(LIST, 'tier 1')), ['figures/map.svg', 'notes.txt', 'orbits.csv']);
    assert.equal(below(item(PIPELINE)).length, 4);
    assert.deepEqual(below(item(PIPELINE, 'tier 1')), [
      'A01 Measure',
      'A02 Draw',
      'A03 Export',
      'Outside any step',
    ]);
    const output = item(PIPELINE, 'tier 1', 'step A01', 'file Measure/summary.json');
    assert.equal(output.uri?.toString(), at(PIPELINE).toString());
    assert.equal(output.range, undefined, 'the gutter beside a file is for its own shape');
    const step = item(PIPELINE, 'tier 1', 'step A01');
    assert.equal(text(PIPELINE).split('\n')[step.range!.start.line]!.trim(), '{');
    assert.deepEqual(
      output.tags.map(({ id }) => id),
      ['artifacts'],
    );
  });

  it('gives every output of tier 1 its own result', async () => {
    const { results, messages, output } = await walk([item(PIPELINE, 'tier 1')]);
    assert.deepEqual(Object.fromEntries(results), {
      'Measure/measure.py': 'passed',
      'Measure/summary.json': 'failed',
      'Measure/table.csv': 'passed',
      'data/readings.csv': 'passed',
      'Draw/draw.py': 'passed',
      'Draw/histogram.svg': 'failed',
      'Plot/curve.svg': 'passed',
      'Export/export.py': 'passed',
      'Export/model.bin': 'errored',
      'Export/notes.txt': 'skipped',
      'Export/retired.txt': 'passed',
    });
    const [drift] = messages.get('Measure/summary.json')!;
    assert.match(drift!.expectedOutput!, /^80519858[0-9a-f]{56}$/);
    assert.match(drift!.actualOutput!, /^[0-9a-f]{64}$/);
    assert.notEqual(drift!.actualOutput, drift!.expectedOutput);
    assert.equal(drift!.location?.uri.toString(), at(PIPELINE).toString());
    assert.ok(output.some((said) => said.includes('Export/notes.txt')));
  });

  it('reads only the output that is run', async () => {
    const before = readAt('Measure/measure.py');
    const earlier = readAt('Measure/table.csv');
    const output = item(PIPELINE, 'tier 1', 'step A01', 'file Measure/table.csv');
    const { results } = await walk([output]);
    assert.deepEqual([...results], [['Measure/table.csv', 'passed']]);
    assert.ok(readAt('Measure/table.csv') > earlier);
    assert.equal(readAt('Measure/measure.py'), before);
  });

  it('leaves out what is excluded, and says of a stopped run that nobody looked', async () => {
    const step = item(PIPELINE, 'tier 1', 'step A01');
    const exclude = [item(PIPELINE, 'tier 1', 'step A01', 'file Measure/summary.json')];
    const { results } = await walk([step], { exclude });
    assert.equal(results.get('Measure/summary.json'), undefined);
    assert.equal(results.get('Measure/table.csv'), 'passed');
    const stopped = await walk([item(PIPELINE, 'tier 1')], { signal: AbortSignal.abort() });
    assert.ok(stopped.results.size > 10);
    assert.deepEqual([...new Set(stopped.results.values())], ['skipped']);
  });

  it('takes back the result of a file that has changed since, and of no other', async () => {
    const file = 'Measure/table.csv';
    const content = text(file);
    await walk([item(PIPELINE, 'tier 1', 'step A01')]);
    takenBack.length = 0;
    try {
      writeFileSync(at(file).fsPath, 'other bytes');
      await until(() => takenBack.length > 0, 'a result is taken back');
      assert.deepEqual(new Set(takenBack), new Set([file]));
    } finally {
      writeFileSync(at(file).fsPath, content);
    }
    await until(
      () => model.entriesAt(at(file))[0]?.entry.status.kind === 'verified',
      'the old file',
    );
  });

  it('fails a manifest that does not hold itself, whatever its files are', async () => {
    const list = text(LIST);
    try {
      writeFileSync(at(LIST).fsPath, `${list}no entry\n`);
      await until(
        () =>
          snapshotOf(model, LIST).project.findings.some(
            ({ code }) => code === 'manifest-malformed-line',
          ),
        'the malformed line',
      );
      const { results } = await walk([item(LIST)]);
      assert.equal(results.get('Verifying file integrity'), 'failed');
      assert.equal(results.get('orbits.csv'), 'passed');
    } finally {
      writeFileSync(at(LIST).fsPath, list);
    }
    await until(
      () => !snapshotOf(model, LIST).project.findings.some(({ severity }) => severity === 'error'),
      'the list as it was',
    );
  });

  it('checks the other tiers in a task, and draws what came of it while it counts', async () => {
    const lock = at('requirements.lock');
    try {
      writeFileSync(lock.fsPath, 'numpy==1.26.4\n');
      const envelope = (): unknown => snapshotOf(model, PIPELINE).project.envelope?.lock;
      await until(envelope, 'the new lock file is read');
      const { results, messages } = await walk([item(PIPELINE, 'tier 2')]);
      assert.deepEqual([...results], [['Reproducing Python env', 'failed']]);
      const located = messages
        .get('Reproducing Python env')!
        .map(({ location }) => location?.uri.toString());
      assert.ok(located.includes(lock.toString()), located.join(' '));
      const outcome = (): string | undefined =>
        snapshotOf(model, PIPELINE).tiers.find(({ tier }) => tier === 2)?.outcome;
      assert.equal(outcome(), 'fail');
      const kept = readdirSync(directory);
      assert.equal(kept.length, 1, kept.join(' '));
      assert.match(kept[0]!, /^tiers-[0-9a-f]{64}\.json$/);
      writeFileSync(lock.fsPath, 'numpy==1.26.5\n');
      await until(() => outcome() === undefined, 'the result of the old lock file counts no more');
      writeFileSync(lock.fsPath, 'numpy==1.26.4\n');
      await until(() => outcome() === 'fail', 'that of the old lock file counts again');
    } finally {
      rmSync(lock.fsPath, { force: true });
    }
    await until(
      () => snapshotOf(model, PIPELINE).project.envelope?.lock === undefined,
      'no lock file',
    );
  });

  it('never starts a rerun as part of a larger run', async () => {
    let started = 0;
    const listening = vscode.tasks.onDidStartTask(() => (started += 1));
    const exclude = [1, 2, 3].map((tier) => item(PIPELINE, `tier ${tier}`));
    const { results, output } = await walk([item(PIPELINE)], { exclude });
    listening.dispose();
    assert.deepEqual([...results], [['Re-running workflow', 'skipped']]);
    assert.ok(output.some((said) => said.includes('this row itself')));
    assert.equal(started, 0);
  });

  it('is offered by the extension itself, with a profile that runs', async () => {
    const before = readAt('Measure/table.csv');
    void vscode.commands.executeCommand('testing.runAll');
    await until(() => readAt('Measure/table.csv') > before, 'tier 1 is read again', 60_000);
    await vscode.commands.executeCommand('testing.cancelRun');
  });
});

describe('evidence beside the manifest', () => {
  let model: Model;
  before(async () => {
    model = await settledModel();
  });
  const captured = (): string | undefined =>
    snapshotOf(model, PIPELINE).project.envelope?.environment?.digest;

  it('is read when its directory comes, when it changes, and is forgotten when that goes', async () => {
    const directory = at('.vaibify').fsPath;
    try {
      mkdirSync(directory, { recursive: true });
      writeFileSync(path.join(directory, 'environment.json'), '{}\n');
      const first = await until(captured, 'the new file is read');
      writeFileSync(path.join(directory, 'environment.json'), '{ }\n');
      await until(() => captured() !== first, 'the changed file is read');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
    await until(() => captured() === undefined, 'the file is forgotten');
  });
});
