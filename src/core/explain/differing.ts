import type { ArtifactFormat } from '../model/difference.js';
import type { Budget, ObstacleError } from './budget.js';
import type { Print } from './print.js';
import { firstDifference } from './print.js';
import type { Report } from './report.js';
import type { Source } from './source.js';

/** What every step of one comparison needs. */
export interface Run {
  readonly budget: Budget;
  readonly report: Report;
}

export interface Sides<T> {
  readonly left: T;
  readonly right: T;
}

/** Two contents that are not the same. */
export interface Differing {
  readonly sources: Sides<Source>;
  readonly prints: Sides<Print>;
  /** Names from the outermost archive inwards. */
  readonly path: readonly string[];
  /** The format of what holds it, or its own where nothing does. */
  readonly within: ArtifactFormat;
  readonly depth: number;
}

/** Bytes before the first differing block that a date or a line may begin in. */
const BEFORE = 1024;

/** Says that something differs and was not looked into. */
export function hinder(
  pair: Pick<Differing, 'path' | 'within' | 'prints'>,
  { reason, side, detail }: Pick<ObstacleError, 'reason'> & Partial<ObstacleError>,
  report: Report,
): void {
  const { left, right } = pair.prints;
  report.hinder({
    ...{ path: pair.path, reason },
    ...(side === undefined ? {} : { side }),
    ...(detail === undefined ? {} : { detail }),
  });
  const sizes = { left: String(left.size), right: String(right.size) };
  report.add({ ...spotOf(pair), class: 'content', field: 'size', ...sizes });
}

export const spotOf = ({ path, within }: Pick<Differing, 'path' | 'within'>) => ({ path, within });

/** From shortly before the first block that differs. */
export function windowFor({ left, right }: Sides<Print>, length: number) {
  return { from: Math.max(0, firstDifference(left, right) - BEFORE), length };
}

export const isWhole = (
  { left, right }: Sides<Print>,
  { from, length }: { readonly from: number; readonly length: number },
): boolean => from + length >= Math.max(left.size, right.size);
