/** Builds artifacts with the real tools and says in what they differ. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'mocha';
import { explain } from '../../../src/core/explain/explain.js';
import type { ExplainOptions } from '../../../src/core/explain/explain.js';
import type { Difference, Explanation } from '../../../src/core/model/difference.js';

/** A directory that goes away with the suite. */
export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprolens-explain-')));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Whether a program is installed. */
export const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Runs a shell script in a directory; it has to succeed. */
export function sh(
  cwd: string,
  script: string,
  env: Readonly<Record<string, string>> = {},
): string {
  return execFileSync('sh', ['-ec', script], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs Python in a directory; it has to succeed. */
export const python = (cwd: string, script: string): string =>
  execFileSync('python3', ['-c', script], { cwd, encoding: 'utf8' });

/** A difference in one line: class, member, field. */
export const inShort = ({ class: name, path: at, field, key, follows }: Difference): string =>
  [name, at.join('!/'), field, key, follows === true ? 'follows' : undefined]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');

/** What the comparison of two files of a directory says, in short. */
export async function differences(
  cwd: string,
  left: string,
  right: string,
  options?: ExplainOptions,
): Promise<string[]> {
  return (await explained(cwd, left, right, options)).differences.map(inShort);
}

export const explained = (
  cwd: string,
  left: string,
  right: string,
  options?: ExplainOptions,
): Promise<Explanation> => explain(path.join(cwd, left), path.join(cwd, right), options);

/** A tree with two files, a directory and a link, its times and modes fixed. */
export const TREE = `
  mkdir -p tree/d && printf 'one\\n' > tree/a.txt && printf 'two\\n' > tree/d/b.txt
  ln -sf a.txt tree/link
  chmod 644 tree/a.txt tree/d/b.txt && chmod 755 tree tree/d
  find tree -exec touch -hd @1700000000 {} +
`;
/** Packs it the same every time. */
export const TAR = 'tar --sort=name --mtime=@1700000000 --owner=0 --group=0 --numeric-owner';
