import path from 'node:path';
import * as vscode from 'vscode';
import type { BuildState } from '../../core/model/build.js';
import { namesFile } from '../../core/model/plan.js';
import { projectKey } from '../../core/model/project.js';
import { buildTitle } from '../../core/words/build.js';
import { printable } from '../../core/words/printable.js';
import type { RunCli } from '../cliTask.js';
import { COMMANDS } from '../contributions.js';
import type { Model } from '../model.js';
import { projectLabel, uriOf } from '../places.js';
import { planView } from '../planView.js';
import type { PlanView } from '../planView.js';
import type { Reports } from '../reports.js';
import { HumanError } from '../ui.js';
import { requireTrust } from './actions.js';
import { targetSnapshots } from './targets.js';

/** What the commands about build plans work with. */
export interface PlanParts {
  readonly model: Model;
  readonly runCli: RunCli;
  readonly reports: Reports;
}

/** Rebuilds a plan in a sandbox, in a terminal that the user sees, and tells what came of it. */
export async function rebuild(parts: PlanParts, argument: unknown): Promise<void> {
  const chosen = await begin(
    parts,
    argument,
    vscode.l10n.t('A rebuild runs the steps of the plan.'),
  );
  if (chosen === undefined) return;
  const { view, tag } = chosen;
  const report = parts.reports.file();
  const title = vscode.l10n.t('Rebuild {0}', printable(view.project.title));
  const { status } = await parts.runCli({
    title,
    args: ['rebuild', ...planArguments(view, tag), '--report', report],
    root: view.project.root,
    reveal: 'always',
  });
  await parts.reports.absorb(report);
  await readAgain(parts.model);
  if (status === undefined) return;
  if (status > 3) throw endedBadly(title, status);
  tellVerdict(parts.model, projectKey(view.project));
}

/** Builds a plan once and records what later rebuilds must equal. */
export async function seedReference(parts: PlanParts, argument: unknown): Promise<void> {
  const chosen = await begin(parts, argument, vscode.l10n.t('Seeding runs the steps of the plan.'));
  if (chosen === undefined) return;
  const { view, tag } = chosen;
  const title = vscode.l10n.t('Seed the reference of {0}', printable(view.project.title));
  const [, , ...rest] = planArguments(view, tag);
  const { status } = await parts.runCli({
    title,
    args: ['seed', tag, ...rest],
    root: view.project.root,
    reveal: 'always',
  });
  await readAgain(parts.model);
  if (status !== 0 && status !== undefined) throw endedBadly(title, status);
}

/** Builds a plan again and again, with one circumstance changed at a time, to see which one tells. */
export async function findCause(parts: PlanParts, argument: unknown): Promise<void> {
  const why = vscode.l10n.t('Finding the cause runs the steps of the plan many times.');
  const chosen = await begin(parts, argument, why);
  if (chosen === undefined) return;
  const { view, tag } = chosen;
  const title = vscode.l10n.t('Why does {0} differ?', printable(view.project.title));
  const { status } = await parts.runCli({
    title,
    args: ['rebuild', ...planArguments(view, tag), '--vary'],
    root: view.project.root,
    reveal: 'always',
  });
  // 3 says that some circumstance changes the artifact: that is what was asked.
  if (status !== undefined && status !== 0 && status !== 3) throw endedBadly(title, status);
}

/** Opens the verdict of the last rebuild, else the newest one that lies in the repository. */
export async function openAttestation(parts: PlanParts, argument: unknown): Promise<void> {
  const view = await choosePlan(parts.model, argument);
  if (view === undefined) return;
  const { project, facts, state } = view;
  const made = state.last?.detail.kind === 'rebuilt' ? state.last.detail.attestation : undefined;
  const recorded = facts.record === undefined ? undefined : uriOf(project.root, facts.record.file);
  const uri = made === undefined ? recorded : vscode.Uri.file(made);
  if (uri === undefined) {
    throw new HumanError(
      vscode.l10n.t('{0} has no attestation yet; a rebuild writes one.', printable(project.title)),
    );
  }
  await vscode.commands.executeCommand('vscode.open', uri);
}

/**
 * Writes the workflow for GitHub Actions that rebuilds every plan of a repository each night, after it
 * was shown.
 */
