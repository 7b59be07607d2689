/** Real pipelines in real repositories, and what runs them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'mocha';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Project } from '../../../src/core/model/project.js';
import { readProject } from '../projects/support.js';
import { planRerun } from '../../../src/core/rebuild/plan.js';
import type { PlanOptions, ReadyPlan } from '../../../src/core/rebuild/plan.js';
import { rerun } from '../../../src/core/rebuild/rerun.js';
import type { ComparedRerun, RerunOptions } from '../../../src/core/rebuild/rerun.js';
import { Hasher } from '../../../src/core/system/hasher.js';
import { buildWorker, temporaryDirectory } from '../system/support.js';

type Json = Record<string, unknown>;

/** A step with every key that vaibify wants. */
export const step = (name: string, more: Json = {}): Json => ({
  sName: name,
  sDirectory: name,
  sStepId: name.toLowerCase(),
  saPlotCommands: [],
  saPlotFiles: [],
  ...more,
});

/** Settings of no user, and none of the tests' surroundings. */
const GIT = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_DATE: '1700000000 +0000',
};

/** A repository with one pipeline. */
export class Paper {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'rl-paper-')));

  constructor(steps: readonly Json[], more: Json = {}) {
    this.git('init', '-q', '-b', 'main');
    this.git('config', 'user.name', 'A Scientist');
    this.git('config', 'user.email', 'scientist@example.org');
    const document = {
      iWorkflowSchemaVersion: 12,
      sWorkflowName: 'Paper',
      sPlotDirectory: 'Plot',
      listSteps: steps,
      ...more,
    };
    this.write('workflow.json', JSON.stringify(document, undefined, 2));
  }

  at(...names: string[]): string {
    return path.join(this.root, ...names);
  }

  write(name: string, content: string | Uint8Array): this {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
    return this;
  }

  read(name: string): string {
    return readFileSync(this.at(name), 'utf8');
  }

  has(name: string): boolean {
    return existsSync(this.at(name));
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.root, env: GIT, encoding: 'utf8' }).trim();
  }

  /** Pins these files as they are. */
  pin(...names: string[]): this {
    const lines = names.map((name) => `${sha256(readFileSync(this.at(name)))}  ${name}\n`);
    const header = '# SHA-256 manifest of workflow artefacts\n';
    return this.write('MANIFEST.sha256', header + lines.join(''));
  }

  commit(): this {
    this.git('add', '-A');
    this.git('commit', '-q', '-m', 'State');
    return this;
  }

  project(file = 'workflow.json'): Promise<Project> {
    return readProject({ kind: 'vaibify', root: this.root, file: file as RepoPath });
  }

  /** Every file outside `.git` with its digest: what a rerun must not change. */
  files(): Map<string, string> {
    const names = readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.root, path.join(entry.parentPath, entry.name)))
      .filter((name) => !name.startsWith('.git/'));
    return new Map(names.sort().map((name) => [name, sha256(readFileSync(this.at(name)))]));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Papers that go away with the suite. */
export function papers(): (steps: readonly Json[], more?: Json) => Paper {
  const made: Paper[] = [];
  after(() => made.forEach((paper) => paper.remove()));
  return (steps, more) => {
    const paper = new Paper(steps, more);
    made.push(paper);
    return paper;
  };
}

/** A hasher for the length of a suite. */
export function suiteHasher(): () => Hasher {
  const directory = temporaryDirectory();
  let hasher: Hasher | undefined;
  after(() => hasher?.dispose());
  return () => (hasher ??= new Hasher({ workerFile: buildWorker(directory), threads: 2 }));
}

/** The plan of a pipeline that nothing stands in the way of. */
export async function ready(paper: Paper, options: PlanOptions = {}): Promise<ReadyPlan> {
  const plan = await planRerun(await paper.project(), options);
  assert.equal(plan.kind, 'ready', JSON.stringify(plan.findings, undefined, 1));
  return plan;
}

/** Runs a plan to its end. */
export async function ran(plan: ReadyPlan, options: RerunOptions): Promise<ComparedRerun> {
  const result = await rerun(plan, options);
  assert.equal(result.kind, 'compared', JSON.stringify(result, undefined, 1).slice(0, 4000));
  return result;
}

export const codes = (findings: readonly Finding[]): string[] =>
  findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);

/** A server on this machine that nothing may reach. */
export async function listening(): Promise<{
  port: number;
  visits: () => number;
  stop: () => void;
}> {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, visits: () => visits, stop: () => server.close() };
}

/** Ids of the processes whose arguments hold a text. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Asks until it is so, for at most a minute. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let n = 0; n < 600; n++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`${what}: not so after a minute`);
}
