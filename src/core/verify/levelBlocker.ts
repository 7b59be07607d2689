import type { LevelFinding, Remedy } from '../model/findings/level.js';
import type { Place } from '../model/place.js';
import type { Blocker } from '../model/snapshot.js';

/** What a blocker has besides its finding. */
interface Around {
  readonly place: Place;
  readonly step?: string | undefined;
  readonly remedy?: Remedy | undefined;
  readonly advisory?: true;
}

/**
 * Makes a blocker. Its finding is information: a level that was not reached yet is no fault of a
 * pipeline.
 */
export function blocks(
  level: Blocker['level'],
  finding: LevelFinding,
  { place, step, remedy, advisory }: Around,
): Blocker {
  return {
    level,
    finding: { ...finding, severity: 'info', place },
    ...(step === undefined ? {} : { step }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(advisory === undefined ? {} : { advisory }),
  };
}
