import * as vscode from 'vscode';
import type { RepoPath } from '../core/model/paths.js';
import type { FileEntry } from '../core/model/snapshot.js';
import { compareStates } from '../core/model/status.js';
import type { FileStatus } from '../core/model/status.js';
import { inlinePhrase } from '../core/words/lens.js';
import type { Change, Model } from './model.js';
import { snapshotsIn } from './places.js';
import { onSetting, setting } from './ui.js';

/** Nothing is shown until the typing has paused for this long, in milliseconds. */
const PAUSE_MS = 600;
/** How far beyond the visible lines the words are drawn. */
const MARGIN_LINES = 50;

/** Whether a line, from 1, gets words behind it. */
type Wanted = (line: number) => boolean;

/** The actual digest and its age, or what is wrong, behind the line that declares or pins a file. */
export function registerInlineDigest(model: Model): vscode.Disposable {
  const { window } = vscode;
  const type = window.createTextEditorDecorationType({
    after: {
      margin: '0 0 0 3ch',
      color: new vscode.ThemeColor('editorCodeLens.foreground'),
    },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  const carriesWords = new WeakSet<vscode.TextEditor>();
  const pauses = new Map<vscode.TextDocument, NodeJS.Timeout>();
  const show = (editor: vscode.TextEditor, words: vscode.DecorationOptions[]): void => {
    if (words.length === 0 && !carriesWords.has(editor)) return;
    editor.setDecorations(type, words);
    if (words.length === 0) carriesWords.delete(editor);
    else carriesWords.add(editor);
  };
  const draw = (editor: vscode.TextEditor): void => {
    show(editor, pauses.has(editor.document) ? [] : wordsFor(editor, model));
  };
  const drawAll = (): void => window.visibleTextEditors.forEach(draw);
  drawAll();
  return vscode.Disposable.from(
    type,
    { dispose: () => pauses.forEach((timer) => clearTimeout(timer)) },
    ...editorEvents(draw),
    pauseWhileTyping(model, pauses, draw),
    model.onDidChange((changes) => {
      for (const editor of window.visibleTextEditors) {
        if (concerns(changes, editor.document.uri)) draw(editor);
      }
    }),
    onSetting(['reprolens.inlineDigest'], drawAll),
  );
}

function editorEvents(draw: (editor: vscode.TextEditor) => void): vscode.Disposable[] {
  const { window } = vscode;
  return [
    window.onDidChangeVisibleTextEditors((editors) => editors.forEach(draw)),
    window.onDidChangeTextEditorSelection(({ textEditor }) => draw(textEditor)),
    window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
      const mode = setting('reprolens.inlineDigest', textEditor.document.uri);
      if (mode === 'allLines') draw(textEditor);
    }),
  ];
}

/** Words that come and go with every key would pull the eye from what is typed. */
function pauseWhileTyping(
  model: Model,
  pauses: Map<vscode.TextDocument, NodeJS.Timeout>,
  draw: (editor: vscode.TextEditor) => void,
): vscode.Disposable {
  return vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length === 0) return;
    if (snapshotsIn(model.snapshots, document.uri).length === 0) return;
    const editors = (): vscode.TextEditor[] =>
      vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
    clearTimeout(pauses.get(document));
    const resume = (): void => {
      pauses.delete(document);
      editors().forEach(draw);
    };
    pauses.set(document, setTimeout(resume, PAUSE_MS));
    editors().forEach(draw);
  });
}

function wordsFor(editor: vscode.TextEditor, model: Model): vscode.DecorationOptions[] {
  const { document } = editor;
  const found = snapshotsIn(model.snapshots, document.uri);
  if (found.length === 0) return [];
  const wanted = wantedLines(editor);
  const states = new Map<number, FileStatus>();
  for (const { snapshot, file } of found) {
    for (const entry of snapshot.files) noteStates(states, entry, file, wanted);
    for (const { place, status } of snapshot.build?.marks ?? []) {
      const { line } = place.span.start;
      if (status !== undefined && place.file === file && wanted(line)) states.set(line, status);
    }
  }
  const now = Date.now();
  return [...states]
    .filter(([line]) => line <= document.lineCount)
    .map(([line, status]) => ({
      range: new vscode.Range(
        document.lineAt(line - 1).range.end,
        document.lineAt(line - 1).range.end,
      ),
      renderOptions: { after: { contentText: inlinePhrase(status, now) } },
    }));
}

/** Notes the state of a file on the wanted lines; a line of several files has the worst state. */
function noteStates(
  states: Map<number, FileStatus>,
  { declared, pins, status }: FileEntry,
  file: RepoPath,
  wanted: Wanted,
): void {
  for (const places of [declared, pins]) {
    for (const { place } of places) {
      const { line } = place.span.start;
      if (place.file !== file || !wanted(line)) continue;
      const known = states.get(line);
      if (known === undefined || compareStates(status.kind, known.kind) < 0) {
        states.set(line, status);
      }
    }
  }
}

function wantedLines({ document, selections, visibleRanges }: vscode.TextEditor): Wanted {
  switch (setting('reprolens.inlineDigest', document.uri)) {
    case 'off':
      return () => false;
    case 'currentLine': {
      const lines = new Set(selections.map(({ active }) => active.line + 1));
      return (line) => lines.has(line);
    }
    case 'allLines':
      return (line) =>
        visibleRanges.some(
          ({ start, end }) => start.line - MARGIN_LINES < line && line <= end.line + MARGIN_LINES,
        );
  }
}

const concerns = (changes: readonly Change[], document: vscode.Uri): boolean =>
  snapshotsIn(
    changes.flatMap(({ previous, next }) => [previous, next]).filter((one) => one !== undefined),
    document,
  ).length > 0;
