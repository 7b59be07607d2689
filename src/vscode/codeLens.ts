import * as vscode from 'vscode';
import type { Step } from '../core/model/project.js';
import type { FileEntry, Snapshot } from '../core/model/snapshot.js';
import { countStates, total } from '../core/model/status.js';
import { lensTitle } from '../core/words/lens.js';
import { printable } from '../core/words/printable.js';
import { COMMANDS, MANIFEST_LANGUAGE, VIEW } from './contributions.js';
import type { Model } from './model.js';
import { projectLabel, rangeOf, snapshotsIn, uriOf } from './places.js';
import { onSetting, setting } from './ui.js';

/** A pipeline document is JSON of any name; a manifest that no pattern knows opens as plain text. */
const SELECTOR: vscode.DocumentSelector = ['json', 'jsonc', 'plaintext', MANIFEST_LANGUAGE].map(
  (language) => ({ scheme: 'file', language }),
);

/** Counts and actions above each step, and above the first line of pipelines and manifests. */
export function registerCodeLens(model: Model): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) =>
      setting('reprolens.codeLens', document.uri) ? lensesFor(model, document) : [],
  };
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider(SELECTOR, provider),
    model.onDidChange(() => changed.fire()),
    onSetting(['reprolens.codeLens'], () => changed.fire()),
  );
}

function lensesFor(model: Model, document: vscode.TextDocument): vscode.CodeLens[] {
  // A plan has lenses of its own.
  const found = snapshotsIn(model.snapshots, document.uri).filter(
    ({ snapshot }) => snapshot.project.kind !== 'plan',
  );
  if (found.length === 0) return [];
  const steps = found
    .filter(({ snapshot, file }) => file === snapshot.project.file)
    .flatMap(({ snapshot }) => stepLenses(snapshot, document));
  const snapshots = found.map(({ snapshot }) => snapshot);
  return [...documentLenses(snapshots, model.snapshots, document.uri), ...steps];
}

/** One summary for each project that the document belongs to, then what can be done to all of them. */
function documentLenses(
  snapshots: readonly Snapshot[],
  all: readonly Snapshot[],
  document: vscode.Uri,
): vscode.CodeLens[] {
  const top = new vscode.Range(0, 0, 0, 0);
  const summaries = snapshots.map(({ project, counts }) => {
    const title = lensTitle(counts);
    return summary(
      top,
      snapshots.length > 1 ? `${label(projectLabel(project, all))}: ${title}` : title,
    );
  });
  if (snapshots.every(({ counts }) => total(counts) === 0)) return summaries;
  const args = [document.toString()];
  return [
    ...summaries,
    lens(top, COMMANDS.verifyAll, vscode.l10n.t('verify'), args),
    lens(top, COMMANDS.regenerateManifest, vscode.l10n.t('regenerate'), args),
  ];
}

function stepLenses(snapshot: Snapshot, document: vscode.TextDocument): vscode.CodeLens[] {
  const { steps, root } = snapshot.project;
  const members = filesByStep(snapshot);
  return steps.flatMap((step) => {
    const files = members.get(step.label) ?? [];
    if (files.length === 0) return [];
    const start = rangeOf(step.span).start;
    const range = document.validateRange(new vscode.Range(start, start));
    // A name that is not Unicode has no URI that could be written down.
    const uris = files
      .filter(({ path }) => path.isWellFormed())
      .map(({ path }) => uriOf(root, path).toString());
    return [
      summary(range, lensTitle(countStates(files.map(({ status }) => status.kind)))),
      lens(range, COMMANDS.verifyFile, vscode.l10n.t('verify'), [uris]),
    ];
  });
}

/** A file that a step declares twice counts once. */
function filesByStep({ files }: Snapshot): Map<Step['label'], FileEntry[]> {
  const members = new Map<Step['label'], FileEntry[]>();
  for (const entry of files) {
    for (const step of new Set(entry.declared.map((declared) => declared.step))) {
      if (step === undefined) continue;
      const known = members.get(step);
      if (known === undefined) members.set(step, [entry]);
      else known.push(entry);
    }
  }
  return members;
}

/** The counts lead to the view, which lists what was counted. */
const summary = (range: vscode.Range, title: string): vscode.CodeLens =>
  new vscode.CodeLens(range, {
    command: `${VIEW}.focus`,
    title,
    tooltip: vscode.l10n.t('Show the files in the ReproLens view'),
  });

const lens = (
  range: vscode.Range,
  command: string,
  title: string,
  args: unknown[],
): vscode.CodeLens => new vscode.CodeLens(range, { command, title, arguments: args });

/** A lens draws `$(name)` as an icon: a title from a file must not pass for one of ours. */
const label = (text: string): string => printable(text).replaceAll('$(', '\\$(');
