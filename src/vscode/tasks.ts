import path from 'node:path';
import * as vscode from 'vscode';
import { sha256 } from '../core/system/files.js';
import { projectKey } from '../core/model/project.js';
import type { Project } from '../core/model/project.js';
import { PROBLEM_MATCHER, TASK_TYPE } from './contributions.js';
import type { Model } from './model.js';

/** What `tasks.json` may say; the schema is in package.json. */
interface Definition extends vscode.TaskDefinition {
  readonly task: 'verify' | 'manifest check';
  readonly project?: string;
}

const NAMES: Readonly<Record<Definition['task'], string>> = {
  verify: 'verify all tiers',
  'manifest check': 'check the manifest',
};

/** What a finished verification left for the editor, by the file it was told to write. */
export interface Reports {
  /** Absolute directory for reports, outside every workspace. */
  readonly directory: string;
  /** Takes in a report; absent or foreign files are ignored. */
  readonly absorb: (file: string) => Promise<void>;
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
      if (project === undefined || !(wanted.task in NAMES)) return undefined;
      const folder = typeof scope === 'object' ? scope : undefined;
      return makeTask(wanted, project, { cli, reports, name: NAMES[wanted.task], folder });
    },
  };
  return vscode.Disposable.from(
    vscode.tasks.registerTaskProvider(TASK_TYPE, provider),
    vscode.tasks.onDidEndTaskProcess(({ execution }) => {
      if (execution.task.definition.type !== TASK_TYPE) return;
      const report = reportArgument(execution.task);
      const absorbed = report === undefined ? Promise.resolve() : reports.absorb(report);
      void absorbed.finally(() => model.invalidate('files'));
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

function tasksOf(project: Project, model: Model, making: Making): vscode.Task[] {
  const kinds: Definition['task'][] =
    project.kind === 'manifest' ? ['manifest check', 'verify'] : ['verify', 'manifest check'];
  const alone = model.snapshots.length === 1;
  return kinds.map((task) => {
    const name = alone ? NAMES[task] : `${NAMES[task]} (${labelOf(project)})`;
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
  const { cli, reports, name = NAMES[definition.task] } = making;
  const folder =
    making.folder ?? vscode.workspace.getWorkspaceFolder(vscode.Uri.file(fileOf(project)));
  const execution = new vscode.ProcessExecution(
    process.execPath,
    [cli, ...argumentsFor(definition.task, project, reports)],
    { cwd: folder?.uri.fsPath ?? project.root, env: { ELECTRON_RUN_AS_NODE: '1' } },
  );
  const scope = folder ?? vscode.TaskScope.Workspace;
  const matcher = `$${PROBLEM_MATCHER}`;
  const task = new vscode.Task(definition, scope, name, 'ReproLens', execution, matcher);
  task.group = vscode.TaskGroup.Test;
  task.detail = vscode.l10n.t('Reads every byte of {0}', project.manifest.file);
  task.presentationOptions = { clear: true, showReuseMessage: false };
  return task;
}

function argumentsFor(task: Definition['task'], project: Project, reports: Reports): string[] {
  if (task === 'manifest check') {
    return ['manifest', 'check', '--manifest', path.join(project.root, project.manifest.file)];
  }
  const name = `${sha256(Buffer.from(projectKey(project)))}.json`;
  return [
    ...['verify', '--repo', project.root, '--project', fileOf(project)],
    ...['--report', path.join(reports.directory, name)],
  ];
}

/** The file after `--report` in a task that this provider made. */
function reportArgument({ execution }: vscode.Task): string | undefined {
  if (!(execution instanceof vscode.ProcessExecution)) return undefined;
  const at = execution.args.indexOf('--report');
  return at < 0 ? undefined : execution.args[at + 1];
}
