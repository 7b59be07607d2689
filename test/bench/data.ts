import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, openSync, closeSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';

const MIB = 1 << 20;

/** Files with names relative to their root, and a manifest of them that `sha256sum -c` reads. */
export interface Tree {
  readonly root: string;
  readonly names: readonly string[];
  /** Outside the root, so that git does not see it. */
  readonly sums: string;
}

/** Bytes free for the benchmark's data. */
export function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** `count` files of `mib` MiB, no two blocks of which are the same. */
export function largeFiles(root: string, count: number, mib: number): Tree {
  mkdirSync(root);
  const names = Array.from({ length: count }, (_, i) => `large-${i}.bin`);
  const block = randomBytes(MIB);
  for (const name of names) {
    const fd = openSync(path.join(root, name), 'w');
    for (let i = 0; i < mib; i++) {
      block.writeUInt32LE(i, 0);
      writeSync(fd, block);
    }
    closeSync(fd);
  }
  return withSums(root, names);
}

/** `count` files of 1 KiB in directories of some eight hundred. */
export function smallFiles(root: string, count: number): Tree {
  const directories = Math.max(1, Math.ceil(count / 800));
  for (let i = 0; i < directories; i++) mkdirSync(path.join(root, `d${i}`), { recursive: true });
  const names = Array.from({ length: count }, (_, i) => {
    return `d${Math.floor((i * directories) / count)}/file-${i}.bin`;
  });
  for (const name of names) writeFileSync(path.join(root, name), randomBytes(1024));
  return withSums(root, names);
}

/** Makes a repository of a tree, with everything committed. */
export function commit({ root }: Tree): void {
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args], {
      cwd: root,
      stdio: 'ignore',
    });
  };
  git('init');
  git('add', '-A');
  git('-c', 'gc.auto=0', 'commit', '-m', 'all');
}

function withSums(root: string, names: readonly string[]): Tree {
  const sums = `${root}.sha256`;
  const list = `${names.join('\0')}\0`;
  const output = execFileSync('xargs', ['-0', 'sha256sum'], {
    cwd: root,
    input: list,
    maxBuffer: 256 * MIB,
  });
  writeFileSync(sums, output);
  return { root, names, sums };
}
