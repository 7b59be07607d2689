import path from 'node:path';
import * as vscode from 'vscode';
import { sha256 } from '../core/system/files.js';
import { projectKey } from '../core/model/project.js';
import type { Project } from '../core/model/project.js';
import type { Tier } from '../core/model/tier.js';
import { cliExecution, verifyArguments } from './cliTask.js';
import { PROBLEM_MATCHER, TASK_TYPE } from './contributions.js';
import type { Model } from './model.js';
import type { Reports } from './reports.js';

/** The tasks, as `tasks.json` names them; the schema is in package.json. */
const TASKS = {
  verify: { name: 'verify all tiers', does: { tiers: [1, 2, 3] } },
  'verify artifacts': { name: 'verify the artifacts', does: { tiers: [1] } },
  'verify dependencies': { name: 'verify the dependencies', does: { tiers: [2] } },
  'verify environment': { name: 'verify the environment', does: { tiers: [3] } },
  rerun: { name: 'run the pipeline again and compare', does: { tiers: [4] } },
  'manifest check': { name: 'check the manifest', does: { command: ['manifest', 'check'] } },
  'lock write': { name: 'write the lock file', does: { command: ['lock', 'write', '--ask'] } },
  'lock verify': { name: 'resolve the lock file', does: { command: ['lock', 'verify'] } },
  'environment capture': {
    name: 'capture the environment',
    does: { command: ['environment', 'capture', '--ask'] },
  },
} as const satisfies Readonly<Record<string, { readonly name: string; readonly does: Does }>>;

/** Verifies tiers and reports on them, or runs another command of the command line. */
type Does = { readonly tiers: readonly Tier[] } | { readonly command: readonly string[] };
type TaskName = keyof typeof TASKS;

const NAMES = Object.keys(TASKS) as readonly TaskName[];
/** What a checksum list is enough for, the most telling first. */
const OF_A_LIST: readonly TaskName[] = ['manifest check', 'verify'];
/** Those that only look, and do not ask before they do. */
const TESTS: ReadonlySet<TaskName> = new Set(
  NAMES.filter((name) => !['rerun', 'lock write', 'environment capture'].includes(name)),
);

interface Definition extends vscode.TaskDefinition {
  readonly task: TaskName;
  readonly project?: string;
}

/**
 * Tasks run the bundled command line with the editor's own Node, in a process of its own: a task, a
 * terminal and CI are one code path. When one ends, what it saw flows back into the model.
 */
export function registerTasks(model: Model, cli: string, reports: Reports): vscode.Disposable {
  const provider: vscode.TaskProvider = {
    provideTasks: async () => {
      await makeRoom(reports);
      return model.snapshots.flatMap(({ project }) => tasksOf(project, model, { cli, reports }));
    },
    resolveTask: async ({ definition, scope }) => {
      await makeRoom(reports);
      const wanted = definition as Definition;
      const project = model.snapshots.find((snapshot) =>
        matches(snapshot.project, wanted),
      )?.project;
      if (project === undefined || !offered(project).includes(wanted.task)) return undefined;
      const folder = typeof scope === 'object' ? scope : undefined;
      return makeTask(wanted, project, { cli, reports, name: TASKS[wanted.task].name, folder });
    },
  };
  return vscode.Disposable.from(
    vscode.tasks.registerTaskProvider(TASK_TYPE, provider),
    vscode.tasks.onDidEndTaskProcess(({ execution }) => {
      if (execution.task.definition.type !== TASK_TYPE) return;
      const report = reportArgument(execution.task);
      const absorbed = report === undefined ? Promise.resolve() : reports.absorb(report);
      const looked = TESTS.has((execution.task.definition as Definition).task);
      void absorbed.finally(() => model.invalidate(looked ? 'files' : 'documents'));
    }),
  );
}

/** The editor names a place for the extension's files and leaves making it to the extension. */
const makeRoom = ({ directory }: Reports): Thenable<void> =>
  vscode.workspace.fs.createDirectory(vscode.Uri.file(directory));

