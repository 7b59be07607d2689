import { isSpace, physicalLines } from './lines.js';

/** One entry as vaibify's own structural check groups lines. */
export interface VaibifyGroup {
  /** Offset of the first line that belongs to it. */
  readonly source: number;
  /** Whether vaibify takes it for hashed. */
  readonly hashed: boolean;
}

/**
 * The entries that vaibify sees (docs/requirements-lock.md): blank lines and comments aside, a line
 * that is indented or begins with `--hash` belongs to the entry before, any other begins one.
 */
export function vaibifyGroups(text: string): VaibifyGroup[] {
  const groups: { source: number; hashed: boolean }[] = [];
  for (const { text: line, source } of physicalLines(text)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const hashed = line.includes('--hash=sha256:');
    const last = groups.at(-1);
    if (last !== undefined && (isSpace(line[0]) || trimmed.startsWith('--hash'))) {
      last.hashed ||= hashed;
    } else groups.push({ source, hashed });
  }
  return groups;
}
