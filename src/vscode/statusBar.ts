import * as vscode from 'vscode';
import type { Snapshot } from '../core/model/snapshot.js';
import { STATES, STATUS_KINDS, sumCounts, total, weigh } from '../core/model/status.js';
import type { Weight } from '../core/model/status.js';
import { levelName } from '../core/words/levels.js';
import { plain } from '../core/words/markdown.js';
import { age, countsPhrase } from '../core/words/states.js';
import { COMMANDS, VIEW } from './contributions.js';
import type { Model } from './model.js';
import { projectLabel } from './places.js';
import { onSetting, setting } from './ui.js';

const ICONS: Readonly<Record<Weight, string>> = {
  good: '$(verified)',
  problem: '$(warning)',
  blocker: '$(circle-slash)',
  unknown: '$(question)',
};

/** One item for the whole window: the worst of what is known, in few words. */
export function registerStatusBar(model: Model): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    'reprolens.status',
    vscode.StatusBarAlignment.Left,
    50,
  );
  item.name = vscode.l10n.t('ReproLens: Reproducibility');
  item.command = `${VIEW}.focus`;
  let busy = false;
  const draw = (): void => {
    const text = statusText(model.snapshots, busy);
    const wanted = setting('reprolens.statusBar');
    const quiet = wanted === 'problems' && !model.snapshots.some(hasProblem);
    if (text === undefined || wanted === 'off' || quiet) {
      item.hide();
      return;
    }
    item.text = text.icon + ' ' + text.words;
    item.accessibilityInformation = { label: `ReproLens: ${text.words}`, role: 'button' };
    item.tooltip = tooltip(model.snapshots);
    item.show();
  };
  draw();
  return vscode.Disposable.from(
    item,
    model.onDidChange(draw),
    model.onDidChangeBusy((now) => {
      busy = now;
      draw();
    }),
    onSetting(['reprolens.statusBar'], draw),
  );
}

const hasProblem = ({ counts }: Snapshot): boolean => weigh(counts) === 'problem';

interface StatusText {
  readonly icon: string;
  readonly words: string;
}

/** `L2 · 3 drifted, 1 missing`, without a level as yet; `undefined` when there is no project. */
export function statusText(snapshots: readonly Snapshot[], busy: boolean): StatusText | undefined {
  if (snapshots.length === 0) return undefined;
  const counts = sumCounts(snapshots.map((snapshot) => snapshot.counts));
  if (total(counts) === 0) {
    return { icon: ICONS.unknown, words: vscode.l10n.t('nothing declared') };
  }
  if (busy && counts.unknown > 0) {
    return { icon: '$(sync~spin)', words: vscode.l10n.t('checking') };
  }
  const weight = weigh(counts);
  const known = countsPhrase(
    counts,
    STATUS_KINDS.filter((kind) => STATES[kind].weight !== weight),
  );
  const levels = snapshots.flatMap(({ level }) => (level === undefined ? [] : [level]));
  const words = levels.length > 0 ? `L${Math.min(...levels)} · ${known}` : known;
  return { icon: ICONS[weight], words };
}

function tooltip(snapshots: readonly Snapshot[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = {
    enabledCommands: [COMMANDS.verifyAll, COMMANDS.regenerateManifest, `${VIEW}.focus`],
  };
  for (const snapshot of snapshots) {
    const { project, counts, level, checkedAt, blockers } = snapshot;
    text.appendMarkdown(
      `**${plain(projectLabel(project, snapshots))}** · ${plain(project.dialect)}\n\n`,
    );
    if (level !== undefined) {
      text.appendMarkdown(`${vscode.l10n.t('Level')}: ${plain(levelName(level))}\n\n`);
    }
    if (blockers.some(({ finding }) => finding.code === 'not-in-git')) {
      text.appendMarkdown(`$(warning) ${vscode.l10n.t('no git work tree: run `git init`')}\n\n`);
    }
    const files = total(counts);
    text.appendMarkdown(
      `${ICONS[weigh(counts)]} ${files === 0 ? vscode.l10n.t('nothing declared') : plain(countsPhrase(counts))}`,
    );
    text.appendMarkdown(checkedAt === undefined ? '\n\n' : ` · ${age(Date.now() - checkedAt)}\n\n`);
  }
  text.appendMarkdown(
    `---\n\n[$(check-all) ${vscode.l10n.t('Verify all')}](command:${COMMANDS.verifyAll})` +
      ` · [${vscode.l10n.t('Regenerate manifest')}](command:${COMMANDS.regenerateManifest})` +
      ` · [${vscode.l10n.t('Show files')}](command:${VIEW}.focus)`,
  );
  return text;
}
