/** What the in-host suites share: the extension's own API, the workspace, and patience. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ReproLensApi } from '../../src/editor.js';
import type { RepoPath } from '../../src/core/model/paths.js';
import type { Snapshot } from '../../src/core/model/snapshot.js';
import type { StatusKind } from '../../src/core/model/status.js';
import type { Model } from '../../src/vscode/model.js';

export const ID = 'reprolens.reprolens';

/** The workspace folder: a fresh copy of `test/fixtures/workspace` in a git work tree. */
export const folder = (): string => vscode.workspace.workspaceFolders![0]!.uri.fsPath;
export const at = (file: string): vscode.Uri => vscode.Uri.file(path.join(folder(), file));
export const text = (file: string): string => readFileSync(path.join(folder(), file), 'utf8');

/** The extension's model, with nothing left to do. */
export async function settledModel(): Promise<Model> {
  const extension = vscode.extensions.getExtension<ReproLensApi>(ID);
  assert.ok(extension, 'the extension is installed');
  const { model } = await extension.activate();
  await until(() => model.snapshots.length > 0, 'a project is found');
  await model.settled();
  return model;
}

export function snapshotOf(model: Model, file: string): Snapshot {
  const found = model.snapshots.find(
    ({ project }) => path.join(project.root, project.file) === path.join(folder(), file),
  );
  assert.ok(found, `${file} is a project`);
  return found;
}

export const stateOf = (model: Model, project: string, file: string): StatusKind | undefined =>
  snapshotOf(model, project).byPath.get(file as RepoPath)?.status.kind;

/** Polls until something holds; an editor answers in its own time. */
export async function until<T>(
  probe: () => T | Promise<T>,
  what: string | (() => string),
  milliseconds = 12_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > end) {
      throw new Error(`timed out: ${typeof what === 'string' ? what : what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** The code of a diagnostic of ours: always plain text. */
export const codeOf = ({ code }: vscode.Diagnostic): string =>
  typeof code === 'string' ? code : JSON.stringify(code);
