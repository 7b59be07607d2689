/** A pipeline in a real git repository, compared with stand-ins that serve that repository. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Project } from '../../../src/core/model/project.js';
import { readProject } from '../projects/support.js';
import { verifyMirror } from '../../../src/core/remotes/mirror.js';
import type { MirrorOptions, MirrorResult } from '../../../src/core/remotes/mirror.js';
import { MirrorError } from '../../../src/core/remotes/mirrorProblem.js';
import type { MirrorProblem } from '../../../src/core/remotes/mirrorProblem.js';
import type { Sandbox } from '../projects/support.js';

export const OUTPUTS = [
  'Fit/fit.csv',
  'Fit/a b #?&+%41.csv',
  'Fit/ünïcode – 数.csv',
  'Fit/back\\slash;%2e%2e',
];

export const digestOf = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('hex');

export interface RemoteKeys {
  readonly github?: Readonly<Record<string, string>>;
  readonly zenodo?: Readonly<Record<string, string>>;
}

/** A repository whose outputs hold their own name, pinned and committed. */
export function published(box: Sandbox, remotes: RemoteKeys, outputs = OUTPUTS): string {
  const document = {
    iWorkflowSchemaVersion: 12,
    sPlotDirectory: 'Plot',
    dictRemotes: remotes,
    listSteps: [
      {
        sName: 'Fit',
        sDirectory: 'Fit',
        saPlotCommands: [],
        saPlotFiles: [],
        saOutputDataFiles: outputs.map((name) => name.replace(/^Fit\//, '')),
      },
    ],
  };
  const lines = outputs.map((name) => manifestLine(name, digestOf(name)));
  box.write({
    'workflow.json': JSON.stringify(document),
    'MANIFEST.sha256': `# SHA-256 manifest of workflow artefacts\n${lines.join('')}`,
    ...Object.fromEntries(outputs.map((name) => [name, name])),
  });
  box.gitInit();
  return commit(box);
}

/** As `sha256sum` writes it. */
const manifestLine = (name: string, digest: string): string =>
  name.includes('\\') ? `\\${digest}  ${name.replaceAll('\\', '\\\\')}\n` : `${digest}  ${name}\n`;

/** Commits everything to `main`; gives the commit. */
export function commit(box: Sandbox): string {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: box.root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  git('checkout', '-q', '-B', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'state', '--allow-empty');
  return git('rev-parse', 'HEAD');
}

export const projectOf = (box: Sandbox): Promise<Project> =>
  readProject({ kind: 'vaibify', root: box.root, file: 'workflow.json' as RepoPath });

export async function compare(
  box: Sandbox,
  service: 'github' | 'zenodo',
  options: MirrorOptions,
): Promise<MirrorResult> {
  return verifyMirror(await projectOf(box), service, options);
}

/** The problem that keeps a comparison from being made. */
export async function problemOf(work: Promise<unknown>): Promise<MirrorProblem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MirrorError) return error.problem;
    throw error;
  }
  throw new Error('the comparison was made');
}

/** The record of earlier looks, `undefined` when there is none. */
export function recordOf(box: Sandbox): string | undefined {
  try {
    return readFileSync(box.at('.vaibify/syncStatus.json'), 'utf8');
  } catch {
    return undefined;
  }
}
