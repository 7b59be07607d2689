import * as vscode from 'vscode';
import type { CommandId } from '../contributions.js';
import { HumanError } from '../ui.js';

/** What a command does; its argument comes from a lens, a link, a menu, a row, or is absent. */
export type Handler = (argument?: unknown) => unknown;
export type CommandTable = Readonly<Record<CommandId, Handler>>;

/**
 * Registers every command through one guard: a refusal is shown as it is, a cancelled command is
 * silent, and a bug is logged with its stack and shown without.
 */
export function registerCommands(
  table: CommandTable,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const guarded = Object.entries(table).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (argument?: unknown) => {
      try {
        return await handler(argument);
      } catch (error) {
        tell(id, error, log);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...guarded);
}

/** Nobody waits for the answer: a command has ended when its work has, not when a toast is closed. */
function tell(id: string, error: unknown, log: vscode.LogOutputChannel): void {
  if (isCancellation(error)) return;
  if (error instanceof HumanError) {
    void vscode.window.showErrorMessage(error.message);
    return;
  }
  log.error(id, error instanceof Error ? error : String(error));
  const show = vscode.l10n.t('Show Log');
  const reason = error instanceof Error ? error.message : String(error);
  void vscode.window
    .showErrorMessage(vscode.l10n.t('The command failed: {0}', reason), show)
    .then((choice) => {
      if (choice === show) log.show();
    });
}

const isCancellation = (error: unknown): boolean =>
  error instanceof vscode.CancellationError ||
  (error instanceof Error && error.name === 'AbortError');
