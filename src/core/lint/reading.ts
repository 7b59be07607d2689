/** How a text of a plan is read, as far as the rules of the lint have to know. */
import type { PlanText } from '../model/plan.js';
import { lastAtOrBefore } from '../model/span.js';
import type { Reading } from './scope.js';

/** Where a tag was put in, what is read must not be written once more: another tag may come. */
export const readingOf = (text: PlanText): Reading =>
  text.tagged === true ? { isVerbatim: (start, end) => isVerbatim(text, start, end) } : {};

/** Whether no stretch ends among some units, nor with them: a tag is a stretch of its own. */
function isVerbatim({ stretches }: PlanText, start: number, end: number): boolean {
  const index = lastAtOrBefore(stretches, start, (each) => each.start);
  const next = stretches[index + 1]?.start ?? Infinity;
  return index >= 0 && (next > end || (next === end && stretches[index]?.start !== start));
}
