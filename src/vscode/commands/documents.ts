/** Changes of a pipeline document on a person's behalf: through the editor, so that undo has them. */
import * as vscode from 'vscode';
import type { Project } from '../../core/model/project.js';
import { EditRefusedError } from '../../core/produce/editsJson.js';
import type { Edit } from '../../core/produce/editsJson.js';
import { editRefusal } from '../../core/words/remedies.js';
import { uriOf } from '../places.js';
import { HumanError } from '../ui.js';

/**
 * Changes a project's document. It is saved if it was saved before; what a person has not saved yet is
 * theirs to save.
 *
 * @throws HumanError when the document cannot be changed so.
 */
export async function changeDocument(
  { root, file }: Project,
  make: (text: string) => readonly Edit[],
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uriOf(root, file));
  const edits = editsFor(document.getText(), make);
  if (edits.length === 0) return;
  const unsaved = document.isDirty;
  const change = new vscode.WorkspaceEdit();
  for (const { offset, length, content } of edits) {
    const range = new vscode.Range(
      document.positionAt(offset),
      document.positionAt(offset + length),
    );
    change.replace(document.uri, range, content);
  }
  const done = await vscode.workspace.applyEdit(change);
  if (!done || (!unsaved && !(await document.save()))) {
    throw new HumanError(vscode.l10n.t('{0} could not be changed.', file));
  }
}

function editsFor(text: string, make: (text: string) => readonly Edit[]): readonly Edit[] {
  try {
    return make(text);
  } catch (error) {
    if (!(error instanceof EditRefusedError)) throw error;
    throw new HumanError(editRefusal(error));
  }
}
