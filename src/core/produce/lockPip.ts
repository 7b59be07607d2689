import path from 'node:path';
import { fileNameParts, normalName } from '../formats/lock/requirement.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import { compareCodePoints } from '../model/paths.js';
import { absolutePath, listDirectory, readBytes, sha256, writeAtomic } from '../system/files.js';
import type { RunResult } from '../system/processes.js';
import { makeDirectory } from '../system/temporary.js';
import { throwAwayPip } from '../verify/dependenciesPip.js';
import type { Pip } from '../verify/dependenciesPip.js';
import type { Python } from '../verify/dependenciesPython.js';
import { readReport } from '../verify/dependenciesReport.js';
import type { Chosen } from '../verify/dependenciesReport.js';
import { toolFailed } from './lockTool.js';
import type { Generated, Generation } from './lockTool.js';

/** One line of the lock to be. */
interface Pinned extends Chosen {
  readonly digest: Sha256;
}

/**
 * Resolves with pip alone, and hashes what it has downloaded: with metadata files on an index, pip
 * 26's report repeats the hashes that the index claims, without a look at the archives.
 *
 * @returns `undefined` when there is no pip that is new enough.
 */
export async function resolveWithPip(
  python: Python,
  work: Generation,
): Promise<Generated | undefined> {
  const pip = await throwAwayPip(python, work.directory, work.signal);
  work.signal?.throwIfAborted();
  if (pip === undefined) return undefined;
  const tool = `pip ${pip.version}`;
  const chosen = await choose(pip, work);
  if ('outcome' in chosen) return toolFailed(tool, reasonOf(chosen));
  const foreign = chosen.filter(({ source }) => source !== undefined);
  if (foreign.length > 0) return { ok: false, tool, obstacles: foreign.map(foreignFinding) };
  const fetched = await fetchAll(pip, chosen, work);
  if ('outcome' in fetched) return toolFailed(tool, reasonOf(fetched));
  return format(chosen, fetched, { tool, python });
}

const reasonOf = ({ outcome, stderr }: RunResult): string =>
  outcome === 'exited' ? stderr : `${outcome} ${stderr}`;

const foreignFinding = ({ name, source = 'local' }: Chosen): Finding => ({
  code: 'lock-source',
  severity: 'error',
  name,
  kind: source,
});

const SHARED = ['--no-input', '--quiet', '--retries', '1'];

async function choose(pip: Pip, work: Generation): Promise<readonly Chosen[] | RunResult> {
  const { directory, input } = work;
  const report = path.join(directory, 'report.json');
  let file = absolutePath(work.root, input.file);
  if (input.text !== undefined) {
    file = path.join(directory, 'project.in');
    await writeAtomic(file, Buffer.from(input.text));
  }
  const ran = await runPip(pip, work, [
    ...['install', '--dry-run', '--ignore-installed', '--report', report],
    ...['-r', file],
  ]);
  if (ran.status !== 0) return ran;
  const bytes = await readBytes(report).catch(() => undefined);
  return readReport(bytes === undefined ? '' : Buffer.from(bytes).toString('utf8')) ?? ran;
}

async function runPip(pip: Pip, work: Generation, args: readonly string[]): Promise<RunResult> {
  const { directory, timeoutMs, signal, onOutput } = work;
  // A cache of our own: the second run takes what the first has really downloaded.
  const cache = ['--cache-dir', path.join(directory, 'cache')];
  const [command = '', ...rest] = args;
  const ran = await pip.run([command, ...SHARED, ...cache, ...rest], {
    timeoutMs,
    signal,
    ...(onOutput === undefined ? {} : { onOutput }),
  });
  signal?.throwIfAborted();
  return ran;
}

/** Downloads every archive and hashes it; by project. */
async function fetchAll(
  pip: Pip,
  chosen: readonly Chosen[],
  work: Generation,
): Promise<ReadonlyMap<string, Sha256> | RunResult> {
  const files = path.join(work.directory, 'files');
  const wanted = path.join(work.directory, 'wanted.txt');
  await makeDirectory(files);
  const lines = chosen.map((each) => `${requirementOf(each)}\n`);
  await writeAtomic(wanted, Buffer.from(lines.join('')));
  const ran = await runPip(pip, work, ['download', '--no-deps', '-d', files, '-r', wanted]);
  if (ran.status !== 0) return ran;
  const hashes = new Map<string, Sha256>();
  for (const { name, kind } of (await listDirectory(files)) ?? []) {
    const bytes = kind === 'file' ? await readBytes(path.join(files, name)) : undefined;
    const project = normalName(fileNameParts(name)?.name ?? name);
    if (bytes !== undefined) hashes.set(project, sha256(bytes));
  }
  return hashes;
}

const requirementOf = ({ name, version, url, direct }: Chosen): string =>
  direct ? `${name} @ ${url}` : `${name}==${version}`;

function format(
  chosen: readonly Chosen[],
  hashes: ReadonlyMap<string, Sha256>,
  { tool, python }: { readonly tool: string; readonly python: Python },
): Generated {
  const lines: string[] = [];
  for (const each of [...chosen].sort((a, b) => compareCodePoints(a.name, b.name))) {
    const digest = hashes.get(each.name);
    if (digest === undefined) return toolFailed(tool, `${each.name} was not downloaded`);
    if (each.digest !== undefined && each.digest !== digest) {
      return { ok: false, tool, obstacles: [mismatch({ ...each, digest: each.digest }, digest)] };
    }
    lines.push(`${requirementOf(each)} \\\n    --hash=sha256:${digest}\n`);
  }
  return { ok: true, tool, text: header(tool, python) + lines.join('') };
}

const mismatch = ({ name, digest }: Pinned, actual: Sha256): Finding => ({
  code: 'lock-hash-mismatch',
  severity: 'error',
  name,
  expected: [digest],
  actual,
});

const header = (tool: string, { version }: Python): string =>
  [
    '#',
    `# This file was generated by ${tool} with Python ${version.split('.').slice(0, 2).join('.')},`,
    '# by the following command:',
    '#',
    '#    reprolens lock write',
    '#',
    '# Its hashes are those of the files for this Python on this system; a lock that uv or',
    '# pip-compile makes lists the files of all systems.',
    '#',
    '',
  ].join('\n');
