/** The words for build plans: how an artifact stands to its last rebuild, and what a mark is about. */
import * as l10n from '@vscode/l10n';
import type { BuildFacts, BuildMark, BuildState, SourceFacts } from '../model/build.js';
import type { ReferenceKey, RebuildReason } from '../model/reference.js';
import type { FileStatus, StatusKind } from '../model/status.js';
import { printable } from './printable.js';
import { age, stateWord } from './states.js';
import { isolationPhrase } from './tiers.js';

/** What a lens, a row and a tooltip say: `equals expected_digest · v1.0 · 3 min ago`. `now` in milliseconds since 1970. */
export function buildTitle(facts: BuildFacts, state: BuildState, now: number): string {
  const { last, artifact } = state;
  const when = last === undefined ? [] : [printable(last.detail.tag), age(now - last.finishedAt)];
  const compared = last?.detail.kind === 'rebuilt' ? (last.detail.source ?? '') : '';
  switch (artifact.kind) {
    case 'verified':
      return joined(l10n.t('rebuilt, equals {0}', printable(compared)), ...when);
    case 'drifted':
      return joined(l10n.t('rebuilt, differs from {0}', printable(compared)), ...when);
    case 'unpinned':
      return joined(l10n.t('rebuilt, nothing to compare with'), ...when);
    case 'missing':
      return joined(failure(last), ...when);
    default:
      return state.outdated
        ? joined(l10n.t('sources changed since the last rebuild'), ...when)
        : unseen(facts);
  }
}

const joined = (...parts: readonly string[]): string => parts.join(' · ');

function failure(last: BuildState['last']): string {
  return last?.detail.kind === 'rebuild-failed'
    ? l10n.t('the last rebuild failed: {0}', REASONS[last.detail.reason]())
    : l10n.t('the last rebuild failed');
}

function unseen({ record }: BuildFacts): string {
  return record === undefined
    ? l10n.t('not rebuilt yet')
    : joined(l10n.t('not rebuilt here'), claim(record));
}

/** What a verdict in the repository says; nothing of it was seen here. */
export const claim = ({ file, match, tag }: NonNullable<BuildFacts['record']>): string =>
  match
    ? l10n.t('{0} says that {1} matched', file, printable(tag))
    : l10n.t('{0} says that {1} differed', file, printable(tag));

/** The same in two words, for the status bar. */
export function buildWords({ artifact, outdated }: BuildState): string {
  switch (artifact.kind) {
    case 'verified':
      return l10n.t('rebuild matches');
    case 'drifted':
      return l10n.t('rebuild differs');
    case 'unpinned':
      return l10n.t('rebuilt, no reference');
    case 'missing':
      return l10n.t('rebuild failed');
    default:
      return outdated ? l10n.t('rebuild out of date') : l10n.t('not rebuilt');
  }
}

/** Why a rebuild came to nothing, by the reason; asked for when drawn, for the translation comes later. */
const REASONS: Readonly<Record<RebuildReason, () => string>> = {
  match: () => l10n.t('it matched'),
  mismatch: () => l10n.t('it differs'),
  'no-reference': () => l10n.t('no reference'),
  'plan-not-found': () => l10n.t('no plan'),
  'plan-invalid': () => l10n.t('the plan is invalid'),
  'unsafe-path': () => l10n.t('a path leads outside'),
  'isolation-unavailable': () => l10n.t('the isolation cannot be had'),
  'source-missing': () => l10n.t('a source is missing'),
  'step-failed': () => l10n.t('a step failed'),
  'artifact-missing': () => l10n.t('no artifact was made'),
  'reference-missing': () => l10n.t('a reference is missing'),
  'attestation-rejected': () => l10n.t('the attestation was rejected'),
  'attestation-unreadable': () => l10n.t('the attestation cannot be read'),
};

/** How the last rebuild was made: `v1.0, on this system in a sandbox without network, 3 min ago`. */
export function rebuildSentence(
  { detail, finishedAt }: NonNullable<BuildState['last']>,
  now: number,
): string {
  const when = age(now - finishedAt);
  const tag = printable(detail.tag);
  if (detail.kind === 'rebuild-failed') {
    return l10n.t(
      'The rebuild of {0} came to nothing {1}: {2}.',
      tag,
      when,
      REASONS[detail.reason](),
    );
  }
  const how = isolationPhrase(detail.isolation);
  // Only what had no network may be called so.
  return detail.isolation === 'clean-folder'
    ? l10n.t('{0} was rebuilt {1} {2}.', tag, when, how)
    : l10n.t('{0} was rebuilt hermetically {1} {2}.', tag, when, how);
}

/** What a mark is about, as the name of a row. */
export function subjectTitle({ subject }: BuildMark, { plan }: BuildFacts): string {
  switch (subject.kind) {
    case 'artifact':
      return printable(plan.artifact?.text ?? '');
    case 'reference':
      return referenceTitle(subject.key, plan);
    case 'source':
      return printable(subject.source.name);
    case 'step':
      return l10n.t('step {0}: {1}', subject.step.number, commandLine(subject.step));
  }
}

function referenceTitle(
  key: ReferenceKey,
  { referenceAttestation, referenceArtifact }: BuildFacts['plan'],
): string {
  switch (key) {
    case 'expected_digest':
      return l10n.t('expected digest');
    case 'reference_attestation':
      return printable(referenceAttestation?.text ?? key);
    case 'reference_artifact':
      return printable(referenceArtifact?.text ?? key);
  }
}

const LONGEST = 60;

/** The first line of what a step runs. */
function commandLine(step: Extract<BuildMark['subject'], { kind: 'step' }>['step']): string {
  const text =
    step.kind === 'shell'
      ? step.script.text
      : step.kind === 'exec'
        ? step.words.map((word) => word.text).join(' ')
        : '';
  const [first = '', ...more] = text.trim().split('\n');
  const cut = first.slice(0, LONGEST);
  return printable(cut === first && more.length === 0 ? first : `${cut} …`);
}

/** The word for a mark's state: those of files, where they fit. */
export function markWord({ subject, state }: BuildMark, { artifact }: BuildState): string {
  switch (subject.kind) {
    case 'artifact':
      return artifactWord(state);
    case 'reference':
      if (state === 'verified') return l10n.t('equals the rebuilt artifact');
      if (state === 'drifted') return l10n.t('differs from the rebuilt artifact');
      return state === 'unknown' ? l10n.t('not compared') : stateWord(state);
    case 'source':
      return sourceWord(subject.source, artifact);
    case 'step':
      return subject.failed ? l10n.t('failed') : partWord(artifact);
  }
}

function artifactWord(state: StatusKind): string {
  switch (state) {
    case 'verified':
      return l10n.t('equals its reference');
    case 'drifted':
      return l10n.t('differs from its reference');
    case 'missing':
      return l10n.t('not made');
    case 'unpinned':
      return l10n.t('without a reference');
    default:
      return l10n.t('not rebuilt');
  }
}

/** What may be said of something that goes into a build. */
function partWord({ kind }: FileStatus): string {
  switch (kind) {
    case 'verified':
      return l10n.t('made an artifact that matches');
    case 'drifted':
      return l10n.t('made an artifact that differs');
    default:
      return l10n.t('not rebuilt');
  }
}

function sourceWord({ kind }: SourceFacts, artifact: FileStatus): string {
  switch (kind) {
    case 'missing':
      return l10n.t('missing');
    case 'refused':
      return l10n.t('leads outside of the repository');
    case 'other':
      return l10n.t('a link or a special file');
    case 'file':
    case 'directory':
      return partWord(artifact);
  }
}
