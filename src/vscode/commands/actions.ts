import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Snapshot } from '../../core/model/snapshot.js';
import { countStates, sumCounts, total, weigh } from '../../core/model/status.js';
import type { Counts } from '../../core/model/status.js';
import { namesIn } from '../../core/verify/snapshot.js';
import { countsPhrase } from '../../core/words/states.js';
import { VIEW } from '../contributions.js';
import type { Attended, Model } from '../model.js';
import { locationOf } from '../places.js';
import { HumanError } from '../ui.js';
import { targets, targetSnapshots, targetUris } from './targets.js';

/** Reads every byte of every file, with progress and a way to stop. */
export async function verifyAll(model: Model, argument: unknown): Promise<void> {
  const snapshots = targetSnapshots(argument, model);
  if (snapshots.length === 0) {
    throw new HumanError(
      vscode.l10n.t('This window has no pipeline file and no checksum manifest to verify.'),
    );
  }
  const projects = snapshots.map(({ project }) => project);
  const files = snapshots.reduce((sum, { counts }) => sum + total(counts), 0);
  const whole = await attended(vscode.l10n.t('Verifying {0} files', files), files, (attention) =>
    model.verify(projects, attention),
  );
  if (whole) conclude(snapshotsNow(model, projects).map(({ counts }) => counts));
}

/** Reads every byte of the chosen files. */
export async function verifyFiles(model: Model, argument: unknown): Promise<void> {
  const chosen = targets(argument, model);
  const roots = new Set(chosen.map(({ snapshot }) => snapshot.project.root));
  const whole = await attended(
    vscode.l10n.t('Verifying {0} files', chosen.length),
    chosen.length,
    async (attention) => {
      for (const root of roots) {
        const mine = chosen.filter(({ snapshot }) => snapshot.project.root === root);
        const projects = mine.map(({ snapshot }) => snapshot.project);
        const names = mine.flatMap(({ entry }) => namesIn(entry));
        await model.verify(projects.slice(0, 1), attention, [...new Set(names)]);
      }
    },
  );
  if (!whole) return;
  const after = targets(argument, model);
  conclude([countStates(after.map(({ entry }) => entry.status.kind))]);
}

/** Copies the digest of what is on disk; of a file that is not there, the pinned one. */
export async function copyDigest(model: Model, argument: unknown): Promise<void> {
  const [{ entry }] = targets(argument, model);
  const { status, pins } = entry;
  const actual = 'actual' in status ? status.actual : undefined;
  const digest = actual ?? pins[0]?.digest;
  if (digest === undefined) {
    throw new HumanError(vscode.l10n.t('No digest of {0} is known yet.', entry.path));
  }
  await vscode.env.clipboard.writeText(digest);
  const kind = actual === undefined ? vscode.l10n.t('pinned') : vscode.l10n.t('actual');
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Copied the {0} SHA-256 of {1}', kind, entry.path),
    4000,
  );
}

/** Shows where a file is declared, or else where it is pinned; asks when there are several places. */
export async function revealDeclaration(model: Model, argument: unknown): Promise<void> {
  const places = targets(argument, model).flatMap(({ snapshot, entry }) => {
    const all = entry.declared.length > 0 ? entry.declared : entry.pins;
    return all.map(({ place }) => locationOf(snapshot.project.root, place));
  });
  const items = places.map((location) => ({
    label: vscode.workspace.asRelativePath(location.uri),
    description: vscode.l10n.t('line {0}', location.range.start.line + 1),
    location,
  }));
  const title = vscode.l10n.t('Declared in several places');
  const chosen =
    items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title });
  if (chosen === undefined) return;
  const { uri, range } = chosen.location;
  await vscode.window.showTextDocument(uri, { selection: range });
}

/** What is needed of the built-in Git extension, version 1 of its API. */
interface GitExtension {
  getAPI(version: 1): { toGitUri(uri: vscode.Uri, ref: string): vscode.Uri };
}

/** Opens the committed bytes beside those on disk. The Git extension reads the former. */
export async function openDiff(model: Model, argument: unknown): Promise<void> {
  requireTrust(vscode.l10n.t('Comparing with the committed file runs git.'));
  const [uri] = targetUris(argument, model);
  const git = vscode.extensions.getExtension<GitExtension | undefined>('vscode.git');
  const api = git === undefined ? undefined : (await git.activate())?.getAPI(1);
  if (uri === undefined || api === undefined) {
    throw new HumanError(
      vscode.l10n.t(
        'The built-in Git extension is switched off, so there is nothing to compare with.',
      ),
    );
  }
  const name = vscode.workspace.asRelativePath(uri);
  const title = vscode.l10n.t('{0} (committed ↔ on disk)', name);
  await vscode.commands.executeCommand('vscode.diff', api.toGitUri(uri, 'HEAD'), uri, title);
}

/** Opens a terminal in the project with the command typed and not run: that is the user's to do. */
export function initializeGit(model: Model, argument: unknown): void {
  requireTrust(vscode.l10n.t('This opens a terminal.'));
  const [snapshot] = targetSnapshots(argument, model).filter(
    ({ project }) => project.gitRoot === undefined,
  );
  if (snapshot === undefined) {
    throw new HumanError(vscode.l10n.t('Every project lies in a git work tree already.'));
  }
  const terminal = vscode.window.createTerminal({ name: 'git init', cwd: snapshot.project.root });
  terminal.show();
  terminal.sendText('git init', false);
}

/** A command can be called whatever its `when` clause says, so it asks itself. */
export function requireTrust(reason: string): void {
  if (vscode.workspace.isTrusted) return;
  throw new HumanError(
    vscode.l10n.t('This needs a trusted workspace (now in Restricted Mode). {0}', reason),
  );
}

/** Work that is done sooner shows no notification: it would be gone before it could be read. */
const PATIENCE_MS = 400;

/** Runs work under a notification that counts files and can be cancelled; false when it was. */
export async function attended(
  title: string,
  files: number,
  work: (attention: Attended) => Promise<void>,
): Promise<boolean> {
  const stop = new AbortController();
  let show: ((done: number) => void) | undefined;
  const onProgress = (done: { readonly files: number }): void => show?.(done.files);
  const working = work({ signal: stop.signal, onProgress });
  const soon = await Promise.race([working.then(() => true), setTimeout(PATIENCE_MS, false)]);
  if (soon) return true;
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title, cancellable: true }, async (bar, token) => {
    token.onCancellationRequested(() => stop.abort());
    let shown = 0;
    show = (done) => {
      const increment = ((done - shown) / Math.max(1, files)) * 100;
      shown = done;
      bar.report({ increment, message: vscode.l10n.t('{0} of {1}', done, files) });
    };
    await working;
  });
  return !stop.signal.aborted;
}

const snapshotsNow = (model: Model, projects: readonly Snapshot['project'][]): Snapshot[] =>
  model.snapshots.filter(({ project }) =>
    projects.some(({ root, file }) => root === project.root && file === project.file),
  );

/** The result in one line: quietly when all is well, as a warning with a way on when not. */
function conclude(all: readonly Counts[]): void {
  const sum = sumCounts(all);
  const phrase = vscode.l10n.t('Verified by reading every byte: {0}', countsPhrase(sum));
  const weight = weigh(sum);
  if (weight !== 'problem') {
    vscode.window.setStatusBarMessage(weight === 'good' ? `$(verified) ${phrase}` : phrase, 8000);
    return;
  }
  const show = vscode.l10n.t('Show Files');
  void vscode.window.showWarningMessage(phrase, show).then((choice) => {
    if (choice === show) void vscode.commands.executeCommand(`${VIEW}.focus`);
  });
}
