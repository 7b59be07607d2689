import type { Severity } from '../../model/finding.js';
import type { PlanShape } from '../../model/findings/plan.js';
import type { BuildPlan, PlanField, PlanSource, PlanVariable } from '../../model/plan.js';
import { LineIndex } from '../../model/span.js';
import type { Span } from '../../model/span.js';
import type { ConfigFindings } from '../container/findings.js';
import { nearest } from '../nearest.js';
import { PLAN_ALIASES, PLAN_KEYS, SOURCE_KEYS } from './keys.js';
import type { PlanKeyName } from './keys.js';
import { PlanStepReader } from './steps.js';
import { isTruthy, lastOf, PlanTexts, readsOf } from './texts.js';
import { pythonPlain } from '../yaml/python.js';
import type { YamlEntry, YamlMap, YamlNode } from '../yaml/text.js';

/** Reads the mapping of a build plan. */
export class PlanReader {
  readonly #findings: ConfigFindings;
  readonly #texts: PlanTexts;
  readonly #lines: LineIndex;

  /** @param text The whole document, without a byte-order mark. */
  constructor(text: string, findings: ConfigFindings) {
    this.#findings = findings;
    this.#lines = new LineIndex(text);
    this.#texts = new PlanTexts(text, this.#lines, findings);
  }

  /** A character that no reader of FixOps's takes. */
  refuseCharacter(character: string, offset: number): void {
    const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const problem = `the character U+${point} is not allowed`;
    const span = this.#lines.span(offset, character.length);
    this.#findings.add('error', { code: 'yaml-syntax', problem }, span);
  }

  read(root: YamlMap): Omit<BuildPlan, 'file' | 'structure' | 'findings'> {
    const known = [...Object.keys(PLAN_KEYS), ...PLAN_ALIASES.keys()];
    this.#checkKeys(root, known);
    const fields = {
      version: this.#spelled(root, 'version'),
      tag: this.#tag(root),
      artifact: this.#artifact(root),
      expectedDigest: this.#digest(root),
      referenceAttestation: this.#reference(root, 'reference_attestation'),
      referenceArtifact: this.#reference(root, 'reference_artifact'),
    };
    const present = Object.entries(fields).filter(([, field]) => field !== undefined);
    return {
      ...(Object.fromEntries(present) as Partial<Record<keyof typeof fields, PlanField>>),
      sources: this.#sources(root),
      steps: this.#steps(root),
      environment: this.#environment(root),
      keys: new Map(root.entries.map(({ key, keySpan }) => [key, keySpan])),
    };
  }

