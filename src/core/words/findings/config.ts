/** Sentences of {@link ConfigFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import type { ConfigFinding } from '../../model/findings/config.js';
import { printable } from '../printable.js';
import {
  dockerfileProblem,
  epochGap,
  form,
  hint,
  nameProblem,
  range,
  refProblem,
  typeProblem,
  urlProblem,
  yamlRefusal,
} from './configPhrases.js';
import type { SentencesOf } from './sentences.js';

export const CONFIG: SentencesOf<ConfigFinding> = {
  'config-unreadable': (f) => l10n.t('This file cannot be read: {0}.', f.reason),
  'config-too-large': (f) =>
    l10n.t('This file is larger than {0} KiB and was not read.', f.limit >> 10),
  'config-more': (f) =>
    l10n.t('{0} more findings in this file; only the first are listed.', f.times),
  'image-not-pinned': (f) =>
    l10n.t(
      '{0} is not pinned: a tag can move. Write {0}@sha256:… with the digest of the image.',
      printable(f.reference),
    ),
  'image-digest-malformed': (f) =>
    l10n.t(
      '{0} is not pinned: after "@" must stand "sha256:" and 64 hexadecimal digits in lower case.',
      printable(f.reference),
    ),
  'image-unresolved': (f) =>
    l10n.t(
      '{0} depends on the argument {1}, which has no default: give it one that holds the digest.',
      printable(f.reference),
      printable(f.argument),
    ),
  'image-by-argument': (f) =>
    l10n.t(
      'Pinned as {0} by the default of {1}; "--build-arg" can replace it, and vaibify wants the digest here.',
      printable(f.reference),
      printable(f.argument),
    ),
  'image-default': (f) =>
    l10n.t(
      'No baseImage is given, so {0} is used, and a tag can move: write one with its digest.',
      f.reference,
    ),
  'dockerfile-syntax': (f) => dockerfileProblem(f.problem, printable(f.word)),
  'package-not-pinned': (f) =>
    f.manager === 'apt'
      ? l10n.t(
          '{0} is installed in whatever version there is that day: write {0}=VERSION, or end the line with "# allow-unpinned".',
          printable(f.name),
        )
      : l10n.t(
          '{0} is installed in whatever version there is that day: write {0}{1}VERSION.',
          printable(f.name),
          f.manager === 'pip' ? '==' : '=',
        ),
  'pip-without-hashes': () =>
    l10n.t(
      'pip takes any file of the right version: install from a lock file with "--require-hashes".',
    ),
  'piped-script': (f) =>
    l10n.t(
      'What {0} downloads is run by {1} unseen: download it, compare its digest, then run it.',
      printable(f.from),
      printable(f.to),
    ),
  'download-without-checksum': (f) =>
    l10n.t('{0} may change: add "--checksum=sha256:…".', printable(f.url)),
  'epoch-not-set': (f) => epochGap(f.gap),
  'repository-fields': (f) =>
    l10n.t(
      'Fields in this line: {0}. Expected are 4 or 5: name|url|branch|method or name|url|branch|method|destination.',
      f.count,
    ),
  'repository-method': (f) =>
    l10n.t('"{0}" is no way to install a repository.', printable(f.method)) +
    hint(f.suggestion ?? 'c_and_pip, pip_no_deps, pip_editable, scripts_only, reference'),
  'repository-url': (f) => urlProblem(f.problem),
  'repository-name': (f) => nameProblem(f.problem, printable(f.name)),
  'repository-duplicate': (f) =>
    f.what === 'name'
      ? l10n.t(
          'The name "{0}" is used already (line {1}); upper and lower case count as the same.',
          printable(f.value),
          f.firstLine,
        )
      : l10n.t(
          'The folder "{0}" overlaps with that of another repository (line {1}).',
          printable(f.value),
          f.firstLine,
        ),
  'repository-destination': (f) =>
    l10n.t('The folder "{0}" leads out of the workspace.', printable(f.destination)),
  'repository-ref': (f) => refProblem(f.problem, printable(f.ref)),
  'repository-commits': (f) =>
    l10n.t(
      'Repositories pinned to a commit: {0}. vaibify before July 2026 clones with "git clone --branch", which takes no commit; there only a tag works.',
      f.times,
    ),
  'container-conf-blank': (f) =>
    l10n.t(
      'Blanks around the field "{0}" become part of it inside the container: take them away.',
      f.field,
    ),
  'container-conf-crlf': (f) =>
    l10n.t(
      'Lines that end with CR LF: {0}. Inside the container the CR becomes part of the last field: save the file with LF.',
      f.times,
    ),
  'container-conf-both': (f) =>
    l10n.t('Repositories are listed here and in {0}: keep one list.', printable(f.other)),
  'yaml-syntax': (f) => l10n.t('This is not valid YAML: {0}', printable(f.problem)),
  'yaml-refused': (f) => yamlRefusal(f.why),
  'config-duplicate-key': (f) =>
    l10n.t(
      '"{0}" stands here a second time (first in line {1}); this one counts.',
      printable(f.key),
      f.firstLine,
    ),
  'config-unknown-key': (f) =>
    l10n.t('"{0}" is no known setting and is ignored.', printable(f.key)) + hint(f.suggestion),
  'config-missing-key': (f) => l10n.t('"{0}" is missing.', printable(f.key)),
  'config-type': (f) => typeProblem(f.field, f.expected, f.reads),
  'config-choice': (f) =>
    l10n.t('"{0}": expected one of {1}.', printable(f.field), f.choices.join(', ')) +
    hint(f.suggestion),
  'config-text': (f) => l10n.t('"{0}": expected {1}.', printable(f.field), form(f.rule)),
  'config-range': (f) => l10n.t('"{0}": expected {1}.', printable(f.field), range(f)),
  'config-name-case': (f) =>
    l10n.t(
      '"{0}" cannot name a container as it is: those take lower-case letters, digits, "_", "." and "-".',
      printable(f.name),
    ),
  'conda-refused': () =>
    l10n.t('vaibify since August 2026 refuses condaPackages: list them under pythonPackages.'),
  'network-open': (f) =>
    f.stated
      ? l10n.t(
          'The container reaches the network, so results may depend on it: set networkIsolation to true once all inputs are there.',
        )
      : l10n.t(
          'networkIsolation is not set, so the container reaches the network and results may depend on it: set it to true once all inputs are there.',
        ),
};
