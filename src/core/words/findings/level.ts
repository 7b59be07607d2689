/** Sentences of {@link LevelFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import type { LevelFinding } from '../../model/findings/level.js';
import { printable } from '../printable.js';
import type { SentencesOf } from './sentences.js';

export const LEVEL: SentencesOf<LevelFinding> = {
  'no-steps': () => l10n.t('The pipeline has no steps.'),
  'download-unrecorded': () => l10n.t('A download was never recorded by a successful run.'),
  'input-data-undeclared': (f) =>
    l10n.t('Step {0} neither declares input data nor says that it has none.', printable(f.step)),
  'upstream-modified': (f) => l10n.t('Step {0}: files changed upstream.', printable(f.step)),
  'axis-not-green': (f) => l10n.t('Step {0}: tests are not green.', printable(f.step)),
  'attestation-stale': (f) => l10n.t('Step {0}: the sign-off is out of date.', printable(f.step)),
  'user-not-approved': (f) => l10n.t('Step {0}: nobody has signed it off.', printable(f.step)),
  'outputs-not-verified': (f) => l10n.t('Files that are not as pinned: {0}.', f.count),
  'remote-not-verified': (f) => l10n.t('The copy on {0} is not verified.', f.service),
  'missing-ai-declaration-step': () => l10n.t('No step declares the use of AI.'),
  'ai-declaration-unattested': (f) =>
    l10n.t('Step {0}: the declaration of AI use is not signed off.', printable(f.step)),
  'ai-models-undeclared': () => l10n.t('The AI models used are not declared.'),
  'personal-layer-undeclared': () => l10n.t('The personal layer is not declared.'),
  'missing-from-manifest': (f) => l10n.t('Declared files without a pin: {0}.', f.count),
  'dependency-lock-missing': () => l10n.t('requirements.lock does not pin every dependency.'),
  'environment-snapshot-missing': () => l10n.t('No environment with an image digest is captured.'),
  'dockerfile-not-pinned': () => l10n.t('The Dockerfile does not pin its base image by digest.'),
  'image-not-published': () => l10n.t('The captured image is in no registry.'),
  'reproduce-script-missing': () => l10n.t('There is no pinned reproduce.sh.'),
  'nondeterminism-undeclared': () => l10n.t('Determinism is not declared.'),
  'binaries-not-declared-or-waived': () =>
    l10n.t('Standalone binaries are neither declared nor waived.'),
  'binary-not-captured': (f) => l10n.t('{0} is declared and not captured.', printable(f.binary)),
  'l3-attestation-stale': () => l10n.t('No current attestation of a rerun.'),
};
