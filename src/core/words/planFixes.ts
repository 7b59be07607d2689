/** What the fixes of the lint are called in a menu. */
import * as l10n from '@vscode/l10n';
import type { Finding, FindingCode } from '../model/finding.js';

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
  'lint-date': () => l10n.t('Take the time from SOURCE_DATE_EPOCH'),
  'lint-environment': (f) => l10n.t('Set {0} in "environment"', f.variables.join(', ')),
  'lint-unsorted': () => l10n.t('Sort the list by bytes: add "LC_ALL=C sort"'),
  'lint-npm-install': () => l10n.t('Replace by "npm ci"'),
};

/** What the fix of a finding does, by its code and data; `undefined` for findings that have none. */
export function fixTitle(finding: Finding): string | undefined {
  const title = TITLES[finding.code] as ((finding: Finding) => string) | undefined;
  return title?.(finding);
}

/** All fixes of one step at once. */
export const fixStepTitle = (): string => l10n.t('Fix all nondeterminism in this step');

/** All fixes of one file at once. */
export const fixFileTitle = (): string => l10n.t('Fix all nondeterminism in this file');
