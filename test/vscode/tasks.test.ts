import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { cliRunner } from '../../src/vscode/cliTask.js';
import type { RunCli } from '../../src/vscode/cliTask.js';
import { TASK_TYPE } from '../../src/vscode/contributions.js';
import type { Model } from '../../src/vscode/model.js';
import { at, codeOf, folder, ID, settledModel, snapshotOf, text, until } from './host.js';

interface Contributes {
  readonly contributes: {
    readonly taskDefinitions: { readonly properties: { readonly task: { enum: string[] } } }[];
  };
}

async function run(task: vscode.Task): Promise<number | undefined> {
  const ended = new Promise<number | undefined>((resolve) => {
    const listening = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name !== task.name) return;
      listening.dispose();
      resolve(exitCode);
    });
  });
  await vscode.tasks.executeTask(task);
  return ended;
}

describe('tasks', () => {
  let model: Model;
  let tasks: vscode.Task[];
  before(async () => {
    model = await settledModel();
    tasks = await vscode.tasks.fetchTasks({ type: TASK_TYPE });
  });
  const named = (name: string): vscode.Task => {
    const task = tasks.find((each) => each.name === name);
    assert.ok(task, `${name} among ${tasks.map((each) => each.name).join(', ')}`);
    return task;
  };

  it('are offered for every project', () => {
    const pipeline = [
      'capture the environment',
      'check the manifest',
      'resolve the lock file',
      'run the pipeline again and compare',
      'verify all tiers',
      'verify the artifacts',
      'verify the dependencies',
      'verify the environment',
      'write the lock file',
    ];
    const list = ['check the manifest', 'verify all tiers'];
    assert.deepEqual(
      tasks.map(({ name }) => name).sort(),
      [
        ...pipeline.map((name) => `${name} (workflow.json)`),
        ...list.map((name) => `${name} (release/SHA256SUMS)`),
      ].sort(),
    );
    assert.ok(tasks.every(({ source }) => source === 'ReproLens'));
    assert.ok(tasks.every(({ detail }) => detail !== undefined && detail !== ''));
  });

  it('are those that package.json lets a tasks.json name', () => {
    const { packageJSON } = vscode.extensions.getExtension(ID)! as { packageJSON: Contributes };
    const [definition] = packageJSON.contributes.taskDefinitions;
    const offered = new Set(tasks.map(({ definition: { task } }) => String(task)));
    // Those of build plans are told of by the suite that has one.
    const ofPlans = ['rebuild', 'seed', 'find the cause', 'plan check'];
    assert.deepEqual([...offered, ...ofPlans].sort(), [...definition!.properties.task.enum].sort());
  });

  it('count as tests when they only look', () => {
    const looking = tasks.filter(({ group }) => group?.id === vscode.TaskGroup.Test.id);
    const commands = new Set(looking.map(({ definition: { task } }) => String(task)));
    assert.deepEqual([...commands].sort(), [
      'lock verify',
      'manifest check',
      'verify',
      'verify artifacts',
      'verify dependencies',
      'verify environment',
    ]);
  });

  it('end with the exit status of the command line', async () => {
    assert.equal(await run(named('check the manifest (workflow.json)')), 1);
    const drifted = text('release/notes.txt');
    const list = text('release/SHA256SUMS');
    writeFileSync(
      at('release/SHA256SUMS').fsPath,
      list
        .split('\n')
        .filter((line) => !line.includes('notes'))
        .join('\n'),
    );
    assert.equal(await run(named('check the manifest (release/SHA256SUMS)')), 0);
    writeFileSync(at('release/SHA256SUMS').fsPath, list);
    writeFileSync(at('release/notes.txt').fsPath, drifted);
  });

  it('flow back into every mark, and list nothing twice', async () => {
    await model.settled();
    const codes = (file: string): string =>
      vscode.languages.getDiagnostics(at(file)).map(codeOf).sort().join(' ');
    const listed = (): string => `${codes('MANIFEST.sha256')}; ${codes('workflow.json')}`;
    // A task of the suite before may have ended just now: its matcher's findings are taken back soon.
    await until(() => codes('MANIFEST.sha256') === 'pin-undeclared', listed);
    const known = listed();
    assert.match(known, /; .*\bdrifted\b.*\bmissing\b/);
    const before = snapshotOf(model, 'workflow.json').checkedAt ?? 0;
    assert.equal(await run(named('verify the artifacts (workflow.json)')), 1);
    const artifacts = (): string | undefined =>
      snapshotOf(model, 'workflow.json').tiers.find(({ tier }) => tier === 1)?.outcome;
    await until(() => artifacts() === 'fail', 'the result of tier 1');
    await until(
      () => (snapshotOf(model, 'workflow.json').checkedAt ?? 0) > before,
      'a newer check',
    );
    await model.settled();
    // The editor lists what its matcher found later; that, and its end, is what is waited for here.
    await until(
      () => codes('MANIFEST.sha256').includes('drifted'),
      'the findings of the task itself',
      3000,
    ).catch(() => undefined);
    await until(
      () => listed() === known,
      () => `Problems: ${listed()}; before: ${known}`,
    );
  });
});

describe('the command line in a task', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'reprolens-cli-task-'));
  let runCli: RunCli;
  before(async () => {
    await settledModel();
    const { extensionPath } = vscode.extensions.getExtension(ID)!;
    runCli = cliRunner(path.join(extensionPath, 'dist', 'cli.js'), path.join(directory, 'answers'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('gives the exit status and the document of each of several of one name', async () => {
    const title = 'twins';
    const root = folder();
    const [all, list] = await Promise.all([
      runCli({ title, root, args: ['status', '--repo', root] }),
      runCli({
        title,
        root,
        args: ['manifest', 'check', '--manifest', at('release/SHA256SUMS').fsPath],
      }),
    ]);
    assert.equal(list.status, 1);
    assert.ok(Array.isArray((list.document as { entries?: unknown }).entries));
    assert.ok(Array.isArray((all.document as { projects?: unknown }).projects));
    assert.deepEqual(readdirSync(path.join(directory, 'answers')), []);
  });

  it('has no document when it had nothing to say', async () => {
    const result = await runCli({ title: 'wrong words', root: folder(), args: ['nonsense'] });
    assert.deepEqual(result, { status: 2, document: undefined });
  });

  it('has no status when it was ended', async () => {
    const stop = new AbortController();
    const large = path.join(directory, 'large');
    writeFileSync(large, '');
    truncateSync(large, 64 * 2 ** 30);
    writeFileSync(path.join(directory, 'SHA256SUMS'), `${'0'.repeat(64)}  large\n`);
    const listening = vscode.tasks.onDidStartTaskProcess(() => stop.abort());
    try {
      const args = ['manifest', 'check', '--manifest', path.join(directory, 'SHA256SUMS')];
      const result = await runCli({ title: 'stopped', root: directory, args, signal: stop.signal });
      assert.notEqual(result.status, 0);
      assert.notEqual(result.status, 1, 'it did not read 64 GiB to the end');
      assert.equal(result.document, undefined);
    } finally {
      listening.dispose();
    }
    const again = await runCli({ title: 'late', root: folder(), args: [], signal: stop.signal });
    assert.deepEqual(again, { status: undefined, document: undefined });
  });
});
