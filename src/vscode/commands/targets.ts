import * as vscode from 'vscode';
import type { FileEntry, Snapshot } from '../../core/model/snapshot.js';
import { projectKey } from '../../core/model/project.js';
import type { Project } from '../../core/model/project.js';
import { projectLevel } from '../../core/words/levels.js';
import { printable } from '../../core/words/printable.js';
import type { Model } from '../model.js';
import { projectLabel, snapshotsIn, uriOf } from '../places.js';
import { HumanError } from '../ui.js';

/** One file of one project. */
export interface Target {
  readonly snapshot: Snapshot;
  readonly entry: FileEntry;
}

/**
 * The files that a command is meant for. Lenses and links pass URI strings (one or a list), the
 * explorer a URI, the tree its row; without an argument it is the file of the active editor.
 */
export function targetUris(argument: unknown, model: Model): vscode.Uri[] {
  if (argument instanceof vscode.Uri) return [argument];
  if (typeof argument === 'string') return [vscode.Uri.parse(argument, true)];
  if (Array.isArray(argument)) return argument.flatMap((each) => targetUris(each, model));
  const row = rowUri(argument, model);
  if (row !== undefined) return [row];
  const active = activeUri();
  return active === undefined ? [] : [active];
}

/** The files among a command's targets that some project knows. @throws HumanError when none is. */
export function targets(argument: unknown, model: Model): [Target, ...Target[]] {
  const uris = targetUris(argument, model);
  const [first, ...rest] = uris.flatMap((uri) => model.entriesAt(uri));
  if (first !== undefined) return [first, ...rest];
  const name = uris[0] === undefined ? undefined : vscode.workspace.asRelativePath(uris[0]);
  throw new HumanError(
    name === undefined
      ? vscode.l10n.t('Open or select a file that a pipeline declares or a manifest pins.')
      : vscode.l10n.t('No pipeline declares {0} and no manifest pins it.', name),
  );
}

/** The projects that a command is meant for: those of a document, of a row, or all. */
export function targetSnapshots(argument: unknown, model: Model): readonly Snapshot[] {
  const key = isRow(argument) ? argument.key : undefined;
  if (key !== undefined) {
    return model.snapshots.filter(({ project }) => projectKey(project) === key);
  }
  if (argument === undefined) return model.snapshots;
  const inside = targetUris(argument, model).flatMap((uri) =>
    snapshotsIn(model.snapshots, uri).map(({ snapshot }) => snapshot),
  );
  return inside.length > 0 ? inside : model.snapshots;
}

/** The shape of a row of the tree, as far as commands need it. */
interface Row {
  readonly key: string;
  readonly path?: FileEntry['path'];
}

const isRow = (argument: unknown): argument is Row =>
  typeof argument === 'object' &&
  argument !== null &&
  'key' in argument &&
  typeof argument.key === 'string';

function rowUri(argument: unknown, model: Model): vscode.Uri | undefined {
  if (!isRow(argument) || argument.path === undefined) return undefined;
  const snapshot = model.snapshots.find(({ project }) => projectKey(project) === argument.key);
  return snapshot === undefined ? undefined : uriOf(snapshot.project.root, argument.path);
}

function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  // A picture or a PDF has no text editor, but its tab has a URI all the same.
  if (typeof input === 'object' && input !== null && 'uri' in input) {
    if (input.uri instanceof vscode.Uri) return input.uri;
  }
  return vscode.window.activeTextEditor?.document.uri;
}

/** The pipeline that is meant; asks which when there are several. @throws HumanError for none. */
export async function choosePipeline(
  argument: unknown,
  model: Model,
): Promise<Snapshot | undefined> {
  const pipelines = targetSnapshots(argument, model).filter(
    ({ project }) => project.kind === 'vaibify',
  );
  if (pipelines.length === 0) {
    throw new HumanError(vscode.l10n.t('Only a pipeline has a level, and this window has none.'));
  }
  const items = pipelines.map((snapshot) => ({
    label: printable(projectLabel(snapshot.project, model.snapshots)),
    description: projectLevel(snapshot),
    snapshot,
  }));
  const title = vscode.l10n.t('Whose level?');
  const chosen =
    items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title });
  return chosen?.snapshot;
}

/** Every pipeline that pins its files in the same manifest: they are written together. */
export function sharingManifest(model: Model, project: Project): [Project, ...Project[]] {
  const others = model.snapshots
    .map((snapshot) => snapshot.project)
    .filter(
      ({ root, manifest, file }) =>
        root === project.root && manifest.file === project.manifest.file && file !== project.file,
    );
  return [project, ...others];
}
