import { compareCodePoints } from '../model/paths.js';
import { elements, members } from './vaibify/json.js';
import type { JsonText, Node } from './vaibify/json.js';

/** A JSON value whose objects are maps: no key is special, and none changes its place by being a number. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | JsonNumber
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>;

/** A number as a document spells it: `1.0` stays `1.0`, and no digit of a long one is lost. */
export interface JsonNumber {
  readonly raw: string;
}

/** The value of a part of a document. Nesting is bounded by {@link JsonText}. */
export function jsonValue(json: JsonText, node: Node): JsonValue {
  if (node.type === 'array') return elements(node).map((each) => jsonValue(json, each));
  if (node.type === 'number') return { raw: json.raw(node) };
  if (node.type !== 'object') return node.value as string | boolean | null;
  return new Map([...members(node)].map(([key, child]) => [key, jsonValue(json, child)]));
}

/**
 * Writes a value as Python's `json.dumps(value, indent=2, sort_keys=True)` does: keys by code point,
 * everything beyond printable ASCII escaped, no final newline.
 */
export const formatSorted = (value: JsonValue): string => written(value, '\n');

function written(value: JsonValue, line: string): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return String(value);
  if ('raw' in value) return value.raw;
  const deeper = `${line}  `;
  if (!isMap(value)) {
    const items = value.map((each) => deeper + written(each, deeper));
    return items.length === 0 ? '[]' : `[${items.join(',')}${line}]`;
  }
  const items = [...value]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([key, each]) => `${deeper}${quoted(key)}: ${written(each, deeper)}`);
  return items.length === 0 ? '{}' : `{${items.join(',')}${line}}`;
}

const isMap = (
  value: readonly JsonValue[] | ReadonlyMap<string, JsonValue>,
): value is ReadonlyMap<string, JsonValue> => value instanceof Map;

const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
