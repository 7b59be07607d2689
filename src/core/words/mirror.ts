/** Why a published copy was not compared, and what to do about it. */
import * as l10n from '@vscode/l10n';
import type { HttpProblem } from '../system/http.js';
import type { MirrorProblem } from '../remotes/mirrorProblem.js';
import { printable } from './printable.js';

/** The sentence of a comparison that was not made. */
export function mirrorSentence(problem: MirrorProblem): string {
  return 'host' in problem ? answerSentence(problem) : ownSentence(problem);
}

/** What has to be mended here. */
function ownSentence(problem: Exclude<MirrorProblem, { readonly host: string }>): string {
  switch (problem.code) {
    case 'not-configured':
      return l10n.t(
        'the pipeline does not say where its copy on {0} is: {1} is missing or not usable',
        problem.service,
        problem.field,
      );
    case 'no-pins':
      return l10n.t(
        'the manifest pins nothing that a published copy could be compared with; write it with "reprolens manifest write"',
      );
    case 'manifest-problems':
      return l10n.t(
        'lines of the manifest that cannot be used: {0}; mend them first, for what they pin would go uncompared',
        problem.count,
      );
    case 'manifest-partial':
      return l10n.t(
        'the manifest has {0} entries, more than are kept here; compare on the command line',
        problem.entries,
      );
    case 'bad-address':
      return l10n.t(
        'the environment variable {0} is no https address; http is accepted on this machine only, and no address may hold a password, a query or a fragment',
        problem.variable,
      );
    case 'record-unusable':
      return l10n.t(
        '{0} cannot be replaced ({1}); move it away and check again',
        printable(problem.file),
        problem.reason,
      );
  }
}

/** What the service did, or did not do. */
function answerSentence(problem: Extract<MirrorProblem, { readonly host: string }>): string {
  const { host } = problem;
  switch (problem.code) {
    case 'no-answer':
      return l10n.t('{0}: {1}; nothing was compared', host, silence(problem.why));
    case 'not-there':
      return l10n.t(
        '{0} has nothing published under "{1}", or only for those with a token',
        host,
        printable(problem.what),
      );
    case 'refused':
      return l10n.t(
        '{0} refuses access (HTTP {1}); for GitHub a token that may read the repository belongs in the environment variable GITHUB_TOKEN',
        host,
        problem.status,
      );
    case 'rate-limited':
      return problem.retryAt === undefined
        ? l10n.t('{0} has had too many requests from here; try again later', host)
        : l10n.t(
            '{0} has had too many requests from here; try again after {1}',
            host,
            timeText(problem.retryAt),
          );
    case 'status':
      return l10n.t(
        '{0} answered with HTTP {1}; nothing was compared, try again later',
        host,
        problem.status,
      );
    case 'malformed':
      return l10n.t('{0} gave an answer that cannot be read; nothing was compared', host);
  }
}

/** Years beyond what a date can hold come from hostile headers. */
const timeText = (at: number): string =>
  Math.abs(at) > 8.64e15 ? '?' : `${new Date(at).toISOString().slice(0, 19)}Z`;

function silence(why: HttpProblem): string {
  switch (why) {
    case 'unreachable':
      return l10n.t('cannot be reached');
    case 'timed-out':
      return l10n.t('did not answer in time');
    case 'cancelled':
      return l10n.t('was not asked to the end');
    case 'too-large':
      return l10n.t('sent more than any file is expected to hold');
    case 'tls':
      return l10n.t('has no certificate that is trusted here');
  }
}
