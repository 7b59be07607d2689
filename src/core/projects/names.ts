/** The fixed names by which projects are found; whoever only watches for them loads no reader. */
import type { RepoPath } from '../model/paths.js';

export const PIPELINES: ReadonlySet<string> = new Set(['workflow.json', 'project.json']);
/** Below `.vaibify`, in the order in which vaibify reads them (docs/vaibify.md, section 1). */
export const VAIBIFY_DIRECTORIES = ['projects', 'workflows'] as const;
export const MANIFESTS: ReadonlySet<string> = new Set([
  'MANIFEST.sha256',
  'SHA256SUMS',
  'SHA256SUMS.txt',
  'sha256sums.txt',
]);
/** Where vaibify keeps its manifest, relative to the project's root. */
export const VAIBIFY_MANIFEST = 'MANIFEST.sha256' as RepoPath;
/** A build plan's name, and the directory that it mostly lies in. */
export const PLAN = 'plan.yaml';
export const BUILD = 'build';
/** Where `rebuild` writes its verdicts, as FixOps does. */
export const RECORDS = 'artifacts/repro/attestations';
export const SIDECAR = /\.sha256(?:sum)?$/;
/** Names that change which projects there are. */
const DIRECTORIES: ReadonlySet<string> = new Set(['.git', '.vaibify']);

/** Whether a change of the file or directory at a path can make, change or end a project. */
export function isProjectName(file: string): boolean {
  const [name = '', parent] = file.split(/[\\/]/).reverse();
  if (PIPELINES.has(name) || isManifestName(name) || DIRECTORIES.has(name)) return true;
  if (name === PLAN || name === BUILD) return true;
  const own = VAIBIFY_DIRECTORIES.some((each) => each === (name.endsWith('.json') ? parent : name));
  return own && /(?:^|[\\/])\.vaibify[\\/]/.test(file);
}

export const isManifestName = (name: string): boolean => MANIFESTS.has(name) || SIDECAR.test(name);

/** The files that describe a pipeline's container, at the project's root. */
export const CONTAINER_FILES = {
  dockerfile: 'Dockerfile' as RepoPath,
  repositories: 'container.conf' as RepoPath,
  settings: ['vaibify.yml', 'vaibify.yaml'] as RepoPath[],
} as const;
