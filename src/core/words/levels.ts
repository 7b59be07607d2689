import * as l10n from '@vscode/l10n';
import type { Level } from '../model/snapshot.js';

/** The name of a level as vaibify's ladder calls it (PROOF, levels 0 to 3). */
export function levelName(level: Level): string {
  switch (level) {
    case undefined:
      return l10n.t('not determined');
    case 0:
      return l10n.t('Sandbox');
    case 1:
      return l10n.t('Self-Consistent');
    case 2:
      return l10n.t('Published');
    case 3:
      return l10n.t('Reproducible');
  }
}
