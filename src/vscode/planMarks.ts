import * as vscode from 'vscode';
import type { BuildMark } from '../core/model/build.js';
import { projectKey } from '../core/model/project.js';
import { buildTitle } from '../core/words/build.js';
import { COMMANDS, VIEW } from './contributions.js';
import type { CommandId } from './contributions.js';
import type { Model } from './model.js';
import { PLAN_COMMANDS, planHover } from './planHoverText.js';
import { hasAttestation, planView } from './planView.js';
import type { PlanView } from './planView.js';
import { pathInside, rangeOf } from './places.js';
import { onSetting, setting } from './ui.js';

/** Plans are YAML of any name; without a language for it they open as plain text. */
const SELECTOR: vscode.DocumentSelector = ['yaml', 'plaintext'].map((language) => ({
  scheme: 'file',
  language,
}));

/** Over and above what a build plan names: how it stands to the last rebuild, and what can be done. */
export function registerPlanMarks(model: Model): vscode.Disposable {
  const { languages } = vscode;
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    languages.registerHoverProvider(SELECTOR, {
      provideHover: ({ uri }, position) => hoverAt(model, uri, position),
    }),
    languages.registerCodeLensProvider(SELECTOR, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: (document) =>
        setting('reprolens.codeLens', document.uri)
          ? plansIn(model, document.uri).flatMap((view) => lensesFor(view, document))
          : [],
    }),
    model.onDidChange(() => changed.fire()),
    onSetting(['reprolens.codeLens'], () => changed.fire()),
  );
}

/** The plans that a document is. */
const plansIn = ({ snapshots }: Model, document: vscode.Uri): PlanView[] =>
  snapshots.flatMap((snapshot) => {
    const view = planView(snapshot);
    return view !== undefined && pathInside(view.project.root, document) === view.project.file
      ? [view]
      : [];
  });

function hoverAt(
  model: Model,
  document: vscode.Uri,
  position: vscode.Position,
): vscode.Hover | undefined {
  for (const view of plansIn(model, document)) {
    const over = (mark: BuildMark): boolean => rangeOf(mark.place.span).contains(position);
    const mark = view.state.marks.find(over);
    if (mark === undefined) continue;
    const text = new vscode.MarkdownString(planHover(mark, view, Date.now()), true);
    text.isTrusted = { enabledCommands: PLAN_COMMANDS };
    return new vscode.Hover(text, rangeOf(mark.place.span));
  }
  return undefined;
}

/** Above the artifact: how it stands, and what can be done about it. */
function lensesFor(view: PlanView, document: vscode.TextDocument): vscode.CodeLens[] {
  const { project, facts, state } = view;
  const key = facts.plan.artifact?.keySpan;
  const line = key === undefined ? 0 : rangeOf(key).start.line;
  const range = document.validateRange(new vscode.Range(line, 0, line, 0));
  const argument = { key: projectKey(project) };
  const lens = (command: CommandId, title: string): vscode.CodeLens =>
    new vscode.CodeLens(range, { command, title, arguments: [argument] });
  // A lens draws `$(name)` as an icon: a tag from a file must not pass for one of ours.
  const title = buildTitle(facts, state, Date.now()).replaceAll('$(', '\\$(');
  return [
    new vscode.CodeLens(range, {
      command: `${VIEW}.focus`,
      title,
      tooltip: vscode.l10n.t('Show the plan in the ReproLens view'),
    }),
    lens(COMMANDS.rebuild, vscode.l10n.t('rebuild')),
    lens(COMMANDS.seedReference, vscode.l10n.t('seed reference')),
    ...(hasAttestation(view)
      ? [lens(COMMANDS.openAttestation, vscode.l10n.t('open attestation'))]
      : []),
    ...(state.artifact.kind === 'drifted'
      ? [lens(COMMANDS.findCause, vscode.l10n.t('find the cause'))]
      : []),
  ];
}
