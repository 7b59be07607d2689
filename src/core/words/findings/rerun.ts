/** Sentences of {@link RerunFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import { shortDigest } from '../../model/digest.js';
import type { IsolationProblem, RerunFinding } from '../../model/findings/rerun.js';
import type { Isolation } from '../../model/tier.js';
import { printable } from '../printable.js';
import type { SentencesOf } from './sentences.js';

export const RERUN: SentencesOf<RerunFinding> = {
  'rerun-interactive-step': (f) =>
    l10n.t('Step {0} needs a person; a rerun goes unattended.', printable(f.step)),
  'rerun-disabled-step': (f) =>
    l10n.t('Step {0} is switched off; a rerun covers every step.', printable(f.step)),
  'rerun-token': (f) =>
    l10n.t(
      'Step {0}: nothing stands behind the token {1}, so the command would not run as it is meant. Correct it.',
      printable(f.step),
      printable(f.token),
    ),
  'rerun-step-unknown': (f) =>
    l10n.t('There is no step {0}; "reprolens status" lists the labels.', printable(f.step)),
  'rerun-nothing-to-run': () =>
    l10n.t('No step has a command, so there is nothing that a rerun could make again.'),
  'rerun-not-a-pipeline': () =>
    l10n.t(
      'A plain checksum manifest says what was made and not how; only a pipeline can be rerun.',
    ),
  'rerun-no-manifest': (f) =>
    l10n.t(
      '{0} does not exist, so there is nothing to compare a rerun with. Write it first ("reprolens manifest write").',
      printable(f.name),
    ),
  'rerun-no-commit': () =>
    l10n.t('There is no commit yet, and a rerun starts from one. Commit the project first.'),
  'rerun-git': (f) => l10n.t('Git did not give the commit: {0}.', printable(f.reason)),
  'rerun-not-committed': (f) =>
    l10n.t(
      '{0} is not in the commit, and no step makes it; nobody else could run this. Commit it.',
      printable(f.path),
    ),
  'rerun-other-in-commit': (f) =>
    l10n.t(
      'The commit holds other bytes of {0}. Commit the file, or regenerate the manifest from what is committed.',
      printable(f.path),
    ),
  'rerun-pointer': (f) =>
    l10n.t(
      'The commit holds only a Git LFS or git-annex pointer in place of {0}; a rerun starts from the bytes in the commit.',
      printable(f.path),
    ),
  'rerun-link': (f) =>
    l10n.t(
      'A symbolic link stands on the path {0}; a rerun neither follows nor replaces it. Put the file itself there.',
      printable(f.path),
    ),
  'rerun-isolation': (f) => isolationSentence(f.isolation, f.problem, f.reason),
  'rerun-not-remade': (f) =>
    l10n.t(
      '{0} is not made again: no command of step {1} that would make it is run. It is compared as the commit holds it.',
      printable(f.path),
      printable(f.step),
    ),
  'rerun-step-failed': (f) => failureSentence(f),
  'rerun-manifest-changed': () =>
    l10n.t('A step wrote to the manifest that it was to be compared with.'),
  'rerun-diverged': (f) => divergence(f),
};

function isolationSentence(
  isolation: Isolation,
  problem: IsolationProblem,
  reason: string | undefined,
): string {
  const why = printable(reason ?? '');
  switch (problem) {
    case 'no-image':
      return l10n.t(
        'No container: .vaibify/environment.json pins no image by its digest ("reprolens environment capture" does).',
      );
    case 'no-engine':
      return l10n.t('No container: neither docker nor podman answers. Start one of them.');
    case 'no-bubblewrap':
      return l10n.t('No sandbox: bubblewrap (bwrap) is not installed.');
    case 'does-not-work':
      return isolation === 'container'
        ? l10n.t('No container: {0}.', why)
        : l10n.t('No sandbox: {0}.', why);
  }
}

function failureSentence(f: Extract<RerunFinding, { code: 'rerun-step-failed' }>): string {
  const step = printable(f.step);
  const command = printable(f.command);
  switch (f.failure) {
    case 'status':
      return l10n.t('Step {0} ended with status {1}: {2}', step, f.status ?? '?', command);
    case 'timed-out':
      return l10n.t('Step {0} took longer than the time limit: {1}', step, command);
    case 'killed':
      return l10n.t('Step {0} was ended by {1}: {2}', step, printable(f.reason ?? '?'), command);
    case 'not-started':
      return l10n.t(
        'Step {0} could not be started ({1}): {2}',
        step,
        printable(f.reason ?? '?'),
        command,
      );
  }
}

function divergence({
  path,
  expected,
  got,
}: Extract<RerunFinding, { code: 'rerun-diverged' }>): string {
  const name = printable(path);
  switch (got.kind) {
    case 'other-bytes':
      return l10n.t(
        'The rerun made other bytes of {0}: pinned {1}, made {2}.',
        name,
        shortDigest(expected),
        shortDigest(got.actual),
      );
    case 'nothing':
      return l10n.t('The rerun did not make {0}.', name);
    case 'link':
      return l10n.t('The rerun made a symbolic link in place of {0}.', name);
    case 'unreadable':
      return l10n.t('What the rerun made as {0} cannot be read.', name);
  }
}
