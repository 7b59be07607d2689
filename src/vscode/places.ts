/** Translation between the core's places and the editor's. */
import path from 'node:path';
import * as vscode from 'vscode';
import { toRepoPath } from '../core/model/paths.js';
import type { RepoPath } from '../core/model/paths.js';
import type { Project } from '../core/model/project.js';
import type { Place } from '../core/model/place.js';
import type { Snapshot } from '../core/model/snapshot.js';
import type { Span } from '../core/model/span.js';

/** The URI of a path inside a project's root. */
export const uriOf = (root: string, file: RepoPath): vscode.Uri =>
  vscode.Uri.joinPath(vscode.Uri.file(root), file);

/** Core positions count from 1, the editor's from 0. */
export const rangeOf = ({ start, end }: Span): vscode.Range =>
  new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1);

export const locationOf = (root: string, place: Place): vscode.Location =>
  new vscode.Location(uriOf(root, place.file), rangeOf(place.span));

/** The path of a URI inside a root, when it lies there. */
export function pathInside(root: string, uri: vscode.Uri): RepoPath | undefined {
  if (uri.scheme !== 'file') return undefined;
  const relative = path.relative(vscode.Uri.file(root).fsPath, uri.fsPath);
  if (relative === '' || path.isAbsolute(relative)) return undefined;
  const result = toRepoPath(relative.split(path.sep).join('/'));
  return result.ok ? result.path : undefined;
}

/** The documents that a project is written in. */
export function documentsOf({ root, file, manifest, envelope }: Project): vscode.Uri[] {
  const evidence = [envelope?.lock, envelope?.environment, envelope?.dockerfile];
  const files = [file, manifest.file, ...evidence.map((each) => each?.file)];
  return [...new Set(files)].flatMap((each) => (each === undefined ? [] : [uriOf(root, each)]));
}

/** The snapshots that a document declares or pins files of, with its name in each. */
export function snapshotsIn(
  snapshots: readonly Snapshot[],
  document: vscode.Uri,
): { readonly snapshot: Snapshot; readonly file: RepoPath }[] {
  return snapshots.flatMap((snapshot) => {
    const { root, file, manifest } = snapshot.project;
    const inside = pathInside(root, document);
    return inside !== undefined && (inside === file || inside === manifest.file)
      ? [{ snapshot, file: inside }]
      : [];
  });
}

/** How a project is named among others: by its title, and its file when the titles do not tell. */
export function projectLabel({ root, file, title }: Project, all: readonly Snapshot[]): string {
  const twins = all.filter(({ project }) => project.title === title);
  if (twins.length <= 1) return title;
  return `${title} (${vscode.workspace.asRelativePath(uriOf(root, file))})`;
}
