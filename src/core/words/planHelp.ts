/** What the keys of build plans mean (docs/plan.md): for completions, hovers and the JSON schema. */
import * as l10n from '@vscode/l10n';
import { PLAN_ALIASES, PLAN_KEYS, SOURCE_KEYS, STEP_KEYS } from '../formats/plan/keys.js';
import type { PlanKey, PlanKeyName, PlanValue } from '../formats/plan/keys.js';
import { plain } from './markdown.js';

/** The key of a plan, of one of its sources, or of one of its steps. */
export type PlanWord =
  PlanKeyName | (typeof SOURCE_KEYS)[number] | (typeof STEP_KEYS)[number] | '{tag}';

interface Help {
  readonly does: () => string;
  readonly trap?: () => string;
}

/** Total: a key without a sentence does not compile. Asked for when drawn, for the translation. */
const HELP: Readonly<Record<PlanWord, Help>> = {
  version: {
    does: () => l10n.t('A remark for people: it is never read, and no value changes a rebuild.'),
  },
  tag: {
    does: () => l10n.t('Reported instead of the tag of the command line.'),
    trap: () =>
      l10n.t(
        'The attestation is still called after the tag of the command line. YAML reads 1.10 as 1.1, and an empty value is reported as "unknown": put it in quotes.',
      ),
  },
  artifact: {
    does: () => l10n.t('File that the steps make, below the workspace: its SHA-256 is compared.'),
    trap: () =>
      l10n.t(
        'A directory does not count. A name that YAML takes for a date or a number needs quotes.',
      ),
  },
  sources: {
    does: () =>
      l10n.t(
        'What is copied into the empty workspace before the steps, in this order. Later ones overwrite earlier ones.',
      ),
    trap: () =>
      l10n.t(
        'Of a path alone, only the last component is kept: deep/er/file.txt becomes file.txt. Nothing is left out of a folder: "." brings .git and ignored files.',
      ),
  },
  steps: {
    does: () =>
      l10n.t(
        'Commands that run one after the other until one fails: a text for the shell, or a list of a program and its arguments.',
      ),
    trap: () =>
      l10n.t(
        'Each starts in the workspace: files stay for the next step, "cd" and variables do not.',
      ),
  },
  reference_attestation: {
    does: () =>
      l10n.t(
        'Attestation below the repository that names the digest of the artifact. Taken when there is no "expected_digest".',
      ),
    trap: () =>
      l10n.t('It must exist as soon as it is taken, even beside a good "reference_artifact".'),
  },
  reference_artifact: {
    does: () =>
      l10n.t('File below the repository that the artifact must equal. The last that is taken.'),
  },
  expected_digest: {
    does: () =>
      l10n.t(
        'SHA-256 that the artifact must have: 64 digits in lower case, with or without "sha256:". The first reference that is taken.',
      ),
    trap: () =>
      l10n.t(
        'In quotes: 64 decimal digits are a number to YAML. What stands before the colon is not looked at, and upper case never equals.',
      ),
  },
  environment: {
    does: () => l10n.t('Variables of every step. Beside them there is only PATH.'),
    trap: () =>
      l10n.t(
        'HOME, LANG and TMPDIR are not passed on. Values that YAML takes for numbers or switches need quotes.',
      ),
  },
  path: {
    does: () => l10n.t('File or folder of the repository that is copied; "." is all of it.'),
    trap: () =>
      l10n.t('Links are followed, and nothing is left out: .git and ignored files are copied too.'),
  },
  destination: {
    does: () => l10n.t('Where it is copied to, below the workspace.'),
  },
  run: {
    does: () =>
      l10n.t(
        'What this step runs: a text for the shell, or a list of a program and its arguments.',
      ),
    trap: () =>
      l10n.t(
        'FixOps splits a text into words without a shell since December 2025: "&&", "|" and "$NAME" are words then. A list means the same everywhere.',
      ),
  },
  '{tag}': {
    does: () =>
      l10n.t('Replaced by the tag of the command line, in every text and never in a key.'),
    trap: () => l10n.t('A value that begins with it needs quotes: to YAML "{" begins a mapping.'),
  },
};

/** A variable that plans do well to set. */
export interface PlanVariableHelp {
  readonly name: string;
  /** As it is written; what YAML takes for a number is in quotes. */
  readonly value: string;
  readonly does: () => string;
}

