import { setTimeout } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Project } from '../core/model/project.js';
import type { Tier } from '../core/model/tier.js';
import { TIERS } from '../core/verify/tiers.js';
import { HumanError } from './ui.js';

/** What the command line is asked to do, in a terminal that the user sees. */
export interface CliRequest {
  /** Name of the task and of its terminal. */
  readonly title: string;
  /** The command, its options and arguments. */
  readonly args: readonly string[];
  /** Absolute path of the directory that it runs in: a project's root. */
  readonly root: string;
  /** `always` shows the terminal, as whoever is asked a question in it must; default `silent`. */
  readonly reveal?: 'always' | 'silent';
  /** Ends the process. */
  readonly signal?: AbortSignal;
}

/** How it ended. */
export interface CliResult {
  /** Exit status; absent when the process was ended, or never began. */
  readonly status: number | undefined;
  /** The command's JSON document; `undefined` when it wrote none. */
  readonly document: unknown;
}

/** Runs the command line. @throws HumanError in Restricted Mode. */
export type RunCli = (request: CliRequest) => Promise<CliResult>;

/**
 * The only way in which the editor layer starts anything: a visible task runs the bundled command
 * line with the editor's own Node. What it says to a machine comes back through a file, because its
 * standard output is the terminal's.
 *
 * @param cli absolute path of the bundled command line
 * @param directory absolute path of a directory of the extension's own
 */
export const cliRunner =
  (cli: string, directory: string): RunCli =>
  async (request) => {
    if (!vscode.workspace.isTrusted) {
      throw new HumanError(
        vscode.l10n.t(
          '"{0}" starts programs, which Restricted Mode forbids. Trust the workspace, then try again.',
          request.title,
        ),
      );
    }
    const storage = vscode.Uri.file(directory);
    await vscode.workspace.fs.createDirectory(storage);
    const answer = vscode.Uri.joinPath(storage, `answer-${randomUUID()}.json`);
    const args = [...request.args, '--json-file', answer.fsPath];
    try {
      const status = await execute(
        taskFor(request, cliExecution(cli, args, request.root)),
        request,
      );
      return { status, document: await readDocument(answer) };
    } finally {
      await vscode.workspace.fs.delete(answer).then(undefined, () => undefined);
    }
  };

/** The command line as a process of a task. */
export const cliExecution = (
  cli: string,
  args: readonly string[],
  cwd: string,
): vscode.ProcessExecution =>
  new vscode.ProcessExecution(process.execPath, [cli, ...args], {
    cwd,
    env: { ELECTRON_RUN_AS_NODE: '1', REPROLENS_TASK: '1' },
  });

/** The arguments that verify some tiers of a project and leave a report; the fourth is opt-in there. */
export function verifyArguments(
  { root, file }: Project,
  tiers: readonly Tier[],
  report: string,
): string[] {
  const left = TIERS.filter(({ tier }) => tier !== 4 && !tiers.includes(tier));
  return [
    ...['verify', '--repo', root, '--project', path.join(root, file)],
    ...left.flatMap(({ tier }) => ['--skip-tier', String(tier)]),
    ...(tiers.includes(4) ? ['--rerun'] : []),
    ...['--report', report],
  ];
}

/**
 * No contributed type: the editor keeps only declared properties of those, and takes two tasks without
 * a difference for one that runs already.
 */
const COMMAND_TYPE = 'reprolens-command';

interface CommandDefinition extends vscode.TaskDefinition {
  readonly id: string;
}

function taskFor(
  { title, root, reveal }: CliRequest,
  execution: vscode.ProcessExecution,
): vscode.Task {
  const definition: CommandDefinition = { type: COMMAND_TYPE, id: randomUUID() };
  const scope =
    vscode.workspace.getWorkspaceFolder(vscode.Uri.file(root)) ?? vscode.TaskScope.Workspace;
  const task = new vscode.Task(definition, scope, title, 'ReproLens', execution, []);
  const always = reveal === 'always';
  task.presentationOptions = {
    reveal: always ? vscode.TaskRevealKind.Always : vscode.TaskRevealKind.Silent,
    focus: always,
    panel: vscode.TaskPanelKind.Shared,
    clear: false,
    showReuseMessage: false,
  };
  return task;
}

/** The end of a task and the end of its process are told apart, in no promised order. */
const GRACE_MS = 1000;

/**
 * Runs a task to its end. Its events are known by its definition's identifier: the first of them may
 * come before the editor has given the execution away, and names are not unique.
 */
async function execute(task: vscode.Task, { signal }: CliRequest): Promise<number | undefined> {
  const isOurs = ({ task: other }: vscode.TaskExecution): boolean =>
    other.definition.type === COMMAND_TYPE && other.definition['id'] === task.definition['id'];
  let end: (status: number | undefined) => void = () => undefined;
  const ended = new Promise<number | undefined>((resolve) => (end = resolve));
  const listening = vscode.Disposable.from(
    vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (isOurs(execution)) end(exitCode);
    }),
    vscode.tasks.onDidEndTask(({ execution }) => {
      if (isOurs(execution)) void setTimeout(GRACE_MS).then(() => end(undefined));
    }),
  );
  try {
    if (isAborted(signal)) return undefined;
    const execution = await vscode.tasks.executeTask(task);
    const stop = (): void => execution.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    if (isAborted(signal)) stop();
    const status = await ended;
    signal?.removeEventListener('abort', stop);
    return status;
  } finally {
    listening.dispose();
  }
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

/** The most that is read of an answer, in bytes. */
const MOST_ANSWER = 64 << 20;

async function readDocument(file: vscode.Uri): Promise<unknown> {
  try {
    const { size } = await vscode.workspace.fs.stat(file);
    if (size > MOST_ANSWER) return undefined;
    return JSON.parse(Buffer.from(await vscode.workspace.fs.readFile(file)).toString('utf8'));
  } catch {
    return undefined;
  }
}
