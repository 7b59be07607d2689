import { JsonText, member } from './json.js';
import { stringOf } from './reader.js';

/** The GitHub repository that a pipeline says it is published in. */
export interface GithubRemote {
  readonly owner: string;
  readonly repo: string;
  readonly branch: string;
  /** The commit that the project names as the published one; absent when it names none. */
  readonly commit?: string;
}

/** The Zenodo record that a pipeline says it is archived in. */
export interface ZenodoRemote {
  readonly record: string;
  /** Which of the two instances: `zenodo` or `sandbox`, as declared. */
  readonly endpoint: string;
}

/** Where a pipeline is published, by its `dictRemotes`; what is incomplete is absent. */
export interface Remotes {
  readonly github?: GithubRemote;
  readonly zenodo?: ZenodoRemote;
}

/** Reads the remotes of a pipeline document (docs/mirrors.md); a document that is no JSON has none. */
export function parseRemotes(text: string): Remotes {
  const { root } = new JsonText(text);
  const remotes = member(root, 'dictRemotes');
  const at = (service: string, key: string): string =>
    stringOf(member(member(remotes, service), key))?.trim() ?? '';
  const top = (key: string): string => stringOf(member(root, key))?.trim() ?? '';
  const [owner, repo, commit] = ['sOwner', 'sRepo', 'sCommittedSha'].map((key) =>
    at('github', key),
  );
  const record = at('zenodo', 'sRecordId') || top('sZenodoDepositionId');
  return {
    ...(owner && repo
      ? {
          github: {
            owner,
            repo,
            branch: at('github', 'sBranch') || 'main',
            ...(commit && { commit }),
          },
        }
      : {}),
    ...(record
      ? {
          zenodo: {
            record,
            endpoint: at('zenodo', 'sService') || top('sZenodoService') || 'sandbox',
          },
        }
      : {}),
  };
}
