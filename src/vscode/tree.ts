import * as vscode from 'vscode';
import { projectKey } from '../core/model/project.js';
import type { Step } from '../core/model/project.js';
import type { FileEntry, Snapshot } from '../core/model/snapshot.js';
import { countStates, STATES, weigh } from '../core/model/status.js';
import type { StatusKind } from '../core/model/status.js';
import { lensTitle } from '../core/words/lens.js';
import { levelName } from '../core/words/levels.js';
import { printable } from '../core/words/printable.js';
import { stateSentence, stateWord } from '../core/words/states.js';
import { COLORS, COMMANDS, CONTEXT_KEYS, VIEW } from './contributions.js';
import type { Model } from './model.js';
import { locationOf, projectLabel, uriOf } from './places.js';

/** What a row stands for. Rows hold a project's key, not its snapshot: that is looked up when drawn. */
type Node =
  | { readonly kind: 'project'; readonly key: string }
  | { readonly kind: 'level'; readonly key: string }
  | { readonly kind: 'blocker'; readonly key: string; readonly index: number }
  | { readonly kind: 'group'; readonly key: string; readonly label: string | undefined }
  | { readonly kind: 'file'; readonly key: string; readonly path: FileEntry['path'] }
  | {
      readonly kind: 'more';
      readonly key: string;
      readonly label: string | undefined;
      readonly files: number;
    };

/** Rows below one row: the editor builds every one of them, seen or not. */
const MOST_ROWS = 1000;

const CODICONS: Readonly<Record<StatusKind, string>> = {
  verified: 'pass',
  drifted: 'diff-modified',
  missing: 'circle-slash',
  unpinned: 'diff-added',
  pointer: 'cloud-download',
  linked: 'link-external',
  unreadable: 'error',
  unknown: 'question',
};

/** The view: project, level, steps, files; with a filter for what needs attention. */
export function registerTree(model: Model, problemsOnly: ProblemsFilter): vscode.Disposable {
  const provider = new ProjectTree(model, problemsOnly);
  const view = vscode.window.createTreeView(VIEW, {
    treeDataProvider: provider,
    showCollapseAll: true,
  });
  const count = (): void => {
    const problems = model.snapshots.flatMap(({ files }) => files.filter(isProblem)).length;
    view.badge =
      problems === 0
        ? undefined
        : { value: problems, tooltip: vscode.l10n.t('{0} files do not hold', problems) };
  };
  return vscode.Disposable.from(view, provider, model.onDidChange(count));
}

const isProblem = ({ status }: FileEntry): boolean => STATES[status.kind].weight === 'problem';
const needsAttention = ({ status }: FileEntry): boolean => STATES[status.kind].weight !== 'good';

/** Whether only files that need attention are listed; also a context key, for the two icons. */
export class ProblemsFilter {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #on = false;

  get on(): boolean {
    return this.#on;
  }

  set(on: boolean): void {
    this.#on = on;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.problemsOnly, on);
    this.#changed.fire();
  }
}

class ProjectTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #model: Model;
  readonly #filter: ProblemsFilter;
  readonly #listening: vscode.Disposable;

  constructor(model: Model, filter: ProblemsFilter) {
    this.#model = model;
    this.#filter = filter;
    this.#listening = vscode.Disposable.from(
      model.onDidChange(() => this.#changed.fire(undefined)),
      filter.onDidChange(() => this.#changed.fire(undefined)),
    );
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      return this.#model.snapshots.map(({ project }) => ({
        kind: 'project',
        key: projectKey(project),
      }));
    }
    const snapshot = this.#snapshot(node.key);
    if (snapshot === undefined) return [];
    switch (node.kind) {
      case 'project':
        return this.#projectRows(snapshot, node.key);
      case 'level':
        return snapshot.blockers.map((_, index) => ({ kind: 'blocker', key: node.key, index }));
      case 'group':
        return this.#fileRows(snapshot, node.key, node.label);
      case 'more':
      case 'blocker':
      case 'file':
        return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const snapshot = this.#snapshot(node.key);
    if (snapshot === undefined) return new vscode.TreeItem('');
    const item = this.#item(node, snapshot);
    item.id = JSON.stringify(node);
    return item;
  }

  #snapshot(key: string): Snapshot | undefined {
    return this.#model.snapshots.find(({ project }) => projectKey(project) === key);
  }

  #projectRows(snapshot: Snapshot, key: string): Node[] {
    const { steps, kind } = snapshot.project;
    const groups: (string | undefined)[] = [...steps.map(({ label }) => label), undefined];
    const rows: Node[] = groups
      .filter((label) => this.#filesOf(snapshot, label).length > 0)
      .map((label) => ({ kind: 'group', key, label }));
    if (kind !== 'manifest') return [{ kind: 'level', key }, ...rows];
    return this.#fileRows(snapshot, key, undefined);
  }

  /** Rows of files; of very many, those that need attention come first and the rest is counted. */
  #fileRows(snapshot: Snapshot, key: string, label: string | undefined): Node[] {
    const files = this.#filesOf(snapshot, label);
    const all = files.map(({ path }): Node => ({ kind: 'file', key, path }));
    if (all.length <= MOST_ROWS) return all;
    const first = [
      ...files.filter(needsAttention),
      ...files.filter((file) => !needsAttention(file)),
    ];
    const rows = first.slice(0, MOST_ROWS).map(({ path }): Node => ({ kind: 'file', key, path }));
    return [...rows, { kind: 'more', key, label, files: files.length - MOST_ROWS }];
  }

  /** The files of one step; without a label those of no step: pinned only, or declared outside steps. */
  #filesOf({ files }: Snapshot, label: string | undefined): FileEntry[] {
    return files
      .filter(({ declared }) =>
        label === undefined
          ? declared.every(({ step }) => step === undefined)
          : declared.some(({ step }) => step === label),
      )
      .filter((file) => !this.#filter.on || needsAttention(file));
  }

  #item(node: Node, snapshot: Snapshot): vscode.TreeItem {
    switch (node.kind) {
      case 'project':
        return projectItem(snapshot, this.#model.snapshots);
      case 'level':
        return levelItem(snapshot);
      case 'blocker':
        return new vscode.TreeItem(vscode.l10n.t('not in a git work tree: run "git init"'));
      case 'group':
        return groupItem(snapshot, node.label, this.#filesOf(snapshot, node.label));
      case 'more':
        return new vscode.TreeItem(vscode.l10n.t('and {0} more', node.files));
      case 'file': {
        const entry = snapshot.byPath.get(node.path);
        return entry === undefined ? new vscode.TreeItem('') : fileItem(snapshot, entry);
      }
    }
  }
}

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

function projectItem(snapshot: Snapshot, all: readonly Snapshot[]): vscode.TreeItem {
  const { project, counts } = snapshot;
  const item = new vscode.TreeItem(printable(projectLabel(project, all)), Expanded);
  item.description = lensTitle(counts);
  item.tooltip = `${printable(project.file)} · ${project.dialect}`;
  item.iconPath = new vscode.ThemeIcon(project.kind === 'manifest' ? 'list-flat' : 'beaker');
  item.contextValue = `project.${project.kind}`;
  return item;
}

function levelItem({ level, blockers }: Snapshot): vscode.TreeItem {
  const item = new vscode.TreeItem(
    vscode.l10n.t('Level: {0}', levelName(level)),
    blockers.length > 0 ? Expanded : None,
  );
  item.iconPath = new vscode.ThemeIcon(level === 3 ? 'verified-filled' : 'milestone');
  return item;
}

function groupItem(
  { project }: Snapshot,
  label: string | undefined,
  files: readonly FileEntry[],
): vscode.TreeItem {
  const step: Step | undefined = project.steps.find((each) => each.label === label);
  const title =
    step === undefined
      ? vscode.l10n.t('Outside any step')
      : `${step.label} ${printable(step.name)}`;
  const counts = countStates(files.map(({ status }) => status.kind));
  const item = new vscode.TreeItem(title, weigh(counts) === 'good' ? Collapsed : Expanded);
  item.description = lensTitle(counts);
  item.iconPath = new vscode.ThemeIcon(step?.label.startsWith('I') === true ? 'person' : 'gear');
  item.contextValue = 'step';
  if (step !== undefined) {
    item.command = {
      command: 'vscode.open',
      title: '',
      arguments: [uriOf(project.root, project.file), revealOptions(project, step)],
    };
  }
  return item;
}

const revealOptions = (
  { root, file }: Snapshot['project'],
  { span }: Step,
): vscode.TextDocumentShowOptions => ({ selection: locationOf(root, { file, span }).range });

function fileItem({ project }: Snapshot, entry: FileEntry): vscode.TreeItem {
  const uri = uriOf(project.root, entry.path);
  const word = stateWord(entry.status.kind);
  const item = new vscode.TreeItem(printable(entry.path), None);
  item.description = word;
  item.tooltip = stateSentence(entry.status);
  item.iconPath = new vscode.ThemeIcon(
    CODICONS[entry.status.kind],
    new vscode.ThemeColor(COLORS[entry.status.kind]),
  );
  item.contextValue = `file.${entry.status.kind}`;
  item.resourceUri = uri;
  item.accessibilityInformation = { label: `${printable(entry.path)}, ${word}` };
  item.command = {
    command: entry.status.kind === 'missing' ? COMMANDS.revealDeclaration : 'vscode.open',
    title: '',
    arguments: [uri],
  };
  return item;
}
