import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { projectKey } from '../../src/core/model/project.js';
import { remedyRequest } from '../../src/core/produce/remedyRequest.js';
import type { RemedyRequest } from '../../src/core/produce/remedyRequest.js';
import { COMMANDS } from '../../src/vscode/contributions.js';
import type { Model } from '../../src/vscode/model.js';
import { at, codeOf, folder, settledModel, snapshotOf, text, until } from './host.js';

const FILE = 'workflow.json';

/** Presses Enter in the open quick pick until something happened. */
async function acceptUntil(happened: () => boolean, what: string): Promise<void> {
  await until(async () => {
    if (happened()) return true;
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return happened();
  }, what);
}

const SETTING = 'reprolens.regenerateEnvelope';

const signedOff = (steps: readonly string[]): string => {
  const verified = {
    dictVerification: { sUser: 'passed', sLastUserUpdate: '2026-11-21 12:00 UTC' },
  };
  const dictStepState = Object.fromEntries(steps.map((step) => [step, verified]));
  return JSON.stringify({
    iStateSchemaVersion: 3,
    dictWorkflowState: { [FILE]: { iStateSchemaVersion: 3, dictStepState } },
  });
};

describe('why not the next level', () => {
  let model: Model;
  let original: string;
  before(async () => {
    model = await settledModel();
    original = text(FILE);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await put(original);
    rmSync(at('reproduce.sh').fsPath, { force: true });
    rmSync(at('.vaibify').fsPath, { recursive: true, force: true });
    await until(() => !has('input-data-undeclared', 'A02'), 'the fixture again');
  });

  const blockers = () => snapshotOf(model, FILE).blockers;
  const has = (code: string, step?: string): boolean =>
    blockers().some(({ finding, step: of }) => finding.code === code && of === step);

  function requestFor(code: string, step?: string): RemedyRequest {
    const blocker = blockers().find(
      ({ finding, step: of }) => finding.code === code && of === step,
    );
    assert.ok(blocker, `${code} ${step ?? ''} is a blocker`);
    const request = remedyRequest(snapshotOf(model, FILE).project, blocker);
    assert.ok(request, `${code} has a remedy`);
    return request;
  }

  /** Writes the pipeline. An editor that has just saved it does not look at the disk for a while. */
  async function put(next: string): Promise<void> {
    writeFileSync(at(FILE).fsPath, next);
    await until(async () => {
      const document = await vscode.workspace.openTextDocument(at(FILE));
      if (document.getText() === next) return true;
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      return document.getText() === next;
    }, 'the document');
  }

  /** Takes back what the fixture says of the inputs of its second step. */
  async function undeclare(): Promise<void> {
    const undeclared = original.replace('"bNoInputData": true', '"bNoInputData": false');
    assert.notEqual(undeclared, original);
    await put(undeclared);
    await until(() => has('input-data-undeclared', 'A02'), 'the blocker');
  }

  it('is known: a pipeline that nobody signed off has level 0', () => {
    assert.equal(snapshotOf(model, FILE).level, 0);
    assert.ok(has('user-not-approved', 'A01'));
  });

  it('stands in Problems at its line, and goes away with its reason', async () => {
    await undeclare();
    const listed = () =>
      vscode.languages.getDiagnostics(at(FILE)).find((d) => codeOf(d) === 'input-data-undeclared');
    const problem = await until(listed, 'the problem');
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Information);
    assert.equal(problem.source, 'ReproLens');
    await put(original);
    await until(() => listed() === undefined, 'the problem is gone');
  });

  it('has a quick fix for each remedy', async () => {
    await undeclare();
    const problem = await until(
      () =>
        vscode.languages
          .getDiagnostics(at(FILE))
          .find((each) => codeOf(each) === 'input-data-undeclared'),
      'the problem',
    );
    await vscode.workspace.openTextDocument(at(FILE));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      at(FILE),
      problem.range,
    );
    const ours = actions.filter(({ command }) => command?.command === COMMANDS.applyRemedy);
    const asked = ours.map(({ command }) => command?.arguments?.[0] as RemedyRequest);
    assert.ok(asked.some(({ remedy, step }) => remedy === 'declare-no-inputs' && step === 'A02'));
  });

  it('is mended by an answer: the statement is in the document, and nothing else changed', async () => {
    await undeclare();
    const request = requestFor('input-data-undeclared', 'A02');
    void vscode.commands.executeCommand(COMMANDS.applyRemedy, request);
    // The editor saves by emptying the file first: what is seen in between is nobody's answer.
    await acceptUntil(() => text(FILE) === original, 'the statement');
    await until(() => !has('input-data-undeclared', 'A02'), 'the blocker is gone');
  });

  it('lists what can be done; Enter does the first of it', async () => {
    const silent = original.replace(
      '"saInputDataFiles": ["data/readings.csv"]',
      '"saInputDataFiles": []',
    );
    assert.notEqual(silent, original);
    await put(silent);
    await until(() => has('input-data-undeclared', 'A01'), 'the blocker');
    assert.deepEqual(blockers()[0]?.finding.code, 'input-data-undeclared', 'the first row');
    const { key } = requestFor('input-data-undeclared', 'A01');
    void vscode.commands.executeCommand(COMMANDS.whyNot, { key });
    const stated = silent.replace('"bNoInputData": false', '"bNoInputData": true');
    assert.notEqual(stated, silent);
    await acceptUntil(() => text(FILE) === stated, 'the statement');
    await put(original);
    await until(() => !has('input-data-undeclared', 'A01'), 'the fixture again');
  });

  it('is mended by a reproduce.sh that runs and is executable', async () => {
    const request = requestFor('reproduce-script-missing');
    await vscode.commands.executeCommand(COMMANDS.applyRemedy, request);
    await until(() => existsSync(at('reproduce.sh').fsPath), 'reproduce.sh');
    if (process.platform !== 'win32') {
      assert.equal(statSync(at('reproduce.sh').fsPath).mode & 0o111, 0o111);
    }
    const script = readFileSync(at('reproduce.sh').fsPath, 'utf8');
    for (const command of ['measure.py', 'draw.py', 'export.py'])
      assert.ok(script.includes(command));
    const { status, error } = spawnSync('sh', ['-n', 'reproduce.sh'], { cwd: folder() });
    if (error === undefined) assert.equal(status, 0);
    // It is there now, and the manifest does not pin it yet.
    await until(() => {
      const remedies = blockers().map(({ finding, remedy }) => `${finding.code} ${remedy ?? ''}`);
      return remedies.includes('reproduce-script-missing regenerate-manifest');
    }, 'the next remedy');
  });

  it('is never signed off but by a person: no answer, no sign-off', async () => {
    // The editor shows no dialogue to tests, which is as good as nobody answering.
    await vscode.commands.executeCommand(COMMANDS.signOffStep, {
      key: projectKey(snapshotOf(model, FILE).project),
      label: 'A02',
    });
    await model.settled();
    assert.ok(!existsSync(at('.vaibify/state.json').fsPath));
    assert.ok(has('user-not-approved', 'A02'));
  });

  it('regenerates the manifest by itself when that was chosen and every step is verified', async () => {
    const manifest = text('MANIFEST.sha256');
    const settings = vscode.workspace.getConfiguration();
    const choose = (value: string | undefined): Thenable<void> =>
      settings.update(SETTING, value, vscode.ConfigurationTarget.Workspace);
    await choose('always');
    try {
      // Without what stands in the way of any manifest: a missing file and a pointer.
      const whole = original.replace(/,\s*"histogram\.svg"/, '').replace(/"model\.bin",\s*/, '');
      await put(whole);
      await until(
        () =>
          snapshotOf(model, FILE).project.declared.every(({ path }) => !path.includes('histogram')),
        'the edited declarations',
      );
      assert.equal(snapshotOf(model, FILE).level, 0);
      mkdirSync(at('.vaibify').fsPath, { recursive: true });
      writeFileSync(at('.vaibify/state.json').fsPath, signedOff(['measure', 'draw', 'export']));
      await vscode.commands.executeCommand(COMMANDS.refresh);
      await until(() => text('MANIFEST.sha256') !== manifest, 'the manifest is written');
      await until(
        () => snapshotOf(model, FILE).files.every(({ status }) => status.kind === 'verified'),
        'all verified',
      );
      assert.ok((snapshotOf(model, FILE).level ?? 0) >= 1);
    } finally {
      await choose(undefined);
      writeFileSync(at('MANIFEST.sha256').fsPath, manifest);
      await put(original);
      rmSync(at('.vaibify').fsPath, { recursive: true, force: true });
      await vscode.commands.executeCommand(COMMANDS.refresh);
    }
    await until(() => has('user-not-approved', 'A01'), 'the fixture again');
  });

  it('asks for nothing in the name of a project that is not there', async () => {
    const before = text(FILE);
    const request = { ...requestFor('user-not-approved', 'A01'), key: 'nowhere' };
    await vscode.commands.executeCommand(COMMANDS.applyRemedy, request);
    await vscode.commands.executeCommand(COMMANDS.applyRemedy, { remedy: '__proto__' });
    assert.equal(text(FILE), before);
  });
});
