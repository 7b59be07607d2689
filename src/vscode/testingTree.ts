import * as vscode from 'vscode';
import { projectKey } from '../core/model/project.js';
import type { FileEntry, Snapshot } from '../core/model/snapshot.js';
import { evidenceDigest, TIERS } from '../core/verify/tiers.js';
import type { Change, Model } from './model.js';
import { idOf, projectRows, rowsBelow } from './testingItems.js';
import type { TestNode, TestRow } from './testingItems.js';

/** The items of the Test Explorer: made when they are first shown or run, and kept true after that. */
export class TestTree {
  readonly #controller: vscode.TestController;
  readonly #model: Model;
  readonly #nodes = new WeakMap<vscode.TestItem, TestNode>();
  readonly #open = new WeakSet<vscode.TestItem>();

  constructor(controller: vscode.TestController, model: Model) {
    this.#controller = controller;
    this.#model = model;
    controller.resolveHandler = (item) => this.resolve(item);
  }

  /** What an item stands for. */
  nodeOf(item: vscode.TestItem): TestNode | undefined {
    return this.#nodes.get(item);
  }

  /** The newest snapshot of an item's project; absent when that went away. */
  snapshotOf({ key }: TestNode): Snapshot | undefined {
    return this.#model.snapshots.find(({ project }) => projectKey(project) === key);
  }

  /** Makes the items below one, or the first row. */
  resolve(item?: vscode.TestItem): void {
    if (item === undefined) {
      this.#fill(this.#controller.items, projectRows(this.#model.snapshots));
      return;
    }
    const node = this.#nodes.get(item);
    const snapshot = node === undefined ? undefined : this.snapshotOf(node);
    if (node === undefined || snapshot === undefined) return;
    this.#open.add(item);
    this.#fill(item.children, rowsBelow(node, snapshot));
  }

  /** The items below one, made now if nobody has seen them yet. */
  below(item: vscode.TestItem): vscode.TestItem[] {
    if (!this.#open.has(item)) this.resolve(item);
    return itemsOf(item.children);
  }

  /** The first row. */
  get projects(): vscode.TestItem[] {
    return itemsOf(this.#controller.items);
  }

  /** Follows the model: new places of what was read again, and no result for what is not as it was. */
  follow(changes: readonly Change[]): void {
    if (changes.some(({ previous, next }) => previous?.project !== next?.project)) this.resolve();
    for (const { previous, next } of changes) {
      if (previous === undefined || next === undefined) continue;
      const item = this.#controller.items.get(idOf(next.project));
      if (item === undefined) continue;
      if (previous.project !== next.project) this.#refresh(item);
      const stale = this.#known(item).filter((each) => this.#isStale(each, previous, next));
      if (stale.length > 0) this.#controller.invalidateTestResults(stale);
    }
  }

  #refresh(item: vscode.TestItem): void {
    if (!this.#open.has(item)) return;
    this.resolve(item);
    item.children.forEach((child) => this.#refresh(child));
  }

  #known(item: vscode.TestItem): vscode.TestItem[] {
    return [item, ...itemsOf(item.children).flatMap((child) => this.#known(child))];
  }

  #isStale(item: vscode.TestItem, previous: Snapshot, next: Snapshot): boolean {
    const node = this.#nodes.get(item);
    if (node?.kind === 'file') {
      return saidOf(previous.byPath.get(node.path)) !== saidOf(next.byPath.get(node.path));
    }
    if (node?.kind !== 'tier') return false;
    return TIERS.some(
      ({ tier }) =>
        tier === node.tier &&
        evidenceDigest(previous.project, tier) !== evidenceDigest(next.project, tier),
    );
  }

  /** Keeps the items that are still there: their results hang on them. */
  #fill(collection: vscode.TestItemCollection, rows: readonly TestRow[]): void {
    const items = rows.map((row, index) => {
      const known = collection.get(row.id);
      const same = known !== undefined && known.uri?.toString() === row.uri?.toString();
      const item = same ? known : this.#controller.createTestItem(row.id, row.label, row.uri);
      item.label = row.label;
      item.description = row.description ?? '';
      item.range = row.range;
      item.canResolveChildren = !row.leaf;
      item.sortText = String(index).padStart(6, '0');
      item.tags = tagsOf(row.node);
      this.#nodes.set(item, row.node);
      return item;
    });
    collection.replace(items);
  }
}

/** What a result of a file was about: its state and its bytes, whenever they were looked at. */
function saidOf(entry: FileEntry | undefined): string {
  if (entry === undefined) return '';
  const { status } = entry;
  const digests = [entry.pins[0]?.digest, 'actual' in status ? status.actual : undefined];
  return [status.kind, ...digests].join(' ');
}

/** One tag for each tier, by which the view is filtered (`@reprolens:artifacts`). */
const TAGS = new Map(TIERS.map(({ tier, name }) => [tier, [new vscode.TestTag(name)]]));
const NO_TAGS: vscode.TestTag[] = [];

const tagsOf = (node: TestNode): vscode.TestTag[] =>
  (node.kind === 'project' ? undefined : TAGS.get(node.kind === 'tier' ? node.tier : 1)) ?? NO_TAGS;

function itemsOf(collection: vscode.TestItemCollection): vscode.TestItem[] {
  const items: vscode.TestItem[] = [];
  collection.forEach((item) => items.push(item));
  return items;
}
