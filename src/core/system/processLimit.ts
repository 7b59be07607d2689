/** Limits how many processes root may have in a sandbox: the kernel exempts root from `ulimit -u`. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './native.js';

/** A control group that processes join by writing their id to a file. */
export interface ProcessLimit {
  /** Absolute path of that file. */
  readonly join: string;
  /** Removes the group; what is left of it is only a name. */
  readonly remove: () => Promise<void>;
}

/**
 * A control group of this process's own with at most so many processes in it. `undefined` for anybody
 * but root, who does not need it, and where none can be made (an unprivileged container, cgroup 2
 * below a service).
 */
export async function processLimit(most: number): Promise<ProcessLimit | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const base of await ownGroups()) {
    const group = path.join(base, `reprolens-${randomUUID()}`);
    const remove = (): Promise<void> => removed(group);
    try {
      await mkdir(group);
      // `r+` never creates: where this is no cgroup file system there is no such file.
      await writeFile(path.join(group, 'pids.max'), String(most), { flag: 'r+' });
      return { join: path.join(group, 'cgroup.procs'), remove };
    } catch {
      await remove();
    }
  }
  return undefined;
}

/** What has ended leaves its group a moment later. */
async function removed(group: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      await rmdir(group);
      return;
    } catch (error) {
      if (errorCode(error) !== 'EBUSY') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Where the groups of this process are mounted by convention: version 1 with `pids`, then version 2. */
async function ownGroups(): Promise<string[]> {
  const text = await readFile('/proc/self/cgroup', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [, controllers = '', ...rest] = line.split(':');
    const own = rest.join(':');
    if (own === '') return [];
    if (controllers.split(',').includes('pids')) return [path.join('/sys/fs/cgroup/pids', own)];
    return controllers === '' ? [path.join('/sys/fs/cgroup', own)] : [];
  });
}
