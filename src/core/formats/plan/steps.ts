import type { PlanStep, PlanText } from '../../model/plan.js';
import type { Span } from '../../model/span.js';
import type { ConfigFindings } from '../container/findings.js';
import { nearest } from '../nearest.js';
import { STEP_KEYS } from './keys.js';
import { lastOf, readsOf } from './texts.js';
import type { PlanTexts } from './texts.js';
import type { YamlList, YamlMap, YamlNode } from '../yaml/text.js';

/** Reads the steps of a plan (docs/plan.md, section 4). */
export class PlanStepReader {
  readonly #texts: PlanTexts;
  readonly #findings: ConfigFindings;

  constructor(texts: PlanTexts, findings: ConfigFindings) {
    this.#texts = texts;
    this.#findings = findings;
  }

  read(list: YamlList): PlanStep[] {
    const steps = list.items.map((item, index) => this.#step(item, index + 1));
    if (steps.every(({ kind }) => kind === 'skipped')) {
      this.#findings.add('warning', { code: 'plan-steps-skipped' }, opening(list));
    }
    return steps;
  }

  #step(item: YamlNode, number: number): PlanStep {
    const { span } = item;
    const skipped: PlanStep = { kind: 'skipped', number, span };
    if (item.kind === 'map') {
      this.#checkKeys(item);
      const run = lastOf(item, 'run')?.value;
      const isAbsent = run === undefined || (run.kind === 'scalar' && run.value === null);
      if (!isAbsent) return this.#command(run, { number, span });
    } else if (item.kind === 'list' || typeof item.value === 'string') {
      return this.#command(item, { number, span });
    }
    this.#findings.add('warning', { code: 'plan-step-skipped', step: number }, opening(item));
    return skipped;
  }

  #command(run: YamlNode, step: { readonly number: number; readonly span: Span }): PlanStep {
    if (run.kind === 'list') return this.#exec(run, step);
    if (run.kind === 'map' || typeof run.value !== 'string') {
      const reads = readsOf(run);
      const data = { code: 'plan-shape', field: 'run', expected: 'command' } as const;
      this.#findings.add('error', reads === undefined ? data : { ...data, reads }, run.span);
      return { kind: 'skipped', ...step };
    }
    const script = this.#texts.of(run, run.value);
    if (run.value.includes('\0')) {
      this.#findings.add('error', { code: 'plan-nul', field: 'run' }, run.span);
    } else if (run.value.trim() === '') {
      this.#findings.add('warning', { code: 'plan-step-empty', step: step.number }, run.span);
    }
    return { kind: 'shell', script, ...step };
  }

  #exec(run: YamlList, step: { readonly number: number; readonly span: Span }): PlanStep {
    const words = run.items
      .map((item) => this.#texts.word(item, 'run'))
      .filter((word): word is PlanText => word !== undefined);
    if (run.items.length === 0) {
      this.#findings.add('error', { code: 'plan-step-empty', step: step.number }, run.span);
    }
    const list = words.length === run.items.length ? this.#texts.listOf(run) : undefined;
    return { kind: 'exec', words, ...(list === undefined ? {} : { list }), ...step };
  }

  #checkKeys(map: YamlMap): void {
    const seen = new Map<string, number>();
    for (const { key, keySpan } of map.entries) {
      const firstLine = seen.get(key);
      if (firstLine === undefined) seen.set(key, keySpan.start.line);
      else this.#findings.add('warning', { code: 'config-duplicate-key', key, firstLine }, keySpan);
      if (key === 'run') continue;
      // `name: Build` is what people write beside it, and does no harm.
      const suggestion = nearest(key, STEP_KEYS);
      const data = { code: 'config-unknown-key', key } as const;
      if (suggestion === undefined) this.#findings.add('info', data, keySpan);
      else this.#findings.add('warning', { ...data, suggestion }, keySpan);
    }
  }
}

/** Where a thing begins: the whole of it may be long. */
const opening = (node: YamlNode): Span => {
  if (node.kind === 'map') return node.entries[0]?.keySpan ?? node.span;
  return node.kind === 'list' && node.items[0] !== undefined ? opening(node.items[0]) : node.span;
};
