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
  rebuild: { name: 'rebuild', does: { build: ['rebuild'] } },
  seed: { name: 'seed the reference', does: { build: ['seed'] } },
  'find the cause': { name: 'find the cause', does: { build: ['rebuild', '--vary'] } },
  'plan check': { name: 'check the plan', does: { command: ['plan', 'check'] } },
} as const satisfies Readonly<Record<string, { readonly name: string; readonly does: Does }>>;

/** Verifies tiers and reports on them, builds a plan for a tag, or runs another command. */
type Does =
  | { readonly tiers: readonly Tier[] }
  | { readonly build: readonly string[] }
  | { readonly command: readonly string[] };
type TaskName = keyof typeof TASKS;

const NAMES = Object.keys(TASKS) as readonly TaskName[];
/** What a checksum list is enough for, the most telling first. */
const OF_A_LIST: readonly TaskName[] = ['manifest check', 'verify'];
const OF_A_PLAN: readonly TaskName[] = ['rebuild', 'seed', 'find the cause', 'plan check'];
/** Those that only look, and do not ask before they do. */
const TESTS: ReadonlySet<TaskName> = new Set(
  NAMES.filter(
    (name) =>
      !['rerun', 'lock write', 'environment capture', 'seed', 'find the cause'].includes(name),
  ),
);

interface Definition extends vscode.TaskDefinition {
  readonly task: TaskName;
  readonly project?: string;
  /** What `{tag}` stands for in a build plan; default that of its last rebuild, else `local`. */
  readonly tag?: string;
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

function offered({ kind }: Project): readonly TaskName[] {
  switch (kind) {
    case 'manifest':
      return OF_A_LIST;
    case 'plan':
      return OF_A_PLAN;
    case 'vaibify':
      return NAMES.filter((name) => !OF_A_PLAN.includes(name));
  }
}

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
  const args = argumentsFor(definition, project, reports);
  // A rebuild writes its attestation where the plan's others lie.
  const isBuild = OF_A_PLAN.includes(definition.task);
  const cwd = isBuild ? project.root : (folder?.uri.fsPath ?? project.root);
  const execution = cliExecution(cli, args, cwd);
  const scope = folder ?? vscode.TaskScope.Workspace;
  const isTest = TESTS.has(definition.task);
  const matcher = isTest ? `$${PROBLEM_MATCHER}` : [];
  const task = new vscode.Task(definition, scope, name, 'ReproLens', execution, matcher);
  if (isTest) task.group = vscode.TaskGroup.Test;
  task.detail = DETAILS[definition.task](project);
  // One that asks must be seen, and must hear the answer.
  task.presentationOptions = { clear: true, showReuseMessage: false, focus: !isTest };
  return task;
}

/** What a task does, by its name; asked for when offered, for the translation comes later. */
const DETAILS: Readonly<Record<TaskName, (project: Project) => string>> = {
  verify: () => vscode.l10n.t('Files, dependencies and environment, in turn'),
  'verify artifacts': readsEveryByte,
  'manifest check': readsEveryByte,
  'verify dependencies': resolvesLock,
  'lock verify': resolvesLock,
  'verify environment': () =>
    vscode.l10n.t('Asks an engine or the registry for the pinned container image'),
  rerun: () => vscode.l10n.t('Shows what it would execute in a clean copy, asks, and then does it'),
  'lock write': () => vscode.l10n.t('Writes requirements.lock with the hashes of every dependency'),
  'environment capture': () =>
    vscode.l10n.t('Writes .vaibify/environment.json from the container and this machine'),
  rebuild: () =>
    vscode.l10n.t('Builds the plan in a sandbox and compares the artifact with its reference'),
  seed: () => vscode.l10n.t('Builds the plan once and records what rebuilds must equal'),
  'find the cause': () =>
    vscode.l10n.t('Builds the plan again and again, with one circumstance changed at a time'),
  'plan check': () => vscode.l10n.t('Finds mistakes in the plan, and what makes its builds differ'),
};

function readsEveryByte({ manifest }: Project): string {
  return vscode.l10n.t('Reads every byte of the files in {0}', manifest.file);
}

function resolvesLock(): string {
  return vscode.l10n.t('Lets pip resolve requirements.lock by its hashes, installing nothing');
}

function argumentsFor({ task, tag }: Definition, project: Project, reports: Reports): string[] {
  const does: Does = TASKS[task].does;
  const name = `${task.replace(' ', '-')}-${sha256(Buffer.from(projectKey(project)))}.json`;
  const report = path.join(reports.directory, name);
  if ('tiers' in does) return verifyArguments(project, does.tiers, report);
  if ('build' in does) {
    const [command = '', ...options] = does.build;
    const release = tag ?? project.build?.record?.tag ?? 'local';
    return [
      ...(command === 'seed' ? [command, release] : [command, '--tag', release]),
      ...['--repo', project.root, '--plan', fileOf(project), ...options],
      ...(task === 'rebuild' ? ['--report', report] : []),
    ];
  }
  if (task === 'plan check') {
    return [...does.command, '--repo', project.root, '--plan', fileOf(project)];
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
