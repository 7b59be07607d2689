import * as vscode from 'vscode';
import { codeOf } from '../core/model/finding.js';
import type { Finding, Severity } from '../core/model/finding.js';
import type { Place } from '../core/model/place.js';
import type { Snapshot } from '../core/model/snapshot.js';
import { sentence } from '../core/words/findings.js';
import { DIAGNOSTICS_OWNER, TASK_TYPE } from './contributions.js';
import type { Change, Model } from './model.js';
import { documentsOf, rangeOf, uriOf } from './places.js';

const SEVERITY: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** The Problems list: every finding that has a place, at that place. */
export function registerProblems(model: Model): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection(DIAGNOSTICS_OWNER);
  const draw = (changes: readonly Change[]): void => {
    const stale = new Map<string, vscode.Uri>();
    for (const { previous, next } of changes) {
      for (const snapshot of [previous, next]) {
        for (const uri of writtenIn(snapshot)) stale.set(uri.toString(), uri);
      }
    }
    const all = collect(model.snapshots);
    // Set even when empty: a task's problem matcher of the same owner may have listed something.
    collection.set([...stale.values()].map((uri) => [uri, all.get(uri.toString()) ?? []]));
  };
  return vscode.Disposable.from(
    collection,
    model.onDidChange(draw),
    redrawAfterTasks(() => draw(model.snapshots.map((next) => ({ previous: undefined, next })))),
  );
}

/** The editor lists what a problem matcher found some time after the task's end, and tells nobody. */
const MATCHED_MS = 1000;

/**
 * The task's problem matcher has the same owner: it takes away what stood here, and lists its own
 * findings, at the pins. If the task brought nothing new, no change would draw them again.
 */
function redrawAfterTasks(redraw: () => void): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  return vscode.Disposable.from(
    { dispose: () => clearTimeout(timer) },
    vscode.tasks.onDidEndTask(({ execution }) => {
      if (execution.task.definition.type !== TASK_TYPE) return;
      clearTimeout(timer);
      timer = setTimeout(redraw, MATCHED_MS);
    }),
  );
}

/** The documents that a project is written in, and those that something was found in. */
function writtenIn(snapshot: Snapshot | undefined): vscode.Uri[] {
  if (snapshot === undefined) return [];
  const { project, findings } = snapshot;
  const named = new Set(findings.flatMap(({ place }) => place?.file ?? []));
  return [...documentsOf(project), ...[...named].map((file) => uriOf(project.root, file))];
}

function collect(snapshots: readonly Snapshot[]): Map<string, vscode.Diagnostic[]> {
  const byDocument = new Map<string, Map<string, vscode.Diagnostic>>();
  for (const { project, findings } of snapshots) {
    for (const finding of findings) {
      if (finding.place === undefined) continue;
      const uri = uriOf(project.root, finding.place.file).toString();
      const diagnostic = diagnosticOf(finding, finding.place);
      const known = byDocument.get(uri) ?? new Map<string, vscode.Diagnostic>();
      byDocument.set(uri, known);
      // Projects that share a manifest find the same in it: once is enough.
      known.set(`${diagnostic.range.start.line}:${diagnostic.message}`, diagnostic);
    }
  }
  return new Map([...byDocument].map(([uri, known]) => [uri, [...known.values()]]));
}

function diagnosticOf(finding: Finding, place: Place): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    rangeOf(place.span),
    sentence(finding),
    SEVERITY[finding.severity],
  );
  diagnostic.source = 'ReproLens';
  diagnostic.code = codeOf(finding);
  return diagnostic;
}
