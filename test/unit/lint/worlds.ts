/** Scripts that are run where all differs that a build should not notice. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lintFile } from '../../../src/core/lint/lint.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { edited, editsOf } from './edited.js';

/** A machine, a person, a time, and the same tree made in another order. */
export interface World {
  readonly host: string;
  readonly uid: string;
  readonly time: string;
  readonly tree: string;
}

const made = (names: readonly string[]): string =>
  ['mkdir -p src/d', ...names.map((name) => `echo ${name} > "src/${name}"`)]
    .concat(names.map((name, at) => `touch -d @${String(1e9 + at)} "src/${name}"`))
    .join('; ');

export const WORLDS: readonly World[] = [
  {
    ...{ host: 'alpha', uid: '0', time: '2020-01-01 00:00:00' },
    tree: made(['a', 'Z', 'd/é', 'b', 'd/c d']),
  },
  {
    ...{ host: 'beta', uid: '65534', time: '2024-06-06 06:06:06' },
    tree: made(['d/c d', 'b', 'Z', 'd/é', 'a']),
  },
];

/** The programs that the worlds are made of; what else a script needs is named beside it. */
const PARTS = ['bash', 'bwrap', 'faketime'];

/** Which of some programs are not here; also when they do not work here. */
export function missing(programs: readonly string[]): string[] {
  const absent = [...PARTS, ...programs].filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0,
  );
  if (absent.length > 0) return absent;
  const probe = spawnSync('bwrap', [...boxed({ host: 'a', uid: '0' }), 'true']);
  return probe.status === 0 ? [] : ['user namespaces'];
}

const boxed = ({ host, uid }: Pick<World, 'host' | 'uid'>): string[] => [
  ...['--dev-bind', '/', '/', '--unshare-user', '--uid', uid],
  ...['--unshare-uts', '--hostname', host, '--die-with-parent'],
];

/** A directory on a disk that lists in the order of making, where there is one. */
export const scratch = (): string =>
  mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'lint-'));

/** Runs a script in a directory, in one of the worlds. */
export function runIn(world: World, directory: string, script: string): void {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', TZ: 'UTC', TMPDIR: '.' };
  const inside = ['faketime', world.time, 'bash', '-c', script];
  const run = () => spawnSync('bwrap', [...boxed(world), ...inside], { cwd: directory, env });
  let ran = run();
  // faketime names a semaphore by the number of its process, which an older one may have had.
  for (let more = 0; more < 5 && String(ran.stderr).includes('sem_open'); more++) ran = run();
  assert.equal(ran.status, 0, `${script}: ${String(ran.stderr)}`);
}

/** What a script leaves in `out`, in each of the worlds. */
export const outputs = (script: string): string[] =>
  WORLDS.map((world) => {
    const directory = scratch();
    try {
      runIn(world, directory, world.tree);
      runIn(world, directory, script);
      return readFileSync(path.join(directory, 'out'), 'latin1');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

/** What is found in a script. */
export const found = (script: string): Finding[] =>
  lintFile({
    file: 'x' as RepoPath,
    kind: 'shell',
    text: script,
    digest: '0'.repeat(64) as Sha256,
  });

/** The script with every fix that the lint offers. */
export const withFixes = (script: string): string => edited(script, editsOf(found(script)));
