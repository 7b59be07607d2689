import * as vscode from 'vscode';
import type { Snapshot } from '../core/model/snapshot.js';
import type { RepoPath } from '../core/model/paths.js';
import { planPath } from '../core/model/plan.js';
import type { BuildFacts } from '../core/model/build.js';
import { CONTAINER_FILES, isProjectName, RECORDS } from '../core/projects/names.js';
import { Calm } from '../core/system/calm.js';
import type { Model } from './model.js';
import { documentsOf, pathInside, uriOf } from './places.js';
import { onSetting } from './ui.js';

/** Above this many directories the heartbeat alone keeps watch: watchers are a scarce resource. */
const MOST_WATCHERS = 512;
/** How often the disk is compared with the cache while the window has the focus, in milliseconds. */
const HEARTBEAT_MS = 30_000;

/**
 * Keeps the model true to the disk. Watches the directories that hold declared files, one by one and
 * not recursively, never above a project's root. Watchers can die silently (a full inotify table, a
 * network drive), so the disk is also compared whenever the window gets the focus and at every beat.
 */
export function registerWatchers(model: Model, log: vscode.LogOutputChannel): vscode.Disposable {
  const watchers = new Map<string, vscode.Disposable>();
  const isWatched = (uri: vscode.Uri): boolean => watchers.has(uri.toString());
  const calm = new Calm(() => model.invalidate('files'));
  const update = (): void => {
    const wanted = directoriesOf(model.snapshots);
    for (const [key, watcher] of watchers) {
      if (wanted.has(key)) continue;
      watcher.dispose();
      watchers.delete(key);
    }
    for (const [key, uri] of wanted) {
      if (watchers.has(key)) continue;
      watchers.set(key, watchDirectory(uri, model, isWatched, calm));
      calm.expect();
    }
    if (wanted.size === MOST_WATCHERS) {
      log.info('many directories: those beyond the limit are compared every 30 s');
    }
  };
  const beat = setInterval(() => {
    if (vscode.window.state.focused && model.snapshots.length > 0) model.invalidate('files');
  }, HEARTBEAT_MS);
  update();
  return vscode.Disposable.from(
    { dispose: () => clearInterval(beat) },
    calm,
    {
      dispose: () => {
        for (const watcher of watchers.values()) watcher.dispose();
      },
    },
    model.onDidChange(update),
    ...editorEvents(model),
  );
}

function editorEvents(model: Model): vscode.Disposable[] {
  const { workspace, window } = vscode;
  const belongs = (uri: vscode.Uri): boolean =>
    model.snapshots.some(({ project }) =>
      documentsOf(project).some((document) => document.toString() === uri.toString()),
    );
  const reread = (document: vscode.TextDocument): void => {
    if (belongs(document.uri) || isEvidence(document.uri, model)) model.invalidate('documents');
  };
  return [
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) reread(document);
    }),
    workspace.onDidCloseTextDocument(reread),
    workspace.onDidSaveTextDocument(({ uri }) => {
      if (isProjectName(uri.path)) model.invalidate('projects');
      else if (isEvidence(uri, model)) model.invalidate('documents');
    }),
    workspace.onDidChangeWorkspaceFolders(() => model.invalidate('projects')),
    window.onDidChangeWindowState(({ focused }) => {
      if (focused) model.invalidate('documents');
    }),
    onSetting(['reprolens.exclude'], () => model.invalidate('projects')),
    onSetting(
      ['reprolens.followLinks', 'reprolens.automaticCheck', 'reprolens.automaticCheckLimit'],
      () => model.invalidate('files'),
    ),
  ];
}

function watchDirectory(
  directory: vscode.Uri,
  model: Model,
  isWatched: (uri: vscode.Uri) => boolean,
  calm: Calm,
): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(directory, '*'),
  );
  const seen = (uri: vscode.Uri): void => {
    calm.event();
    if (isProjectName(uri.path)) model.invalidate('projects');
    else if (isEvidence(uri, model)) model.invalidate('documents');
    // A directory that comes or goes takes its files along without an event for each.
    else if (!model.touch(uri) && isWatched(uri)) model.invalidate('files');
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(seen),
    watcher.onDidCreate(seen),
    watcher.onDidDelete(seen),
  );
}

