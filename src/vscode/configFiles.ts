import * as vscode from 'vscode';
import {
  fieldExplanation,
  methodProposals,
  settingExplanation,
  settingProposals,
} from '../core/words/configCompletion.js';
import type { At, Explanation, Proposal } from '../core/words/configCompletion.js';
import type { Model } from './model.js';

const SETTINGS: vscode.DocumentSelector = { scheme: 'file', pattern: '**/vaibify.{yml,yaml}' };
const REPOSITORIES: vscode.DocumentSelector = { scheme: 'file', pattern: '**/container.conf' };

/** Completions and hovers in `vaibify.yml` and `container.conf`. */
export function registerConfigFiles(model: Model): vscode.Disposable {
  const { languages } = vscode;
  return vscode.Disposable.from(
    languages.registerCompletionItemProvider(
      SETTINGS,
      completer(model, (lines, at) => settingProposals(lines, at)),
    ),
    languages.registerCompletionItemProvider(
      REPOSITORIES,
      completer(model, (lines, at) => methodProposals(lines[at.line - 1] ?? '', at)),
      '|',
    ),
    languages.registerHoverProvider(
      SETTINGS,
      explainer(model, (lines, at) => settingExplanation(lines, at)),
    ),
    languages.registerHoverProvider(
      REPOSITORIES,
      explainer(model, (lines, at) => fieldExplanation(lines[at.line - 1] ?? '', at)),
    ),
  );
}

type Finder<T> = (lines: readonly string[], at: At) => T;

const completer = (
  model: Model,
  find: Finder<readonly Proposal[]>,
): vscode.CompletionItemProvider => ({
  provideCompletionItems: async (document, position) => {
    if (!(await isVaibify(model, document))) return [];
    return find(linesOf(document), atOf(position)).map((each) => itemOf(each, position.line));
  },
});

const explainer = (model: Model, find: Finder<Explanation | undefined>): vscode.HoverProvider => ({
  provideHover: async (document, position) => {
    if (!(await isVaibify(model, document))) return undefined;
    const found = find(linesOf(document), atOf(position));
    if (found === undefined) return undefined;
    const markdown = new vscode.MarkdownString(found.markdown);
    return new vscode.Hover(markdown, rangeIn(position.line, found));
  },
});

const linesOf = (document: vscode.TextDocument): string[] => document.getText().split(/\r\n|\n/);

const atOf = ({ line, character }: vscode.Position): At => ({
  line: line + 1,
  column: character + 1,
});

const rangeIn = (line: number, { start, end }: Pick<Explanation, 'start' | 'end'>): vscode.Range =>
  new vscode.Range(line, start - 1, line, end - 1);

function itemOf(proposal: Proposal, line: number): vscode.CompletionItem {
  const { CompletionItem, CompletionItemKind } = vscode;
  const kind =
    proposal.kind === 'key' ? CompletionItemKind.Property : CompletionItemKind.EnumMember;
  const item = new CompletionItem(proposal.label, kind);
  item.insertText = proposal.insert;
  item.detail = proposal.detail;
  item.documentation = new vscode.MarkdownString(proposal.markdown);
  item.range = rangeIn(line, proposal);
  // By what is typed, whatever quotes the value has.
  item.filterText = proposal.insert;
  return item;
}

/** What vaibify calls its settings, and its lists of repositories. */
const SIGNS: readonly RegExp[] = [/^projectName[ ]*:/m, /^[^#|\n]+\|[^|\n]+\|[^|\n]*\|[^|\n]+/m];
/** As much of a document as shows whose it is. */
const HEAD = 20_000;
/** What lies beside such a file. */
const SIBLINGS = ['.vaibify', 'vaibify.yml', 'container.conf'];

/**
 * Whether a file of that name is vaibify's: it lies at the root of a pipeline, or says so itself, or
 * lies beside others of its kind. Other programs have a `container.conf` as well.
 */
async function isVaibify(model: Model, document: vscode.TextDocument): Promise<boolean> {
  const { uri } = document;
  const folder = vscode.Uri.joinPath(uri, '..');
  const isRoot = model.snapshots.some(
    ({ project }) => project.kind === 'vaibify' && project.root === folder.fsPath,
  );
  if (isRoot) return true;
  const head = document.getText().slice(0, HEAD);
  if (SIGNS.some((sign) => sign.test(head))) return true;
  const beside = await Promise.all(
    SIBLINGS.map((name) => vscode.Uri.joinPath(folder, name))
      .filter((sibling) => sibling.toString() !== uri.toString())
      .map((sibling) => exists(sibling)),
  );
  return beside.includes(true);
}

const exists = (uri: vscode.Uri): Thenable<boolean> =>
  vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
