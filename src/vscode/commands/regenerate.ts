import * as vscode from 'vscode';
import { shortDigest } from '../../core/model/digest.js';
import type { Sha256 } from '../../core/model/digest.js';
import type { RepoPath } from '../../core/model/paths.js';
import type { Project } from '../../core/model/project.js';
import type { Snapshot } from '../../core/model/snapshot.js';
import { total } from '../../core/model/status.js';
import { ManifestChangedError, planManifest, writeManifest } from '../../core/produce/manifest.js';
import type { ManifestPlan, Obstacle, PinChange } from '../../core/produce/manifest.js';
import type { Hasher } from '../../core/system/hasher.js';
import { obstacleSentence } from '../../core/words/obstacles.js';
import { printable } from '../../core/words/printable.js';
import { attended, requireTrust } from './actions.js';
import type { Model } from '../model.js';
import { locationOf, projectLabel, uriOf } from '../places.js';
import { sharingManifest, targets, targetSnapshots } from './targets.js';
import { HumanError, setting } from '../ui.js';

/**
 * Regenerates a manifest: plans it, shows every pin that would change, asks, and only then writes.
 */
export async function regenerateManifest(
  model: Model,
  hasher: Hasher,
  argument: unknown,
): Promise<void> {
  requireTrust(vscode.l10n.t('Regenerating evidence replaces a file of the project.'));
  const group = await chooseManifest(model, targetSnapshots(argument, model));
  if (group !== undefined) await planAndWrite(model, hasher, { projects: group });
}

/** Pins the chosen files in addition, and leaves every other pin as it is. */
export async function addToManifest(
  model: Model,
  hasher: Hasher,
  argument: unknown,
): Promise<void> {
  requireTrust(vscode.l10n.t('Adding a pin changes a file of the project.'));
  const chosen = targets(argument, model);
  const [{ snapshot }] = chosen;
  const group = sharingManifest(model, snapshot.project);
  await planAndWrite(model, hasher, {
    projects: group,
    only: chosen.map(({ entry }) => entry.path),
  });
}

interface Request {
  readonly projects: readonly [Project, ...Project[]];
  readonly only?: readonly RepoPath[];
}

async function planAndWrite(model: Model, hasher: Hasher, request: Request): Promise<void> {
  const [project] = request.projects;
  const plan = await planWithProgress(hasher, request);
  if (plan === undefined) return;
  if (plan.obstacles.length > 0) return showObstacles(plan);
  if (!plan.differs) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is up to date: {1} pins.', plan.manifest, plan.entries),
    );
    return;
  }
  if (!(await confirm(plan, uriOf(project.root, plan.manifest)))) return;
  try {
    await writeManifest(plan);
  } catch (error) {
    if (!(error instanceof ManifestChangedError)) throw error;
    throw new HumanError(
      vscode.l10n.t(
        '{0} was changed meanwhile and stays as it is. Run the command again.',
        error.file,
      ),
    );
  } finally {
    model.invalidate('documents');
  }
  const done = vscode.l10n.t('{0} written: {1} pins', plan.manifest, plan.entries);
  vscode.window.setStatusBarMessage(`$(check) ${done}`, 8000);
}

async function planWithProgress(
  hasher: Hasher,
  { projects, only }: Request,
): Promise<ManifestPlan | undefined> {
  let plan: ManifestPlan | undefined;
  const files = only?.length ?? projects.reduce((sum, { declared }) => sum + declared.length, 0);
  const whole = await attended(
    vscode.l10n.t('Hashing {0} files for {1}', files, projects[0].manifest.file),
    files,
    async (attention) => {
      plan = await planManifest(projects, {
        hasher,
        followLinks: setting('reprolens.followLinks', vscode.Uri.file(projects[0].root)),
        ...attention,
        ...(only === undefined ? {} : { only }),
      });
    },
  );
  return whole ? plan : undefined;
}

