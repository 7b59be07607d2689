/** Completions and hovers made of what the core proposes and explains: one way for every format. */
import * as vscode from 'vscode';
import type { At, Explanation, Proposal } from '../core/words/configCompletion.js';

type Found<T> = T | Promise<T>;

/** What is written of one format. */
export interface Writing {
  /** Whether a document is of it. */
  readonly applies: (document: vscode.TextDocument) => Found<boolean>;
  readonly proposals: (lines: readonly string[], at: At) => Found<readonly Proposal[]>;
  readonly explanation: (lines: readonly string[], at: At) => Found<Explanation | undefined>;
  /** Characters that open the list of completions. */
  readonly triggers?: readonly string[];
}

/** Completions and hovers in the documents of a format. */
export function registerWriting(
  selector: vscode.DocumentSelector,
  writing: Writing,
): vscode.Disposable {
  const { languages } = vscode;
  return vscode.Disposable.from(
    languages.registerCompletionItemProvider(
      selector,
      completer(writing),
      ...(writing.triggers ?? []),
    ),
    languages.registerHoverProvider(selector, explainer(writing)),
  );
}

const completer = ({ applies, proposals }: Writing): vscode.CompletionItemProvider => ({
  provideCompletionItems: async (document, position) => {
    if (!(await applies(document))) return [];
    const found = await proposals(linesOf(document), atOf(position));
    return found.map((each) => itemOf(each, position.line));
  },
});

const explainer = ({ applies, explanation }: Writing): vscode.HoverProvider => ({
  provideHover: async (document, position) => {
    if (!(await applies(document))) return undefined;
    const found = await explanation(linesOf(document), atOf(position));
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
  const item = new vscode.CompletionItem(proposal.label, kindOf(proposal));
  const { insert, snippet, label } = proposal;
  item.insertText = snippet === true ? new vscode.SnippetString(insert) : insert;
  item.detail = proposal.detail;
  item.documentation = new vscode.MarkdownString(proposal.markdown);
  item.range = rangeIn(line, proposal);
  // By what is typed, whatever quotes the value has.
  item.filterText = snippet === true ? label : insert;
  if (proposal.deprecated === true) {
    item.tags = [vscode.CompletionItemTag.Deprecated];
    item.sortText = `~${label}`;
  }
  return item;
}

function kindOf({ kind }: Proposal): vscode.CompletionItemKind {
  switch (kind) {
    case 'key':
      return vscode.CompletionItemKind.Property;
    case 'value':
      return vscode.CompletionItemKind.EnumMember;
    case 'snippet':
      return vscode.CompletionItemKind.Snippet;
  }
}
