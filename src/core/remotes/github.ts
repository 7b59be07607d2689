import type { GithubRemote } from '../formats/vaibify/remotes.js';
import type { Sha256 } from '../model/digest.js';
import type { RepoPath } from '../model/paths.js';
import { digestAt, documentAt, hostOf, serviceAddress, urlPath } from './mirrorHttp.js';
import type { Asking } from './mirrorHttp.js';
import { digestsOf } from './mirrorPins.js';
import { MirrorError } from './mirrorProblem.js';

/** Everything that one look at GitHub needs. */
export interface GithubLook extends Asking {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** The published files of one commit. */
export interface GithubCopy {
  /** Where the branch stood before the first download. */
  readonly commit: string;
  /** Paths that the commit does not have are absent. */
  readonly files: ReadonlyMap<RepoPath, Sha256>;
}

const NAME = /^[A-Za-z0-9._-]+$/;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Hashes files of a branch as GitHub gives them to anyone. First it is asked which commit the branch
 * is at, and all is read from that commit: a push in between changes nothing, so the files are one
 * state. Where the project names another commit as published ({@link GithubRemote.commit}), see
 * {@link githubFilesAt}.
 *
 * A token (`GITHUB_TOKEN`) goes to the API alone, and only files that the public host does not have
 * are asked of the API: those of a private repository.
 * @throws {MirrorError} when the copy cannot be read whole.
 */
export async function githubCopy(
  remote: GithubRemote,
  paths: readonly RepoPath[],
  look: GithubLook,
): Promise<GithubCopy> {
  const commit = await tipOf(remote, look);
  return { commit, files: await githubFilesAt(remote, commit, paths, look) };
}

/** The files of one commit; one that GitHub does not have has none. */
export async function githubFilesAt(
  remote: GithubRemote,
  commit: string,
  paths: readonly RepoPath[],
  look: GithubLook,
): Promise<ReadonlyMap<RepoPath, Sha256>> {
  const { api, raw } = addresses(look.env);
  const repository = `${remote.owner}/${remote.repo}`;
  const headers = authorised(look.env);
  const digest = async (path: RepoPath, signal: AbortSignal): Promise<Sha256 | undefined> => {
    const asking = { ...look, signal };
    const open = await digestAt(
      `${raw}/${repository}/${urlPath(commit)}/${urlPath(path)}`,
      {},
      asking,
    );
    if (open !== undefined || headers === undefined) return open;
    const url = `${api}/repos/${repository}/contents/${urlPath(path)}?ref=${encodeURIComponent(commit)}`;
    return digestAt(url, { ...headers, accept: 'application/vnd.github.raw+json' }, asking);
  };
  return digestsOf(paths, digest, look);
}

async function tipOf(remote: GithubRemote, look: GithubLook): Promise<string> {
  checkNames(remote);
  const { api } = addresses(look.env);
  const { owner, repo, branch } = remote;
  const url = `${api}/repos/${owner}/${repo}/commits/${urlPath(branch)}`;
  const headers = { ...authorised(look.env), accept: 'application/vnd.github.sha' };
  const { status, body } = await documentAt(url, headers, { ...look, expected: NO_SUCH_COMMIT });
  const host = hostOf(url);
  if (status !== 200) {
    throw new MirrorError({ code: 'not-there', host, what: `${owner}/${repo}, ${branch}` });
  }
  const commit = body.toString('latin1').trim();
  if (!COMMIT.test(commit)) throw new MirrorError({ code: 'malformed', host });
  return commit;
}

/** 404: no such repository, or not for this token; 409: an empty one; 422: no such branch. */
const NO_SUCH_COMMIT = [404, 409, 422];

function checkNames({ owner, repo, branch, commit }: GithubRemote): void {
  const isName = (text: string): boolean => NAME.test(text) && !/^\.+$/.test(text);
  const bad = [
    ['sOwner', isName(owner)] as const,
    ['sRepo', isName(repo)] as const,
    // `..` would lead to another address of the API; git allows it in no branch.
    [
      'sBranch',
      branch.isWellFormed() && branch.split('/').every((part) => !/^\.*$/.test(part)),
    ] as const,
    ['sCommittedSha', commit === undefined || COMMIT.test(commit)] as const,
  ].find(([, good]) => !good);
  if (bad === undefined) return;
  const field = `dictRemotes.github.${bad[0]}`;
  throw new MirrorError({ code: 'not-configured', service: 'github', field });
}

const addresses = (env: GithubLook['env']): { readonly api: string; readonly raw: string } => ({
  api: serviceAddress('REPROLENS_GITHUB_API', 'https://api.github.com', env),
  raw: serviceAddress('REPROLENS_GITHUB_RAW', 'https://raw.githubusercontent.com', env),
});

function authorised(env: GithubLook['env']): { readonly authorization: string } | undefined {
  const token = env['GITHUB_TOKEN'] ?? '';
  // A line break in it would be a second header; the platform would refuse with the token in its words.
  return /^[\x21-\x7e]+$/.test(token) ? { authorization: `Bearer ${token}` } : undefined;
}