export async function writeWorkflow(parts: PlanParts, argument: unknown): Promise<void> {
  requireTrust(vscode.l10n.t('Writing a workflow changes the project.'));
  const view = await choosePlan(parts.model, argument);
  if (view === undefined) return;
  const { root, gitRoot } = view.project;
  if (gitRoot !== undefined && gitRoot !== root) {
    const top = vscode.l10n.t(
      'The workflow builds at the top of the repository, and the sources of {0} lie below it.',
      view.project.file,
    );
    throw new HumanError(top);
  }
  const plans = parts.model.snapshots
    .map(({ project }) => project)
    .filter((project) => project.kind === 'plan' && project.root === root);
  const title = vscode.l10n.t('Write the nightly workflow');
  const { status } = await parts.runCli({
    title,
    args: [
      ...['publish', 'workflow', '--repo', root, '--ask'],
      ...plans.flatMap((plan) => ['--plan', path.join(plan.root, plan.file)]),
    ],
    root,
    reveal: 'always',
  });
  if (status !== 0 && status !== undefined) throw endedBadly(title, status);
}

const endedBadly = (title: string, status: number): HumanError =>
  new HumanError(
    vscode.l10n.t('"{0}" ended with status {1}; its terminal says why.', title, status),
  );

interface Begun {
  readonly view: PlanView;
  readonly tag: string;
}

async function begin(
  { model }: PlanParts,
  argument: unknown,
  why: string,
): Promise<Begun | undefined> {
  requireTrust(why);
  const view = await choosePlan(model, argument);
  if (view === undefined) return undefined;
  const tag = await askTag(view, argument);
  return tag === undefined ? undefined : { view, tag };
}

const planArguments = ({ project }: PlanView, tag: string): string[] => [
  ...['--tag', tag, '--repo', project.root],
  ...['--plan', path.join(project.root, project.file)],
];

/** The plan that is meant; asks which when there are several. @throws HumanError for none. */
async function choosePlan(model: Model, argument: unknown): Promise<PlanView | undefined> {
  const views = targetSnapshots(argument, model).flatMap((snapshot) => planView(snapshot) ?? []);
  const active = vscode.window.activeTextEditor?.document.uri.toString();
  const mine = views.filter(
    ({ project }) => uriOf(project.root, project.file).toString() === active,
  );
  const found = argument === undefined && mine.length > 0 ? mine : views;
  if (found.length === 0) {
    throw new HumanError(
      vscode.l10n.t('This window has no build plan (build/plan.yaml, plan.yaml).'),
    );
  }
  const items = found.map((view) => ({
    label: printable(projectLabel(view.project, model.snapshots)),
    description: view.project.file,
    detail: buildTitle(view.facts, view.state, Date.now()),
    view,
  }));
  const title = vscode.l10n.t('Which build plan?');
  const picked =
    items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title });
  return picked?.view;
}

async function askTag({ facts, state }: PlanView, argument: unknown): Promise<string | undefined> {
  const given =
    typeof argument === 'object' && argument !== null && 'tag' in argument
      ? argument.tag
      : undefined;
  if (typeof given === 'string') return given;
  const known = state.last?.detail.tag ?? facts.record?.tag;
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Which release?'),
    prompt: vscode.l10n.t('The tag replaces "{tag}" in the plan, and names the attestation.'),
    value: known ?? '',
    placeHolder: 'v1.0.0',
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === '' || !namesFile(text)
        ? vscode.l10n.t('Write a tag without "/", "\\" and "..".')
        : undefined,
  });
}

async function readAgain(model: Model): Promise<void> {
  model.invalidate('documents');
  await model.settled();
}

function tellVerdict(model: Model, key: string): void {
  const snapshot = model.snapshots.find(({ project }) => projectKey(project) === key);
  const view = snapshot === undefined ? undefined : planView(snapshot);
  if (view === undefined) return;
  const { facts, state } = view;
  const message = `${printable(view.project.title)}: ${buildTitle(facts, state, Date.now())}`;
  if (state.artifact.kind === 'verified') {
    void vscode.window.showInformationMessage(message);
    return;
  }
  const find = vscode.l10n.t('Find the cause…');
  const offers = offersCause(state) ? [find] : [];
  void vscode.window.showWarningMessage(message, ...offers).then((choice) => {
    if (choice === find) void vscode.commands.executeCommand(COMMANDS.findCause, { key });
  });
}

const offersCause = ({ artifact }: BuildState): boolean => artifact.kind === 'drifted';
