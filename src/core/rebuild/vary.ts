/** `rebuild --vary`: builds a plan once for each factor, with that one changed, and compares. */
import type { Sha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import type { RebuildReason } from '../model/reference.js';
import type { FactorResult, NotVaried, VariedFactor } from '../model/variation.js';
import { withTemporary } from '../system/temporary.js';
import type { BuildRequest } from './build.js';
import type { StepOptions } from './buildRun.js';
import { settingOf } from './varyFactors.js';
import type { Setting } from './varyFactors.js';
import { compareWith, makeBase } from './varyLab.js';
import type { Base, Lab, Trial } from './varyLab.js';
import { outcomeOf, steadied } from './varySteady.js';
import { findTools } from './varyTools.js';

/** How to build, what to change, and whom to tell. */
export interface VaryOptions extends Omit<StepOptions, 'variation'> {
  readonly factors: readonly VariedFactor[];
  /** Told once, when it is known what can be changed. */
  readonly onSettings?: ((settings: readonly Setting[]) => void) | undefined;
  /** Told before each build; the first one is the baseline. */
  readonly onBuild?: ((factor: VariedFactor | 'baseline') => void) | undefined;
  readonly onResult?: ((result: FactorResult) => void) | undefined;
}

/** What came of it. */
export type VaryResult =
  /** The baseline could not be built. */
  | {
      readonly kind: 'failed';
      readonly reason: RebuildReason;
      readonly findings: readonly Finding[];
    }
  | {
      readonly kind: 'varied';
      readonly baseline: Sha256;
      /** `chance` first: it is the control of all others, and there whether it is asked for or not. */
      readonly results: readonly FactorResult[];
    };

/**
 * Finds out which of the factors change the artifact. Writes nothing but temporary files, which are
 * removed; what it mounts is unmounted.
 * @throws `AbortError` when the signal fires; by then nothing that was started is left.
 */
export const vary = (request: BuildRequest, options: VaryOptions): Promise<VaryResult> =>
  withTemporary(async (directory) => {
    const { factors, onSettings, onBuild, onResult, ...steps } = options;
    const first: Lab = { request, options: steps, directory };
    onBuild?.('baseline');
    const baseline = await makeBase(first, 'baseline', { variation: {} });
    if ('kind' in baseline) {
      if (baseline.kind === 'failed') return baseline;
      throw new Error('nothing was to be set up');
    }
    const lab = { ...first, request: withoutPull(request) };
    const { sandbox } = request;
    const ground = { sandbox, tools: await findTools(lab), signal: steps.signal };
    const settings = factors.flatMap((each) => (each === 'chance' ? [] : settingOf(each, ground)));
    onSettings?.(settings);
    const results: FactorResult[] = [];
    const tell = (result: FactorResult): void => {
      results.push(result);
      onResult?.(result);
    };
    onBuild?.('chance');
    const control = await steadied(lab, baseline, ground);
    for (const result of control.results) tell(result);
    for (const setting of settings) {
      if (results.some(({ factor }) => factor === setting.factor)) continue;
      if (setting.kind === 'ready' && control.base !== undefined) onBuild?.(setting.factor);
      tell(await resultOf(lab, setting, control.base));
    }
    return { kind: 'varied', baseline: baseline.digest, results };
  });

/** The first build has fetched it. */
const withoutPull = (request: BuildRequest): BuildRequest =>
  request.image === undefined ? request : { ...request, image: { ...request.image, pull: false } };

async function resultOf(lab: Lab, setting: Setting, base: Base | undefined): Promise<FactorResult> {
  const { factor } = setting;
  if (setting.kind === 'skipped') return { factor, outcome: 'skipped', why: setting.why };
  const { change, variation, control, idle } = setting;
  const skipped = (why: NotVaried): FactorResult => ({ factor, change, outcome: 'skipped', why });
  if (base === undefined) return skipped({ kind: 'unsteady' });
  const trial = await compareWith(lab, base, { variation });
  const why = idle?.();
  if (why !== undefined) return skipped(why);
  if (hidden(factor, trial, base)) return skipped({ kind: 'times' });
  if (!isAlike(trial) && control !== undefined) {
    const blank = await compareWith(lab, base, { variation: control.variation });
    if (!isAlike(blank)) return skipped({ kind: 'instrument', tool: control.tool });
  }
  return { factor, change, ...outcomeOf(trial) };
}

/** Whether what a factor changes is times, where those cannot be trusted. */
function hidden(factor: VariedFactor, { kind }: Trial, { held }: Base): boolean {
  if (factor !== 'timezone' && factor !== 'locale') return false;
  if (kind === 'same-but-times') return true;
  // faketime reads the time at which it stands still in the zone of the program: `date -u` changes it.
  return factor === 'timezone' && held === 'time' && kind === 'differs';
}

const isAlike = ({ kind }: Trial): boolean => kind === 'same' || kind === 'same-but-times';
