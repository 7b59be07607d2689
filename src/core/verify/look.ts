import type { Project } from '../model/project.js';
import type { Snapshot } from '../model/snapshot.js';
import { now } from '../system/clock.js';
import type { Hasher, ObserveOptions } from '../system/hasher.js';
import type { Observation } from '../system/observation.js';
import { makeSnapshot, namesOf } from './snapshot.js';

/** How to look: the options of the hash engine, and the engine itself. */
export interface LookOptions extends ObserveOptions {
  readonly hasher: Hasher;
}

/**
 * Looks at every file of some projects once, however many of them share it, and gives their
 * snapshots in the same order.
 */
export async function look(
  projects: readonly Project[],
  { hasher, ...options }: LookOptions,
): Promise<Snapshot[]> {
  const seen = new Map<string, Map<string, Observation>>();
  for (const root of new Set(projects.map((project) => project.root))) {
    const members = projects.filter((project) => project.root === root);
    const names = [...new Set(members.flatMap(namesOf))];
    const observations = await hasher.observe(root, names, options);
    const byName = new Map<string, Observation>();
    names.forEach((name, index) => {
      const observation = observations[index];
      if (observation !== undefined) byName.set(name, observation);
    });
    seen.set(root, byName);
  }
  const at = now();
  return projects.map((project) =>
    makeSnapshot({ project, seen: seen.get(project.root) ?? new Map(), checkedAt: at }),
  );
}
