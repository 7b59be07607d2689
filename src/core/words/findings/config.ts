/** Sentences of {@link ConfigFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import type { ConfigFinding } from '../../model/findings/config.js';
import { printable } from '../printable.js';
import type { SentencesOf } from './sentences.js';

export const CONFIG: SentencesOf<ConfigFinding> = {
  'image-not-pinned': (f) =>
    l10n.t('{0} is not pinned by digest: a tag can move.', printable(f.reference)),
};
