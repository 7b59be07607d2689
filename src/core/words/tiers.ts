/** The words of the ceremony: what each tier does, what came of it, and what may be claimed. */
import * as l10n from '@vscode/l10n';
import type { Rebuild } from '../model/build.js';
import type { Isolation, Tier, TierDetail, TierOutcome, TierReport } from '../model/tier.js';
import { printable } from './printable.js';

/** What a tier does, as its line begins. */
export function banner(tier: Tier): string {
  switch (tier) {
    case 1:
      return l10n.t('Verifying file integrity');
    case 2:
      return l10n.t('Reproducing Python env');
    case 3:
      return l10n.t('Pulling pinned container image');
    case 4:
      return l10n.t('Re-running workflow');
  }
}

/** What a tier confirms, for sentences. */
export function tierWord(tier: Tier): string {
  switch (tier) {
    case 1:
      return l10n.t('file integrity');
    case 2:
      return l10n.t('dependencies');
    case 3:
      return l10n.t('container image');
    case 4:
      return l10n.t('rerun');
  }
}

/** The word at the end of a tier's line. */
export function outcomeWord(outcome: TierOutcome): string {
  switch (outcome) {
    case 'pass':
      return 'OK';
    case 'fail':
      return 'FAIL';
    case 'error':
      return l10n.t('NOT CHECKED');
    case 'skipped':
      return l10n.t('skipped');
  }
}

/** What was done, and with what: the middle of a tier's line. */
export function detailText({ detail, total, verified }: Omit<TierReport, 'findings'>): string {
  const counted = `${verified}/${total}`;
  switch (detail.kind) {
    case 'files':
      return counted;
    case 'lock-resolved':
      return detail.installed
        ? l10n.t('{0} installed by {1}, hashes verified', counted, detail.tool)
        : l10n.t('{0} resolved by {1}, hashes verified', counted, detail.tool);
    case 'lock-structure':
      return l10n.t('{0} pinned and hashed; {1}', counted, unresolved(detail.why));
    case 'image':
      return imageText(detail);
    case 'image-recorded':
      return l10n.t('{0} is recorded; nothing answered that has it', printable(detail.reference));
    case 'rerun':
      return l10n.t('{0} as pinned, {1}', counted, isolationPhrase(detail.isolation));
    case 'rebuilt':
    case 'rebuild-failed':
      return rebuildText(detail);
    case 'rerun-refused':
      return l10n.t('nothing was executed');
    case 'not-run':
      return leftOut(detail.why);
  }
}

const imageText = ({ layers, reference, by }: Extract<TierDetail, { kind: 'image' }>): string =>
  layers
    ? l10n.t('{0} by {1}, every layer hashed', printable(reference), by)
    : l10n.t('{0} by {1}', printable(reference), by);

const rebuildText = (detail: Rebuild['detail']): string =>
  detail.kind === 'rebuilt'
    ? l10n.t('rebuilt {0}, {1}', printable(detail.tag), isolationPhrase(detail.isolation))
    : l10n.t('no artifact: {0}', detail.reason);

function unresolved(why: Extract<TierDetail, { kind: 'lock-structure' }>['why']): string {
  switch (why) {
    case 'offline':
      return l10n.t('not resolved, for no package index answered');
    case 'no-python':
      return l10n.t('not resolved, for there is no Python with pip');
    case 'restricted':
      return l10n.t('not resolved in Restricted Mode');
    case 'not-asked':
      return l10n.t('not resolved');
  }
}

function leftOut(why: Extract<TierDetail, { kind: 'not-run' }>['why']): string {
  switch (why) {
    case 'asked':
      return l10n.t('left out');
    case 'opt-in':
      return l10n.t('use --rerun');
    case 'absent':
      return l10n.t('no such evidence');
  }
}

/** What a run was shut into, as it really was. */
export function isolationPhrase(isolation: Isolation): string {
  switch (isolation) {
    case 'container':
      return l10n.t('in the pinned container without network');
    case 'sandbox':
      return l10n.t('on this system in a sandbox without network');
    case 'clean-folder':
      return l10n.t('in a clean folder, with the network open');
  }
}

/** What has to be said beside the name of a tier, so that nobody takes it for more. */
function proviso({ tier, outcome, detail, total, verified }: TierReport): string {
  if (outcome === 'pass' && detail.kind === 'lock-structure') return l10n.t(' (structure only)');
  if (tier !== 1 || outcome === 'pass' || outcome === 'skipped') return '';
  if (total === 0) return l10n.t(' (the manifest pins no file)');
  const bad = total - verified;
  if (bad === 0) return l10n.t(' (the manifest itself has problems)');
  return bad === 1
    ? l10n.t(' (1 of {0} files does not hold)', total)
    : l10n.t(' ({0} of {1} files do not hold)', bad, total);
}

/** The last line: what was confirmed, what was not, and what nobody looked at. */
export function claim(reports: readonly TierReport[]): string {
  const words = (outcome: TierOutcome): string =>
    reports
      .filter((report) => report.outcome === outcome)
      .map((report) => tierWord(report.tier) + proviso(report))
      .join(', ');
  const [held, failed, open, skipped] = [
    words('pass'),
    words('fail'),
    words('error'),
    words('skipped'),
  ];
  return [
    failed === '' ? '' : l10n.t('Not confirmed: {0}.', failed),
    held === '' ? '' : l10n.t('Confirmed: {0}.', held),
    open === '' ? '' : l10n.t('Could not be checked: {0}.', open),
    skipped === '' ? '' : l10n.t('Not checked: {0}.', skipped),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
