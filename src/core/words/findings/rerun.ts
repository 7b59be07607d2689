/** Sentences of {@link RerunFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import type { RerunFinding } from '../../model/findings/rerun.js';
import { printable } from '../printable.js';
import type { SentencesOf } from './sentences.js';

export const RERUN: SentencesOf<RerunFinding> = {
  'rerun-interactive-step': (f) =>
    l10n.t('Step {0} needs a person; a rerun goes unattended.', printable(f.step)),
  'rerun-disabled-step': (f) =>
    l10n.t('Step {0} is switched off; a rerun covers every step.', printable(f.step)),
};
