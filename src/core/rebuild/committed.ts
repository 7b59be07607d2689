import type { RunStep } from '../formats/vaibify/run.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import type { Pin, Project } from '../model/project.js';
import { startOf } from '../projects/evidence.js';
import type { TreeEntry } from './commit.js';

/** What is asked of a commit. */
export interface Wanted {
  /** The pipeline document as it is in the folder, and in the commit. */
  readonly text: string;
  readonly committed: string | undefined;
  readonly steps: readonly RunStep[];
  readonly entries: readonly Pin[];
  readonly remade: ReadonlySet<RepoPath>;
  readonly single: boolean;
  /** What the commit holds, by full name. */
  readonly tree: ReadonlyMap<string, TreeEntry>;
  /** The project's root below the repository's. */
  readonly prefix: string;
}

/** Pinned files that are told one by one. */
const MOST = 200;

/**
 * What keeps a commit from being run: the document or a pinned file that no step makes is not in it,
 * or a link stands where something is to be read, made or run.
 */
export function commitFindings(project: Project, wanted: Wanted): Finding[] {
  const { file } = project;
  const found: Finding[] = [];
  const place = startOf(file);
  if (wanted.committed === undefined) {
    found.push({ code: 'rerun-not-committed', severity: 'error', path: file, place });
  } else if (unified(wanted.committed) !== unified(wanted.text)) {
    found.push({ code: 'rerun-other-in-commit', severity: 'error', path: file, place });
  }
  found.push(...entryFindings(project, wanted), ...linkFindings(project, wanted));
  return found;
}

/** Line ends are git's to change; nothing else is. */
const unified = (text: string): string => text.replaceAll('\r\n', '\n');

function entryFindings(
  { manifest, declared }: Project,
  { entries, remade, single, tree, prefix }: Wanted,
): Finding[] {
  // Of a single step the outputs of others may be missing: it need not read them.
  const elsewhere = new Set(single ? declared.filter(isMade).map(({ path }) => path) : []);
  const lacking = entries.filter(({ path }) => {
    if (remade.has(path) || elsewhere.has(path) || path === manifest.file) return false;
    return (tree.get(full(prefix, path)) ?? 'submodule') === 'submodule';
  });
  return lacking.slice(0, MOST).map(({ path, place }) => {
    return { code: 'rerun-not-committed', severity: 'error', path, place };
  });
}

const isMade = ({ role }: Project['declared'][number]): boolean =>
  role === 'output' || role === 'plot' || role === 'data';

/** Links are neither followed nor replaced: behind one lies what is not the copy's. */
function linkFindings(
  { manifest, file }: Project,
  { entries, remade, steps, tree, prefix }: Wanted,
): Finding[] {
  const links = new Set([...tree].flatMap(([name, kind]) => (kind === 'link' ? name : [])));
  if (links.size === 0) return [];
  const places = new Map(entries.map(({ path, place }) => [path, place]));
  const paths = new Set<RepoPath>([manifest.file, ...places.keys(), ...remade]);
  for (const { directory, scratch } of steps) {
    for (const each of [directory, ...scratch]) if (each !== '') paths.add(each);
  }
  const linked = [...paths].filter((each) => onLink(full(prefix, each), links));
  return linked.slice(0, MOST).map((each) => {
    const place = places.get(each) ?? startOf(file);
    return { code: 'rerun-link', severity: 'error', path: each, place };
  });
}

function onLink(name: string, links: ReadonlySet<string>): boolean {
  for (let end = name.length; end > 0; end = name.lastIndexOf('/', end - 1)) {
    if (links.has(name.slice(0, end))) return true;
  }
  return false;
}

const full = (prefix: string, path: string): string => (prefix === '' ? path : `${prefix}/${path}`);
