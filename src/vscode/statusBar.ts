import * as vscode from 'vscode';
import type { Blocker, Snapshot } from '../core/model/snapshot.js';
import { projectKey } from '../core/model/project.js';
import {
  compareStates,
  STATES,
  STATUS_KINDS,
  sumCounts,
  total,
  weigh,
} from '../core/model/status.js';
import type { Weight } from '../core/model/status.js';
import { remedyRequest } from '../core/produce/remedyRequest.js';
import { outlookOf } from '../core/verify/level.js';
import { buildTitle, buildWords } from '../core/words/build.js';
import { sentence } from '../core/words/findings.js';
import { projectLevel } from '../core/words/levels.js';
import { commandLink, plain } from '../core/words/markdown.js';
import { remedyTitle } from '../core/words/remedies.js';
import { age, countsPhrase } from '../core/words/states.js';
import { promises, whatIf, whyNot } from '../core/words/whyNot.js';
import { COMMANDS, VIEW } from './contributions.js';
import type { Model } from './model.js';
import { projectLabel } from './places.js';
import { planView } from './planView.js';
import type { PlanView } from './planView.js';
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
    item.accessibilityInformation = { label: spoken(text.words, model.snapshots), role: 'button' };
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

/** `L2 · 3 drifted, 1 missing`: the lowest level, and all files; `undefined` when there is no project. */
export function statusText(snapshots: readonly Snapshot[], busy: boolean): StatusText | undefined {
  const plans = snapshots.flatMap((snapshot) => planView(snapshot) ?? []);
  const others = snapshots.filter(({ project }) => project.kind !== 'plan');
  if (others.length === 0) return plansText(plans);
  const text = filesText(others, busy);
  const plan = plansText(
    plans.filter(({ state }) => STATES[state.artifact.kind].weight === 'problem'),
  );
  return plan === undefined ? text : { ...plan, words: `${text.words} · ${plan.words}` };
}

/** What is said of build plans: the worst of them. */
function plansText(plans: readonly PlanView[]): StatusText | undefined {
  const [worst] = plans.toSorted((a, b) =>
    compareStates(a.state.artifact.kind, b.state.artifact.kind),
  );
  if (worst === undefined) return undefined;
  const { state } = worst;
  return { icon: ICONS[STATES[state.artifact.kind].weight], words: buildWords(state) };
}

function filesText(snapshots: readonly Snapshot[], busy: boolean): StatusText {
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

/** What a screen reader says: the words, and what stands before the next level. */
function spoken(words: string, snapshots: readonly Snapshot[]): string {
  const parts = snapshots.flatMap((snapshot) => {
    const next = nextBlockers(snapshot);
    return next === undefined ? [] : [whyNot(next.level, next.blockers.length)];
  });
  return [`ReproLens: ${words}`, ...parts].join('. ');
}

interface NextBlockers {
  readonly level: Blocker['level'];
  readonly blockers: readonly Blocker[];
}

/** What holds a project back from its next level; `undefined` when nothing does, or nobody knows. */
function nextBlockers({ level, blockers }: Snapshot): NextBlockers | undefined {
  const holding = blockers.filter(({ advisory }) => advisory !== true);
  const [first] = holding;
  if (level === undefined || first === undefined) return undefined;
  return { level: first.level, blockers: holding.filter((each) => each.level === first.level) };
}

function tooltip(snapshots: readonly Snapshot[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  const { verifyAll, regenerateManifest, whyNot: why, applyRemedy, rebuild } = COMMANDS;
  text.isTrusted = {
    enabledCommands: [verifyAll, regenerateManifest, why, applyRemedy, rebuild, `${VIEW}.focus`],
  };
  for (const snapshot of snapshots) text.appendMarkdown(section(snapshot, snapshots));
  text.appendMarkdown(
    `---\n\n[$(check-all) ${vscode.l10n.t('Verify all')}](command:${verifyAll})` +
      ` · [${vscode.l10n.t('Regenerate manifest')}](command:${regenerateManifest})` +
      ` · [${vscode.l10n.t('Show files')}](command:${VIEW}.focus)`,
  );
  return text;
}

function section(snapshot: Snapshot, all: readonly Snapshot[]): string {
  const { project, counts, level, checkedAt } = snapshot;
  const plan = planView(snapshot);
  if (plan !== undefined) return planSection(plan, all);
  const files = total(counts);
  const sum = files === 0 ? vscode.l10n.t('nothing declared') : plain(countsPhrase(counts));
  const when = checkedAt === undefined ? '' : ` · ${age(Date.now() - checkedAt)}`;
  return [
    `**${plain(projectLabel(project, all))}** · ${plain(project.dialect)}`,
    ...(level === undefined
      ? []
      : [`${vscode.l10n.t('Level')}: ${plain(projectLevel(snapshot))}`, ...blockerLines(snapshot)]),
    `${ICONS[weigh(counts)]} ${sum}${when}`,
    '',
  ].join('\n\n');
}

function planSection(plan: PlanView, all: readonly Snapshot[]): string {
  const { project, facts, state } = plan;
  const { weight } = STATES[state.artifact.kind];
  const argument = { key: projectKey(project) };
  return [
    `**${plain(projectLabel(project, all))}** · ${plain(project.dialect)}`,
    `${ICONS[weight]} ${plain(buildTitle(facts, state, Date.now()))}`,
    commandLink(plain(vscode.l10n.t('Rebuild…')), COMMANDS.rebuild, argument),
    '',
  ].join('\n\n');
}

/** Blockers that a tooltip lists; the quick pick behind its link lists all. */
const MOST_LISTED = 5;

function blockerLines(snapshot: Snapshot): string[] {
  const next = nextBlockers(snapshot);
  if (next === undefined) return [];
  const { level, blockers } = next;
  const lines = blockers.slice(0, MOST_LISTED).map((blocker) => blockerLine(snapshot, blocker));
  const rest = blockers.length - lines.length;
  if (rest > 0) lines.push(`- ${plain(vscode.l10n.t('and {0} more', rest))}`);
  const argument = { key: projectKey(snapshot.project) };
  const [promise] = promises(outlookOf(snapshot));
  return [
    commandLink(plain(whyNot(level, blockers.length)), COMMANDS.whyNot, argument),
    lines.join('\n'),
    ...(promise === undefined ? [] : [plain(whatIf(promise))]),
  ];
}

function blockerLine({ project }: Snapshot, blocker: Blocker): string {
  const request = remedyRequest(project, blocker);
  const said = `- ${plain(sentence(blocker.finding))}`;
  if (request === undefined) return said;
  return `${said} ${commandLink(plain(remedyTitle(request.remedy)), COMMANDS.applyRemedy, request)}`;
}
