/** Sentences of {@link RebuildFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import type { RebuildFinding } from '../../model/findings/rebuild.js';
import type { AttestationProblem } from '../../model/reference.js';
import { printable } from '../printable.js';
import type { SentencesOf } from './sentences.js';

type Data<C extends RebuildFinding['code']> = Extract<RebuildFinding, { readonly code: C }>;

/** Enough of a digest for an eye; of what is no digest, not the whole either. */
const short = (digest: string): string => printable(digest.slice(0, 12));

export const REBUILD: SentencesOf<RebuildFinding> = {
  'rebuild-tag': (f) =>
    l10n.t(
      'The tag "{0}" cannot name a file: attestations are written as TAG.json, so it must hold no "/", "\\", ".." or control character.',
      printable(f.tag),
    ),
  'rebuild-isolation': (f) => isolationSentence(f),
  'rebuild-source': (f) => sourceSentence(f),
  'rebuild-step-failed': (f) => failureSentence(f),
  'rebuild-artifact': (f) => artifactSentence(f),
  'rebuild-reference-missing': (f) =>
    l10n.t(
      '{0} names {1}, and there is no such file in the repository ("reprolens seed TAG" makes a reference).',
      f.key,
      printable(f.name),
    ),
  'rebuild-reference-outside': (f) =>
    l10n.t(
      '{0} is a link that leads out of the repository; it is not followed.',
      printable(f.name),
    ),
  'rebuild-attestation': (f) =>
    l10n.t(
      '{0} is not accepted: {1}.',
      printable(f.name),
      rejection(f.problem, printable(f.detail ?? '')),
    ),
  'rebuild-first-subject': (f) =>
    l10n.t(
      'No subject of {0} has the name of the artifact. FixOps takes the first one, "{1}", and so did this run.',
      printable(f.name),
      printable(f.subject),
    ),
  'rebuild-subjects-differ': (f) =>
    l10n.t(
      'Several subjects of {0} have the name of the artifact and different digests; the first counts.',
      printable(f.name),
    ),
  'rebuild-signature-unverified': (f) =>
    l10n.t(
      'The signature of {0} was not verified: give the key with --key, or for a Sigstore bundle the trust root with --trusted-root.',
      printable(f.name),
    ),
  'rebuild-signer': (f) => l10n.t('{0} was signed by {1}.', printable(f.name), signerOf(f)),
  'rebuild-signer-unasked': (f) => unaskedSentence(f),
  'rebuild-key-unused': () =>
    l10n.t('A key was given, and the plan names no attestation that it could verify.'),
  'rebuild-root-unused': () =>
    l10n.t('A trust root was given, and the plan names no attestation that it could verify.'),
  'rebuild-spelling': (f) =>
    l10n.t(
      '{0} holds the right digest in another spelling; only 64 lower-case hexadecimal digits are equal to FixOps.',
      printable(f.source),
    ),
  'rebuild-disagreement': (f) =>
    l10n.t(
      'The references disagree: {0} says {1}, {2} says {3}. The first decides.',
      printable(f.used),
      short(f.usedDigest),
      printable(f.other),
      short(f.otherDigest),
    ),
  'rebuild-unchecked': (f) =>
    l10n.t('{0} could not be compared, so nobody knows whether it agrees.', printable(f.other)),
  'rebuild-mismatch': (f) =>
    l10n.t(
      'The rebuild made other bytes: {0} says {1}, made {2}.',
      printable(f.source),
      short(f.expected),
      short(f.actual),
    ),
  'rebuild-no-reference': () =>
    l10n.t(
      'The plan names nothing that the artifact could be compared with; that counts as a mismatch. Add reference_attestation and run "reprolens seed TAG".',
    ),
  'seed-recorded': (f) =>
    l10n.t(
      '{0} records {1}, and this build made {2}. Nothing was changed; --force replaces it.',
      printable(f.name),
      short(f.recorded),
      short(f.actual),
    ),
  'seed-unreadable': (f) =>
    l10n.t(
      '{0} is there already and records no digest of the artifact. Nothing was changed; --force replaces it.',
      printable(f.name),
    ),
  'seed-literal': (f) =>
    l10n.t(
      'expected_digest says {0}, and this build made {1}; it decides before every other reference. Correct the plan.',
      short(f.recorded),
      short(f.actual),
    ),
  'seed-nowhere': (f) =>
    l10n.t(
      'The plan names no reference that a rebuild would read. Add reference_attestation, or expected_digest: sha256:{0}.',
      printable(f.digest),
    ),
};

function signerOf({ identity, issuer }: Data<'rebuild-signer' | 'rebuild-signer-unasked'>): string {
  const who = printable(identity);
  return issuer === '' ? who : l10n.t('{0} (vouched for by {1})', who, printable(issuer));
}

function unaskedSentence(f: Data<'rebuild-signer-unasked'>): string {
  const [name, signer] = [printable(f.name), signerOf(f)];
  switch (f.unasked) {
    case 'both':
      return l10n.t(
        '{0} was signed by {1}. Nobody said who should have signed it, and anybody can get such a certificate, so this does not say that it can be trusted: name the signer with --certificate-identity and --certificate-issuer.',
        name,
        signer,
      );
    case 'identity':
      return l10n.t(
        '{0} was signed by {1}. Nobody said who should have signed it, and whoever has an account with this issuer can get such a certificate: name the signer with --certificate-identity.',
        name,
        signer,
      );
    case 'issuer':
      return l10n.t(
        '{0} was signed by {1}. Nobody said who may vouch for this name, and another issuer may give it to somebody else: name the issuer with --certificate-issuer.',
        name,
        signer,
      );
  }
}

