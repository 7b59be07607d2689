import { spanWithin } from '../../model/plan.js';
import type { BuildPlan, PlanField, PlanStep, PlanText, Stretch } from '../../model/plan.js';
import type { Position } from '../../model/span.js';
import { checkTexts, TAG } from './check.js';

/**
 * The plan with `{tag}` replaced in every text, as FixOps does before it reads anything else: in the
 * tag itself and inside of shell text too, never in a key, and nowhere when the tag is empty. What a
 * tag brings in is checked like what is written: `findings` and `refusals()` are those of the new plan.
 */
export function substitute(plan: BuildPlan, tag: string): BuildPlan {
  if (tag === '') return plan;
  const replaced: BuildPlan = {
    ...plan,
    ...fieldsOf(plan, tag),
    sources: plan.sources.map(({ path, destination, span }) => ({
      path: textOf(path, tag),
      ...(destination === undefined ? {} : { destination: textOf(destination, tag) }),
      span,
    })),
    steps: plan.steps.map((step) => stepOf(step, tag)),
    environment: plan.environment.map((one) => ({ ...one, value: textOf(one.value, tag) })),
  };
  return { ...replaced, findings: [...plan.structure, ...checkTexts(replaced)] };
}

const FIELDS = [
  'version',
  'tag',
  'artifact',
  'expectedDigest',
  'referenceAttestation',
  'referenceArtifact',
] as const;

function fieldsOf(
  plan: BuildPlan,
  tag: string,
): Partial<Record<(typeof FIELDS)[number], PlanField>> {
  const fields = FIELDS.flatMap((name) => {
    const field = plan[name];
    return field === undefined ? [] : [[name, { ...field, ...textOf(field, tag) }]];
  });
  return Object.fromEntries(fields) as Partial<Record<(typeof FIELDS)[number], PlanField>>;
}

function stepOf(step: PlanStep, tag: string): PlanStep {
  switch (step.kind) {
    case 'shell':
      return { ...step, script: textOf(step.script, tag) };
    case 'exec':
      return { ...step, words: step.words.map((word) => textOf(word, tag)) };
    case 'skipped':
      return step;
  }
}

/** What stands before, between and behind the tags keeps its place. */
function textOf(text: PlanText, tag: string): PlanText {
  const pieces = text.text.split(TAG);
  if (pieces.length === 1) return text;
  const stretches: Stretch[] = [];
  let from = 0;
  let to = 0;
  for (const piece of pieces) {
    // The tag before it stands where the token stands.
    if (from > 0)
      stretches.push({ start: to - tag.length, at: positionAt(text, from - TAG.length) });
    stretches.push({ start: to, at: positionAt(text, from) });
    for (const { start, at } of within(text.stretches, from, from + piece.length)) {
      stretches.push({ start: start - from + to, at });
    }
    from += piece.length + TAG.length;
    to += piece.length + tag.length;
  }
  return {
    ...text,
    text: pieces.join(tag),
    tagged: true,
    stretches: text.stretches.length === 0 ? [] : stretches,
  };
}

const positionAt = (text: PlanText, offset: number): Position =>
  spanWithin(text, offset, offset).start;

/** Those that begin behind one unit, up to another. */
function within(stretches: readonly Stretch[], start: number, end: number): readonly Stretch[] {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle]?.start ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while ((stretches[last]?.start ?? Infinity) <= end) last += 1;
  return stretches.slice(low, last);
}
