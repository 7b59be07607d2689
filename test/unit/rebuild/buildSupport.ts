/** Real repositories with build plans, and what builds them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'mocha';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import { substitute } from '../../../src/core/formats/plan/substitute.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { BuildPlan } from '../../../src/core/model/plan.js';
import { chooseBuildIsolation } from '../../../src/core/rebuild/buildIsolation.js';
import type { BuildIsolation } from '../../../src/core/rebuild/buildIsolation.js';
import { rebuildPlan } from '../../../src/core/rebuild/buildPlan.js';
import type { RebuildOptions, RebuildResult } from '../../../src/core/rebuild/buildPlan.js';
import type { Sandbox } from '../../../src/core/rebuild/sandbox.js';

/** A repository that goes away with the suite. */
export class Repo {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'rl-plan-')));

  at(...names: string[]): string {
    return path.join(this.root, ...names);
  }

  write(name: string, content: string | Uint8Array): this {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
    return this;
  }

  link(name: string, target: string): this {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    symlinkSync(target, this.at(name));
    return this;
  }

  read(name: string): string {
    return readFileSync(this.at(name), 'utf8');
  }

  has(name: string): boolean {
    return existsSync(this.at(name));
  }
}

/** Makes repositories, and removes them when the suite has ended. */
export function repos(): () => Repo {
  const made: Repo[] = [];
  after(() => made.forEach(({ root }) => rmSync(root, { recursive: true, force: true })));
  return () => {
    const repo = new Repo();
    made.push(repo);
    return repo;
  };
}

export const planOf = (yaml: string, tag = 'v1'): BuildPlan =>
  substitute(parsePlan(yaml, 'build/plan.yaml' as RepoPath), tag);

export interface Asked extends Partial<RebuildOptions> {
  readonly isolation?: BuildIsolation;
  readonly tag?: string;
}

/** Rebuilds a plan that is given as text. */
export async function rebuilt(
  repo: Repo,
  yaml: string,
  { isolation = 'auto', tag = 'v1', ...options }: Asked = {},
): Promise<RebuildResult> {
  const plan = planOf(yaml, tag);
  const { sandbox } = await chooseBuildIsolation(isolation, undefined, { file: plan.file });
  assert.ok(sandbox, `no isolation ${isolation}`);
  return rebuildPlan({ root: repo.root, plan, sandbox }, { mode: 'shell', ...options });
}

/** The digest of what was built, whatever it was compared with. */
export function digestOf(result: RebuildResult): string {
  assert.ok(result.kind === 'judged', JSON.stringify(result));
  return result.verdict.generated;
}

export const reasonOf = (result: RebuildResult): string =>
  result.kind === 'failed' ? result.reason : result.verdict.reason;

export const codes = (result: RebuildResult): string[] => result.findings.map(({ code }) => code);

export const sha256 = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

export const installed = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args.length > 0 ? args : ['--version']).error === undefined;

/** The bubblewrap sandbox, or nothing where it does not work. */
export async function bubblewrap(): Promise<Sandbox | undefined> {
  const file = 'plan.yaml' as RepoPath;
  return (await chooseBuildIsolation('network-off', undefined, { file })).sandbox;
}

/** Whether a process with this text in its command line is alive. */
export const alive = (marker: string): boolean =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .some((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const dead = /\) [ZX] /.test(stat);
        return !dead && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker);
      } catch {
        return false;
      }
    });

/** Waits, generously, until no process with this text in its command line is alive. */
export async function gone(marker: string): Promise<void> {
  for (let tries = 0; alive(marker); tries++) {
    assert.ok(tries < 200, `still alive: ${marker}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