interface Making {
  readonly cli: string;
  readonly reports: Reports;
  readonly name?: string;
  readonly folder?: vscode.WorkspaceFolder | undefined;
}

const offered = ({ kind }: Project): readonly TaskName[] =>
  kind === 'manifest' ? OF_A_LIST : NAMES;

function tasksOf(project: Project, model: Model, making: Making): vscode.Task[] {
  const alone = model.snapshots.length === 1;
  return offered(project).map((task) => {
    const name = alone ? TASKS[task].name : `${TASKS[task].name} (${labelOf(project)})`;
    const definition: Definition = { type: TASK_TYPE, task, project: labelOf(project) };
    return makeTask(definition, project, { ...making, name });
  });
}

/** The declaring file as `tasks.json` names it: relative to its workspace folder. */
function labelOf(project: Project): string {
  return vscode.workspace.asRelativePath(vscode.Uri.file(fileOf(project)), false);
}

const fileOf = ({ root, file }: Project): string => path.join(root, file);

const matches = (project: Project, { project: named }: Definition): boolean =>
  named === undefined || labelOf(project) === named;

function makeTask(definition: Definition, project: Project, making: Making): vscode.Task {
  const { cli, reports, name = TASKS[definition.task].name } = making;
  const folder =
    making.folder ?? vscode.workspace.getWorkspaceFolder(vscode.Uri.file(fileOf(project)));
  const args = argumentsFor(definition.task, project, reports);
  const execution = cliExecution(cli, args, folder?.uri.fsPath ?? project.root);
  const scope = folder ?? vscode.TaskScope.Workspace;
  const isTest = TESTS.has(definition.task);
  const matcher = isTest ? `$${PROBLEM_MATCHER}` : [];
  const task = new vscode.Task(definition, scope, name, 'ReproLens', execution, matcher);
  if (isTest) task.group = vscode.TaskGroup.Test;
  task.detail = detailOf(definition.task, project);
  // One that asks must be seen, and must hear the answer.
  task.presentationOptions = { clear: true, showReuseMessage: false, focus: !isTest };
  return task;
}

function detailOf(task: TaskName, { manifest }: Project): string {
  switch (task) {
    case 'verify':
      return vscode.l10n.t('Files, dependencies and environment, in turn');
    case 'verify artifacts':
    case 'manifest check':
      return vscode.l10n.t('Reads every byte of the files in {0}', manifest.file);
    case 'verify dependencies':
    case 'lock verify':
      return vscode.l10n.t('Lets pip resolve requirements.lock by its hashes, installing nothing');
    case 'verify environment':
      return vscode.l10n.t('Asks an engine or the registry for the pinned container image');
    case 'rerun':
      return vscode.l10n.t('Shows what it would execute in a clean copy, asks, and then does it');
    case 'lock write':
      return vscode.l10n.t('Writes requirements.lock with the hashes of every dependency');
    case 'environment capture':
      return vscode.l10n.t('Writes .vaibify/environment.json from the container and this machine');
  }
}

function argumentsFor(task: TaskName, project: Project, reports: Reports): string[] {
  const { does } = TASKS[task];
  if ('tiers' in does) {
    const name = `${task.replace(' ', '-')}-${sha256(Buffer.from(projectKey(project)))}.json`;
    return verifyArguments(project, does.tiers, path.join(reports.directory, name));
  }
  if (task === 'manifest check') {
    return [...does.command, '--manifest', path.join(project.root, project.manifest.file)];
  }
  return [...does.command, '--repo', project.root, '--project', fileOf(project)];
}

/** The file after `--report` in a task that this provider made. */
function reportArgument({ execution }: vscode.Task): string | undefined {
  if (!(execution instanceof vscode.ProcessExecution)) return undefined;
  const at = execution.args.indexOf('--report');
  return at < 0 ? undefined : execution.args[at + 1];
}
