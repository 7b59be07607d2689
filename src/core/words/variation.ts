/** Sentences of `rebuild --vary`: what was changed, why something was not, what it came to. */
import * as l10n from '@vscode/l10n';
import type {
  Change,
  FactorResult,
  NotVaried,
  VariedFactor,
  VaryTool,
} from '../model/variation.js';
import { printable } from './printable.js';

/** A factor as it is spoken of: "... changes the artifact". */
export function factorPhrase(factor: VariedFactor): string {
  return FACTOR[factor]();
}

const FACTOR: Readonly<Record<VariedFactor, () => string>> = {
  chance: () => l10n.t('chance'),
  time: () => l10n.t('the time of the build'),
  timezone: () => l10n.t('the time zone'),
  locale: () => l10n.t('the locale'),
  umask: () => l10n.t('the umask'),
  'file-order': () => l10n.t('the order in which directories list their files'),
  'build-path': () => l10n.t('the path of the workspace'),
  user: () => l10n.t('the user and the home directory'),
  cpus: () => l10n.t('the number of processors'),
  environment: () => l10n.t('variables that nothing should read'),
  host: () => l10n.t('the name of the machine'),
};

/** What was changed, for a table. */
export function changePhrase(change: Change): string {
  switch (change.kind) {
    case 'nothing':
      return l10n.t('nothing: the same build again');
    case 'seconds':
      return l10n.t('only the seconds between two builds');
    case 'clock':
      return l10n.t('+{0} days: the clock by faketime, and the times of the sources', change.days);
    case 'variable':
      return `${change.name}=${printable(change.value)}`;
    case 'umask':
      return `umask ${change.mask}`;
    case 'listing':
      return LISTING[change.by]();
    case 'directory':
      return l10n.t('the workspace is called {0}', change.name);
    case 'user':
      return userPhrase(change);
    case 'cpus':
      return l10n.t(
        'CPU {0} alone instead of {1}, by taskset',
        change.cpu,
        printable(change.before),
      );
    case 'noise':
      return l10n.t('{0} more variables, one of them large', change.variables);
    case 'hostname':
      return l10n.t('the host is called {0}', change.name);
  }
}

const userPhrase = ({ name, uid }: Extract<Change, { kind: 'user' }>): string =>
  uid === undefined
    ? l10n.t('USER, LOGNAME and HOME of {0}; the numbers stay', name)
    : l10n.t('uid and gid {0}; USER, LOGNAME and HOME of {1}', uid, name);

const LISTING: Readonly<Record<Extract<Change, { kind: 'listing' }>['by'], () => string>> = {
  disorderfs: () => l10n.t('directories listed in reverse, by disorderfs'),
  rewriting: () => l10n.t('sources written anew, so that the disk lists them in another order'),
  disk: () => l10n.t('only what the disk made of the same names'),
};

/** Why nothing is known of a factor. */
export function notVariedReason(why: NotVaried): string {
  switch (why.kind) {
    case 'no-tool':
      return noTool(why.tool);
    case 'one-cpu':
      return l10n.t('there is one CPU only');
    case 'one-locale':
      return l10n.t('no locale but C is installed');
    case 'same-listing':
      return l10n.t(
        'disorderfs is not installed or cannot mount, and this disk lists sources in the same order whenever they are written',
      );
    case 'own-machine':
      return l10n.t('in a clean folder the host keeps its own name');
    case 'unsteady':
      return l10n.t('two builds with nothing changed differ already');
    case 'times':
      return l10n.t('every build has other times in it, and they hide what this changes');
    case 'instrument':
      return l10n.t(
        'with {0} the build comes out otherwise even when that changes nothing',
        why.tool,
      );
  }
}

function noTool(tool: VaryTool): string {
  return tool === 'locale'
    ? l10n.t('which locales are installed cannot be found out')
    : l10n.t('{0} is not installed, or does not work, where the build runs', tool);
}

/** The word of an outcome in a table. */
export function outcomeWord(outcome: FactorResult['outcome']): string {
  switch (outcome) {
    case 'same':
      return l10n.t('same');
    case 'differs':
      return l10n.t('DIFFERS');
    case 'failed':
      return l10n.t('FAILS');
    case 'skipped':
      return l10n.t('skipped');
  }
}

/** What one result comes to, in a sentence. */
export function resultSentence(result: FactorResult): string {
  const { factor, outcome } = result;
  switch (outcome) {
    case 'same':
      return result.butTimes === true
        ? l10n.t('Nothing differs but times, which differ between any two builds.')
        : l10n.t('The artifact stays the same.');
    case 'differs':
      return factor === 'chance'
        ? chanceSentence(result.unruled ?? [])
        : l10n.t('The artifact depends on {0}.', factorPhrase(factor));
    case 'failed':
      return factor === 'chance'
        ? l10n.t('The same build fails the second time.')
        : l10n.t('The build fails when {0} changes.', factorPhrase(factor));
    case 'skipped':
      return notVariedReason(result.why);
  }
}

function chanceSentence(unruled: readonly VariedFactor[]): string {
  const said = l10n.t(
    'Two builds with nothing changed differ: random numbers, or something that nothing here holds still.',
  );
  if (unruled.length === 0) return said;
  const what = unruled.map(factorPhrase).join(', ');
  return l10n.t('{0} It may be this as well, for the tools are missing: {1}.', said, what);
}

/** The last line. */
export function varySummary(results: readonly FactorResult[]): string {
  const guilty = results.filter(({ outcome }) => outcome === 'differs' || outcome === 'failed');
  const same = results.filter(({ outcome }) => outcome === 'same');
  const skipped = results.filter(({ outcome }) => outcome === 'skipped');
  const names = (of: readonly FactorResult[]): string => of.map(({ factor }) => factor).join(', ');
  return [
    guilty.length > 0
      ? l10n.t('The artifact depends on: {0}.', names(guilty))
      : same.length > 0
        ? l10n.t('Nothing that was changed changes the artifact.')
        : l10n.t('Nothing could be changed, so nothing is known.'),
    ...(skipped.length > 0 ? [l10n.t('Not known: {0}.', names(skipped))] : []),
  ].join(' ');
}

/** Said where no line of the lint is about a factor. */
export const noCause = (): string =>
  l10n.t('No line of the plan is known to be the cause: the differences above tell where to look.');
