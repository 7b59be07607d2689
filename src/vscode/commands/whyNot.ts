import * as vscode from 'vscode';
import { codeOf } from '../../core/model/finding.js';
import type { Project } from '../../core/model/project.js';
import type { Blocker, Snapshot } from '../../core/model/snapshot.js';
import { remedyRequest } from '../../core/produce/remedyRequest.js';
import { outlookOf } from '../../core/verify/level.js';
import { sentence } from '../../core/words/findings.js';
import { levelTitle } from '../../core/words/levels.js';
import { remedyTitle } from '../../core/words/remedies.js';
import { adviceMark, promises, whatIf, whyNot } from '../../core/words/whyNot.js';
import { locationOf } from '../places.js';
import { applyRemedy } from './remedies.js';
import type { RemedyParts } from './remedies.js';
import { choosePipeline } from './targets.js';

/**
 * Lists what stands before the next levels. Enter on a row does something about it, or goes to its
 * line where nothing can be done with one action; the row's button always goes there.
 */
export async function showWhyNot(parts: RemedyParts, argument: unknown): Promise<void> {
  const snapshot = await choosePipeline(argument, parts.model);
  if (snapshot === undefined) return;
  if (snapshot.blockers.length === 0) {
    void vscode.window.showInformationMessage(emptyMessage(snapshot));
    return;
  }
  const chosen = await chooseBlocker(snapshot);
  if (chosen === undefined) return;
  const request = remedyRequest(snapshot.project, chosen.blocker);
  if (request === undefined || chosen.reveal) await reveal(snapshot, chosen.blocker);
  else await applyRemedy(parts, request);
}

function emptyMessage(snapshot: Snapshot): string {
  if (snapshot.level === undefined) return vscode.l10n.t('The level is not determined yet.');
  return vscode.l10n.t('Nothing stands before the next level: {0}.', levelTitle(snapshot.level));
}

interface Row extends vscode.QuickPickItem {
  readonly blocker?: Blocker;
}

interface Choice {
  readonly blocker: Blocker;
  /** Whether the person asked for the line, not for the remedy. */
  readonly reveal: boolean;
}

function chooseBlocker(snapshot: Snapshot): Promise<Choice | undefined> {
  const pick = vscode.window.createQuickPick<Row>();
  pick.title = vscode.l10n.t('{0}: why not more?', levelTitle(snapshot.level));
  pick.placeholder = promises(outlookOf(snapshot)).map(whatIf).join(' ');
  pick.items = whyNotRows(snapshot);
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  return new Promise((resolve) => {
    const end = (row: Row | undefined, reveal = false): void => {
      resolve(row?.blocker === undefined ? undefined : { blocker: row.blocker, reveal });
      pick.hide();
    };
    pick.onDidAccept(() => end(pick.activeItems[0]));
    pick.onDidTriggerItemButton(({ item }) => end(item, true));
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** A section for each level with something before it, lowest first. */
export function whyNotRows({ project, blockers }: Pick<Snapshot, 'project' | 'blockers'>): Row[] {
  return ([1, 2, 3] as const).flatMap((level): Row[] => {
    const mine = blockers.filter((blocker) => blocker.level === level);
    if (mine.length === 0) return [];
    const holding = mine.filter(({ advisory }) => advisory !== true).length;
    const label = holding > 0 ? whyNot(level, holding) : `L${level}`;
    return [
      { label, kind: vscode.QuickPickItemKind.Separator },
      ...mine.map((blocker) => rowOf(project, blocker)),
    ];
  });
}

function rowOf(project: Project, blocker: Blocker): Row {
  const { finding, step, advisory } = blocker;
  const remedy = remedyRequest(project, blocker)?.remedy;
  const show = vscode.l10n.t('Show the line');
  const button = { iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: show };
  const mark = advisory === true ? ` ${adviceMark()}` : '';
  // A file named "$(pass) verified" must not look like a verdict.
  const text = sentence(finding).replaceAll('$(', '\\$(');
  return {
    label: `$(${remedy === undefined ? 'circle-slash' : 'lightbulb'}) ${text}${mark}`,
    description: [codeOf(finding), ...(step === undefined ? [] : [step])].join(' · '),
    detail: remedy === undefined ? show : remedyTitle(remedy),
    ...(finding.place === undefined ? {} : { buttons: [button] }),
    blocker,
  };
}

async function reveal({ project }: Snapshot, { finding }: Blocker): Promise<void> {
  if (finding.place === undefined) return;
  const { uri, range } = locationOf(project.root, finding.place);
  await vscode.window.showTextDocument(uri, { selection: range });
}
