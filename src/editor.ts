import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { ProjectKind } from './core/model/project.js';
import type { ProjectRef } from './core/projects/ref.js';
import { Hasher } from './core/system/hasher.js';
import { StatCache } from './core/system/statCache.js';
import { registerCodeLens } from './vscode/codeLens.js';
import {
  copyDigest,
  initializeGit,
  openDiff,
  revealDeclaration,
  verifyAll,
  verifyFiles,
} from './vscode/commands/actions.js';
import { addToManifest, regenerateManifest } from './vscode/commands/regenerate.js';
import { registerAutoRegenerate } from './vscode/autoRegenerate.js';
import type { Regenerating } from './vscode/autoRegenerate.js';
import { registerCommands } from './vscode/commands/register.js';
import { COMMANDS, CONTEXT_KEYS } from './vscode/contributions.js';
import { registerConfigFiles } from './vscode/configFiles.js';
import { registerLockMarks } from './vscode/lockMarks.js';
import { registerExplorerBadges } from './vscode/explorer.js';
import { registerGutter } from './vscode/gutter.js';
import { registerHover } from './vscode/hover.js';
import { registerInlineDigest } from './vscode/inlineDigest.js';
import { registerLinks } from './vscode/links.js';
import { Model } from './vscode/model.js';
import { registerProblems } from './vscode/problems.js';
import { registerQuickFixes } from './vscode/quickFixes.js';
import { registerStatusBar } from './vscode/statusBar.js';
import { registerPlanFiles } from './vscode/planFiles.js';
import { registerPlanFixes } from './vscode/planFixes.js';
import { registerPlanMarks } from './vscode/planMarks.js';
import { openReports } from './vscode/reports.js';
import type { Reports } from './vscode/reports.js';
import { registerTasks } from './vscode/tasks.js';
import { registerTesting } from './vscode/testing.js';
import { cliRunner } from './vscode/cliTask.js';
import type { RunCli } from './vscode/cliTask.js';
import { ProblemsFilter, registerTree } from './vscode/tree.js';
import { setting } from './vscode/ui.js';
import { registerWatchers } from './vscode/watch.js';

/** What other extensions, and the tests, get from this one. */
export interface ReproLensApi {
  readonly model: Model;
}

/** Written at most this often while files are being hashed, and once at the end. */
const SAVE_MS = 5000;

/** Builds the model and every surface with plain `new`; nothing is read before it returns. */
export function openEditor(context: vscode.ExtensionContext): ReproLensApi {
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });
  const log = vscode.window.createOutputChannel('ReproLens', { log: true });
  const dist = path.join(context.extensionPath, 'dist');
  const storage = (context.storageUri ?? context.globalStorageUri).fsPath;
  const cache = new StatCache({ file: path.join(storage, 'digests.cache') });
  const hasher = new Hasher({ workerFile: path.join(dist, 'hashWorker.js'), cache });
  const model = new Model(hasher, { findProjects: allProjects, overlay, automatic }, (error) =>
    log.error('pass', error instanceof Error ? error : String(error)),
  );
  const filter = new ProblemsFilter();
  const cli = path.join(dist, 'cli.js');
  const reports = openReports(model, cache, { directory: storage, log });
  const runCli = cliRunner(cli, storage);
  const parts = { model, filter, hasher, log, runCli, reports };
  context.subscriptions.push(
    log,
    model,
    { dispose: () => void hasher.dispose() },
    ...surfaces(model, filter, context),
    registerTasks(model, cli, reports),
    registerTesting(model, { runCli, reports }),
    registerWatchers(model, log),
    registerAutoRegenerate(model, regenerating(parts), (error) =>
      log.error('regenerate', error instanceof Error ? error : String(error)),
    ),
    registerCommands(commandTable(parts), log),
    keepSaved(cache, model, log),
    model.onDidChange(() => setContext(model)),
  );
  void Promise.allSettled([cache.restore(), reports.restore()]).then(() =>
    model.invalidate('projects'),
  );
  return { model };
}

function surfaces(
  model: Model,
  filter: ProblemsFilter,
  { extensionUri }: vscode.ExtensionContext,
): vscode.Disposable[] {
  return [
    registerGutter(model, extensionUri),
    registerInlineDigest(model),
    registerHover(model),
    registerCodeLens(model),
    registerLinks(model),
    registerConfigFiles(model),
    registerLockMarks(model, extensionUri),
    registerPlanMarks(model),
    registerPlanFiles(model),
    registerExplorerBadges(model),
    registerProblems(model),
    registerQuickFixes(model),
    registerPlanFixes(model),
    registerStatusBar(model),
    registerTree(model, filter),
  ];
}

interface Parts {
  readonly model: Model;
  readonly filter: ProblemsFilter;
  readonly hasher: Hasher;
  readonly log: vscode.LogOutputChannel;
  readonly runCli: RunCli;
  readonly reports: Reports;
}

/** The readers and writers of pipeline documents are loaded when somebody wants something written. */
const remedies = () => import('./vscode/commands/remedies.js');
const plans = () => import('./vscode/commands/plans.js');

const regenerating = (parts: Parts): Regenerating => {
  const load = () => import('./vscode/commands/envelope.js');
  return {
    everything: async (snapshot) => (await load()).regenerateEverything(parts, snapshot),
    manifest: async (snapshot) => (await load()).regenerateQuietly(parts, snapshot),
  };
};

const commandTable = (parts: Parts) => ({
  ...remedyCommands(parts),
  ...planCommands(parts),
  ...ownCommands(parts),
});

