/**
 * The JSON Schema of `vaibify.yml` for editors that read one. Made from the table of the settings;
 * a test compares it with `media/schema/vaibify.schema.json`, and nothing that is shipped imports it.
 */
import { SETTINGS } from '../formats/vaibify/configKeys.js';
import type { Setting, ValueSpec } from '../formats/vaibify/configKeys.js';
import { TEXT_RULES } from '../formats/vaibify/configSchema.js';
import { resolvePlain } from '../formats/yaml/scalar.js';
import { settingText } from './configHelp.js';

/** The schema, draft 7. Unknown keys are allowed: vaibify ignores them. */
export const vaibifyConfigJsonSchema = (): object => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'vaibify.yml',
  ...groupSchema(SETTINGS, []),
});

function groupSchema(fields: Readonly<Record<string, Setting>>, path: readonly string[]): object {
  const entries = Object.entries(fields);
  const required = entries.filter(([, setting]) => setting.required).map(([key]) => key);
  const properties = entries.map(([key, setting]) => [key, settingSchema(setting, [...path, key])]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as object,
    ...(required.length === 0 ? {} : { required }),
  };
}

function settingSchema(setting: Setting, path: readonly string[]): object {
  const description = settingText(path);
  return {
    ...valueSchema(setting.value, path),
    ...(description === undefined ? {} : { description }),
    ...(setting.default === undefined ? {} : { default: defaultOf(setting.default) }),
  };
}

const defaultOf = (text: string): unknown =>
  text.startsWith('"') ? text.slice(1, -1) : resolvePlain(text);

function valueSchema(value: ValueSpec, path: readonly string[]): object {
  switch (value.type) {
    case 'text':
      return {
        type: 'string',
        ...(value.rule === undefined ? {} : { pattern: TEXT_RULES[value.rule].source }),
      };
    case 'choice':
      return { type: 'string', enum: value.choices };
    case 'switch':
      return { type: 'boolean' };
    case 'integer':
    case 'number':
      return numberSchema(value);
    case 'list':
      return { type: 'array', ...(value.of === undefined ? {} : { items: { type: 'string' } }) };
    case 'records':
      return { type: 'array', items: groupSchema(value.fields, path) };
    case 'group':
      return groupSchema(value.fields, path);
  }
}

function numberSchema({
  type,
  least,
  most,
  zero,
}: Extract<ValueSpec, { readonly type: 'integer' | 'number' }>): object {
  const range = { minimum: least, ...(most === undefined ? {} : { maximum: most }) };
  return zero ? { type, anyOf: [{ const: 0 }, range] } : { type, ...range };
}
