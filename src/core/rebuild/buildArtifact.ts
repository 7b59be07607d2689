import path from 'node:path';
import type { ArtifactProblem } from '../model/findings/rebuild.js';
import { planPath } from '../model/plan.js';
import type { BuildPlan } from '../model/plan.js';
import type { Sha256 } from '../model/digest.js';
import { hashFile } from '../system/files.js';
import { Walker } from '../system/walker.js';
import type { BuildFailure } from './buildSources.js';

/** A file that was made, and what it is. */
export interface FoundArtifact {
  /** Absolute path; every link in it was followed. */
  readonly file: string;
  /** The same below the workspace. */
  readonly below: string;
  readonly digest: Sha256;
  /** In bytes. */
  readonly size: number;
}

/** Looks the artifact up, never outside of the workspace, and hashes it. */
export async function findArtifact(
  { artifact, file }: BuildPlan,
  workspace: string,
): Promise<FoundArtifact | BuildFailure> {
  const wanted = planPath(artifact?.text ?? '');
  if (artifact === undefined || !wanted.ok) throw new Error('refused artifact');
  const found = new Walker(workspace, true).locate(wanted.path);
  const hashed = found.answer === 'file' ? await hashFile(found.path) : undefined;
  if (found.answer === 'file' && hashed !== undefined) {
    return { file: found.path, below: path.relative(workspace, found.path), ...hashed };
  }
  const problem = PROBLEMS[found.answer];
  return {
    reason: problem === 'outside' ? 'unsafe-path' : 'artifact-missing',
    finding: {
      code: 'rebuild-artifact',
      severity: 'error',
      name: artifact.text,
      problem,
      place: { file, span: artifact.span },
    },
  };
}

/** `file`: there is one, and its bytes could not be read. */
const PROBLEMS: Readonly<Record<ReturnType<Walker['locate']>['answer'], ArtifactProblem>> = {
  file: 'unreadable',
  missing: 'missing',
  directory: 'directory',
  special: 'special',
  linked: 'outside',
  permission: 'unreadable',
  io: 'unreadable',
};
