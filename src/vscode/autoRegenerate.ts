import * as vscode from 'vscode';
import { projectKey } from '../core/model/project.js';
import type { Snapshot } from '../core/model/snapshot.js';
import { printable } from '../core/words/printable.js';
import type { Change, Model } from './model.js';
import { projectLabel, uriOf } from './places.js';
import { setting } from './ui.js';

/** What can be done once every step is fully verified. */
export interface Regenerating {
  /** Manifest, lock and environment; each shows its changes or asks. */
  readonly everything: (snapshot: Snapshot) => Promise<void>;
  /**
   * The manifest alone, if nothing stands in the way.
   * @returns one line that says what was done, or why nothing was; `undefined` when it is up to date.
   */
  readonly manifest: (snapshot: Snapshot) => Promise<string | undefined>;
}

/**
 * Offers to regenerate the evidence when every step of a project becomes fully verified, which is when
 * its level rises from 0. Nothing is written unasked but where the user chose `always`.
 */
export function registerAutoRegenerate(
  model: Model,
  act: Regenerating,
  onError: (error: unknown) => void,
): vscode.Disposable {
  const asking = new Set<string>();
  const offer = async (snapshot: Snapshot): Promise<void> => {
    const { root, file } = snapshot.project;
    const key = projectKey(snapshot.project);
    const wanted = setting('reprolens.regenerateEnvelope', uriOf(root, file));
    if (wanted === 'never' || !vscode.workspace.isTrusted || asking.has(key)) return;
    asking.add(key);
    try {
      if (wanted === 'always') await say(act.manifest(snapshot));
      else await ask(snapshot, model, act);
    } finally {
      asking.delete(key);
    }
  };
  return model.onDidChange((changes) => {
    for (const snapshot of changes.flatMap(becameVerified)) void offer(snapshot).catch(onError);
  });
}

/** A project whose level rose from 0. One that was not determined before did not rise. */
export function becameVerified({ previous, next }: Change): Snapshot[] {
  const rose = previous?.level === 0 && next?.level !== undefined && next.level > 0;
  return rose ? [next] : [];
}

async function say(doing: Promise<string | undefined>): Promise<void> {
  const done = await doing;
  if (done !== undefined) void vscode.window.showInformationMessage(done);
}

async function ask(snapshot: Snapshot, model: Model, act: Regenerating): Promise<void> {
  const regenerate = vscode.l10n.t('Regenerate…');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Every step of {0} is verified. Regenerate its manifest, lock and environment?',
      printable(projectLabel(snapshot.project, model.snapshots)),
    ),
    regenerate,
    vscode.l10n.t('Not Now'),
  );
  if (answer === regenerate) await act.everything(snapshot);
}
