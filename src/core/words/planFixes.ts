/** What the fixes of the lint are called in a menu. */
import * as l10n from '@vscode/l10n';
import type { Finding, FindingCode } from '../model/finding.js';
import { isComplete } from '../model/fix.js';
import { printable } from './printable.js';

type Of<C extends FindingCode> = Extract<Finding, { readonly code: C }>;

/** The codes whose findings may have a fix. */
const TITLES: {
  readonly [C in FindingCode]?: (finding: Of<C>) => string;
} = {
  'lint-tar-order': () => l10n.t('Add --sort=name to tar'),
  'lint-tar-mtime': () => l10n.t('Give everything in the archive one time: add --mtime to tar'),
  'lint-tar-owner': (f) => l10n.t('Add {0} to tar', f.missing.join(' ')),
  'lint-tar-pax': () =>
    l10n.t('Leave times of access and change out of the archive: add --pax-option to tar'),
  'lint-gzip-header': (f) =>
    f.by === 'tar' ? l10n.t('Let tar run "gzip -n"') : l10n.t('Add -n to gzip'),
  'lint-zip-extra': () => l10n.t('Add -X to zip'),
  'lint-zip-order': () => l10n.t('Give zip a sorted list: "find … | LC_ALL=C sort | zip … -@"'),
  'lint-zip-times': () => l10n.t('Give all files one time before zip reads them: add "touch -d"'),
  'lint-random': (f) => randomTitle(f.name),
  'lint-mktemp': () => l10n.t('Make it under a name that stays'),
  'lint-host': (f) => l10n.t('Replace {0} by a fixed text', printable(f.name)),
  'lint-git-clone': () => l10n.t('Check out a commit after the clone'),
  'lint-date': () => l10n.t('Take the time from SOURCE_DATE_EPOCH'),
  'lint-environment': (f) => l10n.t('Set {0} in "environment"', f.variables.join(', ')),
  'lint-unsorted': (f) => sortTitle(f.name),
  'lint-python-seed': () => l10n.t('Seed the generator with 0'),
  'lint-python-order': () => l10n.t('Sort the list: put sorted() around it'),
  'lint-python-archive': () => l10n.t('Store no time: add mtime=0'),
  'package-not-pinned': (f) =>
    f.name.includes('://')
      ? l10n.t('Name a commit of {0}', printable(f.name))
      : l10n.t('Name a version of {0}', printable(f.name)),
  'pip-without-hashes': (f) =>
    f.fix !== undefined && isComplete(f.fix)
      ? l10n.t('Add --require-hashes to pip')
      : l10n.t('Install from a lock file with --require-hashes'),
  'piped-script': (f) => l10n.t('Check the SHA-256 of the download before {0} runs it', f.to),
  'image-not-pinned': () => l10n.t('Name the digest of the image'),
  'download-without-checksum': () => l10n.t('Add --checksum to ADD'),
  'lint-npm-install': () => l10n.t('Replace by "npm ci"'),
};

function sortTitle(name: string): string {
  if (name === 'wildcard') return l10n.t('Sort the list: put "$(sort ...)" around it');
  return name === 'ls'
    ? l10n.t('List by name: take the other order out of ls')
    : l10n.t('Sort the list by bytes: add "LC_ALL=C sort"');
}

function randomTitle(name: string): string {
  const program = name.slice(name.lastIndexOf('/') + 1);
  if (/^\$S?RANDOM$/.test(name)) return l10n.t("Seed bash's generator with a number");
  if (name.startsWith('$')) return l10n.t('Replace {0} by 0', printable(name));
  return program === 'uuidgen'
    ? l10n.t('Make the UUID of a name')
    : l10n.t('Take fixed bytes for chance: add --random-source=/dev/zero to {0}', printable(name));
}

/** What the fix of a finding does, by its code and data; `undefined` for findings that have none. */
export function fixTitle(finding: Finding): string | undefined {
  const title = TITLES[finding.code] as ((finding: Finding) => string) | undefined;
  return title?.(finding);
}

/** All fixes of one step at once. */
export const fixStepTitle = (): string => l10n.t('Fix all nondeterminism in this step');

/** All fixes of one file at once. */
export const fixFileTitle = (): string => l10n.t('Fix all nondeterminism in this file');
