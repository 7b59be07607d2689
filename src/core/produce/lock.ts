import { parseLock } from '../formats/lock/lock.js';
import type { Lock, LockEntry } from '../model/envelope.js';
import { decodeText } from '../model/bytes.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import { compareCodePoints } from '../model/paths.js';
import type { RepoPath } from '../model/paths.js';
import { absolutePath, sha256, writeAtomic } from '../system/files.js';
import { readInside } from '../system/inside.js';
import { withTemporary } from '../system/temporary.js';
import { findPython } from '../verify/dependenciesPython.js';
import { findInput } from './lockInput.js';
import { generate } from './lockTool.js';
import type { Generated } from './lockTool.js';

/** One package that a new lock adds, changes or drops. */
export interface LockChange {
  readonly name: string;
  /** Versions; equal when only the hashes differ. */
  readonly from?: string;
  readonly to?: string;
}

/** What generating a lock would do. Nothing is written yet. */
export interface LockPlan {
  readonly root: string;
  readonly lock: RepoPath;
  /** The file that says what to lock; absent when there is none. */
  readonly input?: RepoPath;
  /** `uv 0.5.1`, `pip-compile 7.4.1`, `pip 23.2.1`; absent when none ran. */
  readonly tool?: string;
  readonly added: readonly LockChange[];
  readonly changed: readonly LockChange[];
  readonly removed: readonly LockChange[];
  /** Every reason not to write; a plan with an obstacle cannot be carried out. */
  readonly obstacles: readonly Finding[];
  /** What the new lock says; absent when none was made. */
  readonly parsed?: Lock;
  readonly bytes: Buffer;
  /** Whether the bytes differ from those on disk, be it only in comments. */
  readonly differs: boolean;
  /** Digest of the lock that the plan replaces; absent when there was none. */
  readonly replaces?: Sha256;
}

/** How a lock is generated. */
export interface LockPlanOptions {
  /** The interpreter whose packages are chosen; default: `python3` or `python`. */
  readonly python?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For one run of a tool; default 10 minutes. */
  readonly timeoutMs?: number;
  /** Told what the tool prints; it may hold credentials, so it is not for showing. */
  readonly onOutput?: (text: string) => void;
}

const TOOL_MS = 600_000;
const LIMIT = 64 << 20;
const LOCK = 'requirements.lock' as RepoPath;

/**
 * Generates a lock beside the project and compares it with the one on disk. What the tool made is
 * read back: a lock that does not pin everything, or that holds a password, is an obstacle.
 *
 * @throws `AbortError` when the signal fires.
 */
export async function planLock(root: string, options: LockPlanOptions = {}): Promise<LockPlan> {
  const old = await readInside(root, LOCK, { limit: LIMIT });
  const found = await findInput(root);
  const base = { root, lock: LOCK, ...(old === undefined ? {} : { replaces: sha256(old) }) };
  if (!found.ok) {
    const input = found.file === undefined ? {} : { input: found.file };
    return { ...base, ...input, ...NOTHING, obstacles: found.obstacles };
  }
  const python = await findPython(root, options);
  options.signal?.throwIfAborted();
  const { input } = found;
  const before = old === undefined ? [] : parseLock(decodeText(old), LOCK, sha256(old)).entries;
  const made = await withTemporary((directory) =>
    generate({
      ...{ root, input, old: before, directory, python },
      chosen: options.python !== undefined,
      timeoutMs: options.timeoutMs ?? TOOL_MS,
      signal: options.signal,
      onOutput: options.onOutput,
    }),
  );
  return { ...base, input: input.file, ...planned(made, before, old) };
}

const NOTHING = {
  added: [],
  changed: [],
  removed: [],
  bytes: Buffer.alloc(0),
  differs: false,
} as const;

type Planned = Omit<LockPlan, 'root' | 'lock' | 'input' | 'replaces'>;

function planned(
  made: Generated,
  before: readonly LockEntry[],
  old: Uint8Array | undefined,
): Planned {
  const tool = made.tool === undefined ? {} : { tool: made.tool };
  if (!made.ok) return { ...tool, ...NOTHING, obstacles: made.obstacles };
  const bytes = Buffer.from(made.text, 'utf8');
  const parsed = parseLock(made.text, LOCK, sha256(bytes));
  return {
    ...tool,
    ...changes(before, parsed.entries),
    obstacles: parsed.findings
      .filter(({ code, severity }) => severity === 'error' || code === 'lock-credentials')
      .map((finding) => ({ ...finding, severity: 'error' })),
    parsed,
    bytes,
    differs: old === undefined || !bytes.equals(old),
  };
}

function changes(
  before: readonly LockEntry[],
  after: readonly LockEntry[],
): Pick<LockPlan, 'added' | 'changed' | 'removed'> {
  const [old, fresh] = [byName(before), byName(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort(compareCodePoints);
  const all = names.map((name) => ({ name, was: old.get(name), is: fresh.get(name) }));
  const change = ({ name, was, is }: (typeof all)[number]): LockChange => ({
    name,
    ...(was === undefined ? {} : { from: was.versions }),
    ...(is === undefined ? {} : { to: is.versions }),
  });
  return {
    added: all.filter(({ was }) => was === undefined).map(change),
    changed: all
      .filter(({ was, is }) => was !== undefined && is !== undefined && was.all !== is.all)
      .map(change),
    removed: all.filter(({ is }) => is === undefined).map(change),
  };
}

/** A package may stand there more than once, for several markers. */
function byName(entries: readonly LockEntry[]): Map<string, { versions: string; all: string }> {
  const found = new Map<string, { versions: string; all: string }>();
  for (const { name, version = '?', digests, url = '' } of entries) {
    const before = found.get(name);
    const all = [version, url, ...[...digests].sort()].join(' ');
    found.set(name, {
      versions: before === undefined ? version : `${before.versions}, ${version}`,
      all: before === undefined ? all : `${before.all}\n${all}`,
    });
  }
  return found;
}

/**
 * Writes a plan: atomically, and only if the lock on disk is still the one that the plan was compared
 * with.
 *
 * @throws LockChangedError when it is not; the I/O error when writing fails. Either way the old lock
 * stays as it was.
 */
export async function writeLock(plan: LockPlan): Promise<void> {
  if (plan.obstacles.length > 0) throw new Error('a plan with obstacles cannot be written');
  const now = await readInside(plan.root, plan.lock, { limit: LIMIT });
  if ((now === undefined ? undefined : sha256(now)) !== plan.replaces) {
    throw new LockChangedError(plan.lock);
  }
  await writeAtomic(absolutePath(plan.root, plan.lock), plan.bytes, { within: plan.root });
}

/** The lock was changed by someone else after the plan was shown. */
export class LockChangedError extends Error {
  readonly code = 'lock-changed';
  readonly file: RepoPath;

  constructor(file: RepoPath) {
    super(`${file} changed since the plan was made`);
    this.name = 'LockChangedError';
    this.file = file;
  }
}
