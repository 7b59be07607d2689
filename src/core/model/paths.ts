/**
 * A path inside a repository: POSIX separators, relative, no `.` or `..` segment, not empty.
 * Made by {@link toRepoPath} only, so whoever holds one need not fear where it leads (symbolic links
 * are the business of `core/system`, which refuses them when it opens the file).
 *
 * Bytes of a file name that are not UTF-8 are carried as lone surrogates U+DC80..U+DCFF, as Python's
 * `surrogateescape` does (PEP 383); `core/model/bytes.ts` converts both ways without loss.
 */
export type RepoPath = string & { readonly __repoPath: true };

/** Why a text is not a {@link RepoPath}. */
export type PathProblem = 'empty' | 'absolute' | 'escapes' | 'nul' | 'stdin';

/** The result of {@link toRepoPath}: a path, or the reason why there is none. */
export type PathResult =
  | { readonly ok: true; readonly path: RepoPath }
  | { readonly ok: false; readonly problem: PathProblem };

/** A drive letter or a backslash root: absolute where Windows reads the same file. */
const WINDOWS_ROOT = /^(?:[A-Za-z]:[\\/]|\\\\)/;

/** An empty, `.` or `..` segment: without one a path is its own normal form. */
const ODD_SEGMENT = /(?:^|\/)\.{0,2}(?:\/|$)/;

const refuse = (problem: PathProblem): PathResult => ({ ok: false, problem });

/**
 * Turns text from a manifest or a pipeline file into a contained path.
 * `./a//b` becomes `a/b`; `a/../b` becomes `b`; `../a` and `/a` are refused.
 * A lone `-` is refused: `sha256sum -c` would read standard input instead of a file.
 */
export function toRepoPath(text: string): PathResult {
  if (text === '') return refuse('empty');
  if (text === '-') return refuse('stdin');
  if (text.includes('\0')) return refuse('nul');
  if (text.startsWith('/') || WINDOWS_ROOT.test(text)) return refuse('absolute');
  return ODD_SEGMENT.test(text) ? normalised(text) : { ok: true, path: text as RepoPath };
}

function normalised(text: string): PathResult {
  const kept: string[] = [];
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.pop() === undefined) return refuse('escapes');
  }
  return kept.length === 0 ? refuse('empty') : { ok: true, path: kept.join('/') as RepoPath };
}

/**
 * Orders by Unicode code point, which is the order of the UTF-8 bytes, of Python's `sorted` and of
 * `LC_ALL=C sort`. JavaScript's own order compares UTF-16 units and differs above U+FFFF.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Both strings are equal before i. When the units differ inside a surrogate pair, the higher
    // code point is the one that has a pair there at all.
    return (a.codePointAt(i) ?? x) - (b.codePointAt(i) ?? y) || x - y;
  }
  return a.length - b.length;
}

/** The directory part of a path, `''` for one at the top. */
export function parentOf(path: RepoPath): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
