import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Model } from '../../src/vscode/model.js';
import { at, folder, settledModel, snapshotOf, stateOf, text, until } from './host.js';

const PROJECT = 'workflow.json';
const put = (file: string, content: string): void => {
  mkdirSync(path.dirname(path.join(folder(), file)), { recursive: true });
  writeFileSync(path.join(folder(), file), content);
};

describe('changes on disk', () => {
  let model: Model;
  before(async () => {
    model = await settledModel();
  });

  it('reach the states by themselves: edited, deleted, restored', async () => {
    const file = 'Measure/table.csv';
    const original = text(file);
    put(file, 'edited');
    await until(() => stateOf(model, PROJECT, file) === 'drifted', 'drift is seen');
    rmSync(path.join(folder(), file));
    await until(() => stateOf(model, PROJECT, file) === 'missing', 'the deletion is seen');
    put(file, original);
    await until(() => stateOf(model, PROJECT, file) === 'verified', 'the restored file is seen');
  });

  it('reach the states when a whole directory goes and comes back', async () => {
    const original = text('Plot/curve.svg');
    rmSync(path.join(folder(), 'Plot'), { recursive: true });
    await until(
      () => stateOf(model, PROJECT, 'Plot/curve.svg') === 'missing',
      'gone with its directory',
    );
    put('Plot/curve.svg', original);
    await until(() => stateOf(model, PROJECT, 'Plot/curve.svg') === 'verified', 'back again');
  });

  it('of an unsaved document are seen, and forgotten when it is reverted', async () => {
    const document = await vscode.workspace.openTextDocument(at(PROJECT));
    await vscode.window.showTextDocument(document);
    const edit = new vscode.WorkspaceEdit();
    const where = document.positionAt(document.getText().indexOf('"notes.txt"'));
    edit.insert(document.uri, where, '"unsaved.txt", ');
    await vscode.workspace.applyEdit(edit);
    await until(
      () => stateOf(model, PROJECT, 'Export/unsaved.txt') === 'missing',
      'the new declaration',
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until(
      () => stateOf(model, PROJECT, 'Export/unsaved.txt') === undefined,
      'the old document',
    );
  });

  it('by a branch switch leave no state behind', async () => {
    const git = (...args: string[]): void => {
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        cwd: folder(),
        stdio: 'pipe',
      });
    };
    git('checkout', '-q', '-b', 'other');
    put('Measure/table.csv', 'of the other branch');
    put('Draw/histogram.svg', '<svg/>');
    git('add', '-A');
    git('commit', '-q', '-m', 'other');
    await until(
      () => stateOf(model, PROJECT, 'Measure/table.csv') === 'drifted',
      'the other branch',
    );
    git('checkout', '-q', '-');
    await until(
      () =>
        stateOf(model, PROJECT, 'Measure/table.csv') === 'verified' &&
        stateOf(model, PROJECT, 'Draw/histogram.svg') === 'missing',
      'the first branch again',
    );
  });
});

describe('ten thousand files', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `d${i % 100}/f${i}`);
  const sha = (content: string): string => createHash('sha256').update(content).digest('hex');
  const BULK = 'bulk/SHA256SUMS';
  let model: Model;

  before(async function () {
    this.timeout(60_000);
    model = await settledModel();
    for (const name of many) put(`bulk/${name}`, name);
    put(BULK, many.map((name) => `${sha(name)}  ${name}\n`).join(''));
    model.invalidate('projects');
    await until(
      () =>
        model.snapshots.some(
          ({ project, counts }) => project.root.endsWith('bulk') && counts.verified === many.length,
        ),
      'all verified',
      40_000,
    );
  });
  after(async () => {
    rmSync(path.join(folder(), 'bulk'), { recursive: true });
    model.invalidate('projects');
    await until(
      () => !model.snapshots.some(({ project }) => project.root.endsWith('bulk')),
      'gone',
    );
  });

  it('changed at once end up right', async function () {
    this.timeout(60_000);
    for (const name of many) put(`bulk/${name}`, `${name} changed`);
    await until(
      () => snapshotOf(model, BULK).counts.drifted === many.length,
      'all drifted',
      40_000,
    );
    for (const name of many) put(`bulk/${name}`, name);
    await until(
      () => snapshotOf(model, BULK).counts.verified === many.length,
      'all verified',
      40_000,
    );
  });

  it('show one changed file soon', async function () {
    this.timeout(60_000);
    // The editor hands on a burst of events little by little; this one is to have no queue before it.
    await quiet(model);
    put('bulk/d7/f7', 'changed');
    await until(() => stateOf(model, BULK, 'd7/f7') === 'drifted', 'one drifted');
    assert.equal(snapshotOf(model, BULK).counts.drifted, 1);
    put('bulk/d7/f7', 'd7/f7');
  });
});

describe('a directory that nobody watches', () => {
  // More directories than there are watchers: those at the end have none, like after one died.
  const many = Array.from({ length: 600 }, (_, i) => `d${String(i).padStart(3, '0')}/f`);
  const LIST = 'wide/SHA256SUMS';
  let model: Model;

  before(async function () {
    this.timeout(30_000);
    model = await settledModel();
    const digest = createHash('sha256').update('x').digest('hex');
    for (const name of many) put(`wide/${name}`, 'x');
    put(LIST, many.map((name) => `${digest}  ${name}\n`).join(''));
    model.invalidate('projects');
    await until(
      () => model.snapshots.some(({ project }) => project.root.endsWith('wide')),
      'the list is found',
    );
    await until(() => snapshotOf(model, LIST).counts.verified === many.length, 'all verified');
  });
  after(() => {
    rmSync(path.join(folder(), 'wide'), { recursive: true });
    model.invalidate('projects');
  });

  it('is compared with the disk at the next beat', async function () {
    this.timeout(90_000);
    await quiet(model);
    put('wide/d599/f', 'changed');
    await until(() => stateOf(model, LIST, 'd599/f') === 'drifted', 'the change is seen', 50_000);
  });

  it('is compared after a burst of events, long before the next beat', async function () {
    this.timeout(60_000);
    await quiet(model);
    for (const name of many) for (const more of ['g', 'h', 'i']) put(`wide/${name}${more}`, 'new');
    put('wide/d599/f', 'x');
    await until(() => stateOf(model, LIST, 'd599/f') === 'verified', 'it is seen again', 15_000);
  });
});

/** Waits until the events of earlier changes have arrived: longer than a calm, nothing is drawn. */
async function quiet(model: Model): Promise<void> {
  let last = Date.now();
  const listening = model.onDidChange(() => (last = Date.now()));
  await until(() => Date.now() - last > 4000, 'quiet', 40_000);
  listening.dispose();
}
