/** What there is to change a build with, asked in the very sandbox that it is built in. */
import path from 'node:path';
import { environmentOf, run } from '../system/processes.js';
import { makeDirectory, withDirectory } from '../system/temporary.js';
import { listedBy } from './varyListing.js';
import { SetUpError } from './varyLab.js';
import type { Lab } from './varyLab.js';
import { execute, viewOf } from './sandbox.js';
import type { Workspace } from './workspace.js';

/** What works here; a tool that is absent or does not work is not there. */
export interface Tools {
  readonly faketime?: {
    readonly env: string;
    /** As `LD_PRELOAD` takes it. */
    readonly library: string;
    /** What starts a program with it, and clears up. */
    readonly launch: readonly string[];
  };
  readonly taskset?: { readonly program: string; readonly cpus: string };
  /** As `locale -a` lists them. */
  readonly locales?: readonly string[];
  readonly disorderfs: boolean;
  /** As the shell of a build prints it. */
  readonly umask?: string;
}

const PROBE_MS = 60_000;

/** Days by which the clock is put forward: another year, another weekday, another half of daylight saving. */
export const DAYS = 400;

/** Looks for every tool and tries it. @throws `AbortError`. */
export async function findTools(lab: Lab): Promise<Tools> {
  const [env, library] = await asked(lab, FAKETIME);
  const launch = lab.request.sandbox.kind === 'clean-folder' ? ['/bin/sh', '-c', LAUNCH, 'sh'] : [];
  const [program, cpus] = await asked(lab, TASKSET);
  const locales = await asked(lab, 'locale -a');
  const [umask] = await asked(lab, 'umask');
  return {
    ...(env === undefined || library === undefined ? {} : { faketime: { env, library, launch } }),
    ...(program === undefined || cpus === undefined
      ? {}
      : { taskset: { program, cpus: /list: *(\S+)/.exec(cpus)?.[1] ?? cpus } }),
    ...(locales.length === 0 ? {} : { locales }),
    ...(umask === undefined ? {} : { umask }),
    disorderfs: await disorderfsWorks(lab),
  };
}

/**
 * The library is used without its wrapper: that one puts names with a process number into the
 * environment and leaves shared memory behind. It must really move the clock.
 */
const FAKETIME = `set -e
library=$(faketime -m -f +0 sh -c 'echo "$LD_PRELOAD"; set -- $FAKETIME_SHARED; rm -f "/dev/shm/sem.\${1#/}" "/dev/shm$2"')
now=$(date +%s)
later=$(LD_PRELOAD=$library FAKETIME=+${DAYS}d date +%s)
test $((later - now)) -gt $((${DAYS - 1} * 86400))
command -v env
echo "$library"`;

/**
 * Every program that loads the library makes shared memory, named by its process, and leaves it behind
 * when it becomes another program. Only in a clean folder is that the memory of this machine.
 */
const LAUNCH = `"$@" & made=$!
clear() { rm -f "/dev/shm/faketime_shm_$made" "/dev/shm/sem.faketime_sem_$made"; }
trap 'clear; exit 143' TERM
wait "$made"; status=$?
clear
exit "$status"`;

const TASKSET = 'command -v taskset && taskset -c -p $$';

/** The lines that a script writes in the sandbox; none when it fails. */
async function asked({ request, options, directory }: Lab, script: string): Promise<string[]> {
  const { sandbox } = request;
  const { signal } = options;
  return withDirectory(path.join(directory, 'probe'), async (at) => {
    const workspace = await emptyWorkspace(at);
    const { stdout, outcome, status } = await execute(sandbox, workspace, {
      argv: ['/bin/sh', '-c', script],
      cwd: viewOf(sandbox, workspace).project,
      variables: {},
      timeoutMs: PROBE_MS,
      signal,
    });
    signal?.throwIfAborted();
    if (outcome !== 'exited' || status !== 0) return [];
    return stdout.split('\n').filter((line) => line !== '');
  });
}

async function emptyWorkspace(at: string): Promise<Workspace> {
  const [copy, scratch] = [path.join(at, 'probe'), path.join(at, 'tmp')];
  await makeDirectory(copy);
  await makeDirectory(scratch);
  return { copy, project: copy, prefix: '', scratch, name: 'probe' };
}

/** It may be installed and yet be forbidden to mount, so it is tried. */
async function disorderfsWorks({ options, directory }: Lab): Promise<boolean> {
  const { signal } = options;
  const there = { cwd: '/', env: environmentOf(), timeoutMs: PROBE_MS, signal };
  const { outcome } = await run('disorderfs', ['--version'], there);
  signal?.throwIfAborted();
  if (outcome !== 'exited') return false;
  return withDirectory(path.join(directory, 'probe'), async (at) => {
    try {
      return await listedBy('reversed', signal)(await emptyWorkspace(at), () =>
        Promise.resolve(true),
      );
    } catch (error) {
      if (error instanceof SetUpError) return false;
      throw error;
    }
  });
}
