import type { TestAxis } from '../../model/findings/level.js';
import type { BlobId, TestMarker } from '../../model/gates.js';
import { toRepoPath } from '../../model/paths.js';
import type { RepoPath } from '../../model/paths.js';
import { JsonText, member, members } from './json.js';
import type { Node } from './json.js';
import { normpath } from './paths.js';
import { stringOf } from './reader.js';
import { parseTime } from './state.js';

/** The directory of test markers, relative to the root. */
export const MARKERS = '.vaibify/test_markers' as RepoPath;
/** The largest marker that is read, in bytes. */
export const MARKER_LIMIT = 1 << 20;
/** Files that one marker may name. */
const MOST_FILES = 10_000;

const AXES: readonly TestAxis[] = ['integrity', 'qualitative', 'quantitative'];
const BLOB = /^[0-9a-f]{40}$/;

/**
 * The directories that may hold a project's markers, nearest first (docs/levels.md): that of the
 * project's own file name; `default`, which the tests take when they find no project file; and, from
 * May 2026, the one above.
 */
export function markerDirectories(projectFile: RepoPath): RepoPath[] {
  const base = projectFile.slice(projectFile.lastIndexOf('/') + 1).replace(/\.json$/, '');
  const own = base === '' ? [] : [`${MARKERS}/${base}` as RepoPath];
  return [...new Set([...own, `${MARKERS}/default` as RepoPath, MARKERS])];
}

/**
 * The file names that a step's marker may have. The tests write the normalised directory with `_` for
 * `/`, and `.json` for the top; vaibify's dashboard looks for the directory as it is spelled.
 */
export function markerNames(directory: string): string[] {
  const normal = normalDirectory(directory);
  const spelled = directory.replace(/^\/+|\/+$/g, '');
  return [...new Set([normal, spelled, ...(normal === '' ? ['.'] : [])])].map(
    (name) => `${name.replaceAll('/', '_')}.json`,
  );
}

/** A step's directory as markers spell it: `''` for the top. */
export function normalDirectory(directory: string): string {
  const normal = normpath(directory);
  return normal === '.' ? '' : normal;
}

/**
 * Reads a marker. Nothing for a text that is none, names no time, or names a file that is no path of
 * the repository: such a marker proves nothing.
 */
export function parseMarker(text: string): TestMarker | undefined {
  const { root, problems } = new JsonText(text);
  if (root?.type !== 'object' || problems.length > 0) return undefined;
  const ranAt = parseTime(stringOf(member(root, 'sRunAtUtc')));
  const outputs = hashesOf(member(root, 'dictOutputHashes'));
  const inputs = hashesOf(member(root, 'dictInputHashes'));
  if (ranAt === undefined || outputs === undefined || inputs === undefined) return undefined;
  return {
    directory: normalDirectory(stringOf(member(root, 'sDirectory')) ?? ''),
    label: stringOf(member(root, 'sLabel')) ?? '',
    // A session that ends otherwise than with 0 failed, also where no test was reached.
    failed: member(root, 'iExitStatus')?.value !== 0,
    ranAt,
    failures: failuresOf(member(root, 'dictCategories')),
    outputs,
    inputs,
  };
}

function failuresOf(categories: Node | undefined): Map<TestAxis, number> {
  const failures = new Map<TestAxis, number>();
  for (const axis of AXES) {
    const category = member(categories, axis);
    if (category?.type !== 'object') continue;
    const failed: unknown = member(category, 'iFailed')?.value ?? 0;
    failures.set(axis, typeof failed === 'number' ? failed : 1);
  }
  return failures;
}

function hashesOf(node: Node | undefined): Map<RepoPath, BlobId> | undefined {
  const hashes = new Map<RepoPath, BlobId>();
  const given = members(node);
  if (given.size > MOST_FILES) return undefined;
  for (const [name, value] of given) {
    const path = toRepoPath(name);
    const id = stringOf(value)?.toLowerCase() ?? '';
    if (!path.ok || !BLOB.test(id)) return undefined;
    hashes.set(path.path, id as BlobId);
  }
  return hashes;
}
