/** The parts that sentences about container files are made of. */
import * as l10n from '@vscode/l10n';
import type {
  ConfigFinding,
  DockerfileProblem,
  NameProblem,
  RefProblem,
  TextRule,
  UrlProblem,
  ValueType,
  YamlRefusal,
} from '../../model/findings/config.js';
import { printable } from '../printable.js';

type Data<C extends ConfigFinding['code']> = Extract<ConfigFinding, { readonly code: C }>;

/** ` Did you mean x?`, where there is something to propose. */
export const hint = (suggestion: string | undefined): string =>
  suggestion === undefined ? '' : ` ${l10n.t('Did you mean {0}?', suggestion)}`;

/** Why a Dockerfile cannot be built; `word` is what it is about. */
export function dockerfileProblem(problem: DockerfileProblem, word: string): string {
  switch (problem) {
    case 'no-from':
      return l10n.t('There is no FROM: nothing says which image this builds on.');
    case 'from-words':
      return l10n.t('Expected FROM image or FROM image AS name.');
    case 'before-from':
      return l10n.t('{0} stands before the first FROM; only ARG may.', word);
    case 'unknown-instruction':
      return l10n.t('"{0}" is no instruction of a Dockerfile.', word);
    case 'heredoc-open':
      return l10n.t('No line "{0}" ends what begins here.', word);
  }
}

/** What is wrong with `SOURCE_DATE_EPOCH`. */
export function epochGap(gap: Data<'epoch-not-set'>['gap']): string {
  switch (gap) {
    case 'absent':
      return l10n.t(
        'SOURCE_DATE_EPOCH is not set, so files carry the time of the build: add "ENV SOURCE_DATE_EPOCH=…" (seconds since 1970).',
      );
    case 'no-value':
      return l10n.t('SOURCE_DATE_EPOCH has no value here: write the seconds since 1970.');
    case 'not-a-number':
      return l10n.t('SOURCE_DATE_EPOCH must be a whole number: the seconds since 1970.');
  }
}

/** Why a reference does not fix what is cloned. */
export function refProblem(problem: RefProblem, ref: string): string {
  switch (problem) {
    case 'empty':
      return l10n.t('Nothing says which version is cloned: write a tag or a commit.');
    case 'branch':
      return l10n.t(
        '"{0}" is a branch and moves: write a tag (v1.2.3) or the 40 digits of a commit.',
        ref,
      );
    case 'unclear':
      return l10n.t(
        '"{0}" may be a branch, and branches move: write a tag like v1.2.3 or the 40 digits of a commit.',
        ref,
      );
    case 'short':
      return l10n.t(
        '"{0}" is an abbreviated commit, which may become ambiguous: write all 40 digits.',
        ref,
      );
    case 'upper-case':
      return l10n.t(
        '"{0}" looks like a commit in upper case, which vaibify takes for a branch: write it in lower case.',
        ref,
      );
  }
}

/** Why an address is refused. It is not repeated: it may hold a password. */
export function urlProblem(problem: UrlProblem): string {
  switch (problem) {
    case 'empty':
      return l10n.t('The address of the repository is missing.');
    case 'characters':
      return l10n.t(
        'The address holds characters that mean something to a shell; vaibify refuses them.',
      );
    case 'form':
      return l10n.t(
        'This is no address that vaibify clones from: https://host/path, ssh://host/path or user@host:path.',
      );
    case 'option':
      return l10n.t('The address begins with "-", and git would take it for an option.');
    case 'credentials':
      return l10n.t(
        'The address holds a password or a token, and this file is shared: take it away, and revoke it if it was ever committed.',
      );
  }
}

/** Why the name of a repository is refused. */
export function nameProblem(problem: NameProblem, name: string): string {
  switch (problem) {
    case 'empty':
      return l10n.t('The name of the repository is missing.');
    case 'reserved':
      return l10n.t('"{0}" is reserved: choose another name for the repository.', name);
    case 'path':
      return l10n.t('"{0}" is a path: the name of a repository is one plain word.', name);
    case 'option':
      return l10n.t('"{0}" begins with "-", and git would take it for an option.', name);
  }
}

/** Why valid YAML is not read. */
export function yamlRefusal(why: YamlRefusal): string {
  switch (why) {
    case 'depth':
      return l10n.t('Values are nested too deep to be read.');
    case 'aliases':
      return l10n.t('Aliases expand to more values than are read: write them out.');
    case 'cycle':
      return l10n.t('This alias has no end, or names nothing.');
    case 'tag':
      return l10n.t('Tags such as "!name" are not read: write a plain value.');
    case 'documents':
      return l10n.t('Only the first document of the file is read: take the others away.');
    case 'key':
      return l10n.t('A key must be a plain word.');
  }
}

/** `expected text`; `reads` is the value as YAML reads it when it is not in quotes. */
export function typeProblem(field: string, type: ValueType, reads: string | undefined): string {
  const name = printable(field);
  return reads === undefined
    ? l10n.t('"{0}": expected {1}.', name, typeWord(type))
    : l10n.t('"{0}": YAML reads this as {1}. Put it in quotes.', name, printable(reads));
}

/** The name of a type, as the end of a sentence. */
export function typeWord(type: ValueType): string {
  switch (type) {
    case 'text':
      return l10n.t('a text');
    case 'switch':
      return l10n.t('true or false');
    case 'integer':
      return l10n.t('an integer');
    case 'number':
      return l10n.t('a number');
    case 'list':
      return l10n.t('a list');
    case 'group':
      return l10n.t('a group of settings');
  }
}

/** A form, as the end of a sentence. */
export function form(rule: TextRule): string {
  switch (rule) {
    case 'project-name':
      return l10n.t(
        'at most 63 letters, digits, blanks, "_", "." or "-", the first a letter or a digit',
      );
    case 'absolute-path':
      return l10n.t('an absolute path inside the container');
    case 'package-version':
      return l10n.t('a version such as "3.12"');
  }
}

/** The numbers that are allowed, as the end of a sentence. */
export function range({ least, most, zero }: Data<'config-range'>): string {
  const numbers =
    most === undefined ? l10n.t('{0} or more', least) : l10n.t('{0} to {1}', least, most);
  return zero ? l10n.t('0, or {0}', numbers) : numbers;
}
