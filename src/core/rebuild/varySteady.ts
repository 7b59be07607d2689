/** The control: whether two builds with nothing changed are equal, and if not, what makes them so. */
import type { Change, FactorOutcome, FactorResult, VariedFactor } from '../model/variation.js';
import { pause } from '../system/clock.js';
import { steadiers } from './varyFactors.js';
import type { Ground } from './varyFactors.js';
import { compareWith, makeBase, onlyTimes, untilLater } from './varyLab.js';
import type { Base, Lab, Trial } from './varyLab.js';

/** What the control says. */
export interface Steadied {
  /** Of `chance`, and of what differs between any two builds. */
  readonly results: readonly FactorResult[];
  /** What further builds are compared with; absent when that would tell nothing. */
  readonly base?: Base;
}

/** A build that stands still under a stopped clock ends no later than this, in milliseconds. */
const MOST_HELD_MS = 60_000;

/** Builds again, and looks for what must be held still when that comes out otherwise. */
export async function steadied(lab: Lab, baseline: Base, ground: Ground): Promise<Steadied> {
  const control = await again(lab, baseline);
  if (control.kind === 'same') return { results: [chance(control)], base: baseline };
  if (control.kind !== 'differs') return { results: [chance(control)] };
  for (const each of steadiers(ground)) {
    const held = await hold(lab, baseline, each);
    if (held === undefined) continue;
    const { base, trial } = held;
    const both = base.timesDiffer && each.factor !== 'time';
    const found: VariedFactor[] = both ? ['time', each.factor] : [each.factor];
    const results = [chance(trial), ...found.map((factor) => differing(factor, control))];
    return { results, base };
  }
  if (control.explanation !== undefined && onlyTimes(control.explanation)) {
    const { digest } = control;
    const results = [chance({ kind: 'same-but-times', digest }), differing('time', control)];
    return { results, base: { ...baseline, timesDiffer: true } };
  }
  const could = new Set(steadiers(ground).map(({ factor }) => factor));
  const unruled = (['time', 'file-order'] as const).filter((factor) => !could.has(factor));
  return { results: [{ ...chance(control), ...(unruled.length === 0 ? {} : { unruled }) }] };
}

/** At another second, or the passing of time would not show every time. */
async function again(lab: Lab, base: Base, timeoutMs?: number): Promise<Trial> {
  await pause(untilLater(base), lab.options.signal);
  return compareWith(lab, base, timeoutMs === undefined ? {} : { timeoutMs });
}

/** Two builds with a factor held still; nothing when they differ all the same. */
async function hold(
  lab: Lab,
  baseline: Base,
  { factor, variation }: ReturnType<typeof steadiers>[number],
): Promise<{ readonly base: Base; readonly trial: Trial } | undefined> {
  const { timeoutMs: most = Infinity } = lab.options;
  // What waits for a clock that is stopped waits for ever.
  const timeoutMs = Math.min(most, Math.max(MOST_HELD_MS, 10 * baseline.tookMs));
  const made = await makeBase(lab, `held-${factor}`, { variation, timeoutMs });
  if ('kind' in made) return undefined;
  const base: Base = { ...made, held: factor };
  const trial = await again(lab, base, timeoutMs);
  if (trial.kind === 'same') return { base, trial };
  if (trial.kind !== 'differs' || trial.explanation === undefined) return undefined;
  if (!onlyTimes(trial.explanation)) return undefined;
  const { digest } = trial;
  return { base: { ...base, timesDiffer: true }, trial: { kind: 'same-but-times', digest } };
}

const chance = (trial: Trial): FactorResult => ({
  factor: 'chance',
  change: { kind: 'nothing' },
  ...outcomeOf(trial),
});

const differing = (
  factor: VariedFactor,
  control: Extract<Trial, { kind: 'differs' }>,
): FactorResult => ({
  factor,
  change: BETWEEN[factor === 'time' ? 'time' : 'disk'],
  ...outcomeOf(control),
});

const BETWEEN: Readonly<Record<'time' | 'disk', Change>> = {
  time: { kind: 'seconds' },
  disk: { kind: 'listing', by: 'disk' },
};

/** A trial as it is told. What could not be set up was tried before and worked: the tool is at fault. */
export function outcomeOf(trial: Trial): FactorOutcome {
  switch (trial.kind) {
    case 'same':
      return { outcome: 'same', sha256: trial.digest };
    case 'same-but-times':
      return { outcome: 'same', sha256: trial.digest, butTimes: true };
    case 'differs': {
      const { digest: sha256, explanation } = trial;
      return { outcome: 'differs', sha256, ...(explanation === undefined ? {} : { explanation }) };
    }
    case 'failed':
      return { outcome: 'failed', findings: trial.findings, said: trial.said };
    case 'not-set-up':
      return { outcome: 'skipped', why: { kind: 'instrument', tool: 'disorderfs' } };
  }
}
