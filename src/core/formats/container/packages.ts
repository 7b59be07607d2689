/** Which packages a command installs, and whether a version of each is given. */
import type { PackageManager } from '../../model/findings/config.js';
import type { ShellWord } from '../shell/words.js';

/** What one command installs. */
export interface Install {
  readonly manager: PackageManager;
  /** The words behind `install` that are no options nor their values. */
  readonly packages: readonly ShellWord[];
  /** pip alone: whether it was told to refuse what has no hash. */
  readonly requiresHashes: boolean;
  /** The word `install`. */
  readonly verb: ShellWord;
}

/** Words before a program that leave it the program. */
const PREFIXES: ReadonlySet<string> = new Set(
  'sudo env exec time command nice nohup xargs eatmydata then do else elif if while until ! {'.split(
    ' ',
  ),
);
const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/;

/** Options whose value is a word of its own. */
const WITH_VALUE: Readonly<Record<PackageManager, ReadonlySet<string>>> = {
  apt: new Set(
    '-o --option -t --target-release --default-release -c --config-file -a --host-architecture'.split(
      ' ',
    ),
  ),
  pip: new Set(
    (
      '-r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url ' +
      '-f --find-links --platform --python-version --implementation --abi --root --prefix --src ' +
      '-b --build --no-binary --only-binary --upgrade-strategy --progress-bar --log --proxy ' +
      '--retries --timeout --exists-action --trusted-host --cert --client-cert --cache-dir ' +
      '--config-settings -C --global-option --report --use-feature --python -p --group'
    ).split(' '),
  ),
  conda: new Set(
    '-n --name -p --prefix -c --channel -f --file --repodata-fn --solver --platform'.split(' '),
  ),
};

const MANAGERS: readonly (readonly [RegExp, PackageManager])[] = [
  [/^(?:apt|apt-get|aptitude)$/, 'apt'],
  [/^pip[\d.]*$/, 'pip'],
  [/^(?:conda|mamba|micromamba)$/, 'conda'],
];

/** The words of a command from its program on. */
export function program(words: readonly ShellWord[]): readonly ShellWord[] {
  let at = 0;
  let prefixed = false;
  for (; at < words.length; at++) {
    const text = words[at]?.text ?? '';
    if (PREFIXES.has(text)) prefixed = true;
    else if (!ASSIGNMENT.test(text) && !(prefixed && text.startsWith('-'))) break;
  }
  return words.slice(at);
}

/** The name of a program without its directories. */
export const baseName = (word: ShellWord | undefined): string =>
  word?.text.slice(word.text.lastIndexOf('/') + 1) ?? '';

/** What a command installs; `undefined` for every other command. */
export function installOf(words: readonly ShellWord[]): Install | undefined {
  const own = managerWords(program(words));
  const manager = MANAGERS.find(([name]) => name.test(baseName(own[0])))?.[1];
  if (manager === undefined) return undefined;
  const [verb, ...others] = withoutOptions(own.slice(1), manager);
  if (verb?.text !== 'install') return undefined;
  const requiresHashes = own.some(({ text }) => text === '--require-hashes');
  const packages = others.flatMap((word) => (manager === 'apt' ? split(word) : [word]));
  return { manager, packages, requiresHashes, verb };
}

/** `python -m pip` and `uv pip` are pip. */
function managerWords(words: readonly ShellWord[]): readonly ShellWord[] {
  const [first, second, third] = words;
  if (/^python[\d.]*$/.test(baseName(first)) && second?.text === '-m') {
    return third === undefined ? [] : words.slice(2);
  }
  return baseName(first) === 'uv' ? words.slice(1) : words;
}

/** The words that are no options of a manager, nor their values. */
export function withoutOptions<Word extends ShellWord>(
  words: readonly Word[],
  manager: PackageManager,
): Word[] {
  const kept: Word[] = [];
  let skip = false;
  for (const word of words) {
    if (skip) skip = false;
    else if (!word.text.startsWith('-')) kept.push(word);
    else skip = WITH_VALUE[manager].has(word.text);
  }
  return kept;
}

/** The value of a variable may name several packages. */
const split = (word: ShellWord): ShellWord[] =>
  word.text
    .split(/\s+/)
    .filter((text) => text !== '')
    .map((text) => ({ ...word, text }));

/** A file that lies there: its bytes are fixed by where it comes from, not by a version. */
const LOCAL = /^\.{0,2}\/|^\.{1,2}$|^~/;
const EXACT = /^[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?\s*={2,3}\s*[^\s*,;=]+$/;
const GIT_COMMIT = /@[0-9a-f]{40}(?:#|$)/;
const URL_DIGEST = /#(?:.*&)?sha256=[0-9a-fA-F]{64}(?:&|$)/;

/** No requirement is longer; the expressions below take their time over ones that are. */
const LONGEST = 1000;

/** Whether an exact version is asked for; `undefined` for what is no package of an index. */
export function isPinned(manager: PackageManager, text: string): boolean | undefined {
  if (text.length > LONGEST) return false;
  if (LOCAL.test(text)) return undefined;
  switch (manager) {
    case 'apt':
      // `name-` takes a package away.
      return text.endsWith('-') ? undefined : /^[^=]+=[^=]/.test(text);
    case 'conda':
      return /^[^=<>!]+={1,2}[^=<>*,|]+(?:=[^=]+)?$/.test(text);
    case 'pip':
      return isPinnedRequirement(text);
  }
}

function isPinnedRequirement(text: string): boolean | undefined {
  if (text.includes('://')) return GIT_COMMIT.test(text) || URL_DIGEST.test(text);
  if (/\.(?:whl|zip|tar\.gz)$/.test(text)) return undefined;
  return EXACT.test((text.split(';', 1)[0] ?? '').trim());
}

/** The name in a package's text: what stands before a version, an extra or a marker. */
export const packageName = (text: string): string =>
  text.includes('://') ? withoutUser(text) : (/^[^=<>!~;[\s@]+/.exec(text)?.[0] ?? text);

/** An address without the user, password or token before its host: messages end up in logs. */
export const withoutUser = (url: string): string => url.replace(/:\/\/[^/\s]*@/, '://');
