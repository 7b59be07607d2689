import type * as vscode from 'vscode';
import { setImmediate } from 'node:timers/promises';
import type { ReproLensApi } from './editor.js';

/**
 * The door: it lets the editor go on with other extensions before anything of ours is evaluated.
 * What is behind it, the composition root, is `editor.ts`.
 */
export async function activate(context: vscode.ExtensionContext): Promise<ReproLensApi> {
  await setImmediate();
  const { openEditor } = await import('./editor.js');
  return openEditor(context);
}
