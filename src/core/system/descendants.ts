/** The processes that a process has started, and theirs. Linux only: elsewhere none are known. */
import { readdirSync, readFileSync } from 'node:fs';

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
}

/** Times that a process is looked at while it is being stopped. */
const MOST_LOOKS = 1000;

/**
 * Ids of everything below a process that was told to stop (`SIGSTOP`). It is waited for: a process in
 * the midst of `clone` has a child that nobody sees yet.
 */
export function descendantsOf(pid: number): number[] {
  if (process.platform !== 'linux') return [];
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const state = rowOf(pid)?.state;
    if (state === undefined || 'TtZX'.includes(state)) break;
  }
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const row = /^\d+$/.test(name) ? rowOf(Number(name)) : undefined;
    if (row === undefined) continue;
    const siblings = children.get(row.parent);
    if (siblings === undefined) children.set(row.parent, [row.pid]);
    else siblings.push(row.pid);
  }
  const found: number[] = [];
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    open.push(...below);
  }
  return found;
}

/** The process group that a process is in; `undefined` when it is gone. */
export const groupOf = (pid: number): number | undefined => rowOf(pid)?.group;

/**
 * Whether a process lives in a namespace of processes below this one's. The first of them hears of no
 * signal from outside but `SIGKILL` and `SIGSTOP`.
 */
export function isNamespaced(pid: number): boolean {
  try {
    const numbers = /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '';
    return numbers.trim().split(/\s+/).length > 1;
  } catch {
    return false;
  }
}

function rowOf(pid: number): Row | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may hold any of them.
    const [state = '', parent = '', group = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, parent: Number(parent), group: Number(group), state };
  } catch {
    return undefined;
  }
}
