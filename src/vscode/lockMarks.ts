import * as vscode from 'vscode';
import type { Snapshot } from '../core/model/snapshot.js';
import { lockMarkdown, lockMarks } from '../core/words/lockHover.js';
import type { LockMark, LockState } from '../core/words/lockHover.js';
import type { Model } from './model.js';
import { pathInside, rangeOf } from './places.js';
import { createShape, onSetting, setting } from './ui.js';

/** The shapes that files have. */
const SHAPES = [
  'verified',
  'unknown',
  'unpinned',
  'drifted',
] as const satisfies readonly LockState[];
type Shape = (typeof SHAPES)[number];
type Types = ReadonlyMap<Shape, vscode.TextEditorDecorationType>;

const SELECTOR: vscode.DocumentSelector = { scheme: 'file', pattern: '**/requirements.lock' };
/** More than any line has; the document cuts it to what the line has. */
const MOST_COLUMNS = 2 ** 30;

/** A shape beside every requirement of a lock file, and what is known of it on hover. */
export function registerLockMarks(model: Model, extension: vscode.Uri): vscode.Disposable {
  const { window } = vscode;
  const types: Types = new Map(SHAPES.map((shape) => [shape, createShape(shape, extension)]));
  const drawn = new WeakSet<vscode.TextEditor>();
  const draw = (editor: vscode.TextEditor): void => {
    const marks = setting('reprolens.gutter', editor.document.uri)
      ? marksIn(model, editor.document.uri)
      : [];
    if (marks.length === 0 && !drawn.has(editor)) return;
    drawn.add(editor);
    for (const [shape, type] of types) {
      const own = marks.filter(({ mark }) => mark.state === shape);
      editor.setDecorations(
        type,
        own.flatMap(({ mark }) => firstLine(mark, editor.document)),
      );
    }
  };
  const drawAll = (): void => window.visibleTextEditors.forEach(draw);
  drawAll();
  return vscode.Disposable.from(
    ...types.values(),
    window.onDidChangeVisibleTextEditors(drawAll),
    model.onDidChange(drawAll),
    onSetting(['reprolens.gutter'], drawAll),
    vscode.languages.registerHoverProvider(SELECTOR, {
      provideHover: ({ uri }, position) => hoverAt(model, uri, position),
    }),
  );
}

interface Marked {
  readonly mark: LockMark;
  readonly snapshot: Snapshot;
}

/** A snapshot never changes: its marks are made once. */
const known = new WeakMap<Snapshot, readonly LockMark[]>();

/** The marks of a document. Projects that share a lock say the same of it: the first one speaks. */
function marksIn(model: Model, document: vscode.Uri): Marked[] {
  for (const snapshot of model.snapshots) {
    const lock = snapshot.project.envelope?.lock;
    if (lock === undefined || pathInside(snapshot.project.root, document) !== lock.file) continue;
    const marks = known.get(snapshot) ?? lockMarks(lock, snapshot.tiers);
    known.set(snapshot, marks);
    return marks.map((mark) => ({ mark, snapshot }));
  }
  return [];
}

/** Only the first line carries the shape. The document may be newer than the snapshot. */
function firstLine({ entry }: LockMark, document: vscode.TextDocument): vscode.Range[] {
  const { start } = rangeOf(entry.place.span);
  if (start.line >= document.lineCount) return [];
  const range = new vscode.Range(start.line, start.character, start.line, MOST_COLUMNS);
  return [document.validateRange(range)];
}

function hoverAt(
  model: Model,
  document: vscode.Uri,
  position: vscode.Position,
): vscode.Hover | undefined {
  const found = marksIn(model, document).find(({ mark }) =>
    rangeOf(mark.entry.place.span).contains(position),
  );
  if (found === undefined) return undefined;
  const text = lockMarkdown(found.mark, found.snapshot, Date.now());
  return new vscode.Hover(new vscode.MarkdownString(text), rangeOf(found.mark.entry.place.span));
}