const remedyCommands = (parts: Parts) => ({
  [COMMANDS.whyNot]: async (argument?: unknown) =>
    (await import('./vscode/commands/whyNot.js')).showWhyNot(parts, argument),
  [COMMANDS.signOffStep]: async (argument?: unknown) =>
    (await remedies()).signOffStep(parts, argument),
  [COMMANDS.captureEnvironment]: async (argument?: unknown) =>
    (await remedies()).routine(parts, 'capture-environment', argument),
  [COMMANDS.writeLock]: async (argument?: unknown) =>
    (await remedies()).routine(parts, 'write-lock', argument),
  [COMMANDS.rerun]: async (argument?: unknown) =>
    (await remedies()).routine(parts, 'rerun', argument),
  [COMMANDS.applyRemedy]: async (argument?: unknown) =>
    (await remedies()).applyRemedy(parts, argument),
});

const planCommands = (parts: Parts) => ({
  [COMMANDS.rebuild]: async (argument?: unknown) => (await plans()).rebuild(parts, argument),
  [COMMANDS.seedReference]: async (argument?: unknown) =>
    (await plans()).seedReference(parts, argument),
  [COMMANDS.openAttestation]: async (argument?: unknown) =>
    (await plans()).openAttestation(parts, argument),
  [COMMANDS.findCause]: async (argument?: unknown) => (await plans()).findCause(parts, argument),
  [COMMANDS.writeWorkflow]: async (argument?: unknown) =>
    (await plans()).writeWorkflow(parts, argument),
});

const ownCommands = ({ model, filter, hasher, log }: Parts) => ({
  [COMMANDS.verifyAll]: (argument?: unknown) => verifyAll(model, argument),
  [COMMANDS.verifyFile]: (argument?: unknown) => verifyFiles(model, argument),
  [COMMANDS.regenerateManifest]: (argument?: unknown) =>
    regenerateManifest(model, hasher, argument),
  [COMMANDS.addToManifest]: (argument?: unknown) => addToManifest(model, hasher, argument),
  [COMMANDS.copyDigest]: (argument?: unknown) => copyDigest(model, argument),
  [COMMANDS.revealDeclaration]: (argument?: unknown) => revealDeclaration(model, argument),
  [COMMANDS.openDiff]: (argument?: unknown) => openDiff(model, argument),
  [COMMANDS.refresh]: async () => {
    model.invalidate('projects');
    await model.settled();
  },
  [COMMANDS.showProblemsOnly]: () => filter.set(true),
  [COMMANDS.showAllFiles]: () => filter.set(false),
  [COMMANDS.showLog]: () => log.show(),
  [COMMANDS.initializeGit]: (argument?: unknown) => initializeGit(model, argument),
});

/**
 * The projects of every folder of the window that lies on a disk. The readers are loaded here, when
 * they are first needed: schemas and globs are most of the code, and activation must not wait for it.
 */
async function allProjects(before: readonly ProjectRef[]): Promise<ProjectRef[]> {
  const { findProjects } = await import('./core/projects/find.js');
  const { Minimatch } = await import('minimatch');
  const folders = vscode.workspace.workspaceFolders ?? [];
  const files = new Set(before.map(({ root, file }) => path.join(root, file)));
  const known = (absolute: string): boolean => files.has(absolute);
  const found = await Promise.all(
    folders
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => {
        const globs = setting('reprolens.exclude', uri).map((g) => new Minimatch(g, { dot: true }));
        const exclude = (relative: string): boolean => globs.some((glob) => glob.match(relative));
        const plans = setting('reprolens.plans', uri);
        return findProjects(uri.fsPath, { exclude, plans, known });
      }),
  );
  const byFile = new Map(found.flat().map((ref) => [`${ref.root}\0${ref.file}`, ref]));
  return [...byFile.values()];
}

/** The text of a document that is open and unsaved. */
const overlay = (absolute: string): string | undefined =>
  vscode.workspace.textDocuments
    .find(
      ({ uri, isDirty }) =>
        isDirty && uri.scheme === 'file' && uri.fsPath === path.normalize(absolute),
    )
    ?.getText();

/** How far automatic checks go; a verification that a person asks for has no limit. */
function automatic(): { followLinks: boolean; maxBytes: number } {
  const mebibytes = setting('reprolens.automaticCheckLimit');
  return {
    followLinks: setting('reprolens.followLinks'),
    maxBytes: setting('reprolens.automaticCheck') ? mebibytes * 1024 * 1024 : 0,
  };
}

function setContext(model: Model): void {
  const set = (key: string, value: boolean): void =>
    void vscode.commands.executeCommand('setContext', key, value);
  set(CONTEXT_KEYS.hasProject, model.snapshots.length > 0);
  const has = (kind: ProjectKind): boolean =>
    model.snapshots.some(({ project }) => project.kind === kind);
  set(CONTEXT_KEYS.hasPipeline, has('vaibify'));
  set(CONTEXT_KEYS.hasPlan, has('plan'));
}

/** Keeps the digests across restarts: hashing a large project again costs minutes. */
function keepSaved(
  cache: StatCache,
  model: Model,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const save = (): void =>
    void cache.save().catch((error: unknown) => log.warn('digests not saved', String(error)));
  let timer: NodeJS.Timeout | undefined;
  return vscode.Disposable.from(
    model.onDidChange(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        save();
      }, SAVE_MS);
    }),
    {
      dispose: () => {
        clearTimeout(timer);
        save();
      },
    },
  );
}
