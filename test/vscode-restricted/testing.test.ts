import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Model } from '../../src/vscode/model.js';
import { cliRunner } from '../../src/vscode/cliTask.js';
import { openReports } from '../../src/vscode/reports.js';
import { TestWalk } from '../../src/vscode/testingRun.js';
import { TestTree } from '../../src/vscode/testingTree.js';
import { HumanError } from '../../src/vscode/ui.js';
import { StatCache } from '../../src/core/system/statCache.js';
import { heardRun } from '../vscode/heard.js';
import { at, folder, settledModel } from '../vscode/host.js';

describe('in Restricted Mode the Test Explorer', () => {
  const nowhere = at('../nowhere').fsPath;
  const runCli = cliRunner('/nowhere/cli.js', nowhere);
  let model: Model;
  before(async () => {
    model = await settledModel();
  });

  it('reads the files, and skips what would start a program, with the reason', async () => {
    const controller = vscode.tests.createTestController('reprolens-suite', 'The suite');
    const log = vscode.window.createOutputChannel('The suite', { log: true });
    try {
      const tree = new TestTree(controller, model);
      tree.resolve();
      const uri = at('workflow.json').toString();
      const project = tree.projects.find((item) => item.uri?.toString() === uri)!;
      const request = new vscode.TestRunRequest([project, ...tree.below(project)]);
      const { run, said } = heardRun(controller.createTestRun(request));
      const reports = openReports(model, new StatCache(), { directory: nowhere, log });
      const { signal } = new AbortController();
      await new TestWalk({ model, tree, run, runCli, reports, signal }).walk(request);
      run.end();
      assert.equal(said.results.get('Measure/table.csv'), 'passed');
      assert.equal(said.results.get('Measure/summary.json'), 'failed');
      for (const { label } of tree.below(project).slice(1)) {
        assert.equal(said.results.get(label), 'skipped', label);
      }
      assert.ok(said.output.some((text) => text.includes('Restricted Mode')));
    } finally {
      controller.dispose();
      log.dispose();
    }
  });

  it('could not start anything if it tried', async () => {
    const request = { title: 'status', args: ['status'], root: folder() };
    await assert.rejects(runCli(request), (error) => {
      assert.ok(error instanceof HumanError);
      assert.match(error.message, /Restricted Mode/);
      return true;
    });
  });
});
