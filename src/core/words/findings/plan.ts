/** Sentences of {@link PlanFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import type { DigestProblem, PlanFinding, PlanShape } from '../../model/findings/plan.js';
import type { PathProblem } from '../../model/paths.js';
import { printable } from '../printable.js';
import { LINT } from './lint.js';
import type { SentencesOf } from './sentences.js';

type Data<C extends PlanFinding['code']> = Extract<PlanFinding, { readonly code: C }>;

export const PLAN: SentencesOf<PlanFinding> = {
  ...LINT,
  'plan-unreadable': (f) => l10n.t('The build plan cannot be read: {0}.', f.reason),
  'plan-document': () =>
    l10n.t('A build plan is a mapping with "artifact" and "steps"; this is none.'),
  'plan-missing': (f) =>
    f.key === 'artifact'
      ? l10n.t('"artifact" is missing: write the path of the file that the steps make.')
      : l10n.t('"steps" is missing or empty: nothing would be built.'),
  'plan-shape': (f) => shapeSentence(f),
  'plan-reads': (f) =>
    l10n.t('"{0}": YAML reads this as {1}. Put it in quotes.', f.field, printable(f.reads)),
  'plan-source-ignored': () =>
    l10n.t('FixOps skips this entry: a source is a path, or a mapping with "path" as a text.'),
  'plan-source-everything': () =>
    l10n.t(
      'The whole repository is copied, .git and ignored files included, and nothing can be excluded: what is archived depends on the clone. List the folders that are needed, or remove .git in a step.',
    ),
  'plan-step-skipped': (f) => l10n.t('Step {0} runs nothing: it has no "run".', f.step),
  'plan-steps-skipped': () => l10n.t('No step runs anything.'),
  'plan-step-empty': (f) => l10n.t('Step {0} is empty: there is no program to run.', f.step),
  'plan-step-quote': (f) =>
    f.argv
      ? l10n.t(
          'Step {0}: no quote closes this one when the text is split into words as FixOps does; there is no comment for it, an apostrophe behind "#" counts as well.',
          f.step,
        )
      : l10n.t('Step {0}: no quote closes this one.', f.step),
  'plan-step-lines': (f) =>
    l10n.t(
      'Step {0} has several lines. Split into words as FixOps does, they are one command: write one step a line, or ["sh", "-c", "…"].',
      f.step,
    ),
  'plan-step-shell': (f) =>
    l10n.t(
      'Step {0}: without a shell, "{1}" is an argument like any other: write ["sh", "-c", "…"].',
      f.step,
      printable(f.operator),
    ),
  'plan-path': (f) => pathSentence(f),
  'plan-artifact-directory': () => l10n.t('The artifact must be a file; this is the workspace.'),
  'plan-nul': (f) => l10n.t('"{0}" holds a NUL character, which no program can be given.', f.field),
  'plan-variable-name': (f) =>
    l10n.t('"{0}" cannot name an environment variable.', printable(f.name)),
  'plan-digest': (f) => digestSentence(f.problem),
  'plan-no-reference': () =>
    l10n.t(
      'Nothing says what the artifact must equal, so every rebuild counts as a mismatch: add "expected_digest", "reference_attestation" or "reference_artifact".',
    ),
  'plan-references': (f) =>
    l10n.t('"{0}" decides; {1} is only compared with it.', f.used, f.others.join(', ')),
  'plan-alias': (f) => l10n.t('"{0}" is an undocumented alias: write "{1}".', f.key, f.documented),
  'plan-key-ignored': (f) => l10n.t('"{0}" is not read, since there is "{1}".', f.key, f.used),
  'plan-source-missing': (f) =>
    l10n.t('{0} is to be copied and does not exist in the repository.', printable(f.path)),
  'plan-reference-missing': (f) =>
    l10n.t(
      '{0} does not exist in the repository; "reprolens seed TAG" makes a reference.',
      printable(f.path),
    ),
};

function shapeSentence({ field, expected, reads }: Data<'plan-shape'>): string {
  return reads === undefined
    ? l10n.t('"{0}": expected {1}.', field, shapeWord(expected))
    : l10n.t(
        '"{0}": expected {1}, and YAML reads this as {2}. Put it in quotes.',
        field,
        shapeWord(expected),
        printable(reads),
      );
}

/** A shape, as the end of a sentence. */
function shapeWord(shape: PlanShape): string {
  switch (shape) {
    case 'list':
      return l10n.t('a list ("- …")');
    case 'mapping':
      return l10n.t('a mapping ("key: value")');
    case 'text':
      return l10n.t('a text');
    case 'command':
      return l10n.t('a text for the shell, or a list of a program and its arguments');
  }
}

function pathSentence({ field, name, problem }: Data<'plan-path'>): string {
  const shown = printable(name);
  const inside = field === 'destination' || field === 'artifact';
  switch (problem) {
    case 'absolute':
      return inside
        ? l10n.t('"{0}" is absolute: write it relative to the workspace.', shown)
        : l10n.t('"{0}" is absolute: write it relative to the repository.', shown);
    case 'escapes':
      return inside
        ? l10n.t('"{0}" leads out of the workspace.', shown)
        : l10n.t('"{0}" leads out of the repository.', shown);
    default:
      return otherPath(shown, problem);
  }
}

function otherPath(shown: string, problem: Exclude<PathProblem, 'absolute' | 'escapes'>): string {
  switch (problem) {
    case 'empty':
      return l10n.t('The path is empty.');
    case 'nul':
    case 'stdin':
      return l10n.t('"{0}" cannot name a file.', shown);
  }
}

function digestSentence(problem: DigestProblem): string {
  switch (problem) {
    case 'algorithm':
      return l10n.t(
        'Only SHA-256 is compared: write "sha256:" and 64 digits, or the digits alone.',
      );
    case 'upper-case':
      return l10n.t(
        'FixOps compares digests as text, and computed ones are in lower case: write this one in lower case.',
      );
    case 'malformed':
      return l10n.t('This is no SHA-256 digest: expected 64 hexadecimal digits in lower case.');
    case 'unquoted':
      return l10n.t('Other readers of YAML take this for a number: put it in quotes.');
    case 'empty':
      return l10n.t('There is no digest here, so this counts as not given.');
  }
}
