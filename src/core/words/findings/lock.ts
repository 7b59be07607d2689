/** Sentences of {@link LockFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import { shortDigest } from '../../model/digest.js';
import type { LockFinding, LockLineReason } from '../../model/findings/lock.js';
import { printable } from '../printable.js';
import type { SentencesOf } from './sentences.js';

export const LOCK: SentencesOf<LockFinding> = {
  'lock-unpinned': (f) =>
    f.specifier === ''
      ? l10n.t('{0} is not pinned to one version with "==".', printable(f.name))
      : l10n.t(
          '{0} is not pinned to one version with "==": it says "{1}".',
          printable(f.name),
          printable(f.specifier),
        ),
  'lock-unhashed': (f) =>
    l10n.t('{0} has no SHA-256 hash; "reprolens lock write" adds the hashes.', printable(f.name)),
  'lock-other-hash': (f) =>
    l10n.t(
      '{0} has only {1} hashes. pip accepts them, but vaibify counts SHA-256 alone; add one.',
      printable(f.name),
      f.algorithms.join(', '),
    ),
  'lock-weak-hash': (f) =>
    l10n.t(
      '{0}: pip refuses "{1}" hashes, and the whole file with them; use sha256.',
      printable(f.name),
      printable(f.algorithm),
    ),
  'lock-digest': (f) => digestSentence(f),
  'lock-line': (f) => l10n.t('This line is no requirement: {0}.', lineReason(f.reason)),
  'lock-source': (f) => sourceSentence(f),
  'lock-includes': (f) =>
    l10n.t(
      'The lock refers to "{0}": what stands there can change while the lock stays as it is. Write its requirements here.',
      printable(f.included),
    ),
  'lock-option': (f) =>
    l10n.t(
      '"{0}" pins nothing. pip accepts it here, but vaibify takes the line for an entry without a hash and withholds level 3; move it to the configuration of pip.',
      printable(f.option),
    ),
  'lock-variable': (f) =>
    l10n.t(
      'pip would put the environment variable {0} here, so the lock does not say what it reads; put the value into the configuration of pip.',
      printable(f.variable),
    ),
  'lock-credentials': () =>
    l10n.t(
      'This address holds a user name or password, which everybody with the repository can read. Revoke it, and keep credentials in a netrc file or a keyring.',
    ),
  'lock-duplicate': (f) =>
    l10n.t('{0} stands here again (first in line {1}).', printable(f.name), f.firstLine),
  'lock-conflict': (f) =>
    l10n.t(
      '{0} is pinned twice, and no file can satisfy both (first in line {1}): it can never be installed.',
      printable(f.name),
      f.firstLine,
    ),
  'lock-empty': () => l10n.t('The lock pins no package; an empty list is no evidence.'),
  'lock-encoding': (f) =>
    f.encoding === undefined
      ? l10n.t('The lock is not UTF-8, so what pip reads depends on the machine.')
      : l10n.t(
          'The lock claims the encoding "{0}", so pip may read other text than is shown here; write UTF-8 and remove the claim.',
          printable(f.encoding),
        ),
  'lock-more': (f) => l10n.t('{0} more problems of this kind are not listed.', f.times),
  'lock-hash-mismatch': (f) =>
    l10n.t(
      '{0}: what the index serves has the hash {1}, and the lock accepts {2}. The file was replaced or tampered with; do not install it.',
      printable(f.name),
      printable(f.actual).slice(0, 12),
      f.expected.map(shortDigest).join(', '),
    ),
  'lock-distribution-missing': (f) =>
    l10n.t('{0} is no longer on the package index.', printable(f.name)),
  'lock-not-installable': (f) =>
    l10n.t('No file of {0} on the package index fits this Python and system.', printable(f.name)),
  'lock-dependency-missing': (f) =>
    f.requiredBy === undefined
      ? l10n.t('{0} is needed, and the lock does not pin it.', printable(f.name))
      : l10n.t(
          '{0} is needed by {1}, and the lock does not pin it.',
          printable(f.name),
          printable(f.requiredBy),
        ),
  'lock-needs-build': (f) =>
    l10n.t(
      '{0} comes as source only. Even resolving it would run its build, so it was not checked; "reprolens lock verify --install" does.',
      printable(f.name),
    ),
  'lock-not-applicable': (f) =>
    l10n.t(
      '{0} was not checked: "{1}" does not hold on this machine.',
      printable(f.name),
      printable(f.marker),
    ),
  'lock-resolver': (f) => l10n.t('pip says: {0}', printable(f.message)),
  'lock-resolver-stopped': (f) =>
    f.why === 'timed-out'
      ? l10n.t('pip did not come to an end in time, so nothing is known.')
      : l10n.t('pip was stopped before its end, so nothing is known.'),
  'lock-changed': () => l10n.t('The lock was changed while it was checked; check it again.'),
  'lock-input-absent': () =>
    l10n.t(
      'Nothing says what to lock: there is no pyproject.toml with a [project] table, no requirements.in and no requirements.txt.',
    ),
  'lock-input-unreadable': (f) => l10n.t('This file cannot be read: {0}.', printable(f.reason)),
  'lock-input-syntax': (f) => l10n.t('This is not valid TOML: {0}.', printable(f.problem)),
  'lock-input-dynamic': () =>
    l10n.t(
      'The dependencies are dynamic, so only a build of the project could list them, and no build is run here. List them under [project], or write a requirements.in and remove "dynamic".',
    ),
  'lock-tool-absent': () =>
    l10n.t(
      'Nothing here can generate a lock; install uv, pip-tools, or Python with pip 22.2 or newer.',
    ),
  'lock-tool-failed': (f) =>
    f.message === ''
      ? l10n.t('{0} made no lock and gave no reason.', printable(f.tool))
      : l10n.t('{0} made no lock: {1}', printable(f.tool), printable(f.message)),
  'lock-installed': (f) =>
    l10n.t(
      '{0}: installed {1}, pinned {2}.',
      printable(f.name),
      printable(f.installed),
      printable(f.pinned),
    ),
  'lock-not-installed': (f) =>
    l10n.t('{0}: not installed, pinned {1}.', printable(f.name), printable(f.pinned)),
};

function digestSentence(f: Extract<LockFinding, { code: 'lock-digest' }>): string {
  const name = printable(f.name);
  switch (f.problem) {
    case 'form':
      return l10n.t('{0}: a hash is written "--hash=sha256:" and 64 hexadecimal digits.', name);
    case 'length':
      return l10n.t(
        '{0}: a SHA-256 hash has 64 hexadecimal digits, and this one has {1}.',
        name,
        f.length,
      );
    case 'hex':
      return l10n.t('{0}: the hash holds characters that are no hexadecimal digits.', name);
  }
}

function sourceSentence(f: Extract<LockFinding, { code: 'lock-source' }>): string {
  const name = printable(f.name);
  switch (f.kind) {
    case 'editable':
      return l10n.t('{0} is installed as editable: its files can change at any time.', name);
    case 'local':
      return l10n.t('{0} lies on this machine only; nobody else can install it.', name);
    case 'version-control':
      return l10n.t(
        '{0} comes from version control, for which pip can check no hash; pin a released archive.',
        name,
      );
  }
}

function lineReason(reason: LockLineReason): string {
  switch (reason) {
    case 'requirement':
      return l10n.t('expected a name, "==", a version and hashes');
    case 'version':
      return l10n.t('the version is not one by PEP 440');
    case 'marker':
      return l10n.t('the environment marker behind ";" is malformed');
    case 'quote':
      return l10n.t('a quote or a backslash is not closed');
    case 'blank-after-backslash':
      return l10n.t('a blank stands behind the backslash, so the next line does not belong to it');
    case 'option-unknown':
      return l10n.t('pip knows no such option in a requirements file');
    case 'option-value':
      return l10n.t('the option lacks its value, or has one that it cannot take');
    case 'option-ignored':
      return l10n.t('pip ignores this option behind a requirement; give it a line of its own');
    case 'surplus':
      return l10n.t('pip ignores the words behind the options');
    case 'hash-alone':
      return l10n.t('a hash stands without a requirement; is a backslash missing before it?');
  }
}
