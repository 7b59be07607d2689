import type { RunPart } from '../formats/vaibify/runTokens.js';
import { encodeText } from '../model/bytes.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import { AFTER_STEPS, BEFORE_STEPS } from './reproduceText.js';

/** Why the commands of a step are not run: they need a person, or are switched off. */
export type Skipped = 'interactive' | 'disabled';

/** One step as `reproduce.sh` needs it. */
export interface ScriptStep {
  /** `A01`. */
  readonly label: string;
  readonly name: string;
  /** Where its commands run: `''` for the top of the repository. */
  readonly directory: RepoPath | '';
  /** In order, with their tokens replaced. */
  readonly commands: readonly (readonly RunPart[])[];
  /** What the commands make; removed before they run. */
  readonly outputs: readonly RepoPath[];
  /** Directories that are empty when it begins. */
  readonly scratch: readonly RepoPath[];
  readonly skipped?: Skipped;
  /** Its data commands are passed over, so what they made stays. */
  readonly withoutData?: boolean;
}

/** What `reproduce.sh` is made from. */
export interface ScriptFacts {
  readonly title: string;
  readonly steps: readonly ScriptStep[];
}

/** Why there can be no `reproduce.sh`. */
export type ScriptObstacle =
  | { readonly code: 'no-commands' }
  /** A character that no shell script can hold, or that hides what would run. */
  | { readonly code: 'control-character'; readonly step: string }
  | { readonly code: 'finding'; readonly finding: Finding };

/** The bytes of `reproduce.sh`, or every reason why there are none. */
export type ScriptResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly obstacles: readonly ScriptObstacle[] };

/**
 * Makes `reproduce.sh`: it fetches the image by its recorded digest, installs the lock with hashes
 * required, runs every step in a copy of the repository and compares the copy with the manifest.
 * Pure: the same facts make the same bytes.
 */
export function reproduceScript(facts: ScriptFacts): ScriptResult {
  const obstacles = facts.steps.filter(isRun).flatMap(obstaclesOf);
  if (!facts.steps.some((step) => isRun(step))) obstacles.push({ code: 'no-commands' });
  if (obstacles.length > 0) return { ok: false, obstacles };
  const text = [
    '#!/bin/sh',
    `# Runs the pipeline again and compares every pinned file: ${oneLine(facts.title)}`,
    '# Written by ReproLens; docs/levels.md of ReproLens says what it claims and what it does not.',
    BEFORE_STEPS,
    ...shellFunction('forget_outputs', forgetting(facts.steps)),
    ...shellFunction('run_steps', facts.steps.filter(isRun).flatMap(running)),
    ...shellFunction('not_run', leavingOut(facts.steps)),
    AFTER_STEPS,
  ].join('\n');
  return { ok: true, bytes: encodeText(text) };
}

const isRun = (step: ScriptStep): boolean => step.skipped === undefined && step.commands.length > 0;

/** Control characters but tabulator and line feed, and those that reorder or hide text. */
const HIDING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;

function obstaclesOf({ label, commands }: ScriptStep): ScriptObstacle[] {
  const bad = commands.flat().some((part) => {
    const text = typeof part === 'string' ? part : part.under;
    return HIDING.test(text) || !text.isWellFormed();
  });
  return bad ? [{ code: 'control-character', step: label }] : [];
}

/** A name inside a comment or a message: a line feed in it must not begin a command. */
const oneLine = (text: string): string => text.replace(CONTROL, ' ').trim();

/** One word of a shell, whatever it holds. */
export const shellQuote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const titleOf = ({ label, name }: ScriptStep): string => shellQuote(oneLine(`${label} ${name}`));

function running(step: ScriptStep): string[] {
  return [
    `  step ${titleOf(step)} ${shellQuote(step.directory === '' ? '.' : step.directory)}`,
    ...step.scratch.map((directory) => `  empty ${shellQuote(directory)}`),
    ...step.commands.map((parts) => `  run ${parts.map(wordOf).join('')}`),
  ];
}

/** A part of a command inside one word; the copy's place is known when the script runs only. */
const wordOf = (part: RunPart): string =>
  typeof part === 'string'
    ? shellQuote(part)
    : `"$tree"${part.under === '' ? '' : shellQuote(`/${part.under}`)}`;

/** What a step that does not run has made stays: nothing would bring it back. */
function forgetting(steps: readonly ScriptStep[]): string[] {
  const kept = new Set(steps.filter((step) => !isRun(step)).flatMap(({ outputs }) => outputs));
  const made = new Set(steps.filter(isRun).flatMap(({ outputs }) => outputs));
  return [...made].filter((path) => !kept.has(path)).map((path) => `  forget ${shellQuote(path)}`);
}

const LEFT_OUT: Readonly<Record<Skipped, string>> = {
  interactive: 'not run, for it needs a person:',
  disabled: 'not run, for it is switched off:',
};

function leavingOut(steps: readonly ScriptStep[]): string[] {
  return steps.flatMap((step) => {
    const title = titleOf(step);
    if (step.skipped !== undefined) return [`  say '${LEFT_OUT[step.skipped]}' ${title}`];
    return step.withoutData === true
      ? [`  say 'its data commands were passed over:' ${title}`]
      : [];
  });
}

const shellFunction = (name: string, lines: readonly string[]): string[] => [
  `${name}() {`,
  ...(lines.length === 0 ? ['  :'] : lines),
  '}',
  '',
];
