import path from 'node:path';
import { toRepoPath } from '../model/paths.js';
import type { RepoPath } from '../model/paths.js';
import { projectKey } from '../model/project.js';
import type { Project } from '../model/project.js';
import type { TierReport } from '../model/tier.js';
import { listDirectory, readBytes, sha256, writeAtomic } from '../system/files.js';
import type { StatCache } from '../system/statCache.js';
import type { SharedRows } from '../system/statRows.js';
import { makeDirectory } from '../system/temporary.js';
import { MOST_FINDINGS } from './tiers.js';

/** 1 had no findings and no basis of the tiers: of such a report only the files are taken. */
const VERSION = 2;
const READ: readonly unknown[] = [1, VERSION];

/** Bytes of a report that are read: half a million files fit. */
const REPORT_LIMIT = 256 << 20;
/** The same for kept results, which carry no files, and how many of those are read. */
const KEPT_LIMIT = 4 << 20;
const MOST_KEPT = 200;

/** What was found out about the tiers of one project. */
export interface ProjectTiers extends Pick<Project, 'root' | 'file'> {
  readonly tiers: readonly TierReport[];
}

/** What came of a report. */
export interface Absorbed extends ProjectTiers {
  /** Files whose digests the cache took. */
  readonly files: number;
}

/**
 * The result of a verification for another process: the tiers, and for every file that was read its
 * digest with the `stat` of that moment.
 */
export function formatReport(
  project: Pick<Project, 'root' | 'file' | 'basis'>,
  tiers: readonly TierReport[],
  files: SharedRows,
): Buffer {
  const { root, file, basis } = project;
  return json({ version: VERSION, root, project: file, basis, tiers: tiers.map(bounded), files });
}

const bounded = (report: TierReport): TierReport => ({
  ...report,
  findings: report.findings.slice(0, MOST_FINDINGS),
});

const json = (document: unknown): Buffer =>
  Buffer.from(`${JSON.stringify(document, undefined, 1)}\n`);

/**
 * Takes what a verification saw into the cache, and gives what it says of the tiers. For reports of
 * processes that the caller started itself and told where to write: a report that lies in a repository
 * proves nothing. What is not well-formed is left out.
 *
 * @returns `undefined` when there is no report, or it is no report of ours.
 */
export async function absorbReport(file: string, cache: StatCache): Promise<Absorbed | undefined> {
  const document = await readDocument(file, REPORT_LIMIT);
  if (document === undefined || !isShared(document['files'])) return undefined;
  const { files: shared } = document;
  const project = projectOf(document) ?? projectOf({ ...document, root: shared.root });
  if (project === undefined) return undefined;
  const tiers = document['version'] === VERSION ? await tiersOf(document) : [];
  return { ...project, tiers, files: await cache.absorb(shared) };
}

/**
 * Keeps results across restarts, one small file a project, in a directory of the caller's own. They
 * are those of its own processes; a repository must never be able to write there.
 */
export async function keepTiers(directory: string, kept: ProjectTiers): Promise<void> {
  const { root, file, tiers } = kept;
  await makeDirectory(directory);
  const document = { version: VERSION, root, project: file, tiers: tiers.map(bounded) };
  await writeAtomic(path.join(directory, keptName(kept)), json(document));
}

/** The results that {@link keepTiers} left there. Never throws: what cannot be read was not kept. */
export async function keptTiers(directory: string): Promise<ProjectTiers[]> {
  const entries = await listDirectory(directory).catch(() => undefined);
  const names = (entries ?? []).filter(({ name }) => KEPT_NAME.test(name)).slice(0, MOST_KEPT);
  const all: ProjectTiers[] = [];
  for (const { name } of names) {
    const document = await readDocument(path.join(directory, name), KEPT_LIMIT);
    const project = document?.['version'] === VERSION ? projectOf(document) : undefined;
    // The name says whose results they are: a copied or renamed file is nobody's.
    if (document === undefined || project === undefined || keptName(project) !== name) continue;
    all.push({ ...project, tiers: await tiersOf(document) });
  }
  return all;
}

const KEPT_NAME = /^tiers-[0-9a-f]{64}\.json$/;
const keptName = (project: Pick<Project, 'root' | 'file'>): string =>
  `tiers-${sha256(Buffer.from(projectKey(project)))}.json`;

type Document = Readonly<Record<string, unknown>>;

async function readDocument(file: string, limit: number): Promise<Document | undefined> {
  const bytes = await readBytes(file, { limit }).catch(() => undefined);
  if (bytes === undefined) return undefined;
  try {
    const document: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isRecord(document) && READ.includes(document['version']) ? document : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function projectOf({ root, project }: Document): { root: string; file: RepoPath } | undefined {
  if (typeof root !== 'string' || !path.isAbsolute(root) || typeof project !== 'string') {
    return undefined;
  }
  const file = toRepoPath(project);
  return file.ok ? { root, file: file.path } : undefined;
}

async function tiersOf({ tiers }: Document): Promise<TierReport[]> {
  const { tiersIn } = await import('./reportShape.js');
  return tiersIn(tiers);
}

/** The outer shape only: the cache looks at every row itself. */
const isShared = (files: unknown): files is SharedRows =>
  isRecord(files) && typeof files['root'] === 'string' && Array.isArray(files['rows']);
