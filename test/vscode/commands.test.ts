import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/vscode/contributions.js';
import type { Model } from '../../src/vscode/model.js';
import { at, folder, settledModel, snapshotOf, stateOf, text, until } from './host.js';

/** Presses Enter in the open quick pick until something happened. */
async function acceptUntil(happened: () => boolean): Promise<void> {
  await until(async () => {
    if (happened()) return true;
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return happened();
  }, 'the quick pick is accepted');
}

describe('commands', () => {
  let model: Model;
  before(async () => {
    model = await settledModel();
  });

  it('are all there', async () => {
    const all = new Set(await vscode.commands.getCommands(true));
    for (const id of Object.values(COMMANDS)) assert.ok(all.has(id), id);
  });

  it('verify every byte of one file, and of all', async () => {
    await vscode.commands.executeCommand(COMMANDS.verifyFile, at('Measure/table.csv'));
    const status = snapshotOf(model, 'workflow.json').files.find(
      ({ path }) => path === 'Measure/table.csv',
    )!.status;
    assert.equal(status.kind === 'verified' && status.check.how, 'read');
    const started = Date.now();
    void vscode.commands.executeCommand(COMMANDS.verifyAll);
    await until(
      () =>
        snapshotOf(model, 'workflow.json').files.every(
          ({ status: each }) => !('check' in each) || each.check.at >= started - 5,
        ),
      'every file was read again',
    );
  });

  it('copy the digest of what is on disk', async () => {
    await vscode.commands.executeCommand(COMMANDS.copyDigest, at('Measure/summary.json'));
    const sum = spawnSync('sha256sum', [at('Measure/summary.json').fsPath], { encoding: 'utf8' });
    const copied = await vscode.env.clipboard.readText();
    assert.match(copied, /^[0-9a-f]{64}$/);
    if (sum.error === undefined) assert.equal(copied, sum.stdout.slice(0, 64));
  });

  it('reveal the declaration', async () => {
    await vscode.commands.executeCommand(COMMANDS.revealDeclaration, at('Measure/summary.json'));
    const editor = await until(() => vscode.window.activeTextEditor, 'an editor');
    assert.equal(editor.document.uri.fsPath, at('workflow.json').fsPath);
    assert.equal(editor.document.getText(editor.selection), 'summary.json');
  });

  it('do not regenerate while a declared file is missing or a pointer, and keep the old manifest', async () => {
    const before = text('MANIFEST.sha256');
    const running = vscode.commands.executeCommand(
      COMMANDS.regenerateManifest,
      at('workflow.json').toString(),
    );
    let ended = false;
    void Promise.resolve(running).then(() => (ended = true));
    await until(async () => {
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      return ended;
    }, 'the list of problems is closed');
    assert.equal(text('MANIFEST.sha256'), before);
  });

  it('regenerate what sha256sum accepts, after asking', async () => {
    const before = text('MANIFEST.sha256');
    const workflow = text('workflow.json');
    const edited = workflow.replace(/,\s*"histogram\.svg"/, '').replace(/"model\.bin",\s*/, '');
    assert.notEqual(edited, workflow);
    writeFileSync(at('workflow.json').fsPath, edited);
    await until(
      () =>
        stateOf(model, 'workflow.json', 'Draw/histogram.svg') === 'missing' &&
        snapshotOf(model, 'workflow.json').project.declared.every(
          ({ path }) => path !== 'Draw/histogram.svg',
        ),
      'the edited declarations',
    );
    void vscode.commands.executeCommand(
      COMMANDS.regenerateManifest,
      at('workflow.json').toString(),
    );
    await acceptUntil(() => readFileSync(at('MANIFEST.sha256').fsPath, 'utf8') !== before);
    const check = spawnSync('sha256sum', ['-c', '--strict', 'MANIFEST.sha256'], {
      cwd: folder(),
      encoding: 'utf8',
    });
    if (check.error === undefined) assert.equal(check.status, 0, check.stdout + check.stderr);
    await until(
      () =>
        snapshotOf(model, 'workflow.json').files.every(({ status }) => status.kind === 'verified'),
      'all verified',
    );
    assert.match(text('MANIFEST.sha256'), /Export\/notes\.txt/);
    assert.doesNotMatch(text('MANIFEST.sha256'), /retired/);
    writeFileSync(at('workflow.json').fsPath, workflow);
    writeFileSync(at('MANIFEST.sha256').fsPath, before);
    await until(
      () => stateOf(model, 'workflow.json', 'Export/notes.txt') === 'unpinned',
      'the fixture again',
    );
  });

  it('add one file and leave every other pin as it is', async () => {
    const before = text('MANIFEST.sha256');
    void vscode.commands.executeCommand(COMMANDS.addToManifest, at('Export/notes.txt').toString());
    await acceptUntil(() => readFileSync(at('MANIFEST.sha256').fsPath, 'utf8') !== before);
    const lines = text('MANIFEST.sha256').split('\n');
    const added = lines.filter((line) => !before.split('\n').includes(line));
    assert.equal(added.length, 1);
    assert.match(added[0]!, /Export\/notes\.txt$/);
    assert.equal(lines.length, before.split('\n').length + 1);
    writeFileSync(at('MANIFEST.sha256').fsPath, before);
    await until(
      () => stateOf(model, 'workflow.json', 'Export/notes.txt') === 'unpinned',
      'the fixture again',
    );
  });

  it('start the command line where a person sees it, and never in the editor itself', async () => {
    const started = new Promise<vscode.Task>((resolve) => {
      const listening = vscode.tasks.onDidStartTaskProcess(({ execution }) => {
        listening.dispose();
        resolve(execution.task);
      });
    });
    const ended = new Promise<number | undefined>((resolve) => {
      const listening = vscode.tasks.onDidEndTaskProcess(({ exitCode }) => {
        listening.dispose();
        resolve(exitCode);
      });
    });
    const done = vscode.commands.executeCommand(COMMANDS.writeLock);
    const { execution } = await started;
    assert.ok(execution instanceof vscode.ProcessExecution);
    assert.deepEqual(execution.args.slice(1, 4), ['lock', 'write', '--ask']);
    // The fixture names no dependencies, so there is nothing to lock.
    assert.equal(await ended, 2);
    await done;
  });
});
