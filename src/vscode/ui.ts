/** The few bridges between the core's habits and the editor's. */
import * as vscode from 'vscode';
import type { StatusKind } from '../core/model/status.js';
import { COLORS } from './contributions.js';
import type { SettingKey, Settings } from './contributions.js';

/** A setting as it stands now; its default is package.json's. */
export function setting<K extends SettingKey>(key: K, scope?: vscode.Uri): Settings[K] {
  const value = vscode.workspace.getConfiguration(undefined, scope ?? null).get<Settings[K]>(key);
  if (value === undefined) throw new Error(`the setting ${key} is not contributed`);
  return value;
}

/** Calls back when one of our settings changes. */
export const onSetting = (keys: readonly SettingKey[], then: () => void): vscode.Disposable =>
  vscode.workspace.onDidChangeConfiguration((event) => {
    if (keys.some((key) => event.affectsConfiguration(key))) then();
  });

/** The shape of a state, in the gutter and on the ruler. `extension`: where the extension is installed. */
export function createShape(
  kind: StatusKind,
  extension: vscode.Uri,
): vscode.TextEditorDecorationType {
  const icon = (theme: string): vscode.Uri =>
    vscode.Uri.joinPath(extension, 'media', 'gutter', theme, `${kind}.svg`);
  // The ruler is for what needs attention: a stripe beside every line would say nothing.
  const ruler =
    kind === 'verified'
      ? {}
      : {
          overviewRulerColor: new vscode.ThemeColor(COLORS[kind]),
          overviewRulerLane: vscode.OverviewRulerLane.Left,
        };
  return vscode.window.createTextEditorDecorationType({
    gutterIconSize: 'contain',
    light: { gutterIconPath: icon('light') },
    dark: { gutterIconPath: icon('dark') },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    ...ruler,
  });
}

/** A failure whose sentence is meant for a person; anything else is a bug and goes to the log. */
export class HumanError extends Error {
  readonly code = 'human';
}
