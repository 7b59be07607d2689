/**
 * The JSON Schema of build plans for editors that read one. Made from the table of the keys; a test
 * compares it with `media/schema/plan.schema.json`, and nothing that is shipped imports it.
 */
import { PLAN_KEYS, SOURCE_KEYS, STEP_KEYS } from '../formats/plan/keys.js';
import type { PlanKey, PlanKeyName, PlanValue } from '../formats/plan/keys.js';
import { aliasText, planText } from './planHelp.js';

const SCALARS = ['string', 'number', 'boolean', 'null'] as const;

/**
 * The schema, draft 7. It refuses what is an error in docs/plan.md as far as the form goes: unknown
 * keys are allowed, and so are entries that FixOps skips. Paths and digests are not looked at.
 */
export const planJsonSchema = (): object => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Build plan',
  type: 'object',
  properties: Object.fromEntries(
    (Object.keys(PLAN_KEYS) as PlanKeyName[]).flatMap((key) => keySchemas(key)),
  ) as object,
  required: (Object.keys(PLAN_KEYS) as PlanKeyName[]).filter(
    (key) => isRequired(key) && aliasOf(key) === undefined,
  ),
  // A key that has an alias may stand under either name.
  allOf: (Object.keys(PLAN_KEYS) as PlanKeyName[]).filter(isRequired).flatMap((key) => {
    const alias = aliasOf(key);
    return alias === undefined ? [] : [{ anyOf: [key, alias].map(filled) }];
  }),
});

const isRequired = (key: PlanKeyName): boolean => (PLAN_KEYS[key] as PlanKey).required === true;
const aliasOf = (key: PlanKeyName): string | undefined => (PLAN_KEYS[key] as PlanKey).alias;

const filled = (key: string): object => ({
  type: 'object',
  required: [key],
  properties: { [key]: { type: 'array', items: {}, minItems: 1 } },
});

/** A key, and the name under which it is read as well. */
function keySchemas(key: PlanKeyName): [string, object][] {
  const alias = aliasOf(key);
  const schema = valueSchema(key, PLAN_KEYS[key].value);
  const own: [string, object] = [key, { ...schema, description: planText(key) }];
  if (alias === undefined) return [own];
  const message = aliasText(key);
  return [
    own,
    [
      alias,
      { ...schema, description: `${message}. ${planText(key)}`, deprecationMessage: message },
    ],
  ];
}

function valueSchema(key: PlanKeyName, value: PlanValue): object {
  switch (value) {
    case 'text':
      return { type: textTypes(key) };
    case 'any':
      return {};
    case 'list':
      return { type: 'array' };
    case 'steps':
      return { type: ['array', 'null'], items: stepSchema() };
    case 'sources':
      return { type: ['array', 'null'], items: sourceSchema() };
    case 'mapping':
      return { type: ['object', 'null'], additionalProperties: { type: SCALARS } };
  }
}

/** The tag is spelled as Python spells it; other texts may be left empty, but for the artifact. */
function textTypes(key: PlanKeyName): readonly string[] | string {
  if (key === 'tag') return SCALARS;
  return isRequired(key) ? 'string' : ['string', 'null'];
}

const command = (): object => ({ items: { type: SCALARS }, minItems: 1 });

const stepSchema = (): object => ({
  type: [...SCALARS, 'array', 'object'],
  ...command(),
  properties: Object.fromEntries(
    STEP_KEYS.map((key) => [
      key,
      { type: ['string', 'array', 'null'], ...command(), description: planText(key) },
    ]),
  ) as object,
});

const sourceSchema = (): object => ({
  type: [...SCALARS, 'array', 'object'],
  properties: Object.fromEntries(
    SOURCE_KEYS.map((key) => [
      key,
      { type: key === 'path' ? 'string' : ['string', 'null'], description: planText(key) },
    ]),
  ) as object,
});
