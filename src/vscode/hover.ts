import * as vscode from 'vscode';
import type { FileEntry } from '../core/model/snapshot.js';
import { MANIFEST_LANGUAGE } from './contributions.js';
import { HOVER_COMMANDS, hoverMarkdown } from './hoverText.js';
import type { Model } from './model.js';
import { rangeOf, snapshotsIn } from './places.js';

/** A pipeline document is JSON of any name; a manifest that no pattern knows opens as plain text. */
const SELECTOR: vscode.DocumentSelector = ['json', 'jsonc', 'plaintext', MANIFEST_LANGUAGE].map(
  (language) => ({ scheme: 'file', language }),
);

/** What is known of a file, over its declaration and over its pin. */
export function registerHover(model: Model): vscode.Disposable {
  return vscode.languages.registerHoverProvider(SELECTOR, {
    provideHover: (document, position) => hoverAt(model, document.uri, position),
  });
}

function hoverAt(
  model: Model,
  document: vscode.Uri,
  position: vscode.Position,
): vscode.Hover | undefined {
  const texts = new Set<string>();
  let range: vscode.Range | undefined;
  for (const { snapshot, file } of snapshotsIn(model.snapshots, document)) {
    // A plan has hovers of its own.
    if (snapshot.project.kind === 'plan') continue;
    for (const entry of snapshot.files) {
      const found = rangeAt(entry, file, position);
      if (found === undefined) continue;
      range ??= found;
      // Projects that share a manifest say the same of it: once is enough.
      texts.add(hoverMarkdown(entry, snapshot, Date.now()));
    }
  }
  return texts.size === 0 ? undefined : new vscode.Hover([...texts].map(trusted), range);
}

/** The entry's declaration or pin in a document, when the position is on it. */
function rangeAt(
  { declared, pins }: FileEntry,
  file: string,
  position: vscode.Position,
): vscode.Range | undefined {
  for (const places of [declared, pins]) {
    for (const { place } of places) {
      if (place.file !== file || place.span.start.line > position.line + 1) continue;
      const range = rangeOf(place.span);
      if (range.contains(position)) return range;
    }
  }
  return undefined;
}

function trusted(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text, true);
  markdown.isTrusted = { enabledCommands: HOVER_COMMANDS };
  return markdown;
}
