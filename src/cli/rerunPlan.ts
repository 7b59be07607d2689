import type { ReadyPlan } from '../core/rebuild/plan.js';
import { printable } from '../core/words/printable.js';
import { isolationPhrase } from '../core/words/tiers.js';

/** What a rerun will execute, where, and what the last one cost: one line each, for a person. */
export function planLines(plan: ReadyPlan): string[] {
  const { project, commit, sandbox, image, epoch, epochFrom, entries, steps, single } = plan;
  const where = isolationPhrase(sandbox.kind);
  const pulled = image?.pull === true ? ', which is pulled first' : '';
  const from = epochFrom === 'environment' ? 'as captured' : 'the time of the commit';
  return [
    `Rerun of ${printable(project.title)} at commit ${commit.id.slice(0, 12)}`,
    `  runs      ${where}${image === undefined ? '' : `: ${printable(image.reference)}${pulled}`}`,
    `  clock     SOURCE_DATE_EPOCH=${epoch}, ${from}`,
    `  compares  ${count(entries.length, 'pinned file')}${single ? ' of this step; nothing is attested' : ''}`,
    `  last run  ${plan.lastSeconds === undefined ? 'none on record' : `took ${duration(plan.lastSeconds)}`}`,
    ...steps.flatMap(({ label, name, directory, commands }) => [
      `  ${label} ${printable(name)}${directory === '' ? '' : ` in ${printable(directory)}`}`,
      ...commands.map(({ written }) => `    $ ${printable(written)}`),
    ]),
  ];
}

const count = (number: number, noun: string): string =>
  `${number} ${number === 1 ? noun : `${noun}s`}`;

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
