/** Sentences of {@link EnvironmentFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import type { EnvironmentFinding } from '../../model/findings/environment.js';
import { printable } from '../printable.js';
import type { SentencesOf } from './sentences.js';

export const ENVIRONMENT: SentencesOf<EnvironmentFinding> = {
  'environment-json-syntax': (f) => l10n.t('This is not valid JSON: {0}.', f.problem),
  'environment-schema': (f) => l10n.t('"{0}": expected {1}.', printable(f.field), f.expected),
};