function isolationSentence(f: Data<'rebuild-isolation'>): string {
  const why = printable(f.reason ?? '');
  switch (f.problem) {
    case 'no-image':
      return l10n.t('No container: no image is named by its digest (--image NAME@sha256:...).');
    case 'no-engine':
      return l10n.t('No container: neither docker nor podman answers. Start one of them.');
    case 'no-bubblewrap':
      return l10n.t('No sandbox: bubblewrap (bwrap) is not installed.');
    case 'does-not-work':
      return f.isolation === 'container'
        ? l10n.t('No container: {0}.', why)
        : l10n.t('No sandbox: {0}.', why);
  }
}

function sourceSentence({ problem, name }: Data<'rebuild-source'>): string {
  const shown = printable(name);
  switch (problem) {
    case 'missing':
      return l10n.t('The source {0} does not exist in the repository.', shown);
    case 'outside':
      return l10n.t('{0} is a link that leads out of the repository; it is not followed.', shown);
    case 'dangling':
      return l10n.t('{0} is a link that leads nowhere.', shown);
    case 'circular':
      return l10n.t('{0} is a link that leads in a circle.', shown);
    case 'special':
      return l10n.t('{0} is neither file nor directory and cannot be copied.', shown);
    case 'in-the-way':
      return l10n.t('{0} cannot be copied: something of another kind stands in its place.', shown);
    case 'unreadable':
      return l10n.t('{0} cannot be read.', shown);
    case 'too-many':
      return l10n.t('{0} has more entries than are copied into a workspace.', shown);
  }
}

function failureSentence(f: Data<'rebuild-step-failed'>): string {
  switch (f.failure) {
    case 'status':
      return l10n.t('Step {0} ended with status {1}.', f.step, f.status ?? '?');
    case 'timed-out':
      return l10n.t('Step {0} took longer than the time limit.', f.step);
    case 'killed':
      return l10n.t('Step {0} was ended by {1}.', f.step, printable(f.reason ?? '?'));
    case 'not-started':
      return l10n.t('Step {0} could not be started: {1}.', f.step, printable(f.reason ?? '?'));
  }
}

function artifactSentence({ problem, name }: Data<'rebuild-artifact'>): string {
  const shown = printable(name);
  switch (problem) {
    case 'missing':
      return l10n.t('No step made {0}.', shown);
    case 'directory':
      return l10n.t('{0} is a directory; an artifact is one file.', shown);
    case 'special':
      return l10n.t('{0} is no regular file.', shown);
    case 'outside':
      return l10n.t('{0} is a link that leads out of the workspace; it is not followed.', shown);
    case 'unreadable':
      return l10n.t('{0} was made and cannot be read.', shown);
  }
}

/** What a transparency log shows of a bundle. */
type LogProblem = Extract<AttestationProblem, 'log-missing' | 'log' | 'log-entry'>;

function logProblem(problem: LogProblem): string {
  switch (problem) {
    case 'log-missing':
      return l10n.t('it holds no entry of a transparency log');
    case 'log':
      return l10n.t('no transparency log of the trust root proves its entry');
    case 'log-entry':
      return l10n.t('its entry in the transparency log is about other content');
  }
}

/** Those that only a trust root can raise. */
type TrustProblem =
  | LogProblem
  | Extract<
      AttestationProblem,
      | 'no-bundle'
      | 'public-key'
      | 'certificate'
      | 'certificate-log'
      | 'timestamp'
      | 'bundle-signature'
      | 'identity'
      | 'issuer'
    >;

function distrust(problem: TrustProblem, detail: string): string {
  switch (problem) {
    case 'no-bundle':
      return l10n.t(
        'a trust root was given, and it is no Sigstore bundle: nothing in it shows who signed it',
      );
    case 'public-key':
      return l10n.t('it is signed with a bare key, of which the trust root knows nothing (--key)');
    case 'certificate':
      return l10n.t(
        'its certificate is not from an authority of the trust root, or one of them was not valid when it was signed',
      );
    case 'certificate-log':
      return l10n.t('no certificate log of the trust root has recorded its certificate');
    case 'timestamp':
      return l10n.t('nothing that the trust root vouches for says when it was signed');
    case 'bundle-signature':
      return l10n.t('its signature is not by the key of its certificate');
    case 'identity':
      return l10n.t('it was signed by {0}, not by the identity that was asked for', detail);
    case 'issuer':
      return l10n.t('{0} vouched for its signer, not the issuer that was asked for', detail || '?');
    default:
      return logProblem(problem);
  }
}

function rejection(problem: AttestationProblem, detail: string): string {
  switch (problem) {
    case 'not-json':
      return l10n.t('it is not JSON in UTF-8');
    case 'too-large':
      return l10n.t('it is larger than any attestation');
    case 'unknown-format':
      return l10n.t(
        'it is neither an attestation of FixOps nor an in-toto Statement, bare, in a DSSE envelope or in a Sigstore bundle',
      );
    case 'malformed':
      return l10n.t('"{0}" is missing or malformed', detail);
    case 'predicate':
      return l10n.t('its predicate "{0}" is no SLSA provenance', detail);
    case 'payload-type':
      return l10n.t('its payload is of the type "{0}"', detail);
    case 'no-statement':
      return l10n.t('the bundle signs bare bytes and names no artifact');
    case 'no-subject':
      return l10n.t('none of its subjects is called {0}', detail);
    case 'no-digest':
      return l10n.t('the subject {0} has no SHA-256 digest', detail);
    case 'unsigned':
      return l10n.t('a key was given, and it is not signed');
    case 'signature':
      return l10n.t('no signature is by the key that was given');
    default:
      return distrust(problem, detail);
  }
}
