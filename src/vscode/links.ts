import * as vscode from 'vscode';
import type { FileEntry, Snapshot } from '../core/model/snapshot.js';
import type { FileStatus } from '../core/model/status.js';
import { stateSentence, stateWord } from '../core/words/states.js';
import { MANIFEST_LANGUAGE } from './contributions.js';
import type { Change, Model } from './model.js';
import { rangeOf, snapshotsIn, uriOf } from './places.js';

/** Links of one document. The editor draws each of them, visible or not. */
const MOST_LINKS = 10_000;

/** The names in a manifest lead to the files. */
export function registerLinks(model: Model): vscode.Disposable {
  const register = (): vscode.Disposable =>
    vscode.languages.registerDocumentLinkProvider(
      { scheme: 'file', language: MANIFEST_LANGUAGE },
      { provideDocumentLinks: ({ uri }) => linksIn(model, uri) },
    );
  let registered = register();
  return vscode.Disposable.from(
    { dispose: () => void registered.dispose() },
    model.onDidChange((changes) => {
      if (!changes.some(changesLinks)) return;
      // The editor asks for links when a document opens, be the model ready or not, and the API has
      // no event to say that there are others now. A provider that registers is asked again.
      registered.dispose();
      registered = register();
    }),
  );
}

/** Whether a change makes other links or other tooltips in a document that is open. */
function changesLinks({ previous, next }: Change): boolean {
  const visible = vscode.window.visibleTextEditors.some(
    ({ document }) =>
      document.languageId === MANIFEST_LANGUAGE &&
      snapshotsIn(
        [previous, next].filter((one) => one !== undefined),
        document.uri,
      ).length > 0,
  );
  return visible && (previous === undefined || next === undefined || !sameLinks(previous, next));
}

/** Two snapshots of the same documents have the same files in the same order. */
const sameLinks = (before: Snapshot, after: Snapshot): boolean =>
  before.project.basis === after.project.basis &&
  after.files.every(({ status }, index) => before.files[index]?.status.kind === status.kind);

function linksIn(model: Model, document: vscode.Uri): vscode.DocumentLink[] {
  const links = new Map<number, vscode.DocumentLink>();
  for (const { snapshot, file } of snapshotsIn(model.snapshots, document)) {
    for (const entry of snapshot.files) {
      if (!opens(entry.status)) continue;
      for (const { place, line } of entry.pins) {
        if (links.size === MOST_LINKS) return [...links.values()];
        // Projects that share a manifest link the same lines: once is enough.
        if (place.file === file) links.set(line, linkOf(entry, snapshot, rangeOf(place.span)));
      }
    }
  }
  return [...links.values()];
}

/**
 * Whether there is a file inside the root to open. A `RepoPath` cannot leave the root; a symbolic
 * link on it could, so what runs through one is no link.
 */
function opens(status: FileStatus): boolean {
  switch (status.kind) {
    case 'verified':
    case 'drifted':
    case 'unpinned':
      return true;
    case 'pointer':
      return status.pointer.kind === 'git-lfs';
    case 'unknown':
      return status.reason !== 'not-checked';
    case 'missing':
    case 'linked':
    case 'unreadable':
      return false;
  }
}

function linkOf({ path, status }: FileEntry, { project }: Snapshot, range: vscode.Range) {
  const link = new vscode.DocumentLink(range, uriOf(project.root, path));
  link.tooltip = `${stateWord(status.kind)}. ${stateSentence(status)}`;
  return link;
}
