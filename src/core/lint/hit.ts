/** What the rules of the lint say, in units of the text that they were given. */
import type { FindingData, Severity } from '../model/finding.js';
import type { Blank } from '../model/fix.js';
import type { LintFinding } from '../model/findings/lint.js';

/** A replacement of the units from `start` to `end`. */
export interface UnitEdit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  readonly blank?: Blank;
  /** Whether it lies in the text of one word, as in `sh -c '...'`: a blank there ends no word. */
  readonly inside?: true;
}

/** Something found, and the units that it is about. */
export interface Hit {
  readonly severity: Severity;
  readonly data: FindingData;
  readonly start: number;
  readonly end: number;
  /** What settles it together; none where nothing does. */
  readonly edits: readonly UnitEdit[];
}

interface Units {
  readonly start: number;
  readonly end: number;
}

/** A finding about a stretch of the text, and the edits that settle it. */
export function hit(
  severity: Severity,
  data: LintFinding,
  { start, end }: Units,
  edits: readonly UnitEdit[] = [],
): Hit {
  return { severity, data, start, end, edits };
}

/** Text that is put in behind a stretch. */
export const behind = ({ end }: Units, replacement: string): UnitEdit => ({
  start: end,
  end,
  replacement,
});

/** Text that is put in before a stretch. */
export const before = ({ start }: Units, replacement: string): UnitEdit => ({
  start,
  end: start,
  replacement,
});

/** Takes a stretch out, and the blanks between it and what stands before. */
export const without = ({ start, end }: Units, last: Units | undefined): UnitEdit => ({
  start: last?.end ?? start,
  end,
  replacement: '',
});

/** Another text in place of a stretch. */
export const instead = ({ start, end }: Units, replacement: string): UnitEdit => ({
  start,
  end,
  replacement,
});
