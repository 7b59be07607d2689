import * as vscode from 'vscode';
import { projectKey } from '../core/model/project.js';
import type { Blocker, FileEntry, Snapshot } from '../core/model/snapshot.js';
import { STATES } from '../core/model/status.js';
import { remedyRequest } from '../core/produce/remedyRequest.js';
import type { RemedyRequest } from '../core/produce/remedyRequest.js';
import { CONTEXT_KEYS, VIEW } from './contributions.js';
import type { Model } from './model.js';
import * as items from './treeItems.js';

/** What a row stands for. Rows hold a project's key, not its snapshot: that is looked up when drawn. */
type Node =
  | { readonly kind: 'project'; readonly key: string }
  | { readonly kind: 'level'; readonly key: string }
  | { readonly kind: 'gate'; readonly key: string; readonly level: Blocker['level'] }
  | BlockerNode
  | { readonly kind: 'group'; readonly key: string; readonly label: string | undefined }
  | { readonly kind: 'file'; readonly key: string; readonly path: FileEntry['path'] }
  /** Something that a build plan names. */
  | { readonly kind: 'mark'; readonly key: string; readonly index: number }
  | {
      readonly kind: 'more';
      readonly key: string;
      readonly label: string | undefined;
      readonly files: number;
    };

/**
 * It holds what its remedy needs, so that an action on a row that was drawn before a change does what
 * the row said, or nothing.
 */
interface BlockerNode extends Partial<Omit<RemedyRequest, 'key'>> {
  readonly kind: 'blocker';
  readonly key: string;
  readonly index: number;
}

/** Rows below one row: the editor builds every one of them, seen or not. */
const MOST_ROWS = 1000;

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
        return gateRows(snapshot, node.key);
      case 'gate':
        return blockerRows(snapshot, node.key, node.level);
      case 'group':
        return this.#fileRows(snapshot, node.key, node.label);
      case 'more':
      case 'blocker':
      case 'mark':
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
    if (kind === 'plan') return this.#markRows(snapshot, key);
    const groups: (string | undefined)[] = [...steps.map(({ label }) => label), undefined];
    const rows: Node[] = groups
      .filter((label) => this.#filesOf(snapshot, label).length > 0)
      .map((label) => ({ kind: 'group', key, label }));
    if (kind !== 'manifest') return [{ kind: 'level', key }, ...rows];
    return this.#fileRows(snapshot, key, undefined);
  }

  #markRows({ build }: Snapshot, key: string): Node[] {
    return (build?.marks ?? []).flatMap(({ state }, index): Node[] =>
      this.#filter.on && STATES[state].weight === 'good' ? [] : [{ kind: 'mark', key, index }],
    );
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
        return items.projectItem(snapshot, this.#model.snapshots);
      case 'level':
        return items.levelItem(snapshot);
      case 'gate':
        return items.gateItem(snapshot, node.level);
      case 'blocker': {
        const blocker = snapshot.blockers[node.index];
        return blocker === undefined
          ? new vscode.TreeItem('')
          : items.blockerItem(snapshot, blocker);
      }
      case 'group':
        return items.groupItem(snapshot, node.label, this.#filesOf(snapshot, node.label));
      case 'mark':
        return items.markItem(snapshot, node.index);
      case 'more':
        return new vscode.TreeItem(vscode.l10n.t('and {0} more', node.files));
      case 'file': {
        const entry = snapshot.byPath.get(node.path);
        return entry === undefined ? new vscode.TreeItem('') : items.fileItem(snapshot, entry);
      }
    }
  }
}

const gateRows = ({ blockers }: Snapshot, key: string): Node[] =>
  ([1, 2, 3] as const)
    .filter((level) => blockers.some((blocker) => blocker.level === level))
    .map((level) => ({ kind: 'gate', key, level }));

const blockerRows = (
  { project, blockers }: Snapshot,
  key: string,
  level: Blocker['level'],
): Node[] =>
  blockers.flatMap((blocker, index): Node[] =>
    blocker.level === level
      ? [{ kind: 'blocker', ...remedyRequest(project, blocker), key, index }]
      : [],
  );
