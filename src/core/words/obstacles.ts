/** Why evidence is not written, and what to do about it. */
import * as l10n from '@vscode/l10n';
import type { NameProblem } from '../formats/manifest/writer.js';
import type { Obstacle } from '../produce/manifest.js';
import { judge } from '../verify/judge.js';
import { refusal, sentence } from './findings.js';
import { printable } from './printable.js';
import { stateSentence } from './states.js';

/** The sentence of an obstacle, with the remedy where it is not obvious. */
export function obstacleSentence(obstacle: Obstacle): string {
  switch (obstacle.code) {
    case 'finding':
      return sentence(obstacle.finding);
    case 'not-a-file':
      if (obstacle.seen.kind === 'missing') return absent(obstacle.path);
      return `${printable(obstacle.path)}: ${stateSentence(judge(undefined, obstacle.seen))}`;
    case 'pointer':
      return l10n.t(
        '{0}: The content was not fetched; fetch it first ("git lfs pull" or "git annex get").',
        printable(obstacle.path),
      );
    case 'name':
      return l10n.t('{0}: {1}', printable(obstacle.path), nameSentence(obstacle.problem));
  }
}

const absent = (path: string): string =>
  l10n.t(
    '{0}: The file does not exist. Bring it back, or remove the line that names it.',
    printable(path),
  );

function nameSentence(problem: NameProblem): string {
  switch (problem) {
    case 'carriage-return':
      return l10n.t('The name holds a carriage return, which not every checksum tool reads back.');
    case 'not-unicode':
      return l10n.t('The name is not valid Unicode, and vaibify reads and writes UTF-8 only.');
    case 'line-separator':
      return l10n.t('The name holds a line separator, at which vaibify would split the line.');
    default:
      return refusal(problem);
  }
}
