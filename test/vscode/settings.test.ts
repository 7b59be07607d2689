import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { SETTINGS } from '../../src/vscode/contributions.js';
import type { SettingKey, Settings } from '../../src/vscode/contributions.js';
import type { Model } from '../../src/vscode/model.js';
import { at, folder, settledModel, snapshotOf, stateOf, until } from './host.js';

const set = async <K extends SettingKey>(key: K, value: Settings[K] | undefined): Promise<void> =>
  vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Workspace);

describe('settings', () => {
  let model: Model;
  before(async () => {
    model = await settledModel();
  });
  after(async () => {
    for (const key of Object.keys(SETTINGS) as SettingKey[]) await set(key, undefined);
    rmSync(path.join(folder(), '.vscode'), { recursive: true, force: true });
  });

  it('exclude takes a project away and gives it back', async () => {
    const released = (): boolean =>
      model.snapshots.some(({ project }) => project.file === 'SHA256SUMS');
    assert.ok(released());
    await set('reprolens.exclude', ['**/release/**']);
    await until(() => !released(), 'the excluded list is gone');
    await set('reprolens.exclude', undefined);
    await until(released, 'the list is back');
    await model.settled();
  });

  it('followLinks decides over a link that stays inside', async () => {
    const file = path.join(folder(), 'Measure/table.csv');
    const original = path.join(folder(), 'Measure/original.csv');
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.file(file));
    writeFileSync(original, bytes);
    rmSync(file);
    symlinkSync('original.csv', file);
    await until(() => stateOf(model, 'workflow.json', 'Measure/table.csv') === 'linked', 'refused');
    await set('reprolens.followLinks', true);
    await until(
      () => stateOf(model, 'workflow.json', 'Measure/table.csv') === 'verified',
      'followed',
    );
    await set('reprolens.followLinks', undefined);
    await until(
      () => stateOf(model, 'workflow.json', 'Measure/table.csv') === 'linked',
      'refused again',
    );
    rmSync(file);
    rmSync(original);
    writeFileSync(file, bytes);
    await until(
      () => stateOf(model, 'workflow.json', 'Measure/table.csv') === 'verified',
      'a file again',
    );
  });

  it('automaticCheck leaves new bytes unread until a verification is asked for', async () => {
    await set('reprolens.automaticCheck', false);
    const file = at('Measure/table.csv');
    const bytes = await vscode.workspace.fs.readFile(file);
    await vscode.workspace.fs.writeFile(file, Buffer.from('new bytes'));
    await until(() => stateOf(model, 'workflow.json', 'Measure/table.csv') === 'unknown', 'unread');
    await model.verify([snapshotOf(model, 'workflow.json').project], {}, ['Measure/table.csv']);
    assert.equal(stateOf(model, 'workflow.json', 'Measure/table.csv'), 'drifted');
    await vscode.workspace.fs.writeFile(file, bytes);
    await set('reprolens.automaticCheck', undefined);
    await until(
      () => stateOf(model, 'workflow.json', 'Measure/table.csv') === 'verified',
      'as before',
    );
  });
});

describe('a verification that is cancelled', () => {
  it('changes nothing: what was known stays known', async () => {
    const model = await settledModel();
    const before = snapshotOf(model, 'workflow.json').files.map(({ status }) => status.kind);
    const stopped = AbortSignal.abort();
    await model.verify([snapshotOf(model, 'workflow.json').project], { signal: stopped });
    const after = snapshotOf(model, 'workflow.json').files.map(({ status }) => status.kind);
    assert.deepEqual(after, before);
  });
});

describe('tasks.json', () => {
  after(async () => {
    rmSync(path.join(folder(), '.vscode'), { recursive: true, force: true });
    // The editor forgets it in its own time, and the next suite counts the tasks.
    await until(
      async () => !(await vscode.tasks.fetchTasks()).some(({ name }) => name === 'my check'),
      'the configured task is forgotten',
    );
  });

  it('may name our task: it is resolved and runs', async () => {
    await settledModel();
    mkdirSync(path.join(folder(), '.vscode'), { recursive: true });
    const task = { type: 'reprolens', task: 'verify', project: 'workflow.json', label: 'my check' };
    writeFileSync(
      path.join(folder(), '.vscode/tasks.json'),
      JSON.stringify({ version: '2.0.0', tasks: [task] }),
    );
    const found = await until(
      async () => (await vscode.tasks.fetchTasks()).find(({ name }) => name === 'my check'),
      'the configured task',
    );
    const ended = new Promise<number | undefined>((resolve) => {
      const listening = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution.task.name !== 'my check') return;
        listening.dispose();
        resolve(exitCode);
      });
    });
    await vscode.tasks.executeTask(found);
    assert.equal(await ended, 1);
  });
});