export const PLAN_VARIABLES: readonly PlanVariableHelp[] = [
  {
    name: 'LC_ALL',
    value: 'C.UTF-8',
    does: () => l10n.t('Decides how names are sorted and in which language tools speak.'),
  },
  {
    name: 'LANG',
    value: 'C.UTF-8',
    does: () => l10n.t('The locale where LC_ALL says nothing.'),
  },
  {
    name: 'TZ',
    value: 'UTC',
    does: () => l10n.t('The zone in which tools write times.'),
  },
  {
    name: 'SOURCE_DATE_EPOCH',
    value: '"1672531200"',
    does: () =>
      l10n.t(
        'The time that many tools write instead of the time of the build, in seconds since 1970.',
      ),
  },
  {
    name: 'PYTHONHASHSEED',
    value: '"0"',
    does: () => l10n.t('Gives sets of texts the same order in every run of Python.'),
  },
];

/** What a key means and what people fall over, as plain text. */
export function planText(word: PlanWord): string {
  const { does, trap } = HELP[word];
  return trap === undefined ? does() : `${does()} ${trap()}`;
}

/** What a key is to a plan: the documented name of an alias; `undefined` where it is no key. */
export function planWordAt(path: readonly string[]): PlanWord | undefined {
  const [top = '', element, field, ...deeper] = path;
  const key = planKey(top);
  if (key === undefined || element === undefined) return key;
  if (element !== '-' || field === undefined || deeper.length > 0) return undefined;
  const fields: readonly PlanWord[] =
    key === 'sources' ? SOURCE_KEYS : key === 'steps' ? STEP_KEYS : [];
  return fields.find((each) => each === field);
}

/** A key of a plan by its name or its alias: `constructor` is none. */
export const planKey = (name: string): PlanKeyName | undefined =>
  Object.hasOwn(PLAN_KEYS, name) ? (name as PlanKeyName) : PLAN_ALIASES.get(name);

/** What is known of a key, as Markdown. */
export function planMarkdown(path: readonly string[]): string | undefined {
  const variable = path[0] === 'environment' && path.length === 2 ? variableAt(path[1]) : undefined;
  if (variable !== undefined) return variableMarkdown(variable);
  const word = planWordAt(path);
  return word === undefined ? undefined : wordMarkdown(word, path.at(-1) ?? '');
}

/** What is known of `{tag}`, or of a key under the name that it is written with. */
export function wordMarkdown(word: PlanWord, name: string = word): string {
  const { does, trap } = HELP[word];
  const facts = factsOf(word, name).map(plain).join(' · ');
  const parts = [`**${plain(name)}** — ${plain(does())}`, facts, plain(trap?.() ?? '')];
  return parts.filter((part) => part !== '').join('\n\n');
}

export const variableAt = (name: string | undefined): PlanVariableHelp | undefined =>
  PLAN_VARIABLES.find((each) => each.name === name);

export const variableMarkdown = ({ name, value, does }: PlanVariableHelp): string =>
  [`**${plain(name)}** — ${plain(does())}`, plain(l10n.t('Recommended: {0}', value))].join('\n\n');

function factsOf(word: PlanWord, name: string): string[] {
  if (word === '{tag}') return [];
  const facts = [planExpectation(word)];
  const key: PlanKey | undefined = planKeyOf(word);
  if (word === 'path' || key?.required === true) facts.push(l10n.t('Required'));
  const preset = presetOf(word);
  if (preset !== undefined) facts.push(l10n.t('Default: {0}', preset));
  if (name !== word) facts.push(aliasText(word));
  else if (key?.alias !== undefined) facts.push(l10n.t('Undocumented alias: {0}', key.alias));
  return facts;
}

/** What is said of a key that is an alias. */
export const aliasText = (documented: string): string =>
  l10n.t('Undocumented alias of "{0}"', documented);

const planKeyOf = (word: PlanWord): PlanKey | undefined =>
  Object.hasOwn(PLAN_KEYS, word) ? PLAN_KEYS[word as PlanKeyName] : undefined;

function presetOf(word: PlanWord): string | undefined {
  switch (word) {
    case 'tag':
      return l10n.t('the tag of the command line');
    case 'destination':
      return l10n.t('the last component of the path');
    default:
      return undefined;
  }
}

/** What a key holds, as a few words. */
export function planExpectation(word: PlanWord): string {
  const key = planKeyOf(word);
  if (key !== undefined) return shapeText(key.value);
  return word === 'run' ? l10n.t('A text or a list of texts') : l10n.t('A text');
}

function shapeText(value: PlanValue): string {
  switch (value) {
    case 'text':
      return l10n.t('A text');
    case 'any':
      return l10n.t('Anything');
    case 'list':
      return l10n.t('A list');
    case 'steps':
      return l10n.t('A list of commands');
    case 'sources':
      return l10n.t('A list of paths, or of mappings with "path" and "destination"');
    case 'mapping':
      return l10n.t('A mapping of names to texts');
  }
}
