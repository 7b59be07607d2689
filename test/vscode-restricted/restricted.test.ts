import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, TASK_TYPE } from '../../src/vscode/contributions.js';
import { at, settledModel, stateOf, text } from '../vscode/host.js';
import type { Model } from '../../src/vscode/model.js';

/** In Restricted Mode the editor answers some calls with a dialog and leaves them pending. */
const within = <T>(work: PromiseLike<T>, milliseconds = 2500): Promise<T | 'pending'> =>
  Promise.race([
    Promise.resolve(work),
    new Promise<'pending'>((resolve) => setTimeout(() => resolve('pending'), milliseconds)),
  ]);

describe('in Restricted Mode', () => {
  let model: Model;
  before(async () => {
    model = await settledModel();
  });

  it('the workspace is not trusted', () => assert.equal(vscode.workspace.isTrusted, false));

  it('files are read, hashed and judged', () => {
    assert.equal(stateOf(model, 'workflow.json', 'Measure/table.csv'), 'verified');
    assert.equal(stateOf(model, 'workflow.json', 'Measure/summary.json'), 'drifted');
  });

  it('a verification reads every byte', async () => {
    await vscode.commands.executeCommand(COMMANDS.verifyFile, at('Measure/table.csv'));
    const [found] = model.entriesAt(at('Measure/table.csv'));
    const status = found!.entry.status;
    assert.equal(status.kind === 'verified' && status.check.how, 'read');
  });

  it('no evidence is rewritten, however the command is called', async () => {
    const before = text('MANIFEST.sha256');
    await within(
      vscode.commands.executeCommand(COMMANDS.regenerateManifest, at('workflow.json').toString()),
    );
    await within(
      vscode.commands.executeCommand(COMMANDS.addToManifest, at('Export/notes.txt').toString()),
    );
    assert.equal(text('MANIFEST.sha256'), before);
  });

  it('no task starts', async () => {
    let started = false;
    const listening = vscode.tasks.onDidStartTask(() => (started = true));
    const tasks = await within(vscode.tasks.fetchTasks({ type: TASK_TYPE }));
    if (tasks !== 'pending' && tasks[0] !== undefined) {
      await within(Promise.resolve(vscode.tasks.executeTask(tasks[0])).catch(() => undefined));
    }
    listening.dispose();
    assert.equal(started, false);
  });
});
