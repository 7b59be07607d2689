/** Versions of packages, and their hashes (docs/nondeterminism.md, section 4). */
import { isPinned, packageName, withoutOptions } from '../../formats/container/packages.js';
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import type { ConfigFinding, PackageManager } from '../../model/findings/config.js';
import { behind, instead } from '../hit.js';
import type { UnitEdit } from '../hit.js';

type Unpinned = Extract<ConfigFinding, { readonly code: 'package-not-pinned' }>;

/** What a package is called, and behind it what says which versions will do. */
const REQUIREMENT: Readonly<Record<PackageManager, RegExp>> = {
  apt: /^([a-z0-9][a-z0-9+.-]*(?::[a-z0-9-]+)?)(=?)$/,
  pip: /^([A-Za-z0-9][\w.-]*(?:\[[\w.,-]*\])?)(\s*(?:[<>=!~][\w.*+!,<>=~ -]*)?)$/,
  conda: /^((?:[\w./-]+::)?[A-Za-z0-9_][\w.-]*)(\s*(?:[<>=!~][\w.*+!,|<>=~ -]*)?)$/,
};
/** A repository without a user or a token in its address, and what is taken of it. */
const REPOSITORY =
  /^((?:[A-Za-z0-9][\w.-]*\s*@\s*)?git\+https:\/\/[\w.-]+(?:\/[\w.~-]+)+)(@[\w./-]+)?(?:#[\w.=&-]*)?$/;
/** No requirement is longer. */
const LONGEST = 1000;

/** Asks for a version of a package, of a repository for a commit. */
export function pinned(
  { manager, name }: Unpinned,
  { start, end }: { readonly start: number; readonly end: number },
  text: string,
): readonly UnitEdit[] {
  const raw = text.slice(start, Math.min(end, start + LONGEST));
  const quote = /^(["']).*\1$/s.test(raw) ? 1 : 0;
  const written = raw.slice(quote, raw.length - quote);
  // What a variable holds stands somewhere else, and so does what a redirection took away.
  if (packageName(written) !== name || /^[<>]/.test(text.slice(end, end + 1))) return [];
  const at = start + quote;
  if (manager === 'pip' && written.includes('://')) return commit(written, at);
  const [asked = ''] = manager === 'pip' ? written.split(';', 1) : [written];
  const [, own, versions = ''] = REQUIREMENT[manager].exec(asked.trimEnd()) ?? [];
  if (own === undefined) return [];
  const from = at + own.length;
  const replacement = manager === 'pip' ? '==VERSION' : '=VERSION';
  return [{ start: from, end: from + versions.length, replacement, blank: 'VERSION' }];
}

function commit(written: string, at: number): readonly UnitEdit[] {
  const [, address, ref = ''] = REPOSITORY.exec(written) ?? [];
  if (address === undefined) return [];
  const start = at + address.length;
  return [{ start, end: start + ref.length, replacement: '@COMMIT', blank: 'COMMIT' }];
}

/** Options of pip whose value names what is installed, and cannot have a hash on the command line. */
const OTHERS = /^(?:-e|--editable|-c|--constraint|--group|--pylock)/;
const LIST = /^(?:-r|--requirement)/;

/** Makes pip refuse what has no hash: in the lists that it reads, or in a lock in place of names. */
export function hashed({ words, redirects }: ShellCommand, verb: ShellWord): readonly UnitEdit[] {
  if (verb.text !== 'install' || verb.inner !== verb.start) return [];
  const rest = words.slice(words.indexOf(verb) + 1);
  const packages = withoutOptions(rest, 'pip');
  if (rest.some(({ text }) => OTHERS.test(text))) return [];
  const readsList = rest.some(({ text }) => LIST.test(text));
  const [first] = packages;
  const last = packages.at(-1);
  if (first === undefined || last === undefined) {
    return readsList ? [behind(verb, ' --require-hashes')] : [];
  }
  const isName = ({ text, variables }: ShellWord): boolean =>
    variables.length === 0 && !text.includes('://') && isPinned('pip', text) === true;
  const isTogether =
    rest.indexOf(last) - rest.indexOf(first) === packages.length - 1 &&
    !redirects.some(({ target }) => target.start > first.start && target.start < last.start);
  if (readsList || !isTogether || !packages.every(isName)) return [];
  // Which file holds the hashes is for a person to say; this is what ours is called.
  const lock = 'requirements.lock';
  const all = { start: first.start, end: last.end };
  return [{ ...instead(all, `--require-hashes -r ${lock}`), blank: lock }];
}
