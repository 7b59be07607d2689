import type { Engine } from '../remotes/engine.js';
import { HOSTNAME } from './bubblewrap.js';
import type { Program } from './bubblewrap.js';
import type { Sandbox } from './sandbox.js';
import type { Workspace } from './workspace.js';

/** Processes that one command may have at a time: enough for any pool, too few for a fork bomb. */
const MOST_PROCESSES = 4096;

/** Arguments of `docker` and `podman` alike. */
export function containerArguments(
  { image, user }: Pick<Extract<Sandbox, { kind: 'container' }>, 'image' | 'user'>,
  { copy, scratch, name: project }: Pick<Workspace, 'copy' | 'scratch' | 'name'>,
  {
    argv: [program = '/bin/sh', ...rest],
    cwd,
    variables,
    guise: { uid, hostname = HOSTNAME } = {},
    name,
  }: Program & { readonly name: string },
): string[] {
  return [
    ...['run', '--rm', '--name', name, '--label', 'org.reprolens=rerun', '--pull', 'never'],
    ...['--network', 'none', '--hostname', hostname, '--read-only', '--cap-drop', 'ALL'],
    ...['--security-opt', 'no-new-privileges', '--pids-limit', String(MOST_PROCESSES)],
    // An image's own user need not be able to write what belongs to the user of this machine.
    ...['--user', uid === undefined ? (user ?? '0:0') : `${uid}:${uid}`],
    // `Z`: where SELinux confines containers these two directories become this one's own.
    ...['--volume', `${copy}:/workspace/${project}:Z`, '--volume', `${scratch}:/tmp:Z`],
    ...Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...['--workdir', cwd, '--entrypoint', program, image, ...rest],
  ];
}

/**
 * Who commands run as, so that what they write belongs to the user of this machine: the root of
 * podman, and of a docker without root, is that user; any other docker is told the numbers.
 */
export async function userOf(engine: Engine, signal?: AbortSignal): Promise<string | undefined> {
  if (engine.kind === 'podman' || process.getuid === undefined) return undefined;
  const asked = await engine.run(['info', '--format', '{{.SecurityOptions}}'], { signal });
  if (asked.stdout.includes('rootless')) return undefined;
  return `${process.getuid()}:${process.getgid?.() ?? 0}`;
}

/** Whether an engine has an image already. */
export async function hasImage(
  engine: Engine,
  image: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const { outcome, status } = await engine.run(['image', 'inspect', image], { signal });
  return outcome === 'exited' && status === 0;
}
