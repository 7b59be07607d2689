import { homedir } from 'node:os';
import path from 'node:path';
import { realPath } from '../system/within.js';
import type { Sandbox } from './sandbox.js';
import type { Workspace } from './workspace.js';

/** One program with what surrounds it, as the sandbox sees it. */
export interface Program {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly guise?: Guise;
}

/** Who and where a program believes to be. */
export interface Guise {
  /** Of the user and of the group; absent: as usual. */
  readonly uid?: number;
  readonly hostname?: string;
}

/** The name of every sandbox: that of a machine would not be the same on another one. */
export const HOSTNAME = 'reprolens';

/**
 * The system's own programs and what they read. Not `/home`, `/root`, `/mnt`, `/srv`, `/var`: a step
 * that reads a file there works on this machine only, and is to fail.
 */
const SYSTEM = [
  ...['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc', '/opt'],
  ...['/nix/store', '/gnu/store', '/var/lib/texmf', '/var/cache/fontconfig'],
];

/** Arguments of `bwrap` (0.8 and later understand them all). */
export function bubblewrapArguments(
  { readable }: Extract<Sandbox, { kind: 'sandbox' }>,
  { copy, scratch, name }: Pick<Workspace, 'copy' | 'scratch' | 'name'>,
  { argv, cwd, variables, guise: { uid, hostname = HOSTNAME } = {} }: Program,
): string[] {
  return [
    ...['--unshare-all', '--die-with-parent', '--new-session', '--hostname', hostname],
    ...(uid === undefined ? [] : ['--unshare-user', '--uid', `${uid}`, '--gid', `${uid}`]),
    ...['--cap-drop', 'ALL', '--clearenv'],
    ...Object.entries(variables).flatMap(([key, value]) => ['--setenv', key, value]),
    ...SYSTEM.flatMap(readOnly),
    ...['--proc', '/proc', '--dev', '/dev', '--bind', scratch, '/tmp'],
    // After `/tmp`, for a virtual environment may lie there.
    ...readable.flatMap(readOnly),
    ...['--bind', copy, `/workspace/${name}`, '--chdir', cwd],
    ...['--', ...argv],
  ];
}

const readOnly = (directory: string): string[] => ['--ro-bind-try', directory, directory];

/** Names of directories of programs whose libraries stand beside them. */
const PROGRAMS = new Set(['bin', 'sbin', 'shims', 'condabin', 'scripts']);

/**
 * Directories that programs on `PATH` need and that are not the system's: virtual environments, pyenv,
 * conda. Of a home directory only what belongs to the programs, never the whole.
 */
export async function readableFor(programs: string): Promise<string[]> {
  const found = new Set<string>();
  for (const directory of programs.split(path.delimiter)) {
    if (!path.isAbsolute(directory) || isSystem(directory)) continue;
    for (const each of prefixes(path.normalize(directory))) found.add(each);
    for (const python of ['python3', 'python']) {
      // The interpreter of a virtual environment is a link to where it was installed.
      const real = await realPath(path.join(directory, python));
      if (real !== undefined && !isSystem(real)) {
        for (const each of prefixes(path.dirname(real))) found.add(each);
      }
    }
  }
  return [...found].sort();
}

/** The installation around a directory of programs; the directory alone where that would be too much. */
function prefixes(directory: string): string[] {
  const around = path.dirname(directory);
  if (!PROGRAMS.has(path.basename(directory).toLowerCase())) return [directory];
  const home = homedir();
  if (around === '/' || isWithin(home, around)) return [directory];
  // `~/.local` also holds what programs know of their user.
  return around === path.join(home, '.local') ? [directory, path.join(around, 'lib')] : [around];
}

const isSystem = (directory: string): boolean => SYSTEM.some((each) => isWithin(directory, each));

/** Whether a directory is another one, or lies below it. */
const isWithin = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
