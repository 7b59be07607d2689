import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/vscode/contributions.js';
import { at, codeOf, settledModel, text, until } from './host.js';

const FILE = 'build/plan.yaml';
const SCRIPT = 'build/pack.sh';
const PLAN = `artifact: out.tgz
expected_digest: "${'0'.repeat(64)}"
sources:
  - path: build/pack.sh
    destination: pack.sh
environment: {LC_ALL: C.UTF-8, TZ: UTC, SOURCE_DATE_EPOCH: "0"}
steps:
  - run: tar -cf a.tar pack.sh src && gzip a.tar
  - run: sh pack.sh
`;

function put(file: string, content: string): void {
  mkdirSync(path.dirname(at(file).fsPath), { recursive: true });
  writeFileSync(at(file).fsPath, content);
}

/** Writes a document in the editor, without saving it. */
async function type(document: vscode.TextDocument, content: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  edit.replace(document.uri, all, content);
  assert.ok(await vscode.workspace.applyEdit(edit));
  assert.equal(document.getText(), content);
}

async function closeAll(): Promise<void> {
  for (let left = 20; left > 0 && vscode.window.activeTextEditor !== undefined; left--) {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}

/** What is proposed at `¦` in a document of that content. */
async function proposedIn(file: string, content: string): Promise<vscode.CompletionItem[]> {
  const document = await vscode.workspace.openTextDocument(at(file));
  await vscode.window.showTextDocument(document);
  const where = content.indexOf('¦');
  await type(document, content.replace('¦', ''));
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    document.positionAt(where),
  );
  // The editor itself proposes the words of the open documents.
  return items.filter(({ kind }) => kind !== vscode.CompletionItemKind.Text);
}
const names = (items: readonly vscode.CompletionItem[]): string[] =>
  items.map(({ label }) => (typeof label === 'string' ? label : label.label));

describe('writing a build plan', () => {
  before(async () => {
    await settledModel();
    put(FILE, '');
    put('other/plan.yaml', 'plans:\n  - a\n');
  });
  after(async () => {
    await closeAll();
    for (const folder of ['build', 'other']) rmSync(at(folder).fsPath, { recursive: true });
    await vscode.commands.executeCommand(COMMANDS.refresh);
  });

  it('proposes keys in an empty plan, aliases struck out', async () => {
    const items = await proposedIn(FILE, '¦');
    for (const key of ['artifact', 'steps', 'environment']) assert.ok(names(items).includes(key));
    const alias = items.find(({ label }) => label === 'build_steps');
    assert.deepEqual(alias?.tags, [vscode.CompletionItemTag.Deprecated]);
    const steps = items.find(({ label }) => label === 'steps');
    assert.ok(steps?.insertText instanceof vscode.SnippetString);
  });
  it('proposes what belongs to a step, and nothing inside of its script', async () => {
    const step = names(await proposedIn(FILE, 'artifact: a\nsteps:\n  - ¦\n'));
    assert.ok(step.includes('run: ["…"]'), step.join());
    const script = names(await proposedIn(FILE, 'artifact: a\nsteps:\n  - run: |\n      r¦\n'));
    assert.ok(!script.includes('run'), script.join());
  });
  it('leaves other plans alone', async () => {
    const found = names(await proposedIn('other/plan.yaml', 'plans:\n  - a\n¦'));
    assert.ok(!found.includes('artifact'), found.join());
  });
  it('explains a key', async () => {
    await proposedIn(FILE, 'artifact: a\n¦expected_digest: x\n');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      at(FILE),
      new vscode.Position(1, 3),
    );
    const all = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
    assert.match(all.map(({ value }) => value).join('\n'), /64 digits in lower case/);
  });
});

