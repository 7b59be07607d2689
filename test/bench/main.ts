/* eslint-disable no-console -- a benchmark speaks to whoever runs it */
/**
 * The bars of docs/architecture.md, section "Speed", measured side by side with the real tools.
 *   npm run bench [-- --quick]
 * The same file is the child process that stands for a fresh command line: `main.js --observe ...`.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Hasher } from '../../src/core/system/hasher.js';
import type { Observation } from '../../src/core/system/observation.js';
import { StatCache } from '../../src/core/system/statCache.js';
import { commit, freeBytes, largeFiles, smallFiles, type Tree } from './data.js';
import { inTheEditor, millionLines } from './product.js';
import { atMost, compare, note, race, type Row, table, timeProcess } from './measure.js';

const GIB = 1 << 30;
const NEEDED = 5 * GIB;
const BLOCKED_MS = 50;
/** A file younger than two seconds is not taken into the stat cache. */
const SETTLED_MS = 2500;

interface Bench {
  readonly quick: boolean;
  readonly rounds: number;
  readonly directory: string;
  readonly workerFile: string;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === '--observe') return observeInChild(args.slice(1));
  const free = freeBytes(tmpdir());
  if (free < NEEDED) throw new Error(`${tmpdir()} has ${free} bytes free, ${NEEDED} are needed`);
  const directory = mkdtempSync(path.join(tmpdir(), 'reprolens-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  process.on('SIGINT', () => process.exit(130));
  const quick = args.includes('--quick');
  const workerFile = await buildWorker(directory);
  const bench = { quick, rounds: quick ? 3 : 5, directory, workerFile };
  const rows: Row[] = [];
  for (const part of [eightLarge, oneLarge, manySmall, oneChanged, ...NEED_THE_PRODUCT, bundles]) {
    const more = await part(bench);
    console.log(table(more), '\n');
    rows.push(...more);
  }
  console.log(`${table(rows)}\n`);
  if (rows.some(({ met }) => met === false)) process.exitCode = 1;
}

/** Rows that need the command line and the editor: the memory of a million lines, `activate()`. */
const NEED_THE_PRODUCT: readonly ((bench: Bench) => Promise<Row[]> | Row[])[] = [
  ({ directory, quick }) => millionLines(directory, quick),
  ({ directory, quick }) => inTheEditor(directory, quick),
];

async function eightLarge(bench: Bench): Promise<Row[]> {
  const mib = bench.quick ? 64 : 256;
  const tree = largeFiles(path.join(bench.directory, 'eight'), 8, mib);
  const { ours, theirs, openssl, blocked } = await raceFresh(bench, tree);
  rmSync(tree.root, { recursive: true });
  const work = `8 files of ${mib} MiB, fresh process`;
  return [
    compare(work, ours, { name: 'sha256sum -c', ms: theirs }, 5),
    compare(work, ours, { name: 'openssl dgst', ms: openssl }, 1.5),
    atMost(`${work}: main thread blocked`, blocked, BLOCKED_MS),
  ];
}

async function oneLarge(bench: Bench): Promise<Row[]> {
  const mib = bench.quick ? 256 : 1024;
  const tree = largeFiles(path.join(bench.directory, 'one'), 1, mib);
  const { ours, theirs, openssl, blocked } = await raceFresh(bench, tree);
  rmSync(tree.root, { recursive: true });
  const work = `1 file of ${mib} MiB, fresh process`;
  return [
    compare(work, ours, { name: 'sha256sum -c', ms: theirs }, 3),
    compare(work, ours, { name: 'openssl dgst', ms: openssl }, 1 / 1.15),
    atMost(`${work}: main thread blocked`, blocked, BLOCKED_MS),
  ];
}

async function manySmall(bench: Bench): Promise<Row[]> {
  const count = bench.quick ? 20_000 : 100_000;
  const tree = smallFiles(path.join(bench.directory, 'small'), count);
  const { ours, theirs, blocked } = await raceFresh(bench, tree);
  const work = `${count} files of 1 KiB`;
  const cold = [
    compare(`${work}, fresh process`, ours, { name: 'sha256sum -c', ms: theirs }, 1),
    atMost(`${work}, fresh process: main thread blocked`, blocked, BLOCKED_MS),
  ];
  cold.push(await running(bench, tree));
  commit(tree);
  const cached = await refresh(bench, tree);
  rmSync(tree.root, { recursive: true });
  return [...cold, ...cached];
}

/** Every byte again in a process that runs already, as the extension host does when asked to verify. */
async function running(bench: Bench, tree: Tree): Promise<Row> {
  const hasher = new Hasher({ workerFile: bench.workerFile });
  const sum = { command: 'sha256sum', args: ['--quiet', '-c', tree.sums], cwd: tree.root };
  const times = await race(bench.rounds, {
    ours: async () => {
      const look = await observe(hasher, tree, 'read');
      expectFiles(look.found, tree, 'read');
      return look.ms;
    },
    theirs: async () => (await timeProcess(sum)).ms,
  });
  await hasher.dispose();
  const work = `${tree.names.length} files of 1 KiB, running process`;
  return compare(work, times.ours, { name: 'sha256sum -c', ms: times.theirs }, 1);
}

/** The unchanged tree again, from the stat cache; the hasher is warm, as the extension host's is. */
async function refresh(bench: Bench, tree: Tree): Promise<Row[]> {
  await pause(SETTLED_MS);
  const file = path.join(bench.directory, 'cache.bin');
  const cache = await StatCache.load(file);
  const hasher = new Hasher({ workerFile: bench.workerFile, cache });
  expectFiles(await hasher.observe(tree.root, tree.names, { mode: 'read' }), tree, 'read');
  const blocked: number[] = [];
  const git = { command: 'git', args: ['status', '--porcelain'], cwd: tree.root };
  const times = await race(bench.rounds * 2, {
    ours: async () => {
      const look = await observe(hasher, tree, 'cached');
      expectFiles(look.found, tree, 'unchanged');
      blocked.push(look.blocked);
      return look.ms;
    },
    git: async () => (await timeProcess(git)).ms,
  });
  await hasher.dispose();
  await cache.save();
  const load = await race(bench.rounds, { ours: () => timeLoad(file) });
  const work = `${tree.names.length} unchanged files, stat cache`;
  return [
    compare(work, times.ours, { name: 'git status', ms: times.git }, 1),
    atMost(`${work}: main thread blocked`, Math.max(...blocked.slice(1)), BLOCKED_MS),
    atMost(`${tree.names.length} rows of the stat cache loaded`, load.ours, 150),
  ];
}

async function timeLoad(file: string): Promise<number> {
  const start = performance.now();
  const { size } = await StatCache.load(file);
  if (size === 0) throw new Error('the stat cache came back empty');
  return performance.now() - start;
}

async function oneChanged(bench: Bench): Promise<Row[]> {
  const tree = smallFiles(path.join(bench.directory, 'changed'), 10_000);
  await pause(SETTLED_MS);
  const cache = new StatCache();
  const hasher = new Hasher({ workerFile: bench.workerFile, cache });
  await hasher.observe(tree.root, tree.names, { mode: 'read' });
  let second = 0;
  const { ours } = await race(bench.rounds, {
    ours: async () => {
      utimesSync(path.join(tree.root, tree.names[4321]!), 1, ++second);
      const { found, ms } = await observe(hasher, tree, 'cached');
      const read = found.filter((one) => one.kind === 'file' && one.how === 'read').length;
      if (read !== 1) throw new Error(`${read} files were read instead of one`);
      return ms;
    },
  });
  await hasher.dispose();
  rmSync(tree.root, { recursive: true });
  return [atMost('1 changed file of 10,000, all others unread', ours, 300)];
}

function bundles(): Row[] {
  const dist = path.resolve('dist');
  try {
    const files = readdirSync(dist).filter((name) => name.endsWith('.js'));
    return files.map((name) => {
      const kib = statSync(path.join(dist, name)).size / 1024;
      return note(`dist/${name}`, `${kib.toFixed(0)} KiB`);
    });
  } catch {
    return [note('dist/*.js', 'not built')];
  }
}

/** Our hasher in a fresh process each time, against the tools; `blocked` is the worst of the medians' runs. */
async function raceFresh(bench: Bench, tree: Tree) {
  const blocked: number[] = [];
  const args = [__filename, '--observe', tree.root, tree.sums, bench.workerFile];
  const times = await race(bench.rounds, {
    ours: async () => {
      const { ms, output } = await timeProcess({ command: process.execPath, args, cwd: tree.root });
      blocked.push(Number(output));
      return ms;
    },
    theirs: async () => {
      const sum = ['--quiet', '-c', tree.sums];
      return (await timeProcess({ command: 'sha256sum', args: sum, cwd: tree.root })).ms;
    },
    openssl: async () => {
      if (tree.names.length > 1000) return NaN;
      const dgst = ['dgst', '-sha256', ...tree.names];
      return (await timeProcess({ command: 'openssl', args: dgst, cwd: tree.root })).ms;
    },
  });
  return { ...times, blocked: Math.max(...blocked.slice(1)) };
}

/** The fresh process: checks every line of a manifest, prints how long its main thread was blocked. */
async function observeInChild(args: readonly string[]): Promise<void> {
  const [root = '', sums = '', workerFile = ''] = args;
  const lines = readFileSync(sums, 'utf8').trimEnd().split('\n');
  const names = lines.map((line) => line.slice(66));
  const hasher = new Hasher({ workerFile });
  const { found, blocked } = await observe(hasher, { root, names, sums }, 'read');
  found.forEach((one, i) => {
    if (one.kind !== 'file' || !lines[i]?.startsWith(one.digest)) throw new Error(lines[i]);
  });
  console.log(blocked);
}

async function observe(hasher: Hasher, { root, names }: Tree, mode: 'read' | 'cached') {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const start = performance.now();
  const found = await hasher.observe(root, names, { mode });
  const ms = performance.now() - start;
  delay.disable();
  return { found, ms, blocked: delay.max / 1e6 };
}

function expectFiles(found: readonly Observation[], tree: Tree, how: 'read' | 'unchanged'): void {
  const right = found.filter((one) => one.kind === 'file' && one.how === how).length;
  if (right !== tree.names.length) throw new Error(`${right} of ${tree.names.length} ${how}`);
}

async function buildWorker(directory: string): Promise<string> {
  // Not at the top: the child process is to load what a command line loads, and no more.
  const { buildSync } = await import('esbuild');
  const outfile = path.join(directory, 'hashWorker.js');
  const entryPoints = [path.resolve('src/core/system/hashWorker.ts')];
  const target = 'node20';
  buildSync({ entryPoints, outfile, target, bundle: true, minify: true, platform: 'node' });
  return outfile;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
