/** Compares the values of a `vaibify.yml` with the table of its settings, each at its place. */
import type { TextRule, ValueType } from '../../model/findings/config.js';
import type { Span } from '../../model/span.js';
import type { ConfigFindings } from '../container/findings.js';
import { nearest } from '../nearest.js';
import { settingIn } from './configKeys.js';
import type { Setting, ValueSpec } from './configKeys.js';
import type { YamlMap, YamlNode, YamlScalar } from '../yaml/text.js';

interface Context {
  /** The keys that lead here, for people: `repositories[0]`. */
  readonly path: readonly string[];
  readonly findings: ConfigFindings;
}

type Spec<T extends ValueSpec['type']> = Extract<ValueSpec, { readonly type: T }>;

/** The forms of texts, by vaibify's own expressions. */
export const TEXT_RULES: Readonly<Record<TextRule, RegExp>> = {
  'project-name': /^[a-zA-Z0-9][a-zA-Z0-9 _.-]{0,62}$/,
  'absolute-path': /^\//,
  'package-version': /^\d+(?:\.\d+){0,3}$/,
};

/** Checks the keys of a map, and their values. */
export function checkSettings(
  map: YamlMap,
  fields: Readonly<Record<string, Setting>>,
  context: Context,
): void {
  const { findings } = context;
  const first = new Map<string, number>();
  for (const { key, keySpan, value } of map.entries) {
    const firstLine = first.get(key);
    if (firstLine === undefined) first.set(key, keySpan.start.line);
    else findings.add('warning', { code: 'config-duplicate-key', key, firstLine }, keySpan);
    const setting = settingIn(fields, key);
    if (setting === undefined) unknown(key, keySpan, Object.keys(fields), findings);
    else checkValue(value, setting, { findings, path: [...context.path, key] });
  }
  for (const [key, { required }] of Object.entries(fields)) {
    if (required === undefined || first.has(key)) continue;
    const span = map.entries[0]?.keySpan ?? map.span;
    findings.add(
      'error',
      { code: 'config-missing-key', key: nameOf([...context.path, key]) },
      span,
    );
  }
}

function unknown(key: string, span: Span, known: readonly string[], findings: ConfigFindings) {
  const suggestion = nearest(key, known);
  const data = { code: 'config-unknown-key', key } as const;
  findings.add('info', suggestion === undefined ? data : { ...data, suggestion }, span);
}

const nameOf = (path: readonly string[]): string => path.join('.').replaceAll('.[', '[');

function checkValue(value: YamlNode, { value: spec }: Setting, context: Context): void {
  switch (spec.type) {
    case 'group':
      if (value.kind === 'map') checkSettings(value, spec.fields, context);
      else mistyped(value, 'group', context);
      return;
    case 'records':
    case 'list':
      if (value.kind === 'list') checkItems(value.items, spec, context);
      else mistyped(value, 'list', context);
      return;
    case 'switch':
      checkSwitch(value, context);
      return;
    case 'integer':
    case 'number':
      checkNumber(value, spec, context);
      return;
    case 'text':
    case 'choice':
      checkText(value, spec, context);
      return;
  }
}

function checkSwitch(value: YamlNode, context: Context): void {
  const isSwitch = value.kind === 'scalar' && typeof value.value === 'boolean';
  if (!isSwitch) mistyped(value, 'switch', context);
}

function checkItems(
  items: readonly YamlNode[],
  spec: Spec<'list' | 'records'>,
  { path, findings }: Context,
): void {
  items.forEach((item, index) => {
    const context = { findings, path: [...path, `[${index}]`] };
    if (spec.type === 'list') {
      if (spec.of === 'text') textOf(item, context);
    } else if (item.kind === 'map') checkSettings(item, spec.fields, context);
    else mistyped(item, 'group', context);
  });
}

function checkNumber(
  value: YamlNode,
  { type, least, most, zero }: Spec<'integer' | 'number'>,
  { path, findings }: Context,
): void {
  const number = value.kind === 'scalar' ? value.value : undefined;
  if (typeof number !== 'number' || (type === 'integer' && !Number.isInteger(number))) {
    mistyped(value, type, { path, findings });
    return;
  }
  // Not a number compares with nothing.
  const fits = number >= least && number <= (most ?? Number.MAX_VALUE);
  if (fits || (zero && number === 0)) return;
  const limits = most === undefined ? { least } : { least, most };
  const data = { code: 'config-range', field: nameOf(path), ...limits, zero } as const;
  findings.add('error', data, value.span);
}

function checkText(value: YamlNode, spec: Spec<'text' | 'choice'>, context: Context): void {
  const text = textOf(value, context);
  if (text === undefined) return;
  const { path, findings } = context;
  const field = nameOf(path);
  if (spec.type === 'choice') {
    // A method of installation is the business of the repositories' own check.
    if (spec.choices.includes(text) || path.at(-1) === 'installMethod') return;
    const suggestion = nearest(text, spec.choices);
    const data = { code: 'config-choice', field, choices: spec.choices } as const;
    findings.add('error', suggestion === undefined ? data : { ...data, suggestion }, value.span);
  } else if (spec.rule !== undefined && !TEXT_RULES[spec.rule].test(text)) {
    const severity = spec.rule === 'project-name' ? 'error' : 'warning';
    findings.add(severity, { code: 'config-text', field, rule: spec.rule }, value.span);
  }
}

/** A text. Other plain values are told with what YAML makes of them: `3.10` is the number 3.1. */
function textOf(value: YamlNode, context: Context): string | undefined {
  if (value.kind === 'scalar' && typeof value.value === 'string') return value.value;
  const reads = value.kind === 'scalar' ? misread(value) : undefined;
  mistyped(value, 'text', context, reads);
  return undefined;
}

const misread = ({ value, source }: YamlScalar): string | undefined =>
  value === null ? undefined : value === undefined ? source : String(value);

function mistyped(
  { kind, span }: YamlNode,
  expected: ValueType,
  { path, findings }: Context,
  reads?: string,
): void {
  const data = { code: 'config-type', field: nameOf(path), expected } as const;
  // A number where a text belongs: vaibify takes most of them as they come.
  const severity = kind === 'scalar' && reads !== undefined ? 'warning' : 'error';
  findings.add(severity, reads === undefined ? data : { ...data, reads }, span);
}
