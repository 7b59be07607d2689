/** How the rows of the tree look. */
import * as vscode from 'vscode';
import { codeOf } from '../core/model/finding.js';
import type { ProjectKind, Step } from '../core/model/project.js';
import type { Blocker, FileEntry, Snapshot } from '../core/model/snapshot.js';
import { countStates, weigh } from '../core/model/status.js';
import type { StatusKind } from '../core/model/status.js';
import { remedyRequest } from '../core/produce/remedyRequest.js';
import { buildTitle, markWord, subjectTitle } from '../core/words/build.js';
import { sentence } from '../core/words/findings.js';
import { lensTitle } from '../core/words/lens.js';
import { levelLine, levelTitle } from '../core/words/levels.js';
import { printable } from '../core/words/printable.js';
import { remedyTitle } from '../core/words/remedies.js';
import { stateSentence, stateWord } from '../core/words/states.js';
import { adviceMark, whyNot } from '../core/words/whyNot.js';
import { COLORS, COMMANDS } from './contributions.js';
import { locationOf, projectLabel, uriOf } from './places.js';
import { planView } from './planView.js';

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

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

const PROJECT_ICONS: Readonly<Record<ProjectKind, string>> = {
  vaibify: 'beaker',
  manifest: 'list-flat',
  plan: 'package',
};

/** A project, with the sum of its files. */
export function projectItem(snapshot: Snapshot, all: readonly Snapshot[]): vscode.TreeItem {
  const { project, counts } = snapshot;
  const item = new vscode.TreeItem(printable(projectLabel(project, all)), Expanded);
  const plan = planView(snapshot);
  item.description =
    plan === undefined ? lensTitle(counts) : buildTitle(plan.facts, plan.state, Date.now());
  item.tooltip = `${printable(project.file)} · ${project.dialect}`;
  item.iconPath = new vscode.ThemeIcon(PROJECT_ICONS[project.kind]);
  item.contextValue = `project.${project.kind}`;
  return item;
}

/** The level that a project has; below it stands what is before the next ones. */
export function levelItem({ level, blockers }: Snapshot): vscode.TreeItem {
  const title = level === undefined ? levelLine(level) : levelTitle(level);
  const item = new vscode.TreeItem(title, blockers.length > 0 ? Expanded : None);
  item.iconPath = new vscode.ThemeIcon(level === 3 ? 'verified-filled' : 'milestone');
  item.contextValue = 'level';
  return item;
}

/** What stands before one level; the next one is open, for it is what a person works on. */
export function gateItem(snapshot: Snapshot, level: Blocker['level']): vscode.TreeItem {
  const mine = snapshot.blockers.filter((blocker) => blocker.level === level);
  const holding = mine.filter(({ advisory }) => advisory !== true).length;
  const next = mine.length > 0 && level === snapshot.blockers[0]?.level;
  const item = new vscode.TreeItem(
    vscode.l10n.t('Why not L{0}? ({1})', level, holding),
    next ? Expanded : Collapsed,
  );
  item.tooltip = whyNot(level, holding);
  item.iconPath = new vscode.ThemeIcon('question');
  item.contextValue = 'level';
  return item;
}

/** One thing that stands before a level: a click shows its line. */
export function blockerItem({ project }: Snapshot, blocker: Blocker): vscode.TreeItem {
  const { finding, step, advisory } = blocker;
  const request = remedyRequest(project, blocker);
  const said = sentence(finding);
  const item = new vscode.TreeItem(advisory === true ? `${said} ${adviceMark()}` : said, None);
  item.description = [...(step === undefined ? [] : [step]), codeOf(finding)].join(' · ');
  const remedy = request === undefined ? undefined : remedyTitle(request.remedy);
  item.tooltip = remedy === undefined ? said : `${said}\n${remedy}`;
  item.iconPath = new vscode.ThemeIcon(advisory === true ? 'info' : 'circle-slash');
  item.contextValue = request === undefined ? 'blocker' : 'blocker.remedy';
  if (finding.place !== undefined) {
    const { uri, range } = locationOf(project.root, finding.place);
    const options: vscode.TextDocumentShowOptions = { selection: range };
    item.command = { command: 'vscode.open', title: '', arguments: [uri, options] };
  }
  return item;
}

/** A step, or what belongs to none. */
export function groupItem(
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
  item.contextValue = step === undefined ? 'group' : 'step';
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

/** Something that a build plan names; a click shows its line. */
export function markItem(snapshot: Snapshot, index: number): vscode.TreeItem {
  const plan = planView(snapshot);
  const mark = plan?.state.marks[index];
  if (plan === undefined || mark === undefined) return new vscode.TreeItem('');
  const title = subjectTitle(mark, plan.facts);
  const word = markWord(mark, plan.state);
  const item = new vscode.TreeItem(title, None);
  item.description = word;
  item.tooltip = `${title}\n${word}`;
  item.iconPath = new vscode.ThemeIcon(
    CODICONS[mark.state],
    new vscode.ThemeColor(COLORS[mark.state]),
  );
  item.contextValue = `mark.${mark.subject.kind}`;
  item.accessibilityInformation = { label: `${title}, ${word}` };
  const { uri, range } = locationOf(plan.project.root, mark.place);
  const options: vscode.TextDocumentShowOptions = { selection: range };
  item.command = { command: 'vscode.open', title: '', arguments: [uri, options] };
  return item;
}

/** One file with its state. */
export function fileItem({ project }: Snapshot, entry: FileEntry): vscode.TreeItem {
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
