import { elements, JsonText, member } from '../vaibify/json.js';
import type { Node } from '../vaibify/json.js';

const MOST = 200;

/**
 * The programs outside the container that a pipeline document names, by absolute path: those that
 * vaibify captures (`saHostBinaries`) and those whose capture its level 3 asks for
 * (`listDeclaredBinaries`), each once. Others cannot be found without guessing.
 */
export function namedBinaries(text: string): string[] {
  const { root } = new JsonText(text.replace(/^\uFEFF/, ''));
  const listed = elements(member(root, 'saHostBinaries'));
  const declared = elements(member(root, 'listDeclaredBinaries')).flatMap(
    (each) => member(each, 'sBinaryPath') ?? [],
  );
  const paths = [...listed, ...declared].flatMap(absoluteIn).slice(0, MOST);
  return [...new Set(paths)];
}

function absoluteIn({ value }: Node): string[] {
  const absolute = typeof value === 'string' && value.startsWith('/') && !value.includes('\0');
  return absolute ? [value] : [];
}
