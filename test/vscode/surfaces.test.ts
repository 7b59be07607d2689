import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/vscode/contributions.js';
import { at, settledModel, until } from './host.js';

const positionOf = (document: vscode.TextDocument, needle: string): vscode.Position =>
  document.positionAt(document.getText().indexOf(needle) + 1);

describe('CodeLens', () => {
  before(settledModel);

  it('sums up each step and the whole document', async () => {
    await vscode.window.showTextDocument(at('workflow.json'));
    const titles = await until(async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        at('workflow.json'),
        100,
      );
      const found = lenses.flatMap(({ command }) => command?.title ?? []);
      return found.length > 0 ? found : undefined;
    }, 'lenses');
    const all = titles.join('\n');
    assert.match(all, /1 of \d+ drifted/);
    assert.match(all, /verify/i);
    assert.match(all, /regenerate/i);
  });

  it('stands at the top of a manifest', async () => {
    await vscode.workspace.openTextDocument(at('MANIFEST.sha256'));
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      at('MANIFEST.sha256'),
      100,
    );
    assert.ok(lenses.length > 0);
    assert.ok(lenses.every(({ range }) => range.start.line === 0));
    const commands = lenses.map(({ command }) => command?.command);
    assert.ok(
      commands.includes(COMMANDS.verifyAll) && commands.includes(COMMANDS.regenerateManifest),
    );
  });

  it('is absent from files that only look like projects', async () => {
    await vscode.workspace.openTextDocument(at('unrelated/workflow.json'));
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      at('unrelated/workflow.json'),
      100,
    );
    assert.deepEqual(lenses, []);
  });
});

describe('the hover', () => {
  before(settledModel);

  it('tells both digests, the step and the time, and trusts only our commands', async () => {
    const document = await vscode.workspace.openTextDocument(at('workflow.json'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      positionOf(document, 'summary.json'),
    );
    const texts = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
    const ours = texts.find(({ value }) => value.includes('drifted'));
    assert.ok(ours, 'a hover of ours');
    assert.equal([...ours.value.matchAll(/[0-9a-f]{64}/g)].length >= 2, true, ours.value);
    assert.match(ours.value, /A01/);
    assert.match(ours.value, /read|ago|just now/);
    assert.notEqual(ours.isTrusted, true, 'not every command');
  });

  it('works on a line of the manifest too', async () => {
    const document = await vscode.workspace.openTextDocument(at('MANIFEST.sha256'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      positionOf(document, 'Draw/histogram.svg'),
    );
    const all = hovers
      .flatMap(({ contents }) => contents as vscode.MarkdownString[])
      .map(({ value }) => value);
    assert.match(all.join('\n'), /missing/);
  });
});

describe('quick fixes', () => {
  before(settledModel);

  const fixesOn = async (file: string, code: string): Promise<string[]> => {
    const problem = vscode.languages.getDiagnostics(at(file)).find((each) => each.code === code);
    assert.ok(problem, `${code} in ${file}`);
    await vscode.workspace.openTextDocument(at(file));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      at(file),
      problem.range,
    );
    return actions.flatMap(({ command }) => command?.command ?? []);
  };

  it('offer the diff for a drifted file, the manifest for an unpinned one', async () => {
    const drifted = await fixesOn('workflow.json', 'drifted');
    assert.ok(drifted.includes(COMMANDS.openDiff) && drifted.includes(COMMANDS.regenerateManifest));
    assert.ok(drifted.includes('revealInExplorer'));
    assert.ok((await fixesOn('workflow.json', 'unpinned')).includes(COMMANDS.addToManifest));
    assert.ok(
      (await fixesOn('MANIFEST.sha256', 'pin-undeclared')).includes(COMMANDS.regenerateManifest),
    );
  });
});

describe('the manifest language', () => {
  before(settledModel);

  it('is recognised, and each name links to its file', async () => {
    const document = await vscode.workspace.openTextDocument(at('MANIFEST.sha256'));
    assert.equal(document.languageId, 'checksum-manifest');
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document.uri,
      50,
    );
    const targets = links.map(({ target }) => target?.fsPath);
    assert.ok(targets.includes(at('data/readings.csv').fsPath));
    assert.ok(targets.every((target) => target?.startsWith(at('.').fsPath) === true));
  });
});
