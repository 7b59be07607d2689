import path from 'node:path';
import * as vscode from 'vscode';
import { projectKey } from '../../core/model/project.js';
import type { Snapshot } from '../../core/model/snapshot.js';
import { parseRemedyRequest } from '../../core/produce/remedyRequest.js';
import type { RemedyRequest } from '../../core/produce/remedyRequest.js';
import type { Hasher } from '../../core/system/hasher.js';
import { remedyTitle } from '../../core/words/remedies.js';
import type { RunCli } from '../cliTask.js';
import type { Model } from '../model.js';
import { HumanError } from '../ui.js';
import { initializeGit, requireTrust } from './actions.js';
import * as declare from './declarations.js';
import { openTests, writeContainerFile, writeScript } from './evidenceFiles.js';
import { regenerateManifest } from './regenerate.js';
import { signOff } from './signOff.js';
import { choosePipeline, targetSnapshots } from './targets.js';

/** What remedies work with. */
export interface RemedyParts {
  readonly model: Model;
  readonly hasher: Hasher;
  readonly runCli: RunCli;
}

/**
 * Does what one action can do about a blocker, then lets everything be read anew.
 * @param argument A `RemedyRequest`, or a row of the tree that has its fields.
 */
export async function applyRemedy(parts: RemedyParts, argument: unknown): Promise<void> {
  const request = parseRemedyRequest(argument);
  const snapshot = parts.model.snapshots.find(
    ({ project }) => projectKey(project) === request?.key,
  );
  if (request === undefined || snapshot === undefined) {
    throw new HumanError(vscode.l10n.t('That project is not open any more.'));
  }
  requireTrust(vscode.l10n.t('"{0}" changes the project.', remedyTitle(request.remedy)));
  try {
    await work(parts, snapshot, request);
  } finally {
    parts.model.invalidate('projects');
  }
}

/** The remedies that have a command of their own, because a person may want them at any time. */
export type Routine = 'capture-environment' | 'write-lock' | 'rerun';

/** Does one of them for a pipeline, a rerun also for the step of a row; asks which pipeline when there are several. */
export async function routine(
  parts: RemedyParts,
  remedy: Routine,
  argument: unknown,
): Promise<void> {
  const snapshot = await choosePipeline(argument, parts.model);
  if (snapshot === undefined) return;
  const step = remedy === 'rerun' ? parseStep(argument) : undefined;
  const request: RemedyRequest = {
    ...{ key: projectKey(snapshot.project), remedy, code: remedy },
    ...(step === undefined ? {} : { step }),
  };
  await applyRemedy(parts, request);
}

async function work(parts: RemedyParts, snapshot: Snapshot, request: RemedyRequest): Promise<void> {
  const { model, hasher } = parts;
  const step = request.step ?? '';
  const row = { key: request.key };
  switch (request.remedy) {
    case 'init-git':
      initializeGit(model, row);
      return;
    case 'declare-no-inputs':
      return declare.declareInputs(snapshot, step);
    case 'sign-off-step':
      return signOff({ model, hasher }, snapshot, step);
    case 'run-tests':
      return openTests(snapshot, step);
    case 'regenerate-manifest':
      return regenerateManifest(model, hasher, row);
    case 'add-ai-declaration':
      return declare.addAiDeclaration(snapshot);
    case 'declare-models':
      return declare.declareModels(snapshot);
    case 'declare-personal-layer':
      return declare.declarePersonalLayer(snapshot);
    default:
      return environmentWork(parts, snapshot, { ...request, remedy: request.remedy });
  }
}

type EnvironmentRequest = RemedyRequest & {
  readonly remedy:
    | CliRemedy
    | 'write-dockerfile'
    | 'write-reproduce-script'
    | 'declare-determinism'
    | 'waive-binaries';
};

function environmentWork(
  parts: RemedyParts,
  snapshot: Snapshot,
  request: EnvironmentRequest,
): Promise<void> {
  const { remedy } = request;
  switch (remedy) {
    case 'write-dockerfile':
      return writeContainerFile(snapshot);
    case 'write-reproduce-script':
      return writeScript(snapshot);
    case 'declare-determinism':
      return declare.declareDeterminism(snapshot);
    case 'waive-binaries':
      return declare.waiveBinaries(snapshot);
    default:
      return runRemedy(parts.runCli, snapshot, { ...request, remedy });
  }
}

/** Remedies that need a process or the network: the command line does them, where a person sees it. */
type CliRemedy =
  'verify-mirror' | 'write-lock' | 'capture-environment' | 'pin-base-image' | 'rerun';

interface CliWork extends Pick<RemedyRequest, 'service' | 'step'> {
  readonly remedy: CliRemedy;
}

/** Runs the command line for one remedy. @throws HumanError when it does not end well. */
export async function runRemedy(
  runCli: RunCli,
  { project }: Snapshot,
  request: CliWork,
): Promise<void> {
  const { root, file } = project;
  const { remedy } = request;
  const title = remedyTitle(remedy);
  const { status } = await runCli({
    title,
    args: [...commandOf(request), '--repo', root, '--project', path.join(root, file)],
    root,
    // What writes or executes shows first what it is about to do, and asks there.
    reveal: remedy === 'verify-mirror' ? 'silent' : 'always',
  });
  if (status === 0 || status === undefined) return;
  throw new HumanError(
    vscode.l10n.t('"{0}" ended with status {1}; its terminal says why.', title, status),
  );
}

function commandOf({ remedy, service, step }: CliWork): readonly string[] {
  switch (remedy) {
    case 'write-lock':
      return ['lock', 'write', '--ask'];
    case 'capture-environment':
      return ['environment', 'capture', '--ask'];
    case 'pin-base-image':
      return ['environment', 'pin', '--ask'];
    case 'rerun':
      return step === undefined ? ['rerun'] : ['rerun', '--step', step];
    case 'verify-mirror':
      if (service === 'github' || service === 'zenodo') return ['mirror', 'verify', service];
      throw new HumanError(
        vscode.l10n.t('Only the copies on GitHub and Zenodo can be verified from here.'),
      );
  }
}

/** Signs off the step of a row, of a request, or one that is asked for. */
export async function signOffStep(
  { model, hasher }: RemedyParts,
  argument: unknown,
): Promise<void> {
  const named = parseStep(argument);
  const all = targetSnapshots(argument, model).flatMap((snapshot) =>
    snapshot.project.steps.map((step) => ({
      label: step.label,
      description: step.name,
      snapshot,
    })),
  );
  const items = all.filter(({ label }) => named === undefined || label === named);
  if (items.length === 0) throw new HumanError(vscode.l10n.t('There is no step to sign off.'));
  const title = vscode.l10n.t('Sign off which step?');
  const chosen =
    items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title });
  if (chosen === undefined) return;
  try {
    await signOff({ model, hasher }, chosen.snapshot, chosen.label);
  } finally {
    model.invalidate('projects');
  }
}

/** The step of a row of the tree (`label`) or of a request (`step`). */
function parseStep(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { step, label } = argument as { readonly step?: unknown; readonly label?: unknown };
  const named = step ?? label;
  return typeof named === 'string' ? named : undefined;
}
