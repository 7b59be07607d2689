import type { Factor, LintFinding } from '../model/findings/lint.js';

/**
 * What has to vary for a finding to show: links a factor that changed the digest of a rebuild to the
 * lines that are likely to be why. Total, so that no rule can be left out.
 */
export const FACTORS: Readonly<Record<LintFinding['code'], readonly Factor[]>> = {
  'lint-tar-order': ['file-order'],
  'lint-tar-mtime': ['time'],
  'lint-tar-owner': ['user'],
  'lint-tar-pax': ['time', 'chance'],
  'lint-gzip-header': ['time'],
  'lint-zip-extra': ['user', 'time'],
  'lint-zip-order': ['file-order'],
  'lint-zip-times': ['time', 'timezone'],
  'lint-date': ['time', 'timezone', 'locale'],
  'lint-random': ['chance'],
  'lint-mktemp': ['chance'],
  'lint-host': ['host', 'user'],
  'lint-unsorted': ['file-order'],
  'lint-environment': ['locale', 'timezone', 'time', 'environment'],
  'lint-git-clone': ['network'],
  'lint-npm-install': ['network'],
  'lint-python-seed': ['chance'],
  'lint-python-random': ['chance'],
  'lint-python-time': ['time', 'timezone'],
  'lint-python-order': ['file-order'],
  'lint-python-archive': ['time'],
};
