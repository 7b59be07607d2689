import path from 'node:path';
import { decodeText } from '../model/bytes.js';
import { toRepoPath } from '../model/paths.js';
import type { ProjectKind } from '../model/project.js';
import { existsFile, listDirectory, readBytes } from '../system/files.js';
import type { DirectoryEntry } from '../system/files.js';
import { manifestRoot } from './manifest.js';
import {
  BUILD,
  MANIFESTS,
  PIPELINES,
  PLAN,
  SIDECAR,
  VAIBIFY_DIRECTORIES,
  VAIBIFY_MANIFEST,
} from './names.js';
import type { ProjectRef } from './ref.js';

export interface FindOptions {
  /** Whether a file or directory is left out; its path is relative to the folder, with `/`. */
  readonly exclude?: (relative: string) => boolean;
  /** Whether build plans are looked for, and which more than those of the usual names, relative to the folder. */
  readonly plans?: readonly string[];
  /**
   * Whether a file, by its absolute path, was a project when last looked at. An editor empties a file
   * before it writes it: one that is empty for a moment is what it was.
   */
  readonly known?: (absolute: string) => boolean;
}

/** Manifests of one directory beyond the fixed names: a mirror may have a sidecar a file. */
const MOST_SIDECARS = 100;
/** Foreign files above this are not read to see what they are; no pipeline comes near. */
const MOST_FOREIGN = 16 << 20;
const MOST_OWN = 64 << 20;
/**
 * Projects in a folder and in the directories directly below it. Looks at fixed names only, never
 * deeper, and enters no link: a folder of the window can be anything, the home directory included.
 */
export async function findProjects(
  folder: string,
  options: FindOptions = {},
): Promise<ProjectRef[]> {
  const top = await scan(folder, '', options);
  const found = [top];
  for (const name of top.directories) found.push(await scan(folder, name, options));
  const refs: ProjectRef[] = [];
  for (const file of found.flatMap(({ pipelines }) => pipelines)) {
    const { vaibifyRoot } = await import('./vaibify.js');
    refs.push(...refTo('vaibify', await vaibifyRoot(file), file));
  }
  const own = new Set(refs.map(({ root }) => path.join(root, VAIBIFY_MANIFEST)));
  for (const file of found.flatMap(({ manifests }) => manifests)) {
    if (!own.has(file)) refs.push(...refTo('manifest', await manifestRoot(file), file));
  }
  return options.plans === undefined ? refs : [...refs, ...(await plansIn(folder, found, options))];
}

/** Build plans of the usual names in the directories that were scanned, and those that are named. */
async function plansIn(
  folder: string,
  found: readonly Scan[],
  { plans = [], known }: FindOptions,
): Promise<ProjectRef[]> {
  const named = plans.flatMap((name) => {
    const result = toRepoPath(name);
    return result.ok ? [path.join(folder, result.path)] : [];
  });
  const files = new Set([...found.flatMap((each) => each.plans), ...named]);
  if (files.size === 0) return [];
  // The reader of YAML is only loaded where there is some.
  const { isPlanFile, planRoot } = await import('./planProject.js');
  const refs: ProjectRef[] = [];
  for (const file of files) {
    if (await isPlanFile(file, known)) refs.push(...refTo('plan', await planRoot(file), file));
  }
  return refs;
}

function refTo(kind: ProjectKind, root: string, absolute: string): ProjectRef[] {
  const file = toRepoPath(path.relative(root, absolute).split(path.sep).join('/'));
  return file.ok ? [{ kind, root, file: file.path }] : [];
}

/** What one directory holds: absolute paths, and the names of directories to look into. */
interface Scan {
  readonly pipelines: readonly string[];
  readonly manifests: readonly string[];
  /** Those that have a plan's name. */
  readonly plans: readonly string[];
  readonly directories: readonly string[];
}

