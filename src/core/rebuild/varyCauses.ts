/** Which lines of a plan and its scripts may be why a factor changes the artifact. */
import type { Finding } from '../model/finding.js';
import type { Factor, LintFinding } from '../model/findings/lint.js';
import { FACTORS } from '../lint/factors.js';

type Lint = Extract<Finding, { readonly code: LintFinding['code'] }>;

const isLint = (finding: Finding): finding is Lint => Object.hasOwn(FACTORS, finding.code);

/** What lint findings are about what makes builds differ; the rest of them is not. */
export const lintLines = (findings: readonly Finding[]): Finding[] => findings.filter(isLint);

/** The findings that are about any of these factors. */
export const causesOf = (findings: readonly Finding[], factors: readonly Factor[]): Finding[] =>
  findings.filter(
    (finding) => isLint(finding) && factorsOf(finding).some((factor) => factors.includes(factor)),
  );

/** A variable that is not set concerns its own factor, and not those of the other variables. */
function factorsOf(finding: Lint): readonly Factor[] {
  if (finding.code !== 'lint-environment') return FACTORS[finding.code];
  return finding.variables.flatMap((name) => VARIABLES[name] ?? []);
}

const VARIABLES: Readonly<Record<string, readonly Factor[]>> = {
  LC_ALL: ['locale'],
  LANG: ['locale'],
  TZ: ['timezone'],
  SOURCE_DATE_EPOCH: ['time'],
  PYTHONHASHSEED: ['chance'],
};