/** The records of a step's tests; vaibify gives every pipeline a directory of its own. */
const MARKERS = '.vaibify/test_markers';
const MARKER = /^\.vaibify\/test_markers(?:\/[^/]+(?:\/[^/]+\.json)?)?$/;

/** What a pipeline is read from besides its own document and its manifest. */
const evidenceOf = ({ envelope, build }: Snapshot['project']): readonly RepoPath[] => [
  ...(envelope === undefined ? [] : [...(envelope.gates?.sources ?? []), ...CONFIGURATION]),
  ...(build === undefined ? [] : namedIn(build)),
];

/** What a plan names besides its reference artifact, which is a file of the project. */
const namedIn = ({ plan, called, record }: BuildFacts): RepoPath[] => {
  const attestation = planPath(plan.referenceAttestation?.text ?? '');
  const isFile = attestation.ok && attestation.path !== '';
  return [...called, ...(isFile ? [attestation.path] : []), ...(record ? [record.file] : [])];
};

/** Whether a path lies in a source of a plan whose changes are followed. */
const isSource = ({ build }: Snapshot['project'], path: RepoPath): boolean =>
  (build?.sources ?? []).some(
    (source) =>
      source.path !== undefined &&
      source.path !== '' &&
      (path === source.path || path.startsWith(`${source.path}/`)),
  );

const CONFIGURATION = [CONTAINER_FILES.repositories, ...CONTAINER_FILES.settings];

/** Whether what a file says is part of what some project is read from, without being its document. */
function isEvidence(uri: vscode.Uri, { snapshots }: Model): boolean {
  return snapshots.some(({ project }) => {
    const path = project.kind === 'manifest' ? undefined : pathInside(project.root, uri);
    if (path === undefined) return false;
    return evidenceOf(project).includes(path) || MARKER.test(path) || isSource(project, path);
  });
}

/** Where a pipeline's evidence lies, whether it is there already or not. */
function evidenceDirectories({ kind, file, build }: Snapshot['project']): string[] {
  if (kind === 'manifest') return [];
  if (kind === 'plan') return planDirectories(build);
  const stem = file.slice(file.lastIndexOf('/') + 1).replace(/\.json$/, '');
  return [`${MARKERS}/${stem}/`];
}

/** A directory that is a source is watched itself; the focus of the window tells of what is below. */
const planDirectories = (build: BuildFacts | undefined): string[] => [
  `${RECORDS}/`,
  ...(build === undefined ? [] : namedIn(build)),
  ...(build?.sources ?? []).flatMap(({ path, kind }) =>
    path === undefined || path === '' ? [] : [kind === 'directory' ? `${path}/` : path],
  ),
];

const cached = new WeakMap<Snapshot['project'], ReadonlyMap<string, vscode.Uri>>();

/** Every directory on the way from the roots to the files, and every folder of the window. */
function directoriesOf(snapshots: readonly Snapshot[]): Map<string, vscode.Uri> {
  const all = new Map<string, vscode.Uri>();
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) all.set(uri.toString(), uri);
  for (const snapshot of snapshots) {
    const { project } = snapshot;
    const mine = cached.get(project) ?? directoriesOfProject(snapshot);
    cached.set(project, mine);
    for (const [key, uri] of mine) if (all.size < MOST_WATCHERS) all.set(key, uri);
  }
  return all;
}

function directoriesOfProject({ project, files }: Snapshot): Map<string, vscode.Uri> {
  const paths = new Set<string>(['']);
  for (const path of [
    ...[project.file, project.manifest.file, ...evidenceDirectories(project)],
    ...files.map((file) => file.path),
  ]) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const directory = path.slice(0, at);
      if (paths.has(directory)) break;
      paths.add(directory);
    }
  }
  const root = vscode.Uri.file(project.root);
  return new Map(
    [...paths].map((path) => {
      const uri = path === '' ? root : uriOf(project.root, path as Snapshot['files'][0]['path']);
      return [uri.toString(), uri];
    }),
  );
}