async function scan(folder: string, relative: string, options: FindOptions): Promise<Scan> {
  const directory = path.join(folder, relative);
  const entries = await entriesOf(folder, relative, options);
  const files = entries.filter(({ kind }) => kind === 'file').map(({ name }) => name);
  const directories = entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name);
  const pipelines: string[] = [];
  for (const name of files.filter((each) => PIPELINES.has(each))) {
    const file = path.join(directory, name);
    if (await isPipelineFile(file, MOST_FOREIGN, options)) pipelines.push(file);
  }
  if (directories.includes('.vaibify')) {
    const below = relative === '' ? '.vaibify' : `${relative}/.vaibify`;
    pipelines.push(...(await ownPipelines(folder, below, options)));
  }
  return {
    pipelines,
    manifests: (await manifestNames(directory, files)).map((name) => path.join(directory, name)),
    plans: [
      ...files.filter((name) => name === PLAN).map((name) => path.join(directory, name)),
      ...(directories.includes(BUILD) ? await plansBelow(folder, relative, options) : []),
    ],
    directories: directories.filter((name) => !name.startsWith('.') && name !== 'node_modules'),
  };
}

/** `build/plan.yaml`, which may lie one level deeper than everything else that is looked for. */
async function plansBelow(
  folder: string,
  relative: string,
  { exclude }: FindOptions,
): Promise<string[]> {
  const below = path.posix.join(relative, BUILD, PLAN);
  if (exclude?.(below) === true) return [];
  const file = path.join(folder, below);
  return (await existsFile(file)) ? [file] : [];
}

async function ownPipelines(
  folder: string,
  below: string,
  options: FindOptions,
): Promise<string[]> {
  const found: string[] = [];
  const real = await entriesOf(folder, below, options);
  for (const each of VAIBIFY_DIRECTORIES) {
    // A link could lead anywhere.
    if (!real.some(({ name, kind }) => name === each && kind === 'directory')) continue;
    const relative = `${below}/${each}`;
    for (const { name, kind } of await entriesOf(folder, relative, options)) {
      const file = path.join(folder, relative, name);
      if (kind !== 'file' || !name.endsWith('.json')) continue;
      if (await isPipelineFile(file, MOST_OWN, options)) found.push(file);
    }
  }
  return found;
}

/** What cannot be listed holds no project; whoever opens the folder will be told by the editor. */
async function entriesOf(
  folder: string,
  relative: string,
  { exclude }: FindOptions,
): Promise<DirectoryEntry[]> {
  const entries = await listDirectory(path.join(folder, relative)).catch(() => undefined);
  return (entries ?? []).filter(({ name }) => {
    return exclude?.(relative === '' ? name : `${relative}/${name}`) !== true;
  });
}

async function isPipelineFile(
  absolute: string,
  limit: number,
  { known }: FindOptions,
): Promise<boolean> {
  const bytes = await readBytes(absolute, { limit }).catch(() => undefined);
  if (bytes === undefined) return false;
  if (bytes.length === 0) return known?.(absolute) === true;
  const { isPipeline } = await import('../formats/vaibify/vaibify.js');
  return isPipeline(decodeText(bytes));
}

async function manifestNames(directory: string, files: readonly string[]): Promise<string[]> {
  const fixed = files.filter((name) => MANIFESTS.has(name));
  const sidecars = files.filter((name) => !MANIFESTS.has(name) && SIDECAR.test(name));
  for (const name of sidecars.slice(0, MOST_SIDECARS)) {
    if (!(await isBareDigest(path.join(directory, name)))) fixed.push(name);
  }
  return fixed;
}

/** Some tools write a digest and no name into `file.sha256`: that is no manifest, `sha256sum -c` has no use for it. */
async function isBareDigest(absolute: string): Promise<boolean> {
  const bytes = await readBytes(absolute, { limit: 128 }).catch(() => undefined);
  return bytes !== undefined && /^\s*[0-9a-fA-F]{64}\s*$/.test(decodeText(bytes));
}
