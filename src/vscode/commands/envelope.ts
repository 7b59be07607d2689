import * as vscode from 'vscode';
import { projectKey } from '../../core/model/project.js';
import type { Snapshot } from '../../core/model/snapshot.js';
import { ManifestChangedError, planManifest, writeManifest } from '../../core/produce/manifest.js';
import type { ManifestPlan } from '../../core/produce/manifest.js';
import { setting } from '../ui.js';
import { uriOf } from '../places.js';
import { requireTrust } from './actions.js';
import { sharingManifest } from './targets.js';
import { regenerateManifest } from './regenerate.js';
import { runRemedy } from './remedies.js';
import type { RemedyParts } from './remedies.js';

/** The manifest shows its changes and asks; lock and environment are written where a person sees it. */
export async function regenerateEverything(parts: RemedyParts, snapshot: Snapshot): Promise<void> {
  const { model, hasher, runCli } = parts;
  try {
    await regenerateManifest(model, hasher, { key: projectKey(snapshot.project) });
    await runRemedy(runCli, snapshot, { remedy: 'write-lock' });
    await runRemedy(runCli, snapshot, { remedy: 'capture-environment' });
  } finally {
    model.invalidate('projects');
  }
}

/** Writes the manifest if nothing stands in the way, and says what it did. */
export async function regenerateQuietly(
  { model, hasher }: RemedyParts,
  { project }: Snapshot,
): Promise<string | undefined> {
  requireTrust(vscode.l10n.t('Regenerating evidence replaces a file of the project.'));
  const followLinks = setting('reprolens.followLinks', uriOf(project.root, project.file));
  const plan = await planManifest(sharingManifest(model, project), { hasher, followLinks });
  if (plan.obstacles.length > 0) {
    return vscode.l10n.t(
      '{0} was not regenerated; obstacles: {1}. "Regenerate Manifest" lists them.',
      plan.manifest,
      plan.obstacles.length,
    );
  }
  if (!plan.differs) return undefined;
  try {
    await writeManifest(plan);
  } catch (error) {
    if (!(error instanceof ManifestChangedError)) throw error;
    return vscode.l10n.t('{0} was changed meanwhile and stays as it is.', plan.manifest);
  } finally {
    model.invalidate('documents');
  }
  return summary(plan);
}

function summary({ manifest, entries, added, changed, removed }: ManifestPlan): string {
  return vscode.l10n.t(
    '{0} was regenerated, as you chose: {1} pins, {2} added, {3} changed, {4} removed.',
    manifest,
    entries,
    added.length,
    changed.length,
    removed.length,
  );
}
