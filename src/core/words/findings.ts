/** Turns a finding into a sentence and, where there is one, a remedy. */
import * as l10n from '@vscode/l10n';
import type { PathProblem } from '../model/paths.js';
import type { Finding, FindingData, Leniency, MalformedReason } from '../model/finding.js';
import { fileSentence } from './states.js';
import { printable } from './printable.js';
import { CONFIG } from './findings/config.js';
import { ENVIRONMENT } from './findings/environment.js';
import { LEVEL } from './findings/level.js';
import { LOCK } from './findings/lock.js';
import { PLAN } from './findings/plan.js';
import { REBUILD } from './findings/rebuild.js';
import { RERUN } from './findings/rerun.js';
import type { SentencesOf } from './findings/sentences.js';

/** Makes the sentence for one code; the table is total, so no code can lack one. */
const SENTENCES: SentencesOf<FindingData> = {
  ...LOCK,
  ...ENVIRONMENT,
  ...CONFIG,
  ...REBUILD,
  ...RERUN,
  ...LEVEL,
  ...PLAN,
  'manifest-malformed-line': (f) =>
    l10n.t('Line {0} is no checksum entry: {1}.', f.line, malformed(f.reason)),
  'manifest-malformed-more': (f) =>
    l10n.t('{0} more lines are no checksum entries; only the first are listed.', f.times),
  'manifest-lenient': (f) => lenient(f.leniency, f.times),
  'manifest-duplicate': (f) =>
    l10n.t(
      '"{0}" is pinned twice with the same digest (first in line {1}).',
      printable(f.path),
      f.firstLine,
    ),
  'manifest-conflict': (f) =>
    l10n.t(
      '"{0}" is pinned twice with different digests (first in line {1}): it can never verify.',
      printable(f.path),
      f.firstLine,
    ),
  'manifest-refused-path': (f) =>
    l10n.t('"{0}" is not opened: {1}.', printable(f.name), refusal(f.problem)),
  'manifest-empty': () => l10n.t('The manifest pins no file; an empty list is no evidence.'),
  'manifest-too-large': (f) =>
    l10n.t(
      'The manifest has {0} entries; only the first {1} are watched here. The verification task checks all of them.',
      f.entries,
      f.limit,
    ),
  'manifest-absent': (f) =>
    l10n.t('{0} declared files, and no MANIFEST.sha256 pins any of them.', f.declared),
  'manifest-unreadable': (f) => l10n.t('The manifest cannot be read: {0}.', f.reason),
  'json-syntax': (f) => l10n.t('This is not valid JSON: {0}.', f.problem),
  'not-utf8': () =>
    l10n.t('The document is not UTF-8; its reader expects UTF-8 without a byte-order mark.'),
  schema: (f) => l10n.t('"{0}": expected {1}.', f.field, f.expected),
  'schema-newer': (f) =>
    l10n.t(
      'Schema version {0} is newer than the newest known one ({1}); unknown keys are ignored.',
      f.version,
      f.known,
    ),
  'declared-refused-path': (f) =>
    l10n.t('"{0}" in {1} cannot be pinned: {2}.', printable(f.name), f.field, refusal(f.problem)),
  'token-unresolved': (f) =>
    l10n.t(
      '"{0}" in {1} holds a token that nothing in this document defines; the entry is left out.',
      printable(f.name),
      f.field,
    ),
  'step-id-duplicate': (f) => l10n.t('Two steps have the identifier "{0}".', printable(f.id)),
  'not-in-git': () =>
    l10n.t(
      'The project is in no git work tree. A reproducibility level needs one: run "git init" in the project folder.',
    ),
  'file-state': (f) => `${printable(f.path)}: ${fileSentence(f.path, f.status)}`,
  'pin-undeclared': (f) =>
    l10n.t('"{0}" is pinned, and nothing declares it any more.', printable(f.path)),
};

/** The sentence of a finding, the same for Problems, hovers, the terminal and reports. */
export function sentence(finding: Finding): string {
  const make = SENTENCES[finding.code] as (finding: FindingData) => string;
  return make(finding);
}

function malformed(reason: MalformedReason): string {
  switch (reason) {
    case 'too-short':
      return l10n.t('it is too short to hold a SHA-256 digest and a name');
    case 'digest':
      return l10n.t('the digest must be 64 hexadecimal digits');
    case 'separator':
      return l10n.t('two blanks, or a blank and an asterisk, must stand between digest and name');
    case 'bsd':
      return l10n.t('expected "SHA256 (name) = digest"');
    case 'escape':
      return l10n.t('the name has an unknown escape; known are \\\\, \\n and \\r');
    case 'mixed-formats':
      return l10n.t('it has one blank between digest and name, and earlier lines have two');
    case 'nul':
      return l10n.t('it holds a NUL byte');
    case 'other-algorithm':
      return l10n.t('its digest is of another algorithm than SHA-256');
  }
}

function lenient(leniency: Leniency, times: number): string {
  switch (leniency) {
    case 'byte-order-mark':
      return l10n.t(
        'The manifest begins with a byte-order mark; "sha256sum -c" cannot read its first line.',
      );
    case 'crlf':
      return l10n.t(
        'Lines that end with CR LF: {0}. Older checksum tools look for names that end with CR.',
        times,
      );
    case 'binary-marker':
      return l10n.t(
        'Lines that mark the file as binary (*): {0}. The mark changes nothing here, but vaibify cannot read such lines.',
        times,
      );
    case 'single-blank':
      return l10n.t('Lines with one blank between digest and name instead of two: {0}.', times);
    case 'bsd-line':
      return l10n.t('Lines of the BSD form "SHA256 (name) = digest": {0}.', times);
    case 'upper-case-digest':
      return l10n.t(
        'Digests in upper case: {0}. vaibify compares digests by text and reports a mismatch.',
        times,
      );
    case 'leading-blank':
      return l10n.t('Lines that begin with a blank: {0}.', times);
    case 'no-final-newline':
      return l10n.t('The last line has no line end.');
    case 'pgp-signature':
      return l10n.t(
        'The manifest is wrapped in a PGP signature, which was not checked; its entries were read.',
      );
    case 'not-utf8':
      return l10n.t('Names that are not UTF-8: {0}.', times);
  }
}

/** Why a path is not opened, as the end of a sentence. */
export function refusal(problem: PathProblem): string {
  switch (problem) {
    case 'empty':
      return l10n.t('the name is empty');
    case 'absolute':
      return l10n.t('the path is absolute; write it relative to the project');
    case 'escapes':
      return l10n.t('the path leaves the project');
    case 'nul':
      return l10n.t('the name holds a NUL byte');
    case 'stdin':
      return l10n.t('"-" is standard input to sha256sum; write "./-" for a file of that name');
  }
}
