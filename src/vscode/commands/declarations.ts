/** Statements about a pipeline that only a person can make: each asks which one is true. */
import * as vscode from 'vscode';
import { toRepoPath } from '../../core/model/paths.js';
import type { Project } from '../../core/model/project.js';
import type { Snapshot } from '../../core/model/snapshot.js';
import * as edits from '../../core/produce/edits.js';
import { absolutePath, writeAtomic } from '../../core/system/files.js';
import { existsInside } from '../../core/system/inside.js';
import { printable } from '../../core/words/printable.js';
import { pathInside, uriOf } from '../places.js';
import { HumanError } from '../ui.js';
import { changeDocument } from './documents.js';

interface Answer<T> extends vscode.QuickPickItem {
  readonly answer: T;
}

/** One of several statements; `undefined` when nobody says which. */
async function ask<T>(title: string, answers: readonly Answer<T>[]): Promise<T | undefined> {
  const placeHolder = vscode.l10n.t('Choose what is true. Escape changes nothing.');
  const chosen = await vscode.window.showQuickPick(answers, {
    ...{ title, placeHolder },
    ignoreFocusOut: true,
  });
  return chosen?.answer;
}

/** Asks whether a step reads raw data, and which. */
export async function declareInputs({ project }: Snapshot, step: string): Promise<void> {
  const answer = await ask(vscode.l10n.t('Does step {0} read raw data?', step), [
    {
      label: vscode.l10n.t('No raw data'),
      detail: vscode.l10n.t('It reads what other steps make, or nothing.'),
      answer: 'none' as const,
    },
    {
      label: vscode.l10n.t('Choose the files…'),
      detail: vscode.l10n.t('Files of the repository that no step makes.'),
      answer: 'files' as const,
    },
  ]);
  if (answer === undefined) return;
  if (answer === 'none') {
    await changeDocument(project, (text) => edits.declareNoInputs(text, step));
    return;
  }
  const paths = await chooseFiles(project);
  if (paths === undefined) return;
  await changeDocument(project, (text) => edits.declareInputs(text, step, paths));
}

async function chooseFiles({ root }: Project): Promise<string[] | undefined> {
  const uris = await vscode.window.showOpenDialog({
    canSelectMany: true,
    defaultUri: vscode.Uri.file(root),
    openLabel: vscode.l10n.t('Declare as Input Data'),
  });
  return uris?.map((uri) => {
    const path = pathInside(root, uri);
    if (path !== undefined) return path;
    throw new HumanError(
      vscode.l10n.t('{0} lies outside the repository; copy it there first.', uri.fsPath),
    );
  });
}

/** Asks in which way the pipeline is deterministic. */
export async function declareDeterminism({ project }: Snapshot): Promise<void> {
  const how = await ask<edits.Determinism>(
    vscode.l10n.t('What makes the results of this pipeline the same each time?'),
    [
      {
        label: vscode.l10n.t('One thread'),
        description: '"dOmpNumThreads": 1',
        detail: vscode.l10n.t('Numerical libraries run with one thread only.'),
        answer: 'one-thread',
      },
      {
        label: vscode.l10n.t('Differences between numerical libraries are accepted'),
        description: '"bAcceptBlasVariance": true',
        detail: vscode.l10n.t('On other processors the last digits may differ.'),
        answer: 'blas-variance',
      },
    ],
  );
  if (how === undefined) return;
  await changeDocument(project, (text) => edits.declareDeterminism(text, how));
}

/** Asks whether the pipeline really uses no programs beside its scripts. */
export async function waiveBinaries({ project }: Snapshot): Promise<void> {
  const waived = await ask(vscode.l10n.t('Which programs do the steps start?'), [
    {
      label: vscode.l10n.t('Only the scripts of this repository and what the image holds'),
      description: '"bNoStandaloneBinaries": true',
      answer: true,
    },
    {
      label: vscode.l10n.t('Other programs as well'),
      detail: vscode.l10n.t('List them in "listDeclaredBinaries" yourself: the file opens.'),
      answer: false,
    },
  ]);
  if (waived === undefined) return;
  if (waived) await changeDocument(project, edits.waiveBinaries);
  else await vscode.window.showTextDocument(uriOf(project.root, project.file));
}

