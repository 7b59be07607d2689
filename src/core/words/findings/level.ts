/** Sentences of {@link LevelFinding}, each ending with its remedy. */
import * as l10n from '@vscode/l10n';
import type { LevelFinding } from '../../model/findings/level.js';
import { printable } from '../printable.js';
import {
  axisList,
  binaryGap,
  environmentGap,
  remoteSentence,
  rerunGap,
  serviceName,
  testSentence,
} from './levelParts.js';
import type { SentencesOf } from './sentences.js';

export const LEVEL: SentencesOf<LevelFinding> = {
  'no-steps': () =>
    l10n.t('The pipeline has no step that makes anything; an empty list proves nothing. Add one.'),
  'download-unrecorded': (f) =>
    f.step === undefined
      ? l10n.t('A download was never recorded by a successful run; run the pipeline again.')
      : l10n.t(
          'Step {0}: a download was never recorded by a successful run; run the step again.',
          f.step,
        ),
  'input-data-undeclared': (f) =>
    l10n.t(
      'Step {0} neither declares its input data nor says that it has none: list the files in "saInputDataFiles", or set "bNoInputData" to true.',
      f.step,
    ),
  'upstream-modified': (f) => {
    const [first] = f.files;
    if (first === undefined) {
      return l10n.t(
        'Step {0}: a step before it has newer outputs; run it, test it and sign it off again.',
        f.step,
      );
    }
    return f.files.length === 1
      ? l10n.t(
          'Step {0}: "{1}" changed since it was tested; run it, test it and sign it off again.',
          f.step,
          printable(first),
        )
      : l10n.t(
          'Step {0}: "{1}" and {2} more changed since they were tested; run it, test it and sign it off again.',
          f.step,
          printable(first),
          f.files.length - 1,
        );
  },
  'axis-not-green': (f) =>
    l10n.t('Step {0}, {1}: {2}', f.step, axisList(f.axes), testSentence(f.state, f.first)),
  'attestation-stale': (f) => {
    const [first] = f.files;
    return first === undefined
      ? l10n.t(
          'Step {0}: its results changed after they were signed off; look at them and sign off again.',
          f.step,
        )
      : l10n.t(
          'Step {0}: "{1}" is not what was signed off; look at it and sign off again, or restore it.',
          f.step,
          printable(first),
        );
  },
  'user-not-approved': (f) =>
    l10n.t('Step {0}: nobody has signed off its results here; look at them and sign off.', f.step),
  'outputs-not-verified': (f) => notVerified(f),
  'remote-not-verified': (f) => remoteSentence(f, serviceName(f.service)),
  'missing-ai-declaration-step': () =>
    l10n.t('No step declares the use of AI; add a step of the kind "ai-declaration".'),
  'ai-declaration-unattested': (f) =>
    l10n.t('Step {0}: the declaration of AI use is not signed off; read it and sign off.', f.step),
  'ai-models-undeclared': (f) =>
    f.gap === 'none'
      ? l10n.t(
          'No AI model is declared; list them in "dictAiProvenance" with vendor, identifier and dates.',
        )
      : l10n.t(
          'A declared AI model lacks its vendor, identifier, first or last date of use or, with open weights, their source and revision; fill them in.',
        ),
  'personal-layer-undeclared': () =>
    l10n.t(
      'It is not declared whether personal instructions shaped the AI: set "dictPersonalLayer" to "none", "declared-private" or "included".',
    ),
  'missing-from-manifest': (f) =>
    f.count === 1
      ? l10n.t('"{0}" is declared and not pinned; regenerate the manifest.', printable(f.first))
      : l10n.t(
          '{0} declared files are not pinned, "{1}" first; regenerate the manifest.',
          f.count,
          printable(f.first),
        ),
  'dependency-lock-missing': (f) =>
    f.exists
      ? l10n.t(
          'requirements.lock does not pin every dependency with a version and a SHA-256 hash; write it again with hashes.',
        )
      : l10n.t('There is no requirements.lock; write one with hashes.'),
  'environment-snapshot-missing': (f) => environmentGap(f.gap),
  'dockerfile-not-pinned': (f) => {
    if (!f.exists) return l10n.t('There is no Dockerfile; write one with a pinned base image.');
    return f.reference === undefined
      ? l10n.t('The Dockerfile names no base image; begin it with FROM and a pinned image.')
      : l10n.t(
          'The base image "{0}" is not pinned; add its digest: "@sha256:...".',
          printable(f.reference),
        );
  },
  'image-not-published': () =>
    l10n.t(
      'The captured image is in no registry, so nobody else can pull it; push it and capture the environment again.',
    ),
  'reproduce-script-missing': (f) =>
    f.gap === 'absent'
      ? l10n.t('There is no reproduce.sh that runs everything; write one.')
      : l10n.t('reproduce.sh is not pinned; regenerate the manifest.'),
  'nondeterminism-undeclared': (f) =>
    f.step === undefined
      ? l10n.t(
          'It is not declared what makes the results deterministic; fill in "dictDeterminism".',
        )
      : l10n.t(
          'Step {0} draws random numbers without a seed; give it one and run it again.',
          f.step,
        ),
  'binaries-not-declared-or-waived': (f) => binaryGap(f.gap),
  'binary-not-captured': (f) =>
    l10n.t(
      'The program "{0}" is declared, and environment.json has no hash of it; capture the environment again.',
      printable(f.binary),
    ),
  'l3-attestation-stale': (f) => rerunGap(f.gap),
};

function notVerified({ step, count, first }: LevelFinding & { code: 'outputs-not-verified' }) {
  if (first === undefined) {
    return l10n.t(
      '{0} pinned files are more than are watched here; the verification task checks all of them.',
      count,
    );
  }
  const name = printable(first);
  const who = step === undefined ? l10n.t('Outside any step') : l10n.t('Step {0}', step);
  return count === 1
    ? l10n.t(
        '{0}: "{1}" was not verified against its pin; restore it, or regenerate the manifest if the new bytes are meant.',
        who,
        name,
      )
    : l10n.t(
        '{0}: {1} files were not verified against their pins, "{2}" first; restore them, or regenerate the manifest if the new bytes are meant.',
        who,
        count,
        name,
      );
}
