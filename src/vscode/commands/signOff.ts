import * as vscode from 'vscode';
import type { Snapshot } from '../../core/model/snapshot.js';
import { planSignOff, SignOffChangedError, writeSignOff } from '../../core/produce/signOff.js';
import type { SignedFile, SignOffPlan } from '../../core/produce/signOff.js';
import { StateRefusedError } from '../../core/produce/stateText.js';
import { now } from '../../core/system/clock.js';
import type { Hasher } from '../../core/system/hasher.js';
import { printable } from '../../core/words/printable.js';
import { signedFile, stateRefusal } from '../../core/words/remedies.js';
import type { Model } from '../model.js';
import { HumanError, setting } from '../ui.js';
import { attended, requireTrust } from './actions.js';
import { uriOf } from '../places.js';

/** Files that a dialogue lists; the rest is counted. */
const MOST_LISTED = 20;

/** Who signs what: the step of a snapshot, and what reads its files. */
export interface SignOffParts {
  readonly model: Model;
  readonly hasher: Hasher;
}

/**
 * Signs a step off: reads what it makes, shows that, and asks. Nothing but a person's answer to that
 * question ever writes a sign-off.
 */
export async function signOff(
  { model, hasher }: SignOffParts,
  snapshot: Snapshot,
  step: string,
): Promise<void> {
  requireTrust(vscode.l10n.t('A sign-off writes a file of the project.'));
  const plan = await planWithProgress({ model, hasher }, snapshot, step);
  if (plan === undefined) return;
  const [first] = plan.against;
  if (first !== undefined) {
    throw new HumanError(
      vscode.l10n.t(
        'Step {0} cannot be signed off: {1}. Files that are not as pinned: {2}.',
        step,
        signedFile(first),
        plan.against.length,
      ),
    );
  }
  if (!(await agreed(plan))) return;
  try {
    await writeSignOff(plan);
  } catch (error) {
    if (!(error instanceof SignOffChangedError)) throw error;
    throw new HumanError(
      vscode.l10n.t(
        '.vaibify/state.json was changed meanwhile and stays as it is. Sign off again.',
      ),
    );
  }
  const done = vscode.l10n.t('Step {0} is signed off', step);
  vscode.window.setStatusBarMessage(`$(check) ${done}`, 8000);
}

async function planWithProgress(
  { model, hasher }: SignOffParts,
  { project }: Snapshot,
  step: string,
): Promise<SignOffPlan | undefined> {
  let plan: SignOffPlan | undefined;
  const pipelines = model.snapshots.filter(
    (each) => each.project.root === project.root && each.project.kind === 'vaibify',
  );
  const files = project.declared.filter((file) => file.step === step).length;
  const title = vscode.l10n.t('Reading the files of step {0}', step);
  const whole = await attended(title, files, async (attention) => {
    plan = await planSignOff(project, step, {
      hasher,
      followLinks: setting('reprolens.followLinks', uriOf(project.root, project.file)),
      alone: pipelines.length === 1,
      at: now(),
      ...(attention.signal === undefined ? {} : { signal: attention.signal }),
    }).catch((error: unknown) => {
      if (!(error instanceof StateRefusedError)) throw error;
      throw new HumanError(stateRefusal(error.code));
    });
    if (plan !== undefined) return;
    throw new HumanError(vscode.l10n.t('The pipeline has no step {0} any more.', step));
  });
  return whole ? plan : undefined;
}

async function agreed({ step, files }: SignOffPlan): Promise<boolean> {
  const title = `${step.label} ${printable(step.name)}`;
  const yes = vscode.l10n.t('Sign Off');
  const question =
    step.kind === 'ai-declaration'
      ? vscode.l10n.t('Do you declare that what {0} says of the use of AI is true?', title)
      : vscode.l10n.t('Have you looked at the results of {0}, and are they right?', title);
  const detail = [
    ...listed(files),
    '',
    vscode.l10n.t('This is recorded in .vaibify/state.json, on this machine only.'),
  ].join('\n');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, yes);
  return answer === yes;
}

function listed(files: readonly SignedFile[]): string[] {
  if (files.length === 0) return [vscode.l10n.t('It declares no output.')];
  const rest = files.length - MOST_LISTED;
  const lines = files.slice(0, MOST_LISTED).map(signedFile);
  return rest > 0 ? [...lines, vscode.l10n.t('and {0} more', rest)] : lines;
}
