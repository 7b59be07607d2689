import * as vscode from 'vscode';
import type { RunCli } from './cliTask.js';
import type { Model } from './model.js';
import type { Reports } from './reports.js';
import { TestWalk } from './testingRun.js';
import { TestTree } from './testingTree.js';

/** What checks the tiers that programs outside the editor are needed for. */
export interface Outside {
  readonly runCli: RunCli;
  readonly reports: Reports;
}

/**
 * The Test Explorer: project, tier, step, output. Tier 1 is checked here, by reading every byte; the
 * others in a visible task. What a run did not check is skipped with the reason, never passed.
 */
export function registerTesting(model: Model, outside: Outside): vscode.Disposable {
  const controller = vscode.tests.createTestController('reprolens', 'ReproLens');
  const tree = new TestTree(controller, model);
  controller.refreshHandler = () => {
    model.invalidate('projects');
    return model.settled();
  };
  const verify = async (
    request: vscode.TestRunRequest,
    token: vscode.CancellationToken,
  ): Promise<void> => {
    const run = controller.createTestRun(request);
    const stop = new AbortController();
    const listening = token.onCancellationRequested(() => stop.abort());
    try {
      // The pins must be those of the documents as they are now.
      model.invalidate('documents');
      await model.settled();
      await new TestWalk({ ...outside, model, tree, run, signal: stop.signal }).walk(request);
    } finally {
      listening.dispose();
      run.end();
    }
  };
  const { Run } = vscode.TestRunProfileKind;
  controller.createRunProfile(vscode.l10n.t('Verify'), Run, verify, true);
  tree.resolve();
  return vscode.Disposable.from(
    controller,
    model.onDidChange((changes) => tree.follow(changes)),
  );
}
