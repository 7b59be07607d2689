/** Runs `vary` on plans that are given as text. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { VARIED_FACTORS } from '../../../src/core/model/variation.js';
import type { FactorResult, VariedFactor } from '../../../src/core/model/variation.js';
import { chooseBuildIsolation } from '../../../src/core/rebuild/buildIsolation.js';
import type { BuildIsolation } from '../../../src/core/rebuild/buildIsolation.js';
import { vary } from '../../../src/core/rebuild/vary.js';
import type { VaryOptions, VaryResult } from '../../../src/core/rebuild/vary.js';
import { planOf } from './buildSupport.js';
import type { Repo } from './buildSupport.js';

export interface VaryAsked extends Partial<VaryOptions> {
  readonly isolation?: BuildIsolation;
}

export async function variedPlan(
  repo: Repo,
  yaml: string,
  { isolation = 'network-off', ...options }: VaryAsked = {},
): Promise<VaryResult> {
  const plan = planOf(yaml);
  const { sandbox } = await chooseBuildIsolation(isolation, undefined, { file: plan.file });
  assert.ok(sandbox, `no isolation ${isolation}`);
  const request = { root: repo.root, plan, sandbox };
  return vary(request, { mode: 'shell', factors: VARIED_FACTORS, ...options });
}

/** The results, and that there are any. */
export async function resultsOf(
  repo: Repo,
  yaml: string,
  asked?: VaryAsked,
): Promise<readonly FactorResult[]> {
  const result = await variedPlan(repo, yaml, asked);
  assert.ok(result.kind === 'varied', JSON.stringify(result));
  return result.results;
}

/** `factor outcome`, as far as it is not `same`; of what was skipped, why. */
export const told = (results: readonly FactorResult[]): string[] =>
  results.flatMap((each) => {
    if (each.outcome === 'same') return [];
    const why = each.outcome === 'skipped' ? ` ${each.why.kind}` : '';
    return [`${each.factor} ${each.outcome}${why}`];
  });

export const of = (results: readonly FactorResult[], factor: VariedFactor): FactorResult => {
  const found = results.find((each) => each.factor === factor);
  assert.ok(found, `nothing of ${factor}`);
  return found;
};

/** Points the system's temporary directory at a new one while work runs, and says what is left in it. */
export async function inOwnTemporary(
  work: (directory: string) => Promise<void>,
  under: string = tmpdir(),
): Promise<string[]> {
  const directory = realpathSync(mkdtempSync(path.join(under, 'rl-vary-')));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = directory;
  try {
    await work(directory);
    return readdirSync(directory);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs work with a `PATH` on which some programs are not. */
export async function withoutPrograms(
  names: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const bin = realpathSync(mkdtempSync(path.join(tmpdir(), 'rl-bin-')));
  const linked = new Set<string>();
  for (const directory of ['/usr/bin', '/bin']) {
    for (const name of readdirSync(directory)) {
      if (names.includes(name) || linked.has(name)) continue;
      linked.add(name);
      symlinkSync(path.join(directory, name), path.join(bin, name));
    }
  }
  const before = process.env['PATH'];
  process.env['PATH'] = bin;
  try {
    await work();
  } finally {
    process.env['PATH'] = before;
    rmSync(bin, { recursive: true });
  }
}

/** What is mounted below a directory, as the kernel lists it. */
export const mountsBelow = (directory: string): string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(` ${directory}/`));
