import assert from 'node:assert/strict';
import { buildSync } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach } from 'mocha';
import { Hasher, type HasherOptions } from '../../../src/core/system/hasher.js';
import type { Observation } from '../../../src/core/system/observation.js';

/** A directory that goes away with the test file's suite. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'reprolens-system-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The worker as it is shipped, from the sources as they are now. */
export function buildWorker(directory: string): string {
  const outfile = path.join(directory, 'hashWorker.js');
  buildSync({
    entryPoints: [path.resolve('src/core/system/hashWorker.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

/** A worker that runs `prelude` before the real one is loaded. */
export function doctoredWorker(directory: string, worker: string, prelude: string): string {
  const file = path.join(mkdtempSync(path.join(directory, 'doctored-')), 'worker.js');
  writeFileSync(file, `${prelude}\nrequire(${JSON.stringify(worker)});\n`);
  return file;
}

/** Makes hashers that are gone after each test. */
export function hasherFactory(): (options: HasherOptions) => Hasher {
  const made: Hasher[] = [];
  afterEach(() => Promise.all(made.splice(0).map((hasher) => hasher.dispose())));
  return (options) => {
    const hasher = new Hasher(options);
    made.push(hasher);
    return hasher;
  };
}

/** What coreutils says. */
export const sha256sum = (file: string): string =>
  execFileSync('sha256sum', ['-z', '--', file], { encoding: 'utf8' }).slice(0, 64);

/** What OpenSSL says. */
export const openssl = (file: string): string =>
  execFileSync('openssl', ['dgst', '-sha256', '-r', file], { encoding: 'utf8' }).slice(0, 64);

/** The observation must be of a kind; narrows it. */
export function of<K extends Observation['kind']>(
  observation: Observation | undefined,
  kind: K,
): Extract<Observation, { kind: K }> {
  assert.equal(observation?.kind, kind, JSON.stringify(observation));
  return observation as Extract<Observation, { kind: K }>;
}
