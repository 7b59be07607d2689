/** tar: names, times, owners and the header of gzip (docs/nondeterminism.md, section 2). */
import { parseShell } from '../../formats/shell/shell.js';
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { behind, hit, instead } from '../hit.js';
import type { Hit, UnitEdit } from '../hit.js';
import { readOptions, valueText } from '../shell/options.js';
import type { Options, Spelling } from '../shell/options.js';
import { nameOf, own } from '../shell/scope.js';
import type { Scope } from '../shell/scope.js';

const TARS: ReadonlySet<string> = new Set(['tar', 'gtar', 'gnutar']);

export const TAR: Spelling = {
  short: {
    ...{ c: 'create', r: 'append', u: 'update', x: 'extract', t: 'list', A: 'catenate' },
    ...{ f: 'file', C: 'directory', T: 'files-from', X: 'exclude-from', H: 'format' },
    ...{ z: 'gzip', I: 'use-compress-program', a: 'auto-compress' },
    ...{ b: 'blocking-factor', F: 'info-script', g: 'listed-incremental', K: 'starting-file' },
    ...{ L: 'tape-length', N: 'newer', V: 'label' },
  },
  valued: new Set(
    (
      'file directory files-from exclude-from format use-compress-program blocking-factor ' +
      'info-script listed-incremental starting-file tape-length newer label owner group mtime sort ' +
      'exclude transform xform pax-option mode owner-map group-map strip-components add-file'
    ).split(' '),
  ),
};

/** One time for all files: that of the documentation of FixOps. */
const MTIME = '2023-01-01Z';
const PAX = '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime';

/** What is said of a command that makes an archive with tar. */
export function tarHits(command: ShellCommand, scope: Scope): Hit[] {
  if (!TARS.has(nameOf(command))) return [];
  const [tar, ...words] = own(command);
  const all = [...words.flatMap((word) => expanded(word, scope)), ...fromVariable(command, scope)];
  const options = readOptions(all, TAR, { bare: true });
  const { given } = options;
  const writes = ['create', 'append', 'update'].some((name) => given.has(name));
  if (tar === undefined || !writes) return [];
  const header = gzipHits(command, options, scope);
  if (words.some((word) => isUnknownFlags(word, scope))) return header;
  const add = (option: string): UnitEdit[] => [behind(options.clusterEnd ?? tar, ` ${option}`)];
  return [...memberHits(tar, options, add), ...header];
}

function memberHits(tar: ShellWord, options: Options, add: (option: string) => UnitEdit[]): Hit[] {
  const { given } = options;
  const hits: Hit[] = [];
  if (valueText(given.get('sort')) !== 'name' && !isListed(options)) {
    const edits = given.has('sort') ? [] : add('--sort=name');
    hits.push(hit('warning', { code: 'lint-tar-order' }, tar, edits));
  }
  const mtime = valueText(given.get('mtime'));
  if (mtime === undefined || /\b(?:now|today|yesterday|tomorrow)\b/.test(mtime)) {
    const edits = mtime === undefined ? add(`--mtime=${MTIME}`) : [];
    hits.push(hit('warning', { code: 'lint-tar-mtime' }, tar, edits));
  }
  const missing = missingOwner(options);
  if (missing.length > 0) {
    hits.push(hit('warning', { code: 'lint-tar-owner', missing }, tar, add(missing.join(' '))));
  }
  if (storesTimes(options)) {
    const edits = given.has('pax-option') ? [] : add(PAX);
    hits.push(hit('warning', { code: 'lint-tar-pax' }, tar, edits));
  }
  return hits;
}

/** Whether the command itself names every member: files in their order, or a list. */
function isListed({ given, operands }: Options): boolean {
  if (given.has('files-from')) return true;
  return operands.length > 0 && operands.every(({ text, glob }) => !glob && isFileName(text));
}

/** A name that no directory has. */
export const isFileName = (text: string): boolean => /[^/]\.[A-Za-z][A-Za-z0-9]{0,5}$/.test(text);

