import type { CST } from 'yaml';

/** Levels of nesting that are read. Settings need five; what reads them is recursive. */
const DEEPEST = 100;

/** Whether a token holds others deeper than {@link DEEPEST}. Keeps its own stack. */
export function isTooDeep(token: CST.Token): boolean {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { depth } = next;
    if (depth > DEEPEST) return true;
    for (const child of children(next.token)) open.push({ token: child, depth: depth + 1 });
  }
  return false;
}

function children(token: CST.Token): CST.Token[] {
  switch (token.type) {
    case 'document':
      return token.value === undefined ? [] : [token.value];
    case 'block-map':
    case 'block-seq':
    case 'flow-collection':
      return token.items
        .flatMap(({ key, value }) => [key, value])
        .filter((one) => one !== undefined && one !== null);
    default:
      return [];
  }
}
