/** Runs the built command line as its users do, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CLI = path.resolve(__dirname, '../../../../dist/cli.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function reprolens(cwd: string, ...args: string[]): Ran {
  const env = { ...process.env, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 1 << 28,
  });
  return { code: status, out: stdout, err: stderr };
}

/** A temporary directory with these files; removed by {@link removeAll}. */
export function directory(files: Readonly<Record<string, string>> = {}): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprolens-cli-')));
  made.push(root);
  for (const [name, text] of Object.entries(files)) write(root, name, text);
  return root;
}

export function write(root: string, name: string, text: string): void {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const made: string[] = [];
export function removeAll(): void {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface Sha256sum {
  readonly code: number | null;
  readonly out: string;
}

/** GNU `sha256sum -c`, the independent judge; `undefined` where it is not installed. */
export function sha256sum(cwd: string, manifest: string): Sha256sum | undefined {
  const ran = spawnSync('sha256sum', ['-c', manifest], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return ran.error === undefined ? { code: ran.status, out: ran.stdout } : undefined;
}

/** A small pipeline: one step, two outputs, in a git work tree. */
export function pipeline(extra: Readonly<Record<string, string>> = {}): string {
  const root = directory({
    'workflow.json': JSON.stringify({
      sWorkflowName: 'Tiny',
      sPlotDirectory: 'Plot',
      iWorkflowSchemaVersion: 12,
      listSteps: [
        {
          sName: 'Fit',
          sDirectory: 'Fit',
          saPlotCommands: [],
          saPlotFiles: ['fit.svg'],
          saOutputDataFiles: ['fit.csv'],
        },
      ],
    }),
    'Fit/fit.svg': '<svg/>\n',
    'Fit/fit.csv': 'a,b\n1,2\n',
    ...extra,
  });
  spawnSync('git', ['init', '-q', root]);
  return root;
}