function missingOwner({ given }: Options): string[] {
  // `name:id` says both.
  const both = ['owner', 'group'].every(
    (name) => valueText(given.get(name))?.includes(':') === true,
  );
  const missing = ['owner', 'group']
    .filter((name) => !given.has(name))
    .map((name) => `--${name}=0`);
  return given.has('numeric-owner') || both ? missing : [...missing, '--numeric-owner'];
}

/** The POSIX format stores times of access and change unless it is told not to. */
function storesTimes({ given }: Options): boolean {
  const pax = valueText(given.get('pax-option')) ?? '';
  const format = valueText(given.get('format'));
  const isPosix =
    format === 'posix' || format === 'pax' || given.has('posix') || given.has('pax-option');
  const isQuiet = /delete=atime/.test(pax) && /delete=ctime/.test(pax);
  return isPosix && !isQuiet && !/[ac]time:=/.test(pax);
}

/** Whether variables tell gzip to leave the name and the time out. */
export const isNameless = (options: string | undefined): boolean =>
  /(?:^|\s)(?:-[0-9a-zA-Z]*n|--no-name)/.test(options ?? '');

function gzipHits(command: ShellCommand, { given }: Options, scope: Scope): Hit[] {
  if (isNameless(scope.variableOf(command, 'GZIP'))) return [];
  const data = { code: 'lint-gzip-header', by: 'tar' } as const;
  const program = given.get('use-compress-program');
  if (program !== undefined) {
    const text = valueText(program) ?? '';
    if (!/^(?:\S*\/)?(?:gzip|pigz)\b/.test(text) || isNameless(text)) return [];
    return [hit('warning', data, program.word)];
  }
  const gzip = given.get('gzip') ?? given.get('gunzip') ?? given.get('ungzip');
  const archive = valueText(given.get('file')) ?? '';
  const auto = /\.(?:gz|tgz|taz)$/.test(archive) ? given.get('auto-compress') : undefined;
  const by = gzip ?? auto;
  return by === undefined ? [] : [hit('warning', data, by.word, withoutZ(by.word))];
}

/** `-czf` becomes the option that runs `gzip -n`, and `-cf`. */
function withoutZ(word: ShellWord): UnitEdit[] {
  const { text, start, end } = word;
  // Only then are the units of the text those of the script.
  if (word.inner !== start || end - start !== text.length) return [];
  const option = "--use-compress-program='gzip -n'";
  if (text.startsWith('--')) return [instead(word, option)];
  // A cluster without a dash must stay the first word, and of values after `f` nobody knows.
  if (!/^-[a-zA-Z]+$/.test(text) || !/[za]/.test(text)) return [];
  const letters = text.replace(/[za]/, '');
  return [instead(word, letters === '-' ? option : `${option} ${letters}`)];
}

/** A word that is one variable of the script, as the words that it holds. */
function expanded(word: ShellWord, scope: Scope): ShellWord[] {
  const [variable] = word.variables;
  if (variable?.start !== word.start || variable.end < word.end - 1) return [word];
  const text = scope.variable(variable.name);
  return text === undefined ? [word] : wordsIn(text, word);
}

/** The words of a text, all at the place of another word. */
const wordsIn = (text: string, at: ShellWord): ShellWord[] =>
  (parseShell(text).commands[0]?.words ?? []).map(({ text: each, glob }) => ({
    ...{ text: each, glob, start: at.start, end: at.end, variables: [] },
  }));

/** tar reads options from the environment too. */
function fromVariable(command: ShellCommand, scope: Scope): ShellWord[] {
  const [tar] = own(command);
  const text = scope.variableOf(command, 'TAR_OPTIONS');
  return text === undefined || tar === undefined ? [] : wordsIn(text, tar);
}

/** `$TAR_FLAGS` of which nothing is known may hold everything that is missing. */
function isUnknownFlags(word: ShellWord, scope: Scope): boolean {
  return word.variables.some(
    ({ name }) => /opt|flag|arg|[@*]/i.test(name) && scope.variable(name) === undefined,
  );
}
