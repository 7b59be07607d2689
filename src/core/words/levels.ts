import * as l10n from '@vscode/l10n';
import type { Level, Snapshot } from '../model/snapshot.js';

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

/** A level with its number: `L2 Published`. */
export const levelTitle = (level: Level): string =>
  level === undefined ? levelName(level) : `L${level} ${levelName(level)}`;

/** One line about a level: `Level: L2 Published`. */
export const levelLine = (level: Level): string => l10n.t('Level: {0}', levelTitle(level));

/** The level of a project, or why it has none. */
export function projectLevel({ project, level }: Pick<Snapshot, 'project' | 'level'>): string {
  switch (project.kind) {
    case 'manifest':
      return l10n.t('no level: a checksum list alone has none');
    case 'plan':
      return l10n.t('no level: a build plan has none');
    case 'vaibify':
      return levelTitle(level);
  }
}
