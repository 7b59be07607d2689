/**
 * The keys of a build plan (docs/plan.md): the one table that the reader, the JSON schema, the
 * completions and the hovers are made from.
 */

/** What is expected below a key. */
export type PlanValue = 'text' | 'any' | 'list' | 'steps' | 'sources' | 'mapping';

export interface PlanKey {
  readonly value: PlanValue;
  readonly required?: true;
  /** The undocumented name under which FixOps reads it as well. */
  readonly alias?: string;
}

export const PLAN_KEYS = {
  version: { value: 'any' },
  tag: { value: 'text' },
  artifact: { value: 'text', required: true },
  sources: { value: 'sources' },
  steps: { value: 'steps', required: true, alias: 'build_steps' },
  reference_attestation: { value: 'text', alias: 'attestation' },
  reference_artifact: { value: 'text', alias: 'artifact_reference' },
  expected_digest: { value: 'text' },
  environment: { value: 'mapping' },
} as const satisfies Readonly<Record<string, PlanKey>>;

export type PlanKeyName = keyof typeof PLAN_KEYS;

/** Keys of one entry of `sources`, and of one step. */
export const SOURCE_KEYS = ['path', 'destination'] as const;
export const STEP_KEYS = ['run'] as const;

/** The undocumented names, each with the documented one. */
export const PLAN_ALIASES: ReadonlyMap<string, PlanKeyName> = new Map(
  (Object.entries(PLAN_KEYS) as [PlanKeyName, PlanKey][]).flatMap(([name, { alias }]) =>
    alias === undefined ? [] : [[alias, name] as const],
  ),
);
