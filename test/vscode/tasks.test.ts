import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { TASK_TYPE } from '../../src/vscode/contributions.js';
import type { Model } from '../../src/vscode/model.js';
import { at, codeOf, settledModel, snapshotOf, text, until } from './host.js';

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
    assert.deepEqual(tasks.map(({ name }) => name).sort(), [
      'check the manifest (release/SHA256SUMS)',
      'check the manifest (workflow.json)',
      'verify all tiers (release/SHA256SUMS)',
      'verify all tiers (workflow.json)',
    ]);
    assert.ok(tasks.every(({ source }) => source === 'ReproLens'));
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
    const before = snapshotOf(model, 'workflow.json').checkedAt ?? 0;
    assert.equal(await run(named('verify all tiers (workflow.json)')), 1);
    await until(
      () => (snapshotOf(model, 'workflow.json').checkedAt ?? 0) > before,
      'a newer check',
    );
    await model.settled();
    const codes = (file: string): string =>
      vscode.languages.getDiagnostics(at(file)).map(codeOf).sort().join(' ');
    await until(
      () =>
        codes('MANIFEST.sha256') === 'pin-undeclared' &&
        codes('workflow.json') === 'drifted missing pointer unpinned',
      () => `Problems: ${codes('MANIFEST.sha256')}; ${codes('workflow.json')}`,
    );
  });
});