/** Asks whether AI was used, adds the step that declares it and opens the declaration. */
export async function addAiDeclaration({ project }: Snapshot): Promise<void> {
  const { root, title } = project;
  const used = await ask(vscode.l10n.t('Was AI used to make this project?'), [
    { label: vscode.l10n.t('Yes'), answer: true },
    { label: vscode.l10n.t('No'), answer: false },
  ]);
  if (used === undefined) return;
  const file = edits.AI_DECLARATION;
  if (!existsInside(root, file)) {
    const text = edits.aiDeclarationText(printable(title), used);
    await writeAtomic(absolutePath(root, file), Buffer.from(text), { within: root });
  }
  await changeDocument(project, edits.addAiDeclaration);
  await vscode.window.showTextDocument(uriOf(root, file));
}

/** Asks for one model that was used; one that lacks something is shown instead. */
export async function declareModels({ project }: Snapshot): Promise<void> {
  const models = project.envelope?.gates?.facts.models;
  if (models?.state === 'incomplete') {
    const at = models.place;
    const selection = at && new vscode.Range(at.span.start.line - 1, 0, at.span.start.line - 1, 0);
    const uri = uriOf(project.root, project.file);
    await vscode.window.showTextDocument(uri, selection === undefined ? {} : { selection });
    return;
  }
  const model = await askModel();
  if (model !== undefined)
    await changeDocument(project, (text) => edits.declareModels(text, [model]));
}

async function askModel(): Promise<edits.DeclaredModel | undefined> {
  const vendor = await askText(vscode.l10n.t('Who offers the model?'));
  const model = vendor && (await askText(vscode.l10n.t('The exact identifier of the model')));
  const from = model && (await askDate(vscode.l10n.t('First day of use')));
  const until = from && (await askDate(vscode.l10n.t('Last day of use')));
  if (!vendor || !model || !from || !until) return undefined;
  const weights = await askWeights(model);
  if (weights === undefined) return undefined;
  return { vendor, model, from, until, ...(weights === 'closed' ? {} : { weights }) };
}

async function askWeights(
  model: string,
): Promise<edits.DeclaredModel['weights'] | 'closed' | undefined> {
  const open = await ask(vscode.l10n.t('Are the weights of {0} open?', model), [
    { label: vscode.l10n.t('No'), answer: false },
    { label: vscode.l10n.t('Yes'), answer: true },
  ]);
  if (open !== true) return open === false ? 'closed' : undefined;
  const source = await askText(vscode.l10n.t('Where the weights come from'));
  const revision = source && (await askText(vscode.l10n.t('Revision hash of the weights')));
  return source && revision ? { source, revision } : undefined;
}

async function askText(title: string): Promise<string | undefined> {
  const validateInput = (text: string): string | undefined =>
    text.trim() === '' ? vscode.l10n.t('This cannot be left empty.') : undefined;
  const text = await vscode.window.showInputBox({ title, validateInput, ignoreFocusOut: true });
  return text?.trim();
}

const askDate = (title: string): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title,
    placeHolder: 'YYYY-MM-DD',
    validateInput: (text) => (isDate(text) ? undefined : vscode.l10n.t('A day as YYYY-MM-DD.')),
    ignoreFocusOut: true,
  });

const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

/** Asks whether a person's own instructions shaped what a model did. */
export async function declarePersonalLayer({ project }: Snapshot): Promise<void> {
  const status = await ask<edits.PersonalLayer>(
    vscode.l10n.t('Did personal instructions shape what the AI did?'),
    [
      { label: vscode.l10n.t('There were none'), description: '"none"', answer: 'none' },
      {
        label: vscode.l10n.t('There were some, and they stay private'),
        description: '"declared-private"',
        answer: 'declared-private',
      },
      {
        label: vscode.l10n.t('There were some, and the repository has them'),
        description: '"included"',
        answer: 'included',
      },
    ],
  );
  if (status === undefined) return;
  await changeDocument(project, (text) => edits.declarePersonalLayer(text, status));
}

/** Whether text from a document can be the directory of a terminal inside the project. */
export const directoryInside = (root: string, directory: string): string | undefined => {
  if (directory === '' || directory === '.') return root;
  const result = toRepoPath(directory);
  return result.ok ? absolutePath(root, result.path) : undefined;
};