describe('quick fixes of the lint', () => {
  before(async () => {
    const model = await settledModel();
    put(FILE, PLAN);
    put(SCRIPT, '#!/bin/sh\ngzip -c src/a > b.gz\n');
    await vscode.commands.executeCommand(COMMANDS.refresh);
    await until(() => model.snapshots.some(({ project }) => project.kind === 'plan'), 'the plan');
  });
  after(async () => {
    await closeAll();
    rmSync(at('build').fsPath, { recursive: true });
    const model = await settledModel();
    await vscode.commands.executeCommand(COMMANDS.refresh);
    await until(
      () => model.snapshots.every(({ project }) => project.kind !== 'plan'),
      'the plan is gone',
    );
    assert.ok(!existsSync(at(FILE).fsPath));
  });

  const problemsIn = (file: string, code: string): vscode.Diagnostic[] =>
    vscode.languages.getDiagnostics(at(file)).filter((each) => codeOf(each) === code);
  const actionsAt = (file: string, range: vscode.Range): Thenable<vscode.CodeAction[]> =>
    vscode.commands.executeCommand('vscode.executeCodeActionProvider', at(file), range);
  /** An action is offered as soon as the list of problems and the document agree. */
  const offered = (file: string, range: vscode.Range, title: string): Promise<vscode.CodeAction> =>
    until(async () => {
      // An editor that has something newer to ask breaks the question off.
      const actions = await actionsAt(file, range).then(undefined, () => []);
      return actions.find((each) => each.title === title);
    }, `${title} in ${file}`);
  async function problem(file: string, code: string): Promise<vscode.Diagnostic> {
    const [first] = await until(() => {
      const found = problemsIn(file, code);
      return found.length > 0 ? found : undefined;
    }, code);
    assert.ok(first);
    return first;
  }

  it('edit the step, and the problem goes away', async () => {
    const document = await vscode.workspace.openTextDocument(at(FILE));
    await vscode.window.showTextDocument(document);
    const { range } = await problem(FILE, 'lint-gzip-header');
    const action = await offered(FILE, range, 'Add -n to gzip');
    assert.ok(action.isPreferred && action.edit !== undefined);
    assert.ok(await vscode.workspace.applyEdit(action.edit));
    assert.equal(document.getText(), PLAN.replace('gzip a.tar', 'gzip -n a.tar'));
    await until(() => problemsIn(FILE, 'lint-gzip-header').length === 0, 'the problem is gone');
    await type(document, PLAN);
    await problem(FILE, 'lint-gzip-header');
  });
  it('mend a whole file at once', async () => {
    const document = await vscode.workspace.openTextDocument(at(FILE));
    await vscode.window.showTextDocument(document);
    const { range } = await problem(FILE, 'lint-tar-order');
    const { edit } = await offered(FILE, range, 'Fix all nondeterminism in this file');
    assert.ok(edit !== undefined && (await vscode.workspace.applyEdit(edit)));
    assert.match(document.getText(), /tar --sort=name .*--numeric-owner.* && gzip -n a\.tar/);
    await until(() => problemsIn(FILE, 'lint-tar-order').length === 0, 'the problem is gone');
    await type(document, PLAN);
    await problem(FILE, 'lint-tar-order');
  });
  it('are never made at a place that has moved', async () => {
    const document = await vscode.workspace.openTextDocument(at(FILE));
    await vscode.window.showTextDocument(document);
    await problem(FILE, 'lint-gzip-header');
    const moved = `# one line more\n${PLAN}`;
    await type(document, moved);
    const end = document.positionAt(moved.length);
    // The old problems may still be listed, where the text is another one now.
    const whole = new vscode.Range(new vscode.Position(0, 0), end);
    const actions = await actionsAt(FILE, whole).then(undefined, () => []);
    for (const { title, edit } of actions) {
      if (title !== 'Add -n to gzip') continue;
      assert.ok(edit !== undefined && (await vscode.workspace.applyEdit(edit)));
      assert.equal(document.getText(), moved.replace('gzip a.tar', 'gzip -n a.tar'));
    }
    await type(document, PLAN);
  });
  it('leave to a person what only a person knows, selected', async () => {
    const document = await vscode.workspace.openTextDocument(at(FILE));
    const editor = await vscode.window.showTextDocument(document);
    const plan = PLAN.replace('gzip a.tar', 'gzip a.tar && apt-get install -y curl');
    await type(document, plan);
    const { range } = await problem(FILE, 'package-not-pinned');
    const action = await offered(FILE, range, 'Name a version of curl');
    assert.ok(action.isPreferred !== true && action.edit !== undefined);
    const all = await offered(FILE, range, 'Fix all nondeterminism in this file');
    const inAll = all.edit?.entries().flatMap(([, edits]) => edits) ?? [];
    assert.ok(inAll.length > 1 && inAll.every(({ newText }) => !newText.includes('VERSION')));
    assert.ok(await vscode.workspace.applyEdit(action.edit));
    await until(() => document.getText(editor.selection) === 'VERSION', 'the version is selected');
    assert.equal(document.getText(), plan.replace(' curl', ' curl=VERSION'));
    await type(document, PLAN);
    await problem(FILE, 'lint-gzip-header');
  });
  it('edit the script that a step runs', async () => {
    const document = await vscode.workspace.openTextDocument(at(SCRIPT));
    await vscode.window.showTextDocument(document);
    const { range } = await problem(SCRIPT, 'lint-gzip-header');
    const action = await offered(SCRIPT, range, 'Add -n to gzip');
    assert.ok(action.edit !== undefined && (await vscode.workspace.applyEdit(action.edit)));
    assert.match(document.getText(), /^gzip -n -c src\/a/m);
    assert.match(text(SCRIPT), /^gzip -c/m, 'nothing is saved behind anybody’s back');
  });
});
