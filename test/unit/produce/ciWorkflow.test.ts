import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { ciWorkflow, fitsWorkflow } from '../../../src/core/produce/ciWorkflow.js';
import { skip } from '../../harness/skip.js';

const SHA = 'c0ffee'.padEnd(64, '0') as Sha256;
const program = { sha256: SHA, version: '1.2.3' };
const textOf = (...plans: string[]): string => ciWorkflow({ plans: plans as RepoPath[], program });

interface Step {
  readonly name: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Record<string, unknown>;
  readonly env?: Record<string, unknown>;
}

interface Workflow {
  readonly on: {
    readonly schedule: unknown;
    readonly workflow_dispatch: { readonly inputs: Record<string, Record<string, unknown>> };
  };
  readonly permissions: unknown;
  readonly concurrency: Record<string, unknown>;
  readonly defaults: unknown;
  readonly jobs: {
    readonly rebuild: {
      readonly 'runs-on': string;
      readonly 'timeout-minutes': number;
      readonly permissions?: unknown;
      readonly strategy: {
        readonly 'fail-fast': boolean;
        readonly matrix: { readonly include: readonly { plan: string; artifact: string }[] };
      };
      readonly steps: readonly Step[];
    };
  };
}

const read = (text: string, version: '1.1' | '1.2' = '1.2'): Workflow =>
  parse(text, { version, strict: true }) as Workflow;

