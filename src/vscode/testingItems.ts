import * as vscode from 'vscode';
import type { RepoPath } from '../core/model/paths.js';
import type { Place } from '../core/model/place.js';
import { projectKey } from '../core/model/project.js';
import type { Project } from '../core/model/project.js';
import type { FileEntry, Snapshot } from '../core/model/snapshot.js';
import type { Tier } from '../core/model/tier.js';
import { TIERS } from '../core/verify/tiers.js';
import { printable } from '../core/words/printable.js';
import { banner } from '../core/words/tiers.js';
import { locationOf, projectLabel, uriOf } from './places.js';

/** What an item stands for. Items hold a project's key, not its snapshot: that is looked up when run. */
export type TestNode = { readonly key: string } & (
  | { readonly kind: 'project' }
  | { readonly kind: 'tier'; readonly tier: Tier }
  /** The files of one step; without a label those of no step. */
  | { readonly kind: 'step'; readonly label: string | undefined }
  | { readonly kind: 'file'; readonly label: string | undefined; readonly path: RepoPath }
  /** The files of a step beyond those that have an item of their own. */
  | { readonly kind: 'rest'; readonly label: string | undefined }
);

/** An item before it is one of the editor's. */
export interface TestRow {
  readonly node: TestNode;
  /** Unique among its siblings, and the same after the project was read again. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly uri?: vscode.Uri;
  readonly range?: vscode.Range | undefined;
  readonly leaf: boolean;
}

/** Items below one step: the editor keeps a row of its own for every one of them. */
export const MOST_ITEMS = 2000;

/** The items of the first row: the projects. */
export const projectRows = (snapshots: readonly Snapshot[]): TestRow[] =>
  // A rebuild is begun by a person, for one release: no run of all tests may start it.
  snapshots
    .filter(({ project }) => project.kind !== 'plan')
    .map(({ project }) => ({
      node: { kind: 'project', key: projectKey(project) },
      id: idOf(project),
      label: printable(projectLabel(project, snapshots)),
      description: project.dialect,
      uri: uriOf(project.root, project.file),
      leaf: false,
    }));

/** The editor keeps NUL, which stands in our keys, to itself. */
export const idOf = (project: Project): string => projectKey(project).replace('\0', '\n');

/** The items below one of a project. */
export function rowsBelow(node: TestNode, snapshot: Snapshot): TestRow[] {
  switch (node.kind) {
    case 'project':
      return TIERS.filter(({ tier }) => tier === 1 || snapshot.project.kind !== 'manifest').map(
        ({ tier }) => tierRow(tier, node.key, snapshot.project),
      );
    case 'tier':
      return node.tier === 1 ? rowsOfArtifacts(node.key, snapshot) : [];
    case 'step':
      return fileRows(node, snapshot);
    case 'file':
    case 'rest':
      return [];
  }
}

function tierRow(tier: Tier, key: string, project: Project): TestRow {
  const file = evidenceOf(tier, project);
  return {
    node: { kind: 'tier', key, tier },
    id: `tier ${tier}`,
    label: banner(tier),
    ...(file === undefined ? {} : { description: file, uri: uriOf(project.root, file) }),
    leaf: tier !== 1,
  };
}

/** The document that a tier checks, if it exists. */
function evidenceOf(tier: Tier, { manifest, envelope, file }: Project): RepoPath | undefined {
  switch (tier) {
    case 1:
      return manifest.exists ? manifest.file : undefined;
    case 2:
      return envelope?.lock?.file;
    case 3:
      return envelope?.environment?.file;
    case 4:
      return file;
  }
}

/** The steps that have files; a list of checksums has no steps, and its files come at once. */
function rowsOfArtifacts(key: string, snapshot: Snapshot): TestRow[] {
  const { project } = snapshot;
  const outside = { kind: 'step', key, label: undefined } as const;
  if (project.kind === 'manifest') return fileRows(outside, snapshot);
  const groups = groupsOf(snapshot);
  const steps = project.steps
    .filter(({ label }) => groups.has(label))
    .map(({ label, name, span }): TestRow => ({
      node: { kind: 'step', key, label },
      id: `step ${label}`,
      label: `${label} ${printable(name)}`,
      ...whereIs(project, { file: project.file, span }),
      leaf: false,
    }));
  if (!groups.has(undefined)) return steps;
  const label = vscode.l10n.t('Outside any step');
  return [...steps, { node: outside, id: 'outside', label, leaf: false }];
}

function fileRows(
  { key, label }: { readonly key: string; readonly label: string | undefined },
  snapshot: Snapshot,
): TestRow[] {
  const { project } = snapshot;
  const paths = groupsOf(snapshot).get(label) ?? [];
  const rows = paths.slice(0, MOST_ITEMS).map((path): TestRow => {
    const place = placeOf(snapshot.byPath.get(path), label);
    return {
      node: { kind: 'file', key, label, path },
      id: `file ${path}`,
      label: printable(path),
      // Without a range: the editor's arrow would take the place of the file's own shape in the gutter.
      ...(place === undefined ? {} : { uri: uriOf(project.root, place.file) }),
      leaf: true,
    };
  });
  const more = paths.length - rows.length;
  if (more <= 0) return rows;
  const title = vscode.l10n.t('and {0} more', more);
  return [...rows, { node: { kind: 'rest', key, label }, id: 'rest', label: title, leaf: true }];
}

function whereIs({ root }: Project, place: Place): { uri: vscode.Uri; range: vscode.Range } {
  const { uri, range } = locationOf(root, place);
  return { uri, range };
}

/** Where a step (by default: whoever does first) declares a file, else where it is pinned. */
export const placeOf = (entry: FileEntry | undefined, label?: string): Place | undefined =>
  (
    entry?.declared.find(({ step }) => label !== undefined && step === label) ??
    entry?.declared[0] ??
    entry?.pins[0]
  )?.place;

/** The files that an item stands for; none for what is no item of tier 1, or is no more. */
export function filesOf(node: TestNode, snapshot: Snapshot): FileEntry[] {
  const named = (paths: readonly RepoPath[]): FileEntry[] =>
    paths.flatMap((path) => snapshot.byPath.get(path) ?? []);
  switch (node.kind) {
    case 'file':
      return named([node.path]);
    case 'rest':
      return named((groupsOf(snapshot).get(node.label) ?? []).slice(MOST_ITEMS));
    case 'project':
    case 'tier':
    case 'step':
      return [];
  }
}

type Groups = ReadonlyMap<string | undefined, readonly RepoPath[]>;
const groups = new WeakMap<object, Groups>();

/** The paths of each step, once for every reading of a project. */
function groupsOf({ byPath, files }: Snapshot): Groups {
  const known = groups.get(byPath.places);
  if (known !== undefined) return known;
  const made = new Map<string | undefined, RepoPath[]>();
  for (const { path, declared } of files) {
    const labels = new Set(declared.flatMap(({ step }) => step ?? []));
    for (const label of labels.size === 0 ? [undefined] : labels) {
      const paths = made.get(label) ?? [];
      made.set(label, paths);
      paths.push(path);
    }
  }
  groups.set(byPath.places, made);
  return made;
}
