/** Sentences of {@link LockFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import type { LockFinding } from '../../model/findings/lock.js';
import { printable } from '../printable.js';
import type { SentencesOf } from './sentences.js';

export const LOCK: SentencesOf<LockFinding> = {
  'lock-unpinned': (f) => l10n.t('{0} is not pinned to one version with "==".', printable(f.name)),
  'lock-unhashed': (f) => l10n.t('{0} has no SHA-256 hash.', printable(f.name)),
};
