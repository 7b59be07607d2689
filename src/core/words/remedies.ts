/** What a remedy does, and why one was not carried out. */
import * as l10n from '@vscode/l10n';
import type { Finding } from '../model/finding.js';
import type { EditRefusedError } from '../produce/editsJson.js';
import type { Action } from '../produce/remedyRequest.js';
import type { ScriptObstacle } from '../produce/reproduceScript.js';
import type { SignedFile } from '../produce/signOff.js';
import type { StateProblem } from '../produce/stateText.js';
import { sentence } from './findings.js';
import { printable } from './printable.js';
import { stateWord } from './states.js';

/** A remedy as the title of an action; the dots say that it asks first. */
export function remedyTitle(remedy: Action): string {
  switch (remedy) {
    case 'init-git':
      return l10n.t('Open a terminal with "git init"');
    case 'declare-no-inputs':
      return l10n.t('Declare input data…');
    case 'sign-off-step':
      return l10n.t('Sign off the step…');
    case 'run-tests':
      return l10n.t('Open a terminal with the tests');
    case 'regenerate-manifest':
      return l10n.t('Regenerate the manifest…');
    case 'verify-mirror':
      return l10n.t('Verify the published copy');
    case 'add-ai-declaration':
      return l10n.t('Declare the use of AI…');
    case 'declare-models':
      return l10n.t('Declare the AI models…');
    case 'declare-personal-layer':
      return l10n.t('Declare personal instructions…');
    case 'rerun':
      return l10n.t('Rerun the pipeline…');
    default:
      return environmentRemedy(remedy);
  }
}

function environmentRemedy(
  remedy: Extract<
    Action,
    | 'write-lock'
    | 'capture-environment'
    | 'pin-base-image'
    | 'write-dockerfile'
    | 'write-reproduce-script'
    | 'declare-determinism'
    | 'waive-binaries'
  >,
): string {
  switch (remedy) {
    case 'write-lock':
      return l10n.t('Write requirements.lock with hashes');
    case 'capture-environment':
      return l10n.t('Capture the environment');
    case 'pin-base-image':
      return l10n.t('Pin the base image by digest');
    case 'write-dockerfile':
      return l10n.t('Write a Dockerfile…');
    case 'write-reproduce-script':
      return l10n.t('Write reproduce.sh…');
    case 'declare-determinism':
      return l10n.t('Declare determinism…');
    case 'waive-binaries':
      return l10n.t('Declare that there are no other programs…');
  }
}

/** Why a pipeline document was not changed, and what to do. */
export function editRefusal({ code, field }: EditRefusedError): string {
  const name = printable(field);
  switch (code) {
    case 'syntax':
      return l10n.t('The document is not valid JSON ({0}); mend that first.', name);
    case 'not-a-container':
      return l10n.t('"{0}" cannot be added where another kind of value stands.', name);
    case 'no-such-step':
      return l10n.t('The document has no step {0} any more.', name);
    case 'inputs-declared':
      return l10n.t('Step {0} lists input data already; remove it there first.', name);
    case 'binaries-declared':
      return l10n.t('"{0}" lists programs; it cannot be said that there are none.', name);
    case 'declaration-exists':
      return l10n.t('A step declares the use of AI already.');
  }
}

/** Why `.vaibify/state.json` was not written, and what to do. */
export function stateRefusal(problem: StateProblem): string {
  switch (problem) {
    case 'malformed':
      return l10n.t(
        '.vaibify/state.json cannot be read, so nothing is added to it. Move it away, then sign off again.',
      );
    case 'newer':
      return l10n.t(
        '.vaibify/state.json is of a newer schema than 3, the newest known one; nothing is added to it.',
      );
    case 'ambiguous':
      return l10n.t(
        '.vaibify/state.json is of an older schema and could belong to several pipelines; open and save the project in vaibify first.',
      );
  }
}

/** Why there can be no `reproduce.sh`, and what to do. */
export function scriptObstacle(obstacle: ScriptObstacle): string {
  switch (obstacle.code) {
    case 'no-commands':
      return l10n.t('No step runs a command without a person; there is nothing to write.');
    case 'control-character':
      return l10n.t(
        'Step {0}: a command holds a control character or one that hides text; remove it.',
        obstacle.step,
      );
    case 'finding':
      return sentence(obstacle.finding satisfies Finding);
  }
}

/** One file of a sign-off with its state, for a list. */
export const signedFile = ({ path, status }: SignedFile): string =>
  `${printable(path)}: ${stateWord(status.kind)}`;
