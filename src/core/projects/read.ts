import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import type { Project } from '../model/project.js';
import { readEvidence } from './evidence.js';
import type { Evidence, ReadOptions } from './evidence.js';
import type { ProjectRef } from './ref.js';
import { manifestProject } from './manifest.js';
import { VAIBIFY_MANIFEST, vaibifyProject } from './vaibify.js';

export type { ReadOptions } from './evidence.js';

/** Pins without a declaration that are told one by one. */
const MOST_UNDECLARED = 1000;

/** Reads one project by itself; one that shares its manifest is better read with {@link readProjects}. */
export async function readProject(ref: ProjectRef, options: ReadOptions = {}): Promise<Project> {
  const project = await readOne(
    ref,
    await readEvidence(ref.root, manifestOf(ref), options),
    options,
  );
  return withUndeclared(project, [project]);
}

/**
 * Reads projects that were found together, in their order. Those of one root share one manifest: it
 * is read once, and what one of them declares is no pin that nothing declares for the others.
 * Never throws for what a document or a manifest holds: that becomes findings.
 */
export async function readProjects(
  refs: readonly ProjectRef[],
  options: ReadOptions = {},
): Promise<Project[]> {
  const evidence = new Map<string, Promise<Evidence>>();
  const projects: Project[] = [];
  for (const ref of refs) {
    const manifest = manifestOf(ref);
    const key = `${ref.root}\0${manifest}`;
    const shared = evidence.get(key) ?? readEvidence(ref.root, manifest, options);
    evidence.set(key, shared);
    projects.push(await readOne(ref, await shared, options));
  }
  return projects.map((project) =>
    withUndeclared(
      project,
      projects.filter(({ kind, root }) => kind === project.kind && root === project.root),
    ),
  );
}

const manifestOf = (ref: ProjectRef): RepoPath =>
  ref.kind === 'vaibify' ? VAIBIFY_MANIFEST : ref.file;

async function readOne(
  ref: ProjectRef,
  evidence: Evidence,
  options: ReadOptions,
): Promise<Project> {
  switch (ref.kind) {
    case 'vaibify':
      return vaibifyProject(ref, evidence, options);
    case 'manifest':
      return manifestProject(ref, evidence);
  }
}

/** Adds what is pinned and declared by none of the projects that share the manifest. */
function withUndeclared(project: Project, sharing: readonly Project[]): Project {
  // What a broken document declares is not known: nobody wants a warning a line while typing.
  if (project.kind === 'manifest' || sharing.some(isBroken)) return project;
  const declared = new Set(sharing.flatMap((each) => each.declared.map(({ path }) => path)));
  const undeclared = project.pins.filter(({ path }) => !declared.has(path));
  const findings = undeclared.slice(0, MOST_UNDECLARED).map(({ path, digest, place }): Finding => {
    return { code: 'pin-undeclared', severity: 'warning', path, digest, place };
  });
  return { ...project, findings: [...project.findings, ...findings] };
}

const isBroken = ({ findings }: Project): boolean =>
  findings.some(
    ({ code, severity }) => severity === 'error' && (code === 'json-syntax' || code === 'schema'),
  );
