import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { projectKey } from '../../src/core/model/project.js';
import { COMMANDS, TASK_TYPE } from '../../src/vscode/contributions.js';
import { at, settledModel, stateOf, text, until } from '../vscode/host.js';
import type { Model } from '../../src/vscode/model.js';

/** In Restricted Mode the editor answers some calls with a dialog and leaves them pending. */
const within = <T>(work: PromiseLike<T>, milliseconds = 2500): Promise<T | 'pending'> =>
  Promise.race([
    Promise.resolve(work),
    new Promise<'pending'>((resolve) => setTimeout(() => resolve('pending'), milliseconds)),
  ]);

function write(file: string, content: string): void {
  mkdirSync(path.dirname(at(file).fsPath), { recursive: true });
  writeFileSync(at(file).fsPath, content);
}

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

  it('a build plan is shown with what is known of it, and never built', async () => {
    write('tool/src/a.txt', 'one\n');
    write(
      'tool/build/plan.yaml',
      'artifact: out.txt\nsources: [src]\nsteps: ["cp src/a.txt out.txt"]\n',
    );
    try {
      model.invalidate('projects');
      const found = () => model.snapshots.find(({ project }) => project.kind === 'plan');
      const snapshot = await until(found, 'the plan is found');
      await model.settled();
      assert.deepEqual(
        snapshot.build?.marks.map(({ subject, state }) => `${subject.kind} ${state}`),
        ['artifact unknown', 'source unknown', 'step unknown'],
      );
      const key = projectKey(snapshot.project);
      for (const command of [COMMANDS.rebuild, COMMANDS.seedReference, COMMANDS.findCause]) {
        await within(vscode.commands.executeCommand(command, { key, tag: 'v1' }));
      }
      assert.equal(existsSync(at('tool/artifacts').fsPath), false);
      assert.equal(existsSync(at('tool/out.txt.sha256').fsPath), false);
    } finally {
      rmSync(at('tool').fsPath, { recursive: true });
      model.invalidate('projects');
      await model.settled();
    }
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
