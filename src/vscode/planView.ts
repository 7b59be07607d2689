import type { BuildFacts, BuildState } from '../core/model/build.js';
import type { Project } from '../core/model/project.js';
import type { Snapshot } from '../core/model/snapshot.js';

/** A build plan, as far as a surface draws it. */
export interface PlanView {
  readonly project: Project;
  readonly facts: BuildFacts;
  readonly state: BuildState;
}

/** A snapshot as that of a plan; `undefined` for anything else, and for a plan that cannot be read. */
export function planView({ project, build }: Snapshot): PlanView | undefined {
  const facts = project.build;
  return facts === undefined || build === undefined ? undefined : { project, facts, state: build };
}

/** Whether there is an attestation to open. */
export const hasAttestation = ({ facts, state }: PlanView): boolean =>
  facts.record !== undefined || state.last?.detail.kind === 'rebuilt';
