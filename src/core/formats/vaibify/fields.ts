/** Finds the fields of the schema that declare files, and their values in a document. */
import type { $ZodType } from 'zod/v4/core';
import { elements, member } from './json.js';
import type { Node } from './json.js';
import { paths, step } from './schema.js';
import type { PathRule } from './schema.js';

/** A field that declares files: the keys that lead to it, `*` for every element of a list. */
export interface PathField {
  readonly keys: readonly string[];
  readonly rule: PathRule;
}

interface Definition {
  readonly shape?: Readonly<Record<string, $ZodType>>;
  readonly element?: $ZodType;
  readonly innerType?: $ZodType;
}

/** Walks a schema; gives every field that stands in the registry. */
export function pathFields(schema: $ZodType, keys: readonly string[] = []): PathField[] {
  const rule = paths.get(schema);
  if (rule !== undefined) return [{ keys, rule }];
  const { shape, element, innerType } = schema._zod.def as Definition;
  if (innerType !== undefined) return pathFields(innerType, keys);
  if (element !== undefined) return pathFields(element, [...keys, '*']);
  return Object.entries(shape ?? {}).flatMap(([key, value]) => pathFields(value, [...keys, key]));
}

/** Every declaring field, relative to one step: all of them are in steps. */
export const STEP_FIELDS: readonly PathField[] = pathFields(step);

/** The names of the declaring fields, without the `*` of lists. */
export const DECLARING: ReadonlySet<string> = new Set(
  STEP_FIELDS.map(({ keys }) => keys.findLast((key) => key !== '*') ?? ''),
);

/** The values that a field has in a step; a string where a list belongs has none. */
export function valuesOf(stepNode: Node, keys: readonly string[]): readonly Node[] {
  let nodes: readonly Node[] = [stepNode];
  for (const key of keys) {
    nodes = nodes.flatMap((node) => {
      if (key === '*') return elements(node);
      const value = member(node, key);
      return value === undefined ? [] : [value];
    });
  }
  return nodes;
}
