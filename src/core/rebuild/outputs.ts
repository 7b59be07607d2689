import type { RunStep } from '../formats/vaibify/run.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import type { DeclaredFile, Project } from '../model/project.js';

/** Roles of what a step makes. */
const MADE: ReadonlySet<string> = new Set(['output', 'plot', 'data']);

/**
 * The outputs that a run makes, and those that it does not: nothing is run for steps without a
 * command, and no data is made by a step whose data commands are passed over. To delete those would
 * only make them missing; not to name them would claim that they were made.
 */
export function remadeOutputs(
  { declared }: Project,
  {
    all,
    steps,
    single,
  }: {
    readonly all: readonly RunStep[];
    readonly steps: readonly RunStep[];
    readonly single: boolean;
  },
): { readonly remade: ReadonlySet<RepoPath>; readonly findings: readonly Finding[] } {
  const running = new Map(steps.map((step) => [step.label, step]));
  const known = new Set(all.map(({ label }) => label));
  const outputs = declared.filter(({ role, step }) => MADE.has(role) && known.has(step ?? ''));
  const made = outputs.filter((file) => makes(running.get(file.step ?? ''), file));
  const remade = new Set(made.map(({ path }) => path));
  const told = new Set(remade);
  const findings: Finding[] = [];
  for (const { path, step = '', place } of outputs) {
    if (told.has(path) || (single && !running.has(step))) continue;
    told.add(path);
    findings.push({ code: 'rerun-not-remade', severity: 'warning', path, step, place });
  }
  return { remade, findings };
}

const makes = (step: RunStep | undefined, { role }: DeclaredFile): boolean =>
  step !== undefined && !(step.withoutData && role !== 'plot');
