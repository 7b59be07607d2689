/** Reads a commit through git's plumbing; nothing that a repository configures is started. */
import path from 'node:path';
import { decodeText } from '../model/bytes.js';
import { makeDirectory } from '../system/temporary.js';
import { environmentOf, run } from '../system/processes.js';
import { writeAtomic } from '../system/files.js';

/** Git could not do it; `message` is its last word, fit for a sentence of ours. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly code = 'git';
}

/** A commit of a repository on this disk. */
export interface Commit {
  /** The top of the work tree. */
  readonly gitRoot: string;
  /** The object's name, 40 or 64 hexadecimal digits. */
  readonly id: string;
  /** When it was committed, in seconds since 1970. */
  readonly time: number;
}

/** What a commit holds under one name. */
export type TreeEntry = 'file' | 'link' | 'submodule';

const ASK_MS = 60_000;
const CHECKOUT_MS = 3_600_000;
/** The largest document that is taken out of a commit. */
const MOST_BLOB = 64 << 20;

/**
 * Nobody is asked and nothing is fetched: a partial clone would start the transport that the
 * repository names, and `ext::` is any program at all.
 */
const QUIET = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_OPTIONAL_LOCKS: '0',
  // A stranger's clone has no replacements.
  GIT_NO_REPLACE_OBJECTS: '1',
  LC_ALL: 'C',
};
const NO_HELPERS = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false'];

/**
 * The commit that is checked out; `undefined` before the first one.
 * @throws GitError when git is not installed or refuses the repository.
 */
export async function headOf(gitRoot: string, signal?: AbortSignal): Promise<Commit | undefined> {
  const asked = await git(gitRoot, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
    signal,
    statuses: [0, 1],
  });
  const id = asked.trim();
  if (id === '') return undefined;
  const text = await git(gitRoot, ['cat-file', 'commit', id], { signal });
  const time = /^committer [^\n]*> (\d+) [-+]\d{4}$/m.exec(text)?.[1];
  return { gitRoot, id, time: Number(time ?? 0) };
}

/**
 * What a commit holds, by the full name of each file.
 * @throws GitError
 */
export async function treeOf(
  { gitRoot, id }: Commit,
  signal?: AbortSignal,
): Promise<Map<string, TreeEntry>> {
  const entries = new Map<string, TreeEntry>();
  const take = (line: string): void => {
    const [, mode, name] = /^(\d{6}) \w+ \w+\t(.*)$/.exec(line) ?? [];
    if (mode !== undefined && name !== undefined)
      entries.set(unquoted(name), KINDS[mode] ?? 'file');
  };
  let rest = '';
  await git(gitRoot, ['-c', 'core.quotePath=true', 'ls-tree', '-r', '--full-tree', id], {
    signal,
    onOutput: (text, stream) => {
      if (stream === 'stderr') return;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(take);
    },
  });
  return entries;
}

const KINDS: Readonly<Record<string, TreeEntry>> = { '120000': 'link', '160000': 'submodule' };

/**
 * The text of a file of a commit, named in full; bytes that are not UTF-8 are U+FFFD.
 * @throws GitError when it is not there or larger than 64 MiB.
 */
export async function textIn(
  { gitRoot, id }: Commit,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  await git(gitRoot, ['cat-file', 'blob', `${id}:${name}`], {
    signal,
    onOutput: (text, stream) => {
      if (stream === 'stderr') return;
      length += text.length;
      if (length <= MOST_BLOB) pieces.push(text);
    },
  });
  if (length > MOST_BLOB) throw new GitError(`${name} is too large`);
  return pieces.join('');
}

/**
 * Writes every file of a commit into an empty directory, as a fresh clone without configuration has
 * them: attributes of the repository hold, filters (Git LFS among them) do not run. The objects are
 * read where they are; the repository itself is neither written to nor are its settings read.
 * @throws GitError
 */
export async function checkOut(
  commit: Commit,
  { copy, scratch, signal }: { copy: string; scratch: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const asked = await git(
    commit.gitRoot,
    ['rev-parse', '--show-object-format', '--git-path', 'objects'],
    { signal },
  );
  const [format = 'sha1', objects = ''] = asked.split('\n');
  const own = path.join(scratch, 'git');
  const alone = {
    signal,
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_ATTR_NOSYSTEM: '1' },
  };
  const init = ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, own];
  await git(scratch, init, alone);
  await makeDirectory(path.join(own, 'objects', 'info'));
  const alternates = Buffer.from(`${path.resolve(commit.gitRoot, objects)}\n`);
  await writeAtomic(path.join(own, 'objects', 'info', 'alternates'), alternates);
  const settings = ['core.autocrlf=false', 'core.attributesFile=/dev/null', 'core.bare=false'];
  await git(
    copy,
    [
      ...settings.flatMap((each) => ['-c', each]),
      ...[`--git-dir=${own}`, `--work-tree=${copy}`],
      ...['read-tree', '--reset', '-u', commit.id],
    ],
    { ...alone, timeoutMs: CHECKOUT_MS },
  );
}

interface GitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Exit statuses that are answers; default 0. */
  readonly statuses?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

async function git(cwd: string, args: readonly string[], options: GitOptions): Promise<string> {
  const { signal, statuses = [0], env = {}, timeoutMs = ASK_MS, onOutput } = options;
  const result = await run('git', [...NO_HELPERS, ...args], {
    cwd,
    timeoutMs,
    signal,
    env: environmentOf(['XDG_CONFIG_HOME'], { ...QUIET, ...env }),
    ...(onOutput === undefined ? {} : { onOutput }),
  });
  signal?.throwIfAborted();
  if (result.outcome === 'exited' && statuses.includes(result.status ?? -1)) return result.stdout;
  if (result.outcome === 'not-found') throw new GitError('git is not installed');
  const last = result.stderr
    .trim()
    .split('\n')
    .findLast((line) => line !== '');
  throw new GitError(last ?? result.reason ?? result.outcome);
}

const ESCAPES: Readonly<Record<string, number>> = {
  ...{ a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 },
  ...{ '"': 0x22, '\\': 0x5c },
};

/** A name as git quotes it, so that bytes which are no UTF-8 come through (`quote.c`). */
function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes = [...name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|[^\\]/g)].map(
    ([whole, octal, escaped]) => {
      if (octal !== undefined) return Number.parseInt(octal, 8);
      return escaped === undefined ? whole.charCodeAt(0) : (ESCAPES[escaped] ?? 0x3f);
    },
  );
  return decodeText(Uint8Array.from(bytes));
}
