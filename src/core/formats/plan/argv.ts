/** What is wrong with the steps of a plan: their quotes, and what is lost without a shell. */
import type { Finding } from '../../model/finding.js';
import { spanWithin } from '../../model/plan.js';
import type { BuildPlan, PlanText } from '../../model/plan.js';
import { ConfigFindings } from '../container/findings.js';
import { parseShell } from '../shell/shell.js';
import { splitWords } from '../shell/split.js';

/** How steps in string form are run: by a shell, or split into words as current FixOps does. */
export type StepMode = 'shell' | 'argv';

/** Findings about steps in string form under one of the two ways to run them. Pure. */
export function checkSteps(plan: BuildPlan, mode: StepMode): Finding[] {
  const findings = new ConfigFindings(plan.file);
  for (const step of plan.steps) {
    if (step.kind !== 'shell') continue;
    const one = { step: step.number, script: step.script, findings };
    if (mode === 'shell') checkShell(one);
    else checkArgv(one);
  }
  return findings.all();
}

interface One {
  readonly step: number;
  readonly script: PlanText;
  readonly findings: ConfigFindings;
}

function checkShell({ step, script, findings }: One): void {
  const { open } = parseShell(script.text);
  if (open === undefined) return;
  const data = { code: 'plan-step-quote', step, argv: false } as const;
  findings.add('error', data, spanWithin(script, open, open + 1));
}

/** Words that only a shell understands. */
const OPERATOR = /^(?:&&|\|\|?|;|&|\d?>{1,2}|<{1,2}|2>&1)$|;$/;

function checkArgv({ step, script, findings }: One): void {
  const split = splitWords(script.text);
  if (!split.ok) {
    const data = { code: 'plan-step-quote', step, argv: true } as const;
    findings.add('error', data, spanWithin(script, split.open, split.open + 1));
    return;
  }
  if (split.words.length === 0) {
    findings.add('error', { code: 'plan-step-empty', step }, script.span);
    return;
  }
  const lines = script.text.split('\n').filter((line) => line.trim() !== '');
  const [first, second] = split.words;
  if (lines.length > 1 && first !== undefined) {
    const at = spanWithin(script, first.start, first.end);
    findings.add('warning', { code: 'plan-step-lines', step }, at);
  }
  const raw = ({ start, end }: { start: number; end: number }) => script.text.slice(start, end);
  const operator =
    split.words.find((word) => OPERATOR.test(raw(word))) ??
    (first !== undefined && second !== undefined && /^[A-Za-z_]\w*=/.test(first.text)
      ? first
      : undefined) ??
    split.words.find((word) => /^[^']*\$[({A-Za-z]/.test(raw(word)));
  if (operator === undefined) return;
  const data = { code: 'plan-step-shell', step, operator: operator.text } as const;
  findings.add('warning', data, spanWithin(script, operator.start, operator.end));
}