/** The projects of one manifest; asks which when there are several manifests. */
async function chooseManifest(
  model: Model,
  snapshots: readonly Snapshot[],
): Promise<[Project, ...Project[]] | undefined> {
  const groups = new Map<string, Snapshot>();
  for (const snapshot of snapshots) {
    const { root, manifest } = snapshot.project;
    const key = uriOf(root, manifest.file).toString();
    if (!groups.has(key)) groups.set(key, snapshot);
  }
  const items = [...groups.values()].map((snapshot) => ({
    label: printable(projectLabel(snapshot.project, model.snapshots)),
    description: printable(snapshot.project.manifest.file),
    detail: vscode.l10n.t('{0} files', total(snapshot.counts)),
    snapshot,
  }));
  if (items.length === 0) {
    throw new HumanError(
      vscode.l10n.t('This window has no pipeline file and no checksum manifest.'),
    );
  }
  const title = vscode.l10n.t('Regenerate which manifest?');
  const chosen =
    items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title });
  return chosen === undefined ? undefined : sharingManifest(model, chosen.snapshot.project);
}

interface Row extends vscode.QuickPickItem {
  readonly write?: boolean;
  readonly go?: vscode.Location;
}

/** Every pin that changes, in one list; Enter on the first row writes, Escape leaves all as it was. */
async function confirm(plan: ManifestPlan, manifest: vscode.Uri): Promise<boolean> {
  const { added, changed, removed, entries } = plan;
  const summary = [
    added.length > 0 ? [vscode.l10n.t('{0} added', added.length)] : [],
    changed.length > 0 ? [vscode.l10n.t('{0} changed', changed.length)] : [],
    removed.length > 0 ? [vscode.l10n.t('{0} removed', removed.length)] : [],
  ]
    .flat()
    .join(', ');
  const rows: Row[] = [
    {
      label: `$(check) ${vscode.l10n.t('Write {0} pins to {1}', entries, plan.manifest)}`,
      description: summary === '' ? vscode.l10n.t('only the form changes') : summary,
      write: true,
    },
    ...section(vscode.l10n.t('changed'), '$(diff-modified)', changed),
    ...section(vscode.l10n.t('added'), '$(diff-added)', added),
    ...section(vscode.l10n.t('removed'), '$(diff-removed)', removed),
  ];
  const chosen = await vscode.window.showQuickPick(rows, {
    title: vscode.l10n.t('Regenerate {0}?', vscode.workspace.asRelativePath(manifest)),
    placeHolder: vscode.l10n.t(
      'These pins change. Enter on the first row writes; Escape leaves the old file.',
    ),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return chosen?.write === true;
}

function section(title: string, icon: string, changes: readonly PinChange[]): Row[] {
  if (changes.length === 0) return [];
  return [
    { label: title, kind: vscode.QuickPickItemKind.Separator },
    ...changes.map(({ path, from, to }) => ({
      label: `${icon} ${printable(path)}`,
      description: [from, to]
        .filter((digest): digest is Sha256 => digest !== undefined)
        .map(shortDigest)
        .join(' → '),
    })),
  ];
}

/** All problems at once, each with the way to its place. Nothing was written. */
async function showObstacles(plan: ManifestPlan): Promise<void> {
  const rows: Row[] = plan.obstacles.map((obstacle) => {
    const place = obstacle.code === 'finding' ? obstacle.finding.place : obstacle.place;
    return {
      label: `$(error) ${obstacleSentence(obstacle)}`,
      ...(place === undefined
        ? {}
        : {
            description: `${printable(place.file)}:${place.span.start.line}`,
            go: locationOf(plan.root, place),
          }),
    };
  });
  const chosen = await vscode.window.showQuickPick(rows, {
    title: vscode.l10n.t(
      '{0} was not written: {1} in the way',
      plan.manifest,
      problems(plan.obstacles),
    ),
    placeHolder: vscode.l10n.t('The old manifest is as it was. Enter goes to the declaration.'),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  if (chosen?.go !== undefined) {
    await vscode.window.showTextDocument(chosen.go.uri, { selection: chosen.go.range });
  }
}

const problems = ({ length }: readonly Obstacle[]): string =>
  length === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', length);
