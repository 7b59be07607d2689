import type { RepoPath } from '../../model/paths.js';
import type { Place } from '../../model/place.js';
import { member } from './json.js';
import type { JsonText, Node } from './json.js';

/** A document that facts are read from. */
export interface FactSource {
  readonly json: JsonText;
  readonly file: RepoPath;
  readonly root: Node;
}

/** Truth of a flag, as far as it is one. */
export const flag = (node: Node | undefined, key: string): boolean =>
  member(node, key)?.value === true;

/** Where a key stands; of several, the last, whose value counts. */
export function keyPlace(
  { json, file }: Pick<FactSource, 'json' | 'file'>,
  node: Node | undefined,
  key: string,
): Place | undefined {
  if (node?.type !== 'object') return undefined;
  const property = node.children?.findLast(
    ({ children }) => children?.[0]?.value === key && children[1] !== undefined,
  );
  const name = property?.children?.[0];
  return name === undefined ? undefined : { file, span: json.span(name) };
}
