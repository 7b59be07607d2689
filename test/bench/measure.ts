import { spawn } from 'node:child_process';

/** One line of the table. */
export interface Row {
  readonly work: string;
  readonly ours: string;
  readonly theirs: string;
  readonly ratio: string;
  readonly bar: string;
  readonly met: boolean | undefined;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Milliseconds from the start of a process to its end, and what it printed. Fails when it fails. */
export async function timeProcess(of: Command): Promise<{ ms: number; output: string }> {
  const start = performance.now();
  const child = spawn(of.command, of.args, { cwd: of.cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data) => (output += String(data)));
  const code = await new Promise((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  if (code !== 0) throw new Error(`${of.command} ${of.args.join(' ')} ended with ${String(code)}`);
  return { ms: performance.now() - start, output };
}

/**
 * Runs contestants in turns, so that whatever else the machine does hits all of them, and gives the
 * median of each in milliseconds. One round before those counted warms the page cache.
 */
export async function race<K extends string>(
  rounds: number,
  contestants: Readonly<Record<K, () => Promise<number>>>,
): Promise<Record<K, number>> {
  const names = Object.keys(contestants) as K[];
  const times = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const ms = await contestants[name]();
      if (round > 0) times.get(name)?.push(ms);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    K,
    number
  >;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

/** A row whose bar is a factor: ours has to be `atLeast` times as fast as theirs. */
export function compare(
  work: string,
  ours: number,
  rival: { readonly name: string; readonly ms: number },
  atLeast: number,
): Row {
  const ratio = rival.ms / ours;
  return {
    work,
    ours: seconds(ours),
    theirs: `${seconds(rival.ms)} ${rival.name}`,
    ratio: `${ratio.toFixed(2)} x`,
    bar: `>= ${atLeast.toFixed(2)} x`,
    met: ratio >= atLeast,
  };
}

/** A row whose bar is a number of milliseconds. */
export function atMost(work: string, ms: number, bar: number): Row {
  const ours = `${ms.toFixed(1)} ms`;
  return { work, ours, theirs: '', ratio: '', bar: `<= ${bar} ms`, met: ms <= bar };
}

/** A row for the eye only. */
export function note(work: string, ours: string, theirs = ''): Row {
  return { work, ours, theirs, ratio: '', bar: '', met: undefined };
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ work, ours, theirs, ratio, bar, met }) => [
    work,
    ours,
    theirs,
    ratio,
    bar,
    met === undefined ? '' : met ? 'met' : 'NOT met',
  ]);
  const all = [['work', 'ours', 'theirs', 'ratio', 'bar', ''], ...cells];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')).join('\n');
}
