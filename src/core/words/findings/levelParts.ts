/** Parts of the sentences about levels. */
import * as l10n from '@vscode/l10n';
import type { LevelFinding, Service, TestAxis, TestState } from '../../model/findings/level.js';
import type { RepoPath } from '../../model/paths.js';
import { printable } from '../printable.js';

type Of<C extends LevelFinding['code']> = Extract<LevelFinding, { readonly code: C }>;

/** The name of a place of publication; names of their own, the same in every language. */
export function serviceName(service: Service): string {
  switch (service) {
    case 'github':
      return 'GitHub';
    case 'zenodo':
      return 'Zenodo';
    case 'arxiv':
      return 'arXiv';
    case 'overleaf':
      return 'Overleaf';
  }
}

function axisName(axis: TestAxis): string {
  switch (axis) {
    case 'unit':
      return l10n.t('tests');
    case 'integrity':
      return l10n.t('integrity tests');
    case 'qualitative':
      return l10n.t('qualitative tests');
    case 'quantitative':
      return l10n.t('quantitative tests');
  }
}

/** The axes that are meant; the one that sums up the others is not named beside them. */
export function axisList(axes: readonly TestAxis[]): string {
  const particular = axes.filter((axis) => axis !== 'unit');
  return (particular.length > 0 ? particular : axes).map(axisName).join(', ');
}

/** What is the matter with tests, and what to do. */
export function testSentence(state: TestState, first: RepoPath | undefined): string {
  const name = first === undefined ? undefined : printable(first);
  switch (state) {
    case 'untested':
      return l10n.t('not run; run them.');
    case 'failed':
      return l10n.t('they failed; mend what they found and run them again.');
    case 'error':
      return l10n.t('no result that can be read is recorded; run them again.');
    case 'outputs-missing':
      return name === undefined
        ? l10n.t('files that they saw do not exist; restore them, or run the step and its tests.')
        : l10n.t('"{0}", which they saw, does not exist; restore it, or run the step again.', name);
    case 'outputs-changed':
      return name === undefined
        ? l10n.t('files changed after they ran; run them again.')
        : l10n.t('"{0}" changed after they ran; run them again.', name);
    case 'outputs-unknown':
      return name === undefined
        ? l10n.t('files that they saw cannot be compared; fetch or check them.')
        : l10n.t('"{0}", which they saw, cannot be compared; fetch or check it.', name);
  }
}

/** Why a published copy does not count, and what to do. */
export function remoteSentence(
  { gap, count, first, step }: Of<'remote-not-verified'>,
  service: string,
): string {
  switch (gap) {
    case 'never-checked':
      return l10n.t('No look at the copy on {0} is recorded; publish and verify it.', service);
    case 'stale':
      return l10n.t('The copy on {0} was not looked at for 24 hours; verify it again.', service);
    case 'no-files':
      return l10n.t(
        'No file was compared with the copy on {0}; an empty list proves nothing. Verify it again.',
        service,
      );
    case 'diverged':
      return diverged({ count: count ?? 0, first, step }, service);
    case 'other-commit':
      return l10n.t(
        'The copy on {0} was verified for another commit than the project names; verify it again.',
        service,
      );
    case 'no-doi':
      return l10n.t('The copy on {0} has no recorded DOI; deposit and verify it.', service);
    case 'other-endpoint':
      return l10n.t(
        'The copy was verified on another instance of {0} than the project names; verify it again.',
        service,
      );
  }
}

interface Diverged {
  readonly count: number;
  readonly first: string | undefined;
  readonly step: string | undefined;
}

function diverged({ count, first, step }: Diverged, service: string): string {
  const name = first === undefined ? undefined : printable(first);
  if (step !== undefined && name !== undefined) {
    return l10n.t(
      'Step {0}: files that differ on {1}: {2} ("{3}"); publish them and verify again.',
      step,
      service,
      count,
      name,
    );
  }
  return name === undefined
    ? l10n.t('Files that differ on {0}: {1}; publish them and verify again.', service, count)
    : l10n.t(
        'Files that differ on {0}: {1} ("{2}"); publish them and verify again.',
        service,
        count,
        name,
      );
}

/** Why no environment counts, and what to do. */
export function environmentGap(gap: Of<'environment-snapshot-missing'>['gap']): string {
  switch (gap) {
    case 'absent':
      return l10n.t('There is no .vaibify/environment.json; capture the environment.');
    case 'malformed':
      return l10n.t('.vaibify/environment.json cannot be read; capture the environment again.');
    case 'no-digest':
      return l10n.t(
        '.vaibify/environment.json names no single image by its digest; capture the environment in a container.',
      );
    case 'host-mode':
      return l10n.t(
        'The environment was captured without a container, which nobody else can repeat; capture it in one.',
      );
  }
}

/** What is wrong with the declaration of programs outside the container, and what to do. */
export function binaryGap(gap: Of<'binaries-not-declared-or-waived'>['gap']): string {
  switch (gap) {
    case 'neither':
      return l10n.t(
        'Programs outside the Python environment are neither declared nor waived: list them in "listDeclaredBinaries", or set "bNoStandaloneBinaries" to true.',
      );
    case 'both':
      return l10n.t(
        'Programs are declared although "bNoStandaloneBinaries" says that there are none; remove one of the two.',
      );
    case 'incomplete':
      return l10n.t('A declared program lacks its path, purpose or expected version; add it.');
  }
}

/** Why no rerun counts, and what to do. */
export function rerunGap(gap: Of<'l3-attestation-stale'>['gap']): string {
  switch (gap) {
    case 'absent':
      return l10n.t('No rerun is attested; rerun the pipeline.');
    case 'failed':
      return l10n.t('The last rerun did not give the pinned bytes; mend the cause and rerun.');
    case 'other-manifest':
      return l10n.t('The manifest changed after the last rerun; rerun the pipeline.');
  }
}
