import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import type { Project } from '../model/project.js';
import type { Surroundings } from './envelope.js';
import { readEvidence } from './evidence.js';
import type { Evidence, ReadOptions } from './evidence.js';
import type { ProjectRef } from './ref.js';
import { manifestProject } from './manifest.js';
import { VAIBIFY_MANIFEST } from './names.js';

export type { ReadOptions } from './evidence.js';

/** Pins without a declaration that are told one by one. */
const MOST_UNDECLARED = 1000;

/**
 * Reads projects that were found together, in their order. Those of one root share one manifest: it
 * is read once, and what one of them declares is no pin that nothing declares for the others.
 * Never throws for what a document or a manifest holds: that becomes findings.
 */
export async function readProjects(
  refs: readonly ProjectRef[],
  options: ReadOptions = {},
): Promise<Project[]> {
  const shared = new SharedReads(options);
  const projects: Project[] = [];
  for (const ref of refs) projects.push(await readOne(ref, shared));
  return projects.map((project) =>
    withUndeclared(
      project,
      projects.filter(({ kind, root }) => kind === project.kind && root === project.root),
    ),
  );
}

/** What several projects of one reading share is read once. */
class SharedReads {
  readonly options: ReadOptions;
  readonly #evidence = new Map<string, Promise<Evidence>>();
  readonly #surroundings = new Map<string, Promise<Surroundings>>();

  constructor(options: ReadOptions) {
    this.options = options;
  }

  evidence(root: string, manifest: RepoPath): Promise<Evidence> {
    const key = `${root}\0${manifest}`;
    const known = this.#evidence.get(key) ?? readEvidence(root, manifest, this.options);
    this.#evidence.set(key, known);
    return known;
  }

  surroundings(root: string): Promise<Surroundings> {
    const known =
      this.#surroundings.get(root) ??
      import('./envelope.js').then(({ readSurroundings }) => readSurroundings(root, this.options));
    this.#surroundings.set(root, known);
    return known;
  }
}

/** Each kind's readers are loaded where there is one: a checksum list needs no schema and no YAML. */
async function readOne(ref: ProjectRef, shared: SharedReads): Promise<Project> {
  switch (ref.kind) {
    case 'vaibify': {
      const evidence = await shared.evidence(ref.root, VAIBIFY_MANIFEST);
      const { vaibifyProject } = await import('./vaibify.js');
      const surroundings = await shared.surroundings(ref.root);
      return vaibifyProject(ref, { evidence, surroundings }, shared.options);
    }
    case 'manifest':
      return manifestProject(ref, await shared.evidence(ref.root, ref.file));
    case 'plan': {
      const { planProject } = await import('./planProject.js');
      return planProject(ref, shared.options);
    }
  }
}

/** Adds what is pinned and declared by none of the projects that share the manifest. */
function withUndeclared(project: Project, sharing: readonly Project[]): Project {
  // What a broken document declares is not known: nobody wants a warning a line while typing.
  if (project.kind !== 'vaibify' || sharing.some(isBroken)) return project;
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
