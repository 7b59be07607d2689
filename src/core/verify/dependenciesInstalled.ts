import * as z from 'zod/mini';
import { normalName } from '../formats/lock/requirement.js';
import { isPinned } from '../formats/lock/version.js';
import type { Lock } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import { environmentOf, run } from '../system/processes.js';
import { withTemporary } from '../system/temporary.js';

const INSPECT_MS = 60_000;
/** Needs no pip. The first of two distributions of one name is the one that is imported. */
const LIST = `
import json
from importlib import metadata
found = {}
for each in metadata.distributions():
    name = each.metadata['Name']
    if name and each.version:
        found.setdefault(name, each.version)
print(json.dumps(found))
`;
const Installed = z.record(z.string(), z.string());

/**
 * What the chosen interpreter has installed that differs from the lock, as information: the lock is
 * the record, an environment may be old. Requirements with a marker are left out when they are not
 * installed, for they may not apply.
 *
 * @returns `undefined` when the interpreter does not answer.
 */
export async function compareInstalled(
  lock: Lock,
  python: string,
  signal?: AbortSignal,
): Promise<readonly Finding[] | undefined> {
  const installed = await installedVersions(python, signal);
  if (installed === undefined) return undefined;
  return lock.entries.flatMap(({ name, version, marker, place }): Finding[] => {
    if (version === undefined) return [];
    const has = installed.get(name);
    const data = { severity: 'info', name, pinned: version, place } as const;
    if (has === undefined) {
      return marker === undefined ? [{ code: 'lock-not-installed', ...data }] : [];
    }
    if (isPinned(has, version)) return [];
    // Two versions for two markers: which one applies is not known here.
    return marker === undefined ? [{ code: 'lock-installed', ...data, installed: has }] : [];
  });
}

async function installedVersions(
  python: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string> | undefined> {
  // An empty directory: `python -c` would import a json.py that lies in the current one.
  const ran = await withTemporary((cwd) =>
    run(python, ['-c', LIST], {
      cwd,
      env: environmentOf(['VIRTUAL_ENV'], { PYTHONSAFEPATH: '1', PYTHONIOENCODING: 'utf-8' }),
      timeoutMs: INSPECT_MS,
      signal,
    }),
  );
  if (ran.status !== 0) return undefined;
  try {
    const found = Installed.safeParse(JSON.parse(ran.stdout));
    if (!found.success) return undefined;
    return new Map(
      Object.entries(found.data).map(([name, version]) => [normalName(name), version]),
    );
  } catch {
    return undefined;
  }
}
