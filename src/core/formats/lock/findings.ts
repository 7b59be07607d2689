import type { Finding, FindingData, Severity } from '../../model/finding.js';
import type { LockFinding } from '../../model/findings/lock.js';
import type { Place } from '../../model/place.js';

/** Findings of one severity that are kept; a hostile file could have millions. */
const MOST = 1000;

/** Gathers findings; those past the first thousand of a severity are counted only. */
export class LockFindings {
  readonly #kept: Finding[] = [];
  readonly #counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };

  add(severity: Severity, data: LockFinding & FindingData, place?: Place): void {
    this.#counts[severity] += 1;
    if (this.#counts[severity] > MOST) return;
    this.#kept.push({ ...data, severity, ...(place === undefined ? {} : { place }) });
  }

  /** How many errors there are. */
  get errors(): number {
    return this.#counts.error;
  }

  /** All of them in the order of their places. */
  all(): Finding[] {
    const rest = Object.entries(this.#counts).flatMap(([severity, count]): Finding[] => {
      const times = count - MOST;
      return times > 0 ? [{ code: 'lock-more', severity: severity as Severity, times }] : [];
    });
    return [...this.#kept.sort(byPlace), ...rest];
  }
}

function byPlace(a: Finding, b: Finding): number {
  const [x, y] = [a.place?.span.start, b.place?.span.start];
  return (x?.line ?? 0) - (y?.line ?? 0) || (x?.column ?? 0) - (y?.column ?? 0);
}
