import { SYNC_STATUS } from '../formats/vaibify/syncStatus.js';
import { parseRemotes } from '../formats/vaibify/remotes.js';
import type { Remotes } from '../formats/vaibify/remotes.js';
import { decodeText } from '../model/bytes.js';
import type { MirrorCheck } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import type { Service } from '../model/findings/level.js';
import type { RepoPath } from '../model/paths.js';
import type { Project } from '../model/project.js';
import { writeSyncStatus } from '../produce/syncStatus.js';
import { now } from '../system/clock.js';
import { absolutePath, readBytes } from '../system/files.js';
import { githubCopy, githubFilesAt } from './github.js';
import { differences, expectedOf, unpinnedOf } from './mirrorPins.js';
import type { Expected } from './mirrorPins.js';
import { MirrorError } from './mirrorProblem.js';
import { zenodoCopy } from './zenodo.js';

/** The services whose copies can be compared here. */
export type MirrorService = Extract<Service, 'github' | 'zenodo'>;

export interface MirrorOptions {
  /** Tokens and other addresses of the services (docs/mirrors.md); usually `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** For one exchange, body included; milliseconds. */
  readonly timeoutMs?: number;
  /** Told how many files were compared. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What one look at a published copy showed. */
export interface MirrorResult {
  /** As it was recorded. */
  readonly check: MirrorCheck;
  /** GitHub: where the branch stood. */
  readonly tip?: string;
  /** Declared files without a pin: the comparison says nothing of them. */
  readonly unpinned: readonly RepoPath[];
  /** Zenodo: files that were found under their base name only. */
  readonly byBaseName: readonly RepoPath[];
}

const MOST_DOCUMENT_BYTES = 64 << 20;

/**
 * Compares every pin of the manifest with the published copy that the pipeline names, and records
 * the look in `.vaibify/syncStatus.json`. What the disk holds is not asked: tier 1 does.
 * @throws {MirrorError} when there is no whole comparison, `AbortError` when it was cancelled; the
 *   earlier record then stays as it was.
 */
export async function verifyMirror(
  project: Project,
  service: MirrorService,
  options: MirrorOptions,
): Promise<MirrorResult> {
  const remotes = await remotesOf(project);
  const expected = wholeManifest(project);
  const startedAt = now();
  const look = service === 'github' ? lookAtGithub : lookAtZenodo;
  const seen = await look(remotes, expected, options);
  options.signal?.throwIfAborted();
  const { diverged } = seen.check;
  const check: MirrorCheck = {
    ...seen.check,
    service,
    // The beginning: nothing that was published later was looked at.
    checkedAt: startedAt,
    total: expected.length,
    matching: expected.length - diverged.length,
  };
  await record(project, check);
  return { ...seen, check, unpinned: unpinnedOf(project) };
}

/** A comparison with a part of the manifest would be recorded as one with all of it. */
function wholeManifest(project: Project): Expected[] {
  const { findings, manifest, pins } = project;
  const isProblem = ({ code, severity }: Finding): boolean =>
    severity === 'error' && code.startsWith('manifest-');
  const count = findings.filter(isProblem).length;
  if (count > 0) throw new MirrorError({ code: 'manifest-problems', count });
  const { entries } = manifest;
  if (entries > pins.length) throw new MirrorError({ code: 'manifest-partial', entries });
  if (pins.length === 0) throw new MirrorError({ code: 'no-pins' });
  return expectedOf(project);
}

async function record({ root }: Project, check: MirrorCheck): Promise<void> {
  try {
    await writeSyncStatus(root, [check]);
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    const reason = String(code ?? message);
    throw new MirrorError({ code: 'record-unusable', file: SYNC_STATUS, reason }, { cause: error });
  }
}

async function remotesOf({ root, file, kind }: Project): Promise<Remotes> {
  if (kind !== 'vaibify') return {};
  const bytes = await readBytes(absolutePath(root, file), { limit: MOST_DOCUMENT_BYTES });
  return bytes === undefined ? {} : parseRemotes(decodeText(bytes));
}

type Seen = Omit<MirrorResult, 'check' | 'unpinned'> & {
  readonly check: Pick<MirrorCheck, 'diverged' | 'commit' | 'doi' | 'endpoint'>;
};

type Look = (
  remotes: Remotes,
  expected: readonly Expected[],
  options: MirrorOptions,
) => Promise<Seen>;

/**
 * The branch as it stands, and, where the project names another commit as the published one, that
 * commit too: a reader may take either. vaibify looks at the branch alone and records the commit of
 * the project, which it did not look at.
 */
const lookAtGithub: Look = async ({ github }, expected, options) => {
  if (github === undefined) throw unconfigured('github');
  const paths = pathsOf(expected);
  const asking = { ...options, onProgress: progress(options, paths.length) };
  const copy = await githubCopy(github, paths, asking);
  const tip = copy.commit;
  const named = github.commit;
  const diverged = differences(expected, copy.files);
  if (named === undefined) return { tip, check: { diverged }, byBaseName: [] };
  if (named === tip || diverged.length > 0) {
    return { tip, check: { diverged, commit: tip }, byBaseName: [] };
  }
  const published = await githubFilesAt(github, named, paths, asking);
  const check = { diverged: differences(expected, published), commit: named };
  return { tip, check, byBaseName: [] };
};

const lookAtZenodo: Look = async ({ zenodo }, expected, options) => {
  if (zenodo === undefined) throw unconfigured('zenodo');
  const paths = pathsOf(expected);
  const asking = { ...options, onProgress: progress(options, paths.length) };
  const { doi, files, byBaseName } = await zenodoCopy(zenodo, paths, asking);
  const diverged = differences(expected, files);
  const { endpoint } = zenodo;
  return { check: { diverged, endpoint, ...(doi === undefined ? {} : { doi }) }, byBaseName };
};

const pathsOf = (expected: readonly Expected[]): RepoPath[] => [
  ...new Set(expected.map(({ path }) => path)),
];

const progress =
  ({ onProgress }: MirrorOptions, total: number) =>
  (done: number): void =>
    onProgress?.(done, total);

const FIELDS = { github: 'dictRemotes.github', zenodo: 'dictRemotes.zenodo.sRecordId' } as const;

const unconfigured = (service: MirrorService): MirrorError =>
  new MirrorError({ code: 'not-configured', service, field: FIELDS[service] });
