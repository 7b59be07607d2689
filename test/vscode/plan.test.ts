/** Build plans in the editor: from the first look over seed and rebuild to a difference. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { projectKey } from '../../src/core/model/project.js';
import type { Snapshot } from '../../src/core/model/snapshot.js';
import { COMMANDS, TASK_TYPE } from '../../src/vscode/contributions.js';
import type { Model } from '../../src/vscode/model.js';
import { at, codeOf, folder, settledModel, snapshotOf, text, until } from './host.js';

const PLAN = 'tool/build/plan.yaml';
const RECORD = 'tool/artifacts/repro/attestations/v1.json';
const YAML = `version: 1
artifact: dist/tool-{tag}.tar.gz
sources:
  - path: src
    destination: source
steps:
  - run: |
      mkdir -p dist
      tar -cf - -C source --sort=name --mtime=@0 . | gzip > dist/tool-{tag}.tar.gz
reference_attestation: artifacts/attestations/tool-{tag}.json
environment:
  LC_ALL: C.UTF-8
  TZ: UTC
`;

function write(file: string, content: string): void {
  const absolute = path.join(folder(), file);
  mkdirSync(path.dirname(absolute), { recursive: true });
  writeFileSync(absolute, content);
}

const remove = (file: string): void =>
  rmSync(path.join(folder(), file), { recursive: true, force: true });

const lensTitles = async (file: string): Promise<string[]> => {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    at(file),
    100,
  );
  return lenses.map(({ command }) => command?.title ?? '');
};

const hoverAt = async (file: string, word: string): Promise<string> => {
  const lines = text(file).split('\n');
  const line = lines.findIndex((each) => each.includes(word));
  const position = new vscode.Position(line, lines[line]!.indexOf(word) + 1);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    at(file),
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((each) => (each as vscode.MarkdownString).value)
    .join('\n');
};

describe('a build plan', () => {
  let model: Model;
  before(async () => {
    write(PLAN, YAML);
    write('tool/src/a.txt', 'one\n');
    model = await settledModel();
    model.invalidate('projects');
    await until(
      () => model.snapshots.some(({ project }) => project.kind === 'plan'),
      'the plan is found',
    );
    await model.settled();
    await vscode.window.showTextDocument(at(PLAN));
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    remove('tool');
    remove('claimed');
    model.invalidate('projects');
    await model.settled();
  });

  const plan = (): Snapshot => snapshotOf(model, PLAN);
  const artifact = (): string => JSON.stringify(plan().build?.artifact);
  const key = (): string => projectKey(plan().project);
  const marks = (): string[] =>
    (plan().build?.marks ?? []).map(({ subject, state }) => `${subject.kind} ${state}`);
  const until2 = (probe: () => boolean, what: string): Promise<unknown> =>
    until(probe, () => `${what}: ${artifact()} ${marks().join()}`, 60_000);

  it('is a project with marks for everything that it names', () => {
    assert.equal(plan().project.title, 'tool-{tag}.tar.gz');
    assert.deepEqual(marks(), [
      'artifact unknown',
      'source unknown',
      'step unknown',
      'reference unknown',
    ]);
    assert.deepEqual(plan().build?.artifact, { kind: 'unknown', reason: 'not-rebuilt' });
  });

  it('shows in Problems what makes its builds differ, at the word that does', async () => {
    const problems = await until(() => {
      const found = vscode.languages.getDiagnostics(at(PLAN));
      return found.some((each) => codeOf(each) === 'lint-gzip-header') ? found : undefined;
    }, 'the finding of the lint');
    const finding = problems.find((each) => codeOf(each) === 'lint-gzip-header')!;
    assert.equal(finding.range.start.line, 8);
    const document = await vscode.workspace.openTextDocument(at(PLAN));
    assert.match(document.getText(finding.range), /^gzip/);
  });

  it('has lenses for what can be done', async () => {
    assert.deepEqual(await lensTitles(PLAN), ['not rebuilt yet', 'rebuild', 'seed reference']);
  });

  it('is seeded and rebuilt by commands, and good only then', async () => {
    await vscode.commands.executeCommand(COMMANDS.seedReference, { key: key(), tag: 'v1' });
    await model.settled();
    assert.deepEqual(plan().build?.artifact, { kind: 'unknown', reason: 'not-rebuilt' });
    await vscode.commands.executeCommand(COMMANDS.rebuild, { key: key(), tag: 'v1' });
    await until2(() => plan().build?.artifact.kind === 'verified', 'verified after the rebuild');
    assert.deepEqual(marks(), [
      'artifact verified',
      'source verified',
      'step verified',
      'reference verified',
    ]);
    assert.equal(plan().build?.last?.detail.kind, 'rebuilt');
    const [title, ...others] = await lensTitles(PLAN);
    assert.match(
      title!,
      /^rebuilt, equals attestation:artifacts\/attestations\/tool-v1\.json · v1 · /,
    );
    assert.deepEqual(others, ['rebuild', 'seed reference', 'open attestation']);
  });

  it('tells both digests, how and when it was rebuilt, in a hover', async () => {
    const digest = (JSON.parse(text(RECORD)) as { generated_digest: { sha256: string } })
      .generated_digest.sha256;
    const shown = await hoverAt(PLAN, 'dist/tool-');
    assert.match(shown, /equals its reference/);
    assert.equal(shown.split(digest).length - 1, 2);
    assert.match(shown, /v1 was rebuilt hermetically .* in a sandbox without network/);
    assert.match(shown, /command:reprolens\.rebuild/);
    assert.match(shown, /Attested in artifacts.*v1/);
    assert.match(await hoverAt(PLAN, 'run:'), /goes to .*bin.*sh, in the workspace/);
    assert.match(await hoverAt(PLAN, 'src'), /The newest change below it was made/);
  });

  it('opens the attestation', async () => {
    await vscode.commands.executeCommand(COMMANDS.openAttestation, { key: key() });
    await until(
      () => vscode.window.activeTextEditor?.document.uri.fsPath === at(RECORD).fsPath,
      'the attestation is open',
    );
    await vscode.window.showTextDocument(at(PLAN));
  });

  it('proves nothing any more when a source has changed since', async () => {
    write('tool/src/a.txt', 'two\n');
    await until2(
      () => artifact().includes('sources-changed'),
      'the change of the source is noticed',
    );
    const [title] = await lensTitles(PLAN);
    assert.match(title!, /^sources changed since the last rebuild/);
  });

  it('tells a difference after the next rebuild, as a task, with its exit status', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: TASK_TYPE });
    const mine = tasks.filter(({ definition }) => definition['project'] === PLAN);
    assert.deepEqual(mine.map(({ definition }) => String(definition['task'])).sort(), [
      'find the cause',
      'plan check',
      'rebuild',
      'seed',
    ]);
    const task = mine.find(({ definition }) => definition['task'] === 'rebuild')!;
    const ended = new Promise<number | undefined>((resolve) => {
      const listening = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution.task.definition['task'] !== 'rebuild') return;
        listening.dispose();
        resolve(exitCode);
      });
    });
    await vscode.tasks.executeTask(task);
    assert.equal(await ended, 3);
    await until2(() => plan().build?.artifact.kind === 'drifted', 'drifted');
    assert.equal(existsSync(at('artifacts').fsPath), false, 'the plan has its own directory');
    assert.ok((await lensTitles(PLAN)).includes('find the cause'));
    await until(
      () =>
        vscode.languages
          .getDiagnostics(at(PLAN))
          .some((each) => codeOf(each) === 'rebuild-mismatch'),
      'the mismatch is in Problems',
    );
  });

  it('gets a nightly workflow only where one fits, and only after it was shown', async () => {
    const started: string[][] = [];
    const listening = vscode.tasks.onDidStartTask(({ execution }) => {
      const own = execution.task.execution as vscode.ProcessExecution;
      started.push(own.args);
      // It asks in its terminal, and nobody answers.
      setTimeout(() => execution.terminate(), 1500);
    });
    try {
      await vscode.commands.executeCommand(COMMANDS.writeWorkflow, { key: key() });
      assert.equal(started.length, 0, 'the sources lie below the top of the repository');
      write('plan.yaml', YAML.replace('path: src', 'path: Draw'));
      model.invalidate('projects');
      const top = await until(
        () => model.snapshots.find(({ project }) => project.file === 'plan.yaml'),
        'the plan at the top',
      );
      await vscode.commands.executeCommand(COMMANDS.writeWorkflow, {
        key: projectKey(top.project),
      });
      const [args] = started;
      assert.ok(args);
      assert.deepEqual(args.slice(1, 3), ['publish', 'workflow']);
      assert.ok(args.includes(at('plan.yaml').fsPath));
      assert.equal(existsSync(at('.github').fsPath), false);
    } finally {
      listening.dispose();
      remove('plan.yaml');
    }
  });

  it('is not good because somebody says so', async () => {
    write('claimed/build/plan.yaml', YAML);
    write('claimed/src/a.txt', 'one\n');
    write(
      'claimed/artifacts/repro/attestations/v1.json',
      text(RECORD).replace('"match": false', '"match": true'),
    );
    model.invalidate('projects');
    const found = (): Snapshot | undefined =>
      model.snapshots.find(
        ({ project }) => project.kind === 'plan' && project.root.endsWith('claimed'),
      );
    await until(found, 'the second plan is found');
    await model.settled();
    assert.deepEqual(found()?.build?.artifact, { kind: 'unknown', reason: 'not-rebuilt' });
    await vscode.window.showTextDocument(at('claimed/build/plan.yaml'));
    const [title] = await lensTitles('claimed/build/plan.yaml');
    assert.equal(
      title,
      'not rebuilt here · artifacts/repro/attestations/v1.json says that v1 matched',
    );
  });
});
