import * as vscode from 'vscode';
import type { FileEntry, Snapshot } from '../core/model/snapshot.js';
import { compareStates, STATES } from '../core/model/status.js';
import { stateSentence, stateWord } from '../core/words/states.js';
import { COLORS } from './contributions.js';
import type { Change, Model } from './model.js';
import { uriOf } from './places.js';
import { onSetting, setting } from './ui.js';

/** Above this many changed files the editor drops the tail of an event; one for all says more. */
const EVENT_LIMIT = 250;

/** Badges in the explorer and on tabs: the state's glyph, its colour, and the sentence on hover. */
export function registerExplorerBadges(model: Model): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri | vscode.Uri[] | undefined>();
  const provider: vscode.FileDecorationProvider = {
    onDidChangeFileDecorations: changed.event,
    provideFileDecoration: (uri) => decorationFor(model, uri),
  };
  return vscode.Disposable.from(
    changed,
    vscode.window.registerFileDecorationProvider(provider),
    model.onDidChange((changes) => {
      const uris = changes.flatMap(changedUris);
      if (uris.length > EVENT_LIMIT) changed.fire(undefined);
      else if (uris.length > 0) changed.fire(uris);
    }),
    onSetting(['reprolens.explorerBadges'], () => changed.fire(undefined)),
  );
}

function decorationFor(model: Model, uri: vscode.Uri): vscode.FileDecoration | undefined {
  const show = setting('reprolens.explorerBadges', uri);
  if (show === 'off') return undefined;
  // A file of two projects shows the worse of its states.
  const [worst] = model
    .entriesAt(uri)
    .map(({ entry }) => entry.status)
    .sort((a, b) => compareStates(a.kind, b.kind));
  if (worst === undefined) return undefined;
  const { weight, glyph } = STATES[worst.kind];
  if (show === 'problems' && weight !== 'problem') return undefined;
  const decoration = new vscode.FileDecoration(
    glyph,
    `ReproLens: ${stateWord(worst.kind)}. ${stateSentence(worst)}`,
    new vscode.ThemeColor(COLORS[worst.kind]),
  );
  decoration.propagate = weight === 'problem';
  return decoration;
}

/** The files whose badge may differ: those that came, went, or changed their state. */
function changedUris({ previous, next }: Change): vscode.Uri[] {
  const root = (next ?? previous)?.project.root;
  if (root === undefined) return [];
  const differs = ({ path, status }: FileEntry, other: Snapshot | undefined): boolean =>
    other?.byPath.get(path)?.status.kind !== status.kind;
  // An entry that was taken over from the last snapshot is the same object.
  const fresh = (next?.files ?? []).filter((file, index) => file !== previous?.files[index]);
  const gone = next?.project === previous?.project ? [] : (previous?.files ?? []);
  const changed = [
    ...fresh.filter((file) => differs(file, previous)),
    ...gone.filter((file) => next?.byPath.get(file.path) === undefined),
  ];
  return changed.map(({ path }) => uriOf(root, path));
}