  #checkKeys(map: YamlMap, known: readonly string[], least: Severity = 'info'): void {
    const first = new Map<string, number>();
    for (const { key, keySpan } of map.entries) {
      const firstLine = first.get(key);
      if (firstLine === undefined) first.set(key, keySpan.start.line);
      else this.#findings.add('warning', { code: 'config-duplicate-key', key, firstLine }, keySpan);
      if (known.includes(key) || known.length === 0) continue;
      const suggestion = nearest(key, known);
      const data = { code: 'config-unknown-key', key } as const;
      if (suggestion === undefined) this.#findings.add(least, data, keySpan);
      else this.#findings.add('warning', { ...data, suggestion }, keySpan);
    }
  }

  /** The entry of a key, else of its alias: which counts when the first is empty. */
  #entry(root: YamlMap, name: PlanKeyName): YamlEntry | undefined {
    const own = lastOf(root, name);
    const alias = [...PLAN_ALIASES].find(([, documented]) => documented === name)?.[0];
    const other = alias === undefined ? undefined : lastOf(root, alias);
    if (other === undefined || alias === undefined) return own;
    if (own !== undefined && isTruthy(own.value)) {
      const data = { code: 'plan-key-ignored', key: alias, used: name } as const;
      this.#findings.add('warning', data, other.keySpan);
      return own;
    }
    const data = { code: 'plan-alias', key: alias, documented: name } as const;
    this.#findings.add('info', data, other.keySpan);
    return other;
  }

  /** Any scalar, as Python spells it. */
  #spelled(root: YamlMap, name: PlanKeyName): PlanField | undefined {
    const entry = lastOf(root, name);
    if (entry?.value.kind !== 'scalar') return undefined;
    const text = this.#texts.spelled(entry.value);
    return text === undefined ? undefined : { ...text, key: name, keySpan: entry.keySpan };
  }

  #tag(root: YamlMap): PlanField | undefined {
    const entry = lastOf(root, 'tag');
    if (entry === undefined) return undefined;
    const field = this.#spelled(root, 'tag');
    if (field === undefined) {
      this.#shape('error', entry.value, 'tag', 'text');
      return undefined;
    }
    const value = isTruthy(entry.value) ? field : { ...field, text: 'unknown', stretches: [] };
    const source = entry.value.kind === 'scalar' ? entry.value.source : '';
    if (value.text !== source) {
      const data = { code: 'plan-reads', field: 'tag', reads: value.text } as const;
      this.#findings.add('warning', data, entry.value.span);
    }
    return value;
  }

  #artifact(root: YamlMap): PlanField | undefined {
    const entry = lastOf(root, 'artifact');
    if (entry !== undefined) return this.#textField(entry, 'error');
    const span = root.entries[0]?.keySpan ?? root.span;
    this.#findings.add('error', { code: 'plan-missing', key: 'artifact' }, span);
    return undefined;
  }

  #digest(root: YamlMap): PlanField | undefined {
    const entry = lastOf(root, 'expected_digest');
    if (entry === undefined) return undefined;
    if (isTruthy(entry.value)) return this.#textField(entry, 'error');
    const span = entry.value.span;
    this.#findings.add('warning', { code: 'plan-digest', problem: 'empty' }, span);
    return undefined;
  }

  /** What is no text is ignored by FixOps. */
  #reference(root: YamlMap, name: PlanKeyName): PlanField | undefined {
    const entry = this.#entry(root, name);
    return entry === undefined || !isTruthy(entry.value)
      ? undefined
      : this.#textField(entry, 'warning');
  }

  #textField({ key, keySpan, value }: YamlEntry, severity: Severity): PlanField | undefined {
    if (value.kind === 'scalar' && typeof value.value === 'string') {
      return { ...this.#texts.of(value, value.value), key, keySpan };
    }
    this.#shape(severity, value, key, 'text');
    return undefined;
  }

  #shape(severity: Severity, node: YamlNode, field: string, expected: PlanShape): void {
    const reads = readsOf(node);
    const data = { code: 'plan-shape', field, expected } as const;
    this.#findings.add(severity, reads === undefined ? data : { ...data, reads }, node.span);
  }

  #sources(root: YamlMap): PlanSource[] {
    const entry = lastOf(root, 'sources');
    if (entry === undefined || !isTruthy(entry.value)) return [];
    if (entry.value.kind === 'list') return entry.value.items.flatMap((item) => this.#source(item));
    this.#findings.add(
      'error',
      { code: 'plan-shape', field: 'sources', expected: 'list' },
      entry.value.span,
    );
    return [];
  }

  #source(item: YamlNode): PlanSource[] {
    const given = item.kind === 'map' ? lastOf(item, 'path')?.value : item;
    if (item.kind === 'map') this.#checkKeys(item, SOURCE_KEYS, 'warning');
    if (given?.kind !== 'scalar' || typeof given.value !== 'string') {
      this.#findings.add('warning', { code: 'plan-source-ignored' }, opening(item));
      return [];
    }
    const path = this.#texts.of(given, given.value);
    const source = { path, span: item.span };
    const destination = item.kind === 'map' ? lastOf(item, 'destination') : undefined;
    if (destination === undefined || !isTruthy(destination.value)) return [source];
    const text = this.#textField(destination, 'error');
    return [text === undefined ? source : { ...source, destination: text }];
  }

  #steps(root: YamlMap): BuildPlan['steps'] {
    const entry = this.#entry(root, 'steps');
    if (entry === undefined || !isTruthy(entry.value)) {
      const span = entry?.keySpan ?? root.entries[0]?.keySpan ?? root.span;
      this.#findings.add('error', { code: 'plan-missing', key: 'steps' }, span);
      return [];
    }
    if (entry.value.kind !== 'list') {
      const data = { code: 'plan-shape', field: entry.key, expected: 'list' } as const;
      this.#findings.add('error', data, entry.value.span);
      return [];
    }
    return new PlanStepReader(this.#texts, this.#findings).read(entry.value);
  }

  #environment(root: YamlMap): PlanVariable[] {
    const entry = lastOf(root, 'environment');
    if (entry === undefined || !isTruthy(entry.value)) return [];
    if (entry.value.kind !== 'map') {
      this.#shape('error', entry.value, 'environment', 'mapping');
      return [];
    }
    this.#checkKeys(entry.value, []);
    const last = new Map(entry.value.entries.map((one) => [one.key, one]));
    return [...last.values()].flatMap((one) => this.#variable(one));
  }

  #variable({ key, keySpan, value }: YamlEntry): PlanVariable[] {
    const name = pythonPlain(key);
    if (name !== key) {
      this.#findings.add('warning', { code: 'plan-reads', field: key, reads: name }, keySpan);
    } else if (!/^[A-Za-z_]\w*$/.test(name)) {
      const severity = name === '' || /[=\0]/.test(name) ? 'error' : 'warning';
      this.#findings.add(severity, { code: 'plan-variable-name', name }, keySpan);
    }
    const text = this.#texts.word(value, key);
    return text === undefined ? [] : [{ name, nameSpan: keySpan, value: text }];
  }
}

/** A mapping is pointed at by its first key. */
const opening = (node: YamlNode): Span =>
  (node.kind === 'map' ? node.entries[0]?.keySpan : undefined) ?? node.span;