const jobOf = (...plans: string[]) => read(textOf(...plans)).jobs.rebuild;
const usesOf = (text: string): string[] =>
  [...text.matchAll(/uses: (\S+@\S+ # v\S+)/g)].map((match) => match[1] ?? '');

describe('the nightly workflow', () => {
  const text = textOf('build/plan.yaml');
  const { rebuild: job } = read(text).jobs;

  it('runs at 03:00 UTC and on demand, with a tag or without', () => {
    const { on } = read(text);
    assert.deepEqual(Object.keys(on), ['schedule', 'workflow_dispatch']);
    assert.deepEqual(on.schedule, [{ cron: '0 3 * * *' }]);
    assert.deepEqual(Object.keys(on.workflow_dispatch.inputs), ['tag']);
    const { type, required, default: preset } = on.workflow_dispatch.inputs['tag'] ?? {};
    assert.deepEqual([type, required, preset], ['string', false, '']);
  });

  it('may read the contents and nothing else, and leaves no credentials behind', () => {
    assert.deepEqual(read(text).permissions, { contents: 'read' });
    assert.equal(job.permissions, undefined);
    const checkout = job.steps[0];
    assert.match(checkout?.uses ?? '', /^actions\/checkout@/);
    assert.deepEqual(checkout?.with, { 'fetch-depth': 0, 'persist-credentials': false });
    assert.doesNotMatch(text, /secrets\.|github\.token|GITHUB_TOKEN/);
  });

  it('names every action by commit, the same commits that test this program', () => {
    const ours = usesOf(readFileSync(path.resolve('.github/workflows/ci.yml'), 'utf8'));
    const uses = usesOf(text);
    assert.equal(uses.length, job.steps.filter((step) => step.uses !== undefined).length);
    assert.equal(uses.length, 3);
    for (const each of uses) {
      assert.match(each, /^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      assert.ok(ours.includes(each), each);
    }
  });

  it('ends in time, one run after the other, and every plan is told of', () => {
    assert.equal(job['timeout-minutes'], 60);
    assert.deepEqual(read(text).concurrency, {
      group: 'reprolens-rebuild',
      'cancel-in-progress': false,
    });
    assert.equal(job.strategy['fail-fast'], false);
    assert.equal(job['runs-on'], 'ubuntu-24.04');
  });

  it('keeps the attestations whatever the verdict, and only those of this run', () => {
    const upload = job.steps.at(-1);
    assert.equal(upload?.if, 'always()');
    const out = '${{ runner.temp }}/artifacts/repro/attestations/';
    assert.equal(upload.with?.['path'], out);
    const rebuild = job.steps.at(-2)?.run ?? '';
    assert.match(rebuild, /--out "\$RUNNER_TEMP\/artifacts\/repro\/attestations"/);
    assert.ok(job.steps.every((step) => !('continue-on-error' in step)));
  });

  it('puts nothing from outside into a script: what is evaluated stands in the environment', () => {
    const scripts = job.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    assert.equal(scripts.length, 4);
    for (const run of scripts) assert.ok(!run.includes('${{'), run);
    const environment = job.steps.flatMap(({ env }) => Object.values(env ?? {}));
    const evaluated = environment.filter((value) => String(value).includes('${{')).sort();
    assert.deepEqual(evaluated, [
      '${{ inputs.tag }}',
      '${{ matrix.plan }}',
      '${{ steps.tag.outputs.tag }}',
    ]);
    assert.deepEqual(read(text).defaults, { run: { shell: 'bash' } });
  });

  it('names the program by its digest, and asks no package index', () => {
    const check = job.steps.find(({ env }) => env?.['PROGRAM'] !== undefined);
    assert.equal(check?.env?.['PROGRAM'], '.github/reprolens/cli.js');
    assert.equal(check.env['PROGRAM_SHA256'], SHA);
    assert.doesNotMatch(text, /npx|npm |curl|wget|https?:/);
  });

  it('has one entry a plan, with names of their own for what is kept', () => {
    const { include } = jobOf('build/plan.yaml', 'build-plan.yaml', 'BUILD plan.yaml').strategy
      .matrix;
    assert.deepEqual(
      include.map(({ plan }) => plan),
      ['build/plan.yaml', 'build-plan.yaml', 'BUILD plan.yaml'],
    );
    assert.deepEqual(
      include.map(({ artifact }) => artifact),
      [
        'reprolens-attestations-build-plan.yaml',
        'reprolens-attestations-build-plan.yaml-2',
        'reprolens-attestations-BUILD-plan.yaml-3',
      ],
    );
  });

  it('is read the same by YAML 1.1 and 1.2, whatever a plan is called', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, unit: 'binary' }), { minLength: 1 });
    fc.assert(
      fc.property(names, (all) => {
        const plans = [...all, 'no', '010', "it's", '# x', '"', '\\', 'ä/é.yaml', '- a: b'].filter(
          (name) => fitsWorkflow(name as RepoPath),
        );
        const written = textOf(...plans);
        const old = read(written, '1.1');
        assert.deepEqual(old, read(written, '1.2'));
        const { include } = old.jobs.rebuild.strategy.matrix;
        assert.deepEqual(
          include.map(({ plan }) => plan),
          plans,
        );
        const artifacts = include.map(({ artifact }) => artifact.toLowerCase());
        assert.equal(new Set(artifacts).size, plans.length);
        for (const each of artifacts) assert.match(each, /^[a-z0-9._-]+$/);
      }),
    );
  });

  it('takes no plan whose name would be evaluated or break the line', () => {
    for (const name of ['a${{ secrets.X }}.yaml', '${{', 'a\nb', 'a\u2028b', 'a\u0085', '\ud800']) {
      assert.equal(fitsWorkflow(name as RepoPath), false, JSON.stringify(name));
    }
    for (const name of ['build/plan.yaml', "it's $x {{y}}.yaml", 'ü.yaml']) {
      assert.equal(fitsWorkflow(name as RepoPath), true, name);
    }
  });

  it('is the same text for the same plans, with a final line end and no blank at an end of a line', () => {
    assert.equal(textOf('build/plan.yaml'), text);
    assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'));
    assert.doesNotMatch(text, /[ \t]$|\r|\t/m);
  });

  it('has scripts in which shellcheck finds nothing', function () {
    const check = (run: string) =>
      spawnSync('shellcheck', ['--shell=bash', '-'], { input: run, encoding: 'utf8' });
    if (check('true\n').error !== undefined) skip(this, 'shellcheck is not installed');
    assert.equal(check('rm $x\n').status, 1);
    for (const { run } of job.steps) {
      if (run === undefined) continue;
      const { status, stdout } = check(run);
      assert.equal(status, 0, stdout);
    }
  });
});
