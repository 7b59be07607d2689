import * as vscode from 'vscode';
import type { Project } from '../core/model/project.js';
import type { TierReport } from '../core/model/tier.js';
import { now } from '../core/system/clock.js';
import { namesIn } from '../core/verify/snapshot.js';
import { TIERS } from '../core/verify/tiers.js';
import { verifyArguments } from './cliTask.js';
import type { RunCli } from './cliTask.js';
import type { Model } from './model.js';
import type { Reports } from './reports.js';
import { filesOf } from './testingItems.js';
import type { TestNode } from './testingItems.js';
import {
  cancelled,
  errored,
  filesVerdict,
  manifestVerdict,
  settle,
  skipped,
  tierVerdict,
} from './testingResults.js';
import type { TestTree } from './testingTree.js';

/** What one run of the Test Explorer works with. */
export interface Parts {
  readonly model: Model;
  readonly tree: TestTree;
  readonly run: vscode.TestRun;
  readonly runCli: RunCli;
  readonly reports: Reports;
  /** Fires when the user stops the run. */
  readonly signal: AbortSignal;
}

/** An item that gets a result, and what it stands for. */
interface Wanted<N extends TestNode = TestNode> {
  readonly item: vscode.TestItem;
  readonly node: N;
}

type FileNode = Extract<TestNode, { kind: 'file' | 'rest' }>;
type TierNode = Extract<TestNode, { kind: 'tier' }>;

/** What a run has to do in one project. */
interface Plan {
  readonly files: Wanted<FileNode>[];
  readonly tiers: Wanted<TierNode>[];
}

/** Files are looked at in at most this many parts: results come as they do, each part redraws all. */
const MOST_PARTS = 20;

/** One run: what was asked for, gathered by project, then tier by tier. */
export class TestWalk {
  readonly #parts: Parts;
  readonly #plans = new Map<string, Plan>();
  readonly #met = new Set<vscode.TestItem>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Gives every item that is asked for a result. */
  async walk({ include, exclude }: vscode.TestRunRequest): Promise<void> {
    const { tree } = this.#parts;
    for (const item of exclude ?? []) this.#met.add(item);
    const named = new Set(include);
    for (const item of include ?? tree.projects) this.#gather(item, named);
    for (const [key, { files, tiers }] of this.#plans) {
      const snapshot = tree.snapshotOf({ kind: 'project', key });
      if (snapshot === undefined) continue;
      await this.#checkFiles(files, snapshot.project);
      for (const each of tiers) if (each.node.tier === 1) this.#concludeArtifacts(each);
      const outside = tiers.filter(({ node }) => node.tier !== 1);
      if (outside.length > 0) await this.#checkOutside(outside, snapshot.project);
    }
  }

  /** Finds what gets a result at an item and below; the others have that of what is below them. */
  #gather(item: vscode.TestItem, named: ReadonlySet<vscode.TestItem>): void {
    const { tree, run } = this.#parts;
    const node = tree.nodeOf(item);
    if (node === undefined || this.#met.has(item)) return;
    this.#met.add(item);
    const plan = this.#plans.get(node.key) ?? { files: [], tiers: [] };
    this.#plans.set(node.key, plan);
    if (node.kind === 'tier' && node.tier === 4 && !named.has(item)) {
      const why = vscode.l10n.t('A rerun executes the pipeline: run this row itself to start one.');
      settle(run, item, skipped(why));
      return;
    }
    if (node.kind === 'file' || node.kind === 'rest') plan.files.push({ item, node });
    if (node.kind === 'tier') plan.tiers.push({ item, node });
    const below = tree.below(item);
    if (below.length === 0) run.enqueued(item);
    for (const child of below) this.#gather(child, named);
  }

  async #checkFiles(wanted: readonly Wanted<FileNode>[], project: Project): Promise<void> {
    const size = Math.ceil(wanted.length / MOST_PARTS);
    for (let start = 0; start < wanted.length; start += size) {
      await this.#checkPart(wanted.slice(start, start + size), project);
    }
  }

  async #checkPart(part: readonly Wanted<FileNode>[], project: Project): Promise<void> {
    const { model, run, signal, tree } = this.#parts;
    const started = now();
    const names = new Set<string>();
    for (const { item, node } of part) {
      run.started(item);
      const snapshot = tree.snapshotOf(node);
      if (snapshot === undefined) continue;
      for (const entry of filesOf(node, snapshot))
        for (const name of namesIn(entry)) names.add(name);
    }
    if (!signal.aborted) await model.verify([project], { signal }, [...names]);
    const look = { started, cancelled: signal.aborted };
    const duration = part.length === 1 ? now() - started : undefined;
    for (const { item, node } of part) {
      const snapshot = tree.snapshotOf(node);
      const verdict =
        snapshot === undefined
          ? skipped(cancelled())
          : filesVerdict(filesOf(node, snapshot), snapshot, look);
      settle(run, item, verdict, duration);
    }
  }

  /** Tier 1 has the result of its files, unless the manifest itself does not hold. */
  #concludeArtifacts({ item, node }: Wanted<TierNode>): void {
    const { run, tree } = this.#parts;
    const snapshot = tree.snapshotOf(node);
    const verdict = snapshot === undefined ? undefined : manifestVerdict(snapshot);
    if (verdict !== undefined) settle(run, item, verdict);
  }

  async #checkOutside(wanted: readonly Wanted<TierNode>[], project: Project): Promise<void> {
    const { run, runCli, reports, signal } = this.#parts;
    const why = refusal(signal);
    if (why !== undefined) {
      for (const { item } of wanted) settle(run, item, skipped(why));
      return;
    }
    const tiers = wanted.map(({ node }) => node.tier);
    const names = TIERS.filter(({ tier }) => tiers.includes(tier)).map(({ name }) => name);
    const file = reports.file();
    for (const { item } of wanted) run.started(item);
    const started = now();
    try {
      const { status } = await runCli({
        title: vscode.l10n.t('verify: {0} ({1})', names.join(', '), project.file),
        args: verifyArguments(project, tiers, file),
        root: project.root,
        reveal: tiers.includes(4) ? 'always' : 'silent',
        signal,
      });
      this.#concludeOutside(wanted, await reports.absorb(file), {
        root: project.root,
        started,
        status,
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      for (const { item } of wanted) settle(run, item, errored(message));
    }
  }

  #concludeOutside(
    wanted: readonly Wanted<TierNode>[],
    found: readonly TierReport[],
    { root, started, status }: Ran,
  ): void {
    const { run, signal } = this.#parts;
    let before = started;
    for (const { item, node } of wanted) {
      const report = found.find(({ tier }) => tier === node.tier);
      if (report !== undefined) {
        settle(run, item, tierVerdict(report, root), Math.max(0, report.finishedAt - before));
        before = report.finishedAt;
      } else if (signal.aborted) settle(run, item, skipped(cancelled()));
      else settle(run, item, errored(noReport(status)));
    }
  }
}

/** How the command line ended. */
interface Ran {
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly status: number | undefined;
}

const noReport = (status: number | undefined): string =>
  status === undefined
    ? vscode.l10n.t('The task was ended before it had a result. Run it again.')
    : vscode.l10n.t(
        'The task ended with status {0} and left no result; its terminal says why.',
        status,
      );

/** Why nothing outside the editor is started now. */
function refusal(signal: AbortSignal): string | undefined {
  if (signal.aborted) return cancelled();
  if (vscode.workspace.isTrusted) return undefined;
  return vscode.l10n.t('This starts programs, which Restricted Mode forbids: trust the workspace.');
}
