import * as vscode from 'vscode';
import { codeOf } from '../core/model/finding.js';
import type { Finding } from '../core/model/finding.js';
import type { Project } from '../core/model/project.js';
import { remedyRequest } from '../core/produce/remedyRequest.js';
import { remedyTitle } from '../core/words/remedies.js';
import { COMMANDS, DIAGNOSTICS_OWNER } from './contributions.js';
import type { CommandId } from './contributions.js';
import type { Model } from './model.js';
import { rangeOf, snapshotsIn, uriOf } from './places.js';

/** The fixes for each code that the Problems list shows; the first is the preferred one. */
const FIXES: Readonly<Record<string, readonly CommandId[]>> = {
  drifted: [COMMANDS.openDiff, COMMANDS.verifyFile, COMMANDS.regenerateManifest],
  missing: [COMMANDS.regenerateManifest],
  unpinned: [COMMANDS.addToManifest, COMMANDS.regenerateManifest],
  pointer: [COMMANDS.verifyFile],
  unreadable: [COMMANDS.verifyFile],
  'pin-undeclared': [COMMANDS.regenerateManifest],
  'manifest-absent': [COMMANDS.regenerateManifest],
  'manifest-empty': [COMMANDS.regenerateManifest],
  'manifest-malformed-line': [COMMANDS.regenerateManifest],
  'manifest-conflict': [COMMANDS.regenerateManifest],
  'manifest-lenient': [COMMANDS.regenerateManifest],
  'not-in-git': [COMMANDS.initializeGit],
};

/** Fixes whose command is about the file that the finding names, not about the whole document. */
const ABOUT_FILE: ReadonlySet<CommandId> = new Set([
  COMMANDS.openDiff,
  COMMANDS.verifyFile,
  COMMANDS.addToManifest,
]);

/** Quick fixes on the lines that the Problems list points at; each runs a command that asks itself. */
export function registerQuickFixes(model: Model): vscode.Disposable {
  const kind = vscode.CodeActionKind.QuickFix;
  const provider: vscode.CodeActionProvider = {
    provideCodeActions: (document, _range, { diagnostics }) =>
      diagnostics
        .filter(({ source }) => source === 'ReproLens' || source === DIAGNOSTICS_OWNER)
        .flatMap((diagnostic) => fixesFor(diagnostic, document.uri, model)),
  };
  return vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, provider, {
    providedCodeActionKinds: [kind],
  });
}

function fixesFor(
  diagnostic: vscode.Diagnostic,
  document: vscode.Uri,
  model: Model,
): vscode.CodeAction[] {
  const code = typeof diagnostic.code === 'string' ? diagnostic.code : '';
  const file = fileAt(diagnostic.range, document, model);
  const fixes = (FIXES[code] ?? []).flatMap((command, index) => {
    const about = ABOUT_FILE.has(command) ? file : document;
    if (about === undefined) return [];
    const action = new vscode.CodeAction(titleOf(command), vscode.CodeActionKind.QuickFix);
    action.command = { command, title: action.title, arguments: [about.toString()] };
    action.diagnostics = [diagnostic];
    action.isPreferred = index === 0;
    return [action];
  });
  const all = [...fixes, ...remediesFor(diagnostic, { code, document, model })];
  if (file === undefined || code === 'missing') return all;
  const reveal = new vscode.CodeAction(
    vscode.l10n.t('Reveal the file in the explorer'),
    vscode.CodeActionKind.QuickFix,
  );
  reveal.command = { command: 'revealInExplorer', title: reveal.title, arguments: [file] };
  reveal.diagnostics = [diagnostic];
  return [...all, reveal];
}

interface Where {
  readonly code: string;
  readonly document: vscode.Uri;
  readonly model: Model;
}

/** One action for each blocker that the diagnostic tells of, and that one action can do something about. */
function remediesFor(diagnostic: vscode.Diagnostic, where: Where): vscode.CodeAction[] {
  const actions = new Map<string, vscode.CodeAction>();
  for (const { project, blockers } of where.model.snapshots) {
    for (const blocker of blockers) {
      const request = remedyRequest(project, blocker);
      if (request === undefined || where.code in FIXES) continue;
      if (!tells(diagnostic, where, { project, finding: blocker.finding })) continue;
      const action = new vscode.CodeAction(
        remedyTitle(request.remedy),
        vscode.CodeActionKind.QuickFix,
      );
      action.command = { command: COMMANDS.applyRemedy, title: action.title, arguments: [request] };
      action.diagnostics = [diagnostic];
      action.isPreferred = actions.size === 0;
      actions.set(JSON.stringify(request), action);
    }
  }
  return [...actions.values()];
}

/**
 * Whether a diagnostic is about a blocker. In evidence, where a finding of the evidence's own stands at
 * a blocker's place, that one is listed in its stead.
 */
function tells(
  { range }: vscode.Diagnostic,
  { code, document }: Where,
  { project, finding }: { readonly project: Project; readonly finding: Finding },
): boolean {
  const { place } = finding;
  if (place === undefined) return false;
  if (uriOf(project.root, place.file).toString() !== document.toString()) return false;
  if (!rangeOf(place.span).start.isEqual(range.start)) return false;
  return codeOf(finding) === code || place.file !== project.file;
}

function titleOf(command: CommandId): string {
  switch (command) {
    case COMMANDS.openDiff:
      return vscode.l10n.t('Compare with the committed file');
    case COMMANDS.verifyFile:
      return vscode.l10n.t('Read and verify the file again');
    case COMMANDS.addToManifest:
      return vscode.l10n.t('Add the file to the manifest…');
    case COMMANDS.initializeGit:
      return vscode.l10n.t('Open a terminal with "git init"');
    default:
      return vscode.l10n.t('Regenerate the manifest…');
  }
}

/** The declared or pinned file whose text the range covers. */
function fileAt(range: vscode.Range, document: vscode.Uri, model: Model): vscode.Uri | undefined {
  for (const { snapshot, file } of snapshotsIn(model.snapshots, document)) {
    for (const { path, declared, pins } of snapshot.files) {
      const places = [...declared, ...pins].map(({ place }) => place);
      if (places.some((place) => place.file === file && rangeOf(place.span).isEqual(range))) {
        return uriOf(snapshot.project.root, path);
      }
    }
  }
  return undefined;
}
