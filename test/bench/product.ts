/** The bars that need the whole product: the command line, and the extension in a real editor. */
import { spawn } from 'node:child_process';
import { copyFileSync, createWriteStream, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { smallFiles } from './data.js';
import { atMost, note, type Row } from './measure.js';
import type * as Harness from '../harness/lib/e2e.mjs';

const REAL = 1000;

/** Memory and time of `manifest check` over a million lines, as the operating system counts them. */
export async function millionLines(directory: string, quick: boolean): Promise<Row[]> {
  const lines = quick ? 100_000 : 1_000_000;
  const root = path.join(directory, 'million');
  await writeManifest(root, lines);
  const probe = path.join(directory, 'rss.cjs');
  writeFileSync(probe, "process.on('exit',()=>process.send?.(process.resourceUsage().maxRSS));");
  const started = performance.now();
  const { peakMib, code } = await runCli(root, probe);
  const seconds = (performance.now() - started) / 1000;
  rmSync(root, { recursive: true });
  if (code !== 1) throw new Error(`manifest check ended with ${String(code)}`);
  return [
    {
      ...atMost(`${lines} lines: peak memory`, peakMib, 300),
      ours: `${peakMib.toFixed(0)} MB`,
      bar: '<= 300 MB',
    },
    note(`${lines} lines: manifest check`, `${seconds.toFixed(2)} s`),
  ];
}

/** A thousand files that are there, all others missing: the longest answer that there is. */
async function writeManifest(root: string, lines: number): Promise<void> {
  const manifest = path.join(root, 'MANIFEST.sha256');
  copyFileSync(smallFiles(root, REAL).sums, manifest);
  const out = createWriteStream(manifest, { flags: 'a' });
  for (let at = REAL; at < lines; at++) {
    const digest = at.toString(16).padStart(64, '0');
    const line = `${digest}  missing/d${at % 1000}/a file with a name of usual length ${at}.csv\n`;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

async function runCli(root: string, probe: string): Promise<{ peakMib: number; code: unknown }> {
  const args = ['-r', probe, path.resolve('dist/cli.js'), 'manifest', 'check', '--repo', root];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let peakMib = NaN;
  child.on('message', (kib) => (peakMib = Number(kib) / 1024));
  const [code] = (await once(child, 'exit')) as [unknown];
  return { peakMib, code };
}

/** How long `activate()` takes as the editor reports it, and how soon a change on disk is shown. */
export async function inTheEditor(directory: string, quick: boolean): Promise<Row[]> {
  const address = process.env['REPROLENS_HARNESS'];
  if (address === undefined)
    return [note('activate(), badge', 'not measured: run it with npm run bench')];
  const { openWorkbench, until } = (await import(address)) as typeof Harness;
  const files = quick ? 1000 : 10_000;
  const folder = path.join(directory, 'project');
  const { names, sums } = smallFiles(folder, files);
  copyFileSync(sums, path.join(folder, 'MANIFEST.sha256'));
  const opened = await openWorkbench({ folder });
  try {
    const status = opened.wb.status('reprolens.reprolens', 'reprolens.status');
    const says = (text: string) => async () => (await status.innerText()).includes(text);
    await until(says(`${files} verified`), 'all verified', 120_000);
    const times: number[] = [];
    for (const name of names.slice(0, 5)) {
      const file = path.join(opened.root, name);
      const bytes = readFileSync(file);
      const started = performance.now();
      writeFileSync(file, 'changed');
      await status.filter({ hasText: '1 drifted' }).waitFor({ timeout: 10_000 });
      times.push(performance.now() - started);
      writeFileSync(file, bytes);
      await until(says(`${files} verified`), 'verified again');
    }
    const rows = await opened.wb.runningExtensions();
    const ours = rows.find((row) => row.includes('ReproLens')) ?? '';
    const activation = Number(/Activation: (\d+)ms/.exec(ours)?.[1] ?? NaN);
    const sorted = times.toSorted((a, b) => a - b);
    return [
      atMost('activate(), as the editor reports it', activation, 15),
      atMost(
        `1 changed file of ${files}: from the write to the status bar, median`,
        sorted[2] ?? NaN,
        300,
      ),
    ];
  } finally {
    await opened.stop();
  }
}
