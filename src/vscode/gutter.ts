import * as vscode from 'vscode';
import type { RepoPath } from '../core/model/paths.js';
import type { Place } from '../core/model/place.js';
import type { Snapshot } from '../core/model/snapshot.js';
import type { Span } from '../core/model/span.js';
import { compareStates, STATUS_KINDS } from '../core/model/status.js';
import type { StatusKind } from '../core/model/status.js';
import type { Change, Model } from './model.js';
import { rangeOf, snapshotsIn } from './places.js';
import { createShape, onSetting, setting } from './ui.js';

/** With more marks than this, only those near the visible lines are drawn. */
const MOST_MARKS = 10_000;
/** More than any line has; the document cuts it to what the line has. */
const MOST_COLUMNS = 2 ** 30;
/** How far beyond the visible lines marks are drawn then: scrolling stays ahead of redrawing. */
const MARGIN_LINES = 1000;

interface Mark {
  readonly kind: StatusKind;
  readonly span: Span;
}

/** Marks by line, from 1. */
type Marks = ReadonlyMap<number, Mark>;

/** Lines that an editor carries marks for, from 1 and inclusive. */
interface Lines {
  readonly from: number;
  readonly to: number;
}

const EVERY_LINE: Lines = { from: 1, to: Infinity };
type Types = ReadonlyMap<StatusKind, vscode.TextEditorDecorationType>;

/** A shape for each state, beside every declaration and every pin; also in the overview ruler. */
export function registerGutter(model: Model, extension: vscode.Uri): vscode.Disposable {
  const { window } = vscode;
  const types: Types = new Map(STATUS_KINDS.map((kind) => [kind, createShape(kind, extension)]));
  const drawn = new WeakMap<vscode.TextEditor, Lines>();
  const draw = (editor: vscode.TextEditor): void => {
    const lines = drawMarks(editor, model, types, drawn.has(editor));
    if (lines === undefined) drawn.delete(editor);
    else drawn.set(editor, lines);
  };
  const drawAll = (): void => window.visibleTextEditors.forEach(draw);
  drawAll();
  return vscode.Disposable.from(
    ...types.values(),
    window.onDidChangeVisibleTextEditors((editors) => {
      for (const editor of editors) if (!drawn.has(editor)) draw(editor);
    }),
    window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
      const lines = drawn.get(textEditor);
      if (lines !== undefined && !covers(lines, textEditor)) draw(textEditor);
    }),
    model.onDidChange((changes) => {
      for (const editor of window.visibleTextEditors) {
        if (concerns(changes, editor.document.uri)) draw(editor);
      }
    }),
    onSetting(['reprolens.gutter'], drawAll),
  );
}

/** Draws what belongs to an editor, or takes it away; gives the lines that are drawn now. */
function drawMarks(
  editor: vscode.TextEditor,
  model: Model,
  types: Types,
  carriesMarks: boolean,
): Lines | undefined {
  const marks = setting('reprolens.gutter', editor.document.uri)
    ? marksOf(model, editor.document.uri)
    : new Map<number, Mark>();
  if (marks.size === 0 && !carriesMarks) return undefined;
  const lines = marks.size > MOST_MARKS ? linesAround(editor) : EVERY_LINE;
  const ranges = rangesByState(marks, editor.document, lines);
  for (const [kind, type] of types) editor.setDecorations(type, ranges.get(kind) ?? []);
  return marks.size === 0 ? undefined : lines;
}

/** The marks of a document over all projects; a line of several files shows the worst state. */
function marksOf(model: Model, document: vscode.Uri): Marks {
  const [first, ...others] = snapshotsIn(model.snapshots, document).map(({ snapshot, file }) =>
    marksIn(snapshot, file),
  );
  if (first === undefined || others.length === 0) return first ?? new Map<number, Mark>();
  const all = new Map(first);
  for (const marks of others) for (const mark of marks.values()) addMark(all, mark);
  return all;
}

/** A snapshot never changes, so scrolling through a large manifest finds its marks ready. */
const known = new WeakMap<Snapshot, Map<RepoPath, Marks>>();

function marksIn(snapshot: Snapshot, file: RepoPath): Marks {
  const byFile = known.get(snapshot) ?? new Map<RepoPath, Marks>();
  known.set(snapshot, byFile);
  const ready = byFile.get(file);
  if (ready !== undefined) return ready;
  const marks = new Map<number, Mark>();
  for (const { declared, pins, status } of snapshot.files) {
    const add = ({ place }: { readonly place: Place }): void => {
      if (place.file === file) addMark(marks, { kind: status.kind, span: place.span });
    };
    declared.forEach(add);
    pins.forEach(add);
  }
  for (const { place, state } of snapshot.build?.marks ?? []) {
    if (place.file === file) addMark(marks, { kind: state, span: place.span });
  }
  byFile.set(file, marks);
  return marks;
}

function addMark(marks: Map<number, Mark>, mark: Mark): void {
  const { line } = mark.span.start;
  const present = marks.get(line);
  if (present === undefined || compareStates(mark.kind, present.kind) < 0) marks.set(line, mark);
}

function rangesByState(
  marks: Marks,
  document: vscode.TextDocument,
  lines: Lines,
): Map<StatusKind, vscode.Range[]> {
  const ranges = new Map<StatusKind, vscode.Range[]>();
  // The document may be newer than the snapshot: what lies behind its end is left out.
  const last = Math.min(lines.to, document.lineCount);
  const add = (mark: Mark | undefined): void => {
    if (mark === undefined || mark.span.start.line > last) return;
    const list = ranges.get(mark.kind);
    if (list === undefined) ranges.set(mark.kind, [firstLine(mark.span, document)]);
    else list.push(firstLine(mark.span, document));
  };
  if (lines === EVERY_LINE) for (const mark of marks.values()) add(mark);
  else for (let line = lines.from; line <= last; line++) add(marks.get(line));
  return ranges;
}

/** Only the first line: the editor would repeat the shape beside every line of a range. */
function firstLine(span: Span, document: vscode.TextDocument): vscode.Range {
  const { start, end } = rangeOf(span);
  const stop = end.line === start.line ? end.character : MOST_COLUMNS;
  return document.validateRange(new vscode.Range(start.line, start.character, start.line, stop));
}

function linesAround({ visibleRanges }: vscode.TextEditor): Lines {
  const { from, to } = visibleLines(visibleRanges);
  return { from: Math.max(1, from - MARGIN_LINES), to: to + MARGIN_LINES };
}

const covers = (lines: Lines, { visibleRanges }: vscode.TextEditor): boolean => {
  const { from, to } = visibleLines(visibleRanges);
  return lines.from <= from && to <= lines.to;
};

/** From the first to the last visible line, folded ones between them included. */
const visibleLines = (ranges: readonly vscode.Range[]): Lines => ({
  from: (ranges[0]?.start.line ?? 0) + 1,
  to: (ranges.at(-1)?.end.line ?? 0) + 1,
});

const concerns = (changes: readonly Change[], document: vscode.Uri): boolean =>
  snapshotsIn(
    changes.flatMap(({ previous, next }) => [previous, next]).filter((one) => one !== undefined),
    document,
  ).length > 0;
