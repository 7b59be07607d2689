/** What the rules of the lint say, in units of the text that they were given. */
import type { FindingData, Severity } from '../model/finding.js';
import type { LintFinding } from '../model/findings/lint.js';

/** A replacement of the units from `start` to `end`. */
export interface UnitEdit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** Something found, and the units that it is about. */
export interface Hit {
  readonly severity: Severity;
  /** `fix` is made of {@link Hit.edit} where the text allows it. */
  readonly data: FindingData;
  readonly start: number;
  readonly end: number;
  readonly edit?: UnitEdit;
}

interface Units {
  readonly start: number;
  readonly end: number;
}

/** A finding about a stretch of the text. */
export function hit(severity: Severity, data: LintFinding, at: Units, edit?: UnitEdit): Hit {
  const { start, end } = at;
  return { severity, data, start, end, ...(edit === undefined ? {} : { edit }) };
}

/** Text that is put in behind a stretch. */
export const behind = ({ end }: Units, replacement: string): UnitEdit => ({
  start: end,
  end,
  replacement,
});
