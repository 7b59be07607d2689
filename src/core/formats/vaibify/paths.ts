/**
 * How vaibify turns a declaration into a path of the repository: docs/vaibify.md, section 4,
 * confirmed there by running it. Where that surprises, the surprise is kept: a manifest that vaibify
 * wrote must be read as vaibify meant it.
 */

/** Blanks as Python's `str.split()` takes them. */
const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
/** Longest text that tokens are replaced in: `{a}` twice in b, `{b}` twice in c, ... doubles at each. */
const LONGEST = 16_384;

/** `posixpath.normpath` of Python: no file system is asked. */
export function normpath(path: string): string {
  if (path === '') return '.';
  // POSIX leaves the meaning of exactly two leading slashes to the system, so they stay two.
  const root = /^\/\/(?!\/)/.test(path) ? '//' : path.startsWith('/') ? '/' : '';
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..' || (root === '' && (kept.length === 0 || kept.at(-1) === '..'))) {
      kept.push(part);
    } else {
      kept.pop();
    }
  }
  return root + kept.join('/') || '.';
}

/** `posixpath.join` of two parts. */
export function join(directory: string, path: string): string {
  if (path.startsWith('/') || directory === '') return path;
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`;
}

/** Normalises, then drops one leading `/workspace/`, or else all leading slashes. */
export function stripWorkspace(path: string): string {
  const normal = normpath(path);
  if (normal === '/workspace') return '';
  if (normal.startsWith('/workspace/')) return normal.slice('/workspace/'.length);
  return normal.replace(/^\/+/, '');
}

/** Joined with the step's directory and relative to the repository. */
export const joined = (directory: string, path: string): string =>
  stripWorkspace(join(directory, path));

/**
 * Replaces `{key}` by the document's own top-level strings, one key after the other: a value may
 * hold a token of a later key. `undefined` when a brace is left, or when the text grows beyond all
 * bounds.
 */
export function resolveTokens(
  text: string,
  tokens: ReadonlyMap<string, string>,
): string | undefined {
  let resolved = text;
  for (const [key, value] of tokens) {
    if (!resolved.includes('{')) break;
    const pieces = resolved.split(`{${key}}`);
    if (resolved.length + (pieces.length - 1) * value.length > LONGEST) return undefined;
    resolved = pieces.join(value);
  }
  return resolved.includes('{') ? undefined : resolved;
}

/** One word of a command, and where it begins. */
export interface Word {
  readonly text: string;
  readonly at: number;
}

/** The words of a command, split at blanks; quotes mean nothing. */
export function words(command: string): Word[] {
  const found: Word[] = [];
  let at = 0;
  // The separators are kept by the group, every other piece is a word.
  for (const [index, piece] of command.split(new RegExp(`(${BLANKS.source})`)).entries()) {
    if (index % 2 === 0 && piece !== '') found.push({ text: piece, at });
    at += piece.length;
  }
  return found;
}

/**
 * The script that a command runs: its first word, or behind exactly `python` or `python3` the first
 * word that ends in `.py`, past options only.
 */
export function scriptOf(command: string): Word | undefined {
  const [first, ...rest] = words(command);
  if (first === undefined) return undefined;
  if (first.text !== 'python' && first.text !== 'python3') {
    return first.text.endsWith('.py') ? first : undefined;
  }
  const next = rest.find(({ text }) => text.endsWith('.py') || !text.startsWith('-'));
  return next?.text.endsWith('.py') === true ? next : undefined;
}

/** The scripts among a test command's words. */
export const testScriptsOf = (command: string): Word[] =>
  words(command).filter(({ text }) => text.endsWith('.py') && !text.startsWith('-'));

/**
 * What the migration to schema 2 makes of an absolute container path in an output: without the
 * step's directory, else without the repository's.
 */
export function migrateOutput(text: string, directory: string, root: string | undefined): string {
  if (root === undefined || directory.startsWith('/') || !text.startsWith('/')) return text;
  return below(text, join(root, directory)) ?? below(text, root) ?? text;
}

/** The part of an absolute path below a directory; `''` for the directory itself. */
export function below(path: string, directory: string): string | undefined {
  const normal = normpath(path);
  const top = normpath(directory);
  if (normal === top) return '';
  return normal.startsWith(`${top}/`) ? normal.slice(top.length + 1) : undefined;
}

/** A JSON number as Python's `str` prints it. `raw` is its spelling in the document. */
export function pythonNumber(raw: string): string {
  if (/^-?\d+$/.test(raw)) return raw === '-0' ? '0' : raw;
  const value = Number(raw);
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16) return `${digits}e${power < 0 ? '-' : '+'}${twoDigits(power)}`;
  // Down to 1e-6 and up to 1e21 JavaScript prints the same digits without an exponent.
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

const twoDigits = (power: number): string => String(Math.abs(power)).padStart(2, '0');
