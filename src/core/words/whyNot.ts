/** What stands before the next levels, in words. */
import * as l10n from '@vscode/l10n';
import type { Outlook } from '../model/findings/level.js';
import { levelTitle } from './levels.js';

/** `Why not L2? 3 things stand before it.` */
export function whyNot(level: 1 | 2 | 3, things: number): string {
  const name = `L${level}`;
  return things === 1
    ? l10n.t('Why not {0}? One thing stands before it.', name)
    : l10n.t('Why not {0}? {1} things stand before it.', name, things);
}

/** `Fix these 2 and you reach L3 Reproducible.` Counts the blockers of lower levels as well. */
export function whatIf({ level, blockers }: Outlook): string {
  const name = levelTitle(level);
  return blockers.length === 1
    ? l10n.t('Fix this one and you reach {0}.', name)
    : l10n.t('Fix these {0} and you reach {1}.', blockers.length, name);
}

/** The promises worth making: of levels that the same work reaches, the highest. */
export const promises = (outlook: readonly Outlook[]): Outlook[] =>
  outlook.filter(({ blockers }, index) => blockers.length !== outlook[index + 1]?.blockers.length);

/** Marks a blocker that is listed and does not hold the level back. */
export const adviceMark = (): string => l10n.t('(advice)');
