import type { MirrorCheck } from '../model/envelope.js';
import type { RemoteGap, Service } from '../model/findings/level.js';
import type { Place } from '../model/place.js';
import type { RepoPath } from '../model/paths.js';
import type { Blocker } from '../model/snapshot.js';
import { startOf } from '../projects/evidence.js';
import { blocks } from './levelBlocker.js';
import type { GateView } from './level.js';
import { signOffOf } from './levelSteps.js';

/** How long a look at a published copy counts, in milliseconds; exactly so long still does. */
const FRESH_MS = 24 * 60 * 60 * 1000;

/** Level 2: the published copies were looked at lately and are the same, and AI use is declared. */
export function publicationBlockers(view: GateView): Blocker[] {
  const { arxiv, overleaf } = view.gates.facts.remotes;
  return [
    ...remoteBlockers('github', view),
    ...remoteBlockers('zenodo', view),
    ...(arxiv === undefined ? [] : remoteBlockers('arxiv', view)),
    ...aiBlockers(view),
    // vaibify lists it and does not let it count.
    ...(overleaf === undefined ? [] : remoteBlockers('overleaf', view)).map((blocker): Blocker => ({
      ...blocker,
      advisory: true,
    })),
  ];
}

function remoteBlockers(service: Service, view: GateView): Blocker[] {
  const { project, gates } = view;
  const check = project.envelope?.mirrors?.find((each) => each.service === service);
  const place = gates.facts.remotes[service]?.place ?? startOf(project.file);
  const around = { place, remedy: 'verify-mirror' } as const;
  const single = gapsOf(service, check, view).map((gap) =>
    blocks(2, { code: 'remote-not-verified', service, gap }, around),
  );
  return check === undefined || check.total === 0
    ? single
    : [...single, ...divergence(check, place, view)];
}

/** Everything that is wrong with a look, but for single files. */
function gapsOf(service: Service, check: MirrorCheck | undefined, view: GateView): RemoteGap[] {
  if (check?.checkedAt === undefined) return ['never-checked'];
  const gaps: RemoteGap[] = [];
  if (check.total === 0) gaps.push('no-files');
  // A time far in the future would stay fresh for ever; a clock that is a little off is no matter.
  if (Math.abs(view.now - check.checkedAt) > FRESH_MS) gaps.push('stale');
  return [...gaps, ...ownGaps(service, check, view)];
}

/** What a service records beyond the files, against what the project names. */
function ownGaps(service: Service, check: MirrorCheck, { gates }: GateView): RemoteGap[] {
  const { github, zenodo } = gates.facts.remotes;
  switch (service) {
    case 'github':
      return (check.commit ?? '') === (github?.commit ?? '') ? [] : ['other-commit'];
    case 'zenodo':
      return [
        ...(check.doi === undefined ? (['no-doi'] as const) : []),
        ...(check.endpoint === zenodo.endpoint ? [] : (['other-endpoint'] as const)),
      ];
    case 'arxiv':
    case 'overleaf':
      return [];
  }
}

/**
 * Files of a published copy that differ, by the step that declares them: paths are those of the
 * repository on both sides. (vaibify looks for them among the names as declared, and finds none of a
 * step that has a directory.)
 */
function divergence(check: MirrorCheck, place: Place, view: GateView): Blocker[] {
  const { service, diverged, total, matching } = check;
  const bySteps = new Map<string, { count: number; first: string; place: Place }>();
  for (const { path } of diverged) {
    const declared = view.files.get(path as RepoPath)?.declared.find(({ step }) => step);
    const step = declared?.step ?? '';
    const known = bySteps.get(step);
    if (known === undefined) {
      bySteps.set(step, { count: 1, first: path, place: declared?.place ?? place });
    } else known.count += 1;
  }
  // Counts and list can disagree: what is not listed is not the same either.
  const unlisted = total - matching - diverged.length;
  if (unlisted > 0) {
    const known = bySteps.get('');
    if (known === undefined) bySteps.set('', { count: unlisted, first: '', place });
    else known.count += unlisted;
  }
  return [...bySteps].map(([step, { count, first, place: at }]) => {
    const of = step === '' ? {} : { step };
    const found = first === '' ? {} : { first };
    const finding = { code: 'remote-not-verified', service, gap: 'diverged' } as const;
    const around = { place: at, remedy: 'verify-mirror', ...of } as const;
    return blocks(2, { ...finding, count, ...found, ...of }, around);
  });
}

function aiBlockers(view: GateView): Blocker[] {
  const { project, gates } = view;
  const { models, personalLayer } = gates.facts;
  const start = startOf(project.file);
  const blockers: Blocker[] = [];
  const steps = gates.steps.filter(({ kind }) => kind === 'ai-declaration');
  if (steps.length === 0) {
    const around = { place: start, remedy: 'add-ai-declaration' } as const;
    blockers.push(blocks(2, { code: 'missing-ai-declaration-step' }, around));
  }
  for (const gate of steps) {
    if (signOffOf(gate, view).kind === 'passed') continue;
    const { label: step, place } = gate;
    const around = { place, step, remedy: 'sign-off-step' } as const;
    blockers.push(blocks(2, { code: 'ai-declaration-unattested', step }, around));
  }
  if (models.state !== 'complete') {
    const around = { place: models.place ?? start, remedy: 'declare-models' } as const;
    blockers.push(blocks(2, { code: 'ai-models-undeclared', gap: models.state }, around));
  }
  if (!personalLayer.declared) {
    const around = { place: personalLayer.place ?? start };
    blockers.push(blocks(2, { code: 'personal-layer-undeclared' }, around));
  }
  return blockers;
}
