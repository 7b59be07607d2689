/** Sentences of {@link LintFinding}: why a command makes two builds differ, and what to write. */
import * as l10n from '@vscode/l10n';
import type { LintFinding } from '../../model/findings/lint.js';
import { printable } from '../printable.js';
import type { SentencesOf } from './sentences.js';

export const LINT: SentencesOf<LintFinding> = {
  'lint-tar-order': () =>
    l10n.t(
      'tar stores files in the order in which the disk lists them: "--sort=name" sorts them alphabetically.',
    ),
  'lint-tar-mtime': () =>
    l10n.t(
      'tar stores the time at which each file was last written: "--mtime=…" gives all one fixed time.',
    ),
  'lint-tar-owner': (f) =>
    l10n.t(
      "tar stores who builds: {0} stores fixed owners and numeric IDs instead of this machine's names.",
      f.missing.join(' '),
    ),
  'lint-tar-pax': () =>
    l10n.t(
      'This format also stores when files were read and changed, and the number of the process: "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime" leaves them out.',
    ),
  'lint-gzip-header': (f) =>
    f.by === 'tar'
      ? l10n.t(
          'The gzip that tar starts may write a timestamp into the header: "--use-compress-program=\'gzip -n\'" leaves it out, with older versions as well.',
        )
      : l10n.t('gzip writes the name and a timestamp into the header: "-n" leaves them out.'),
  'lint-zip-extra': () =>
    l10n.t('zip stores owners and times of access in extra fields: "-X" leaves them out.'),
  'lint-zip-order': () =>
    l10n.t(
      'zip takes files in the order in which the disk lists them: write "find … | LC_ALL=C sort | zip -X … -@".',
    ),
  'lint-zip-times': () =>
    l10n.t(
      'zip stores when each file was last written, in local time: set one time first with "touch -d @0" on all files, and TZ.',
    ),
  'lint-date': () =>
    l10n.t(
      'This is the time of the build, and no two are equal: write "date -u -d @$SOURCE_DATE_EPOCH", and set SOURCE_DATE_EPOCH in "environment".',
    ),
  'lint-random': (f) => l10n.t('{0} differs in every build.', printable(f.name)),
  'lint-mktemp': () =>
    l10n.t('The name that mktemp makes differs in every build, and it ends up in the output.'),
  'lint-host': (f) =>
    l10n.t('{0} tells which machine builds, and another one says otherwise.', printable(f.name)),
  'lint-unsorted': (f) =>
    f.name === 'wildcard'
      ? l10n.t(
          'Up to version 4.2, make gives these files in the order of the disk: put "$(sort ...)" around.',
        )
      : l10n.t(
          '{0} lists files in an order that depends on the machine: pipe the names through "LC_ALL=C sort".',
          printable(f.name),
        ),
  'lint-environment': (f) => environmentSentence(f.variables),
  'lint-git-clone': () =>
    l10n.t(
      'This clones whatever the branch holds that day: check out a full commit right after it.',
    ),
  'lint-npm-install': () =>
    l10n.t('This may install newer versions than the lock file says: write "npm ci".'),
  'lint-python-seed': (f) =>
    l10n.t('{0} is used without a seed, so every run differs.', printable(f.name)),
  'lint-python-random': (f) => l10n.t('{0} gives something else in every run.', printable(f.name)),
  'lint-python-time': (f) =>
    l10n.t(
      '{0} is the time of the build; take SOURCE_DATE_EPOCH from the environment when it is set.',
      printable(f.name),
    ),
  'lint-python-order': (f) =>
    l10n.t(
      '{0} lists in an order that depends on the disk: wrap it in sorted().',
      printable(f.name),
    ),
  'lint-python-archive': (f) =>
    l10n.t(
      '{0} writes the time into the gzip header: write through gzip.GzipFile(…, mtime=0).',
      printable(f.name),
    ),
};

function environmentSentence(variables: readonly string[]): string {
  const [only] = variables;
  if (variables.length !== 1) {
    return l10n.t(
      'No {0} in "environment": order, texts and times of the tools then depend on their defaults.',
      variables.join(', '),
    );
  }
  switch (only) {
    case 'LC_ALL':
      return l10n.t('No LC_ALL in "environment": sorting and messages depend on the locale.');
    case 'TZ':
      return l10n.t('No TZ in "environment": times are written in the zone of the machine.');
    case 'PYTHONHASHSEED':
      return l10n.t(
        'No PYTHONHASHSEED in "environment": Python orders sets of texts anew in every run.',
      );
    default:
      return l10n.t(
        'No {0} in "environment": tools write the time of the build into what they make.',
        only ?? '',
      );
  }
}
