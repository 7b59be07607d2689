/**
 * Runs the scripts of a workflow as a runner does: bash as GitHub starts it, the files for outputs and
 * the summary, steps skipped after a failure. Stand-ins: `git clone` for the checkout action, the Node of
 * the test for setup-node, a list of files for the upload, and a `sudo` that only prints (the machine of
 * the test is not the runner's to change). bash, git, sha256sum, bubblewrap and the program are real.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { directory, write } from './run.js';

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
  readonly env?: Record<string, string>;
}

interface Job {
  readonly strategy: { readonly matrix: { readonly include: readonly Record<string, string>[] } };
  readonly steps: readonly Step[];
}

/** What came of one job. */
export interface JobResult {
  /** Name and exit status of the step that failed. */
  readonly failed?: { readonly name: string; readonly status: number | null };
  /** Names of the steps that ran. */
  readonly ran: readonly string[];
  readonly log: string;
  readonly summary: string;
  readonly outputs: string;
  /** What the upload step found, by name. */
  readonly uploaded: ReadonlyMap<string, string>;
  readonly workspace: string;
}

export const WORKFLOW = '.github/workflows/reprolens-rebuild.yml';

/** How the workflow is started, and for which of its plans. */
export interface JobOptions {
  /** As typed by whoever starts it by hand; empty at night. */
  readonly tag?: string;
  readonly plan?: number;
  /** Programs that stand before those of the machine. */
  readonly bin?: Readonly<Record<string, string>>;
}

/** Runs the workflow of a repository. */
export function runJob(
  origin: string,
  { tag = '', plan = 0, bin = {} }: JobOptions = {},
): JobResult {
  return new Runner(origin, tag, bin).run(plan);
}

class Runner {
  readonly #home = directory({
    'bin/sudo': '#!/bin/sh\necho "sudo $*" >&2\ncat >&2\n',
    log: '',
    summary: '',
    outputs: '',
  });
  readonly #workspace = path.join(this.#home, 'workspace');
  readonly #temp = path.join(this.#home, 'temp');
  readonly #uploaded = new Map<string, string>();
  readonly #values: Record<string, string>;

  constructor(origin: string, tag: string, bin: Readonly<Record<string, string>>) {
    for (const [name, script] of Object.entries(bin)) write(this.#home, `bin/${name}`, script);
    mkdirSync(this.#temp);
    execFileSync('chmod', ['-R', '+x', path.join(this.#home, 'bin')]);
    execFileSync('git', ['clone', '-q', origin, this.#workspace]);
    this.#values = { 'inputs.tag': tag, 'runner.temp': this.#temp };
  }

  run(plan: number): JobResult {
    const text = readFileSync(path.join(this.#workspace, WORKFLOW), 'utf8');
    const job = (parse(text) as { jobs: { rebuild: Job } }).jobs.rebuild;
    const entry = Object.entries(job.strategy.matrix.include[plan] ?? {});
    for (const [key, value] of entry) this.#values[`matrix.${key}`] = value;
    const ran: string[] = [];
    let failed: JobResult['failed'];
    for (const step of job.steps) {
      if (failed !== undefined && step.if !== 'always()') continue;
      ran.push(step.name);
      const status = this.#step(step);
      if (status !== 0) failed ??= { name: step.name, status };
    }
    const [log = '', summary = '', outputs = ''] = ['log', 'summary', 'outputs'].map((name) =>
      readFileSync(path.join(this.#home, name), 'utf8'),
    );
    const [uploaded, workspace] = [this.#uploaded, this.#workspace];
    const result = { ran, log, summary, outputs, uploaded, workspace };
    return failed === undefined ? result : { ...result, failed };
  }

  #step(step: Step): number | null {
    if (step.run !== undefined) return this.#script(step, step.run);
    if (!(step.uses ?? '').startsWith('actions/upload-artifact@')) return 0;
    const from = this.#evaluated(String(step.with?.['path']));
    for (const name of existsSync(from) ? readdirSync(from) : []) {
      this.#uploaded.set(name, readFileSync(path.join(from, name), 'utf8'));
    }
    return 0;
  }

  #script({ env = {}, id }: Step, run: string): number | null {
    const file = path.join(this.#temp, 'script.sh');
    writeFileSync(file, run);
    const log = openSync(path.join(this.#home, 'log'), 'a');
    const given = Object.entries(env).map(([key, value]) => [key, this.#evaluated(value)]);
    const { status } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
      cwd: this.#workspace,
      env: {
        PATH: [
          path.join(this.#home, 'bin'),
          path.dirname(process.execPath),
          process.env['PATH'],
        ].join(':'),
        HOME: this.#home,
        RUNNER_TEMP: this.#temp,
        GITHUB_OUTPUT: path.join(this.#home, 'outputs'),
        GITHUB_STEP_SUMMARY: path.join(this.#home, 'summary'),
        ...(Object.fromEntries(given) as Record<string, string>),
      },
      stdio: ['ignore', log, log],
      timeout: 120_000,
    });
    closeSync(log);
    if (id !== undefined) this.#keepOutputs(id);
    return status;
  }

  #keepOutputs(id: string): void {
    const lines = readFileSync(path.join(this.#home, 'outputs'), 'utf8').split('\n');
    for (const line of lines.filter((each) => each !== '')) {
      const at = line.indexOf('=');
      this.#values[`steps.${id}.outputs.${line.slice(0, at)}`] = line.slice(at + 1);
    }
  }

  #evaluated(text: string): string {
    return text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, name: string) => {
      assert.ok(name in this.#values, `nothing is known of ${name}`);
      return this.#values[name] ?? '';
    });
  }
}
