/** How a text of a plan is read, as far as the rules of the lint have to know. */
import { isVerbatim } from '../../model/plan.js';
import type { PlanText } from '../../model/plan.js';
import type { Reading } from './scope.js';

/** Where a tag was put in, what is read must not be written once more: another tag may come. */
export const readingOf = (text: PlanText): Reading =>
  text.tagged === true ? { isVerbatim: (start, end) => isVerbatim(text, start, end) } : {};
