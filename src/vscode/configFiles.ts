import * as vscode from 'vscode';
import {
  fieldExplanation,
  methodProposals,
  settingExplanation,
  settingProposals,
} from '../core/words/configCompletion.js';
import type { Model } from './model.js';
import { registerWriting } from './proposals.js';

const SETTINGS: vscode.DocumentSelector = { scheme: 'file', pattern: '**/vaibify.{yml,yaml}' };
const REPOSITORIES: vscode.DocumentSelector = { scheme: 'file', pattern: '**/container.conf' };

/** Completions and hovers in `vaibify.yml` and `container.conf`. */
export function registerConfigFiles(model: Model): vscode.Disposable {
  const applies = (document: vscode.TextDocument) => isVaibify(model, document);
  return vscode.Disposable.from(
    registerWriting(SETTINGS, {
      applies,
      proposals: settingProposals,
      explanation: settingExplanation,
    }),
    registerWriting(REPOSITORIES, {
      applies,
      proposals: (lines, at) => methodProposals(lines[at.line - 1] ?? '', at),
      explanation: (lines, at) => fieldExplanation(lines[at.line - 1] ?? '', at),
      triggers: ['|'],
    }),
  );
}

/** What vaibify calls its settings, and its lists of repositories. */
const SIGNS: readonly RegExp[] = [/^projectName[ ]*:/m, /^[^#|\n]+\|[^|\n]+\|[^|\n]*\|[^|\n]+/m];
/** As much of a document as shows whose it is. */
const HEAD = 20_000;
/** What lies beside such a file. */
const SIBLINGS = ['.vaibify', 'vaibify.yml', 'container.conf'];

/**
 * Whether a file of that name is vaibify's: it lies at the root of a pipeline, or says so itself, or
 * lies beside others of its kind. Other programs have a `container.conf` as well.
 */
async function isVaibify(model: Model, document: vscode.TextDocument): Promise<boolean> {
  const { uri } = document;
  const folder = vscode.Uri.joinPath(uri, '..');
  const isRoot = model.snapshots.some(
    ({ project }) => project.kind === 'vaibify' && project.root === folder.fsPath,
  );
  if (isRoot) return true;
  const head = document.getText().slice(0, HEAD);
  if (SIGNS.some((sign) => sign.test(head))) return true;
  const beside = await Promise.all(
    SIBLINGS.map((name) => vscode.Uri.joinPath(folder, name))
      .filter((sibling) => sibling.toString() !== uri.toString())
      .map((sibling) => exists(sibling)),
  );
  return beside.includes(true);
}

const exists = (uri: vscode.Uri): Thenable<boolean> =>
  vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
