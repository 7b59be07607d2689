import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { digest, directory, removeAll, reprolens, write } from './run.js';

const CLI = path.resolve(__dirname, '../../../../dist/cli.js');
const FILES = 400;
/** Milliseconds after which the process is killed; a whole run takes some 150 to 400. */
const MOMENTS = [20, 40, 60, 90, 120, 150, 180, 210, 240, 280, 330, 400];

const names = Array.from({ length: FILES }, (_, index) => `out/file-${index}.csv`);

function pipeline(): string {
  const root = directory(Object.fromEntries(names.map((name) => [name, name])));
  spawnSync('git', ['init', '-q', root]);
  const step = { sName: 'S', sDirectory: '', saPlotCommands: [], saPlotFiles: [] };
  write(
    root,
    'workflow.json',
    JSON.stringify({
      iWorkflowSchemaVersion: 12,
      sPlotDirectory: 'P',
      listSteps: [{ ...step, saOutputDataFiles: names }],
    }),
  );
  return root;
}

async function killedAfter(root: string, milliseconds: number): Promise<boolean> {
  const child = spawn(process.execPath, [CLI, 'manifest', 'write'], { cwd: root, stdio: 'ignore' });
  const ended = new Promise<boolean>((resolve) => {
    child.once('exit', (_, signal) => resolve(signal === 'SIGKILL'));
  });
  await setTimeout(milliseconds);
  child.kill('SIGKILL');
  return ended;
}

describe('a regeneration that is killed', () => {
  after(removeAll);

  it('leaves the old manifest whole, or the new one, whenever it happens', async () => {
    const root = pipeline();
    const manifest = path.join(root, 'MANIFEST.sha256');
    assert.equal(reprolens(root, 'manifest', 'write').code, 0);
    let last = readFileSync(manifest, 'utf8');
    let killed = 0;
    for (const [round, moment] of MOMENTS.entries()) {
      const content = `round ${round}`;
      write(root, names[round]!, content);
      if (await killedAfter(root, moment)) killed += 1;
      const now = readFileSync(manifest, 'utf8');
      const whole = now.split('\n').length === FILES + 2 && now.endsWith('\n');
      assert.ok(now === last || (whole && now.includes(`${digest(content)}  ${names[round]!}\n`)));
      last = now;
    }
    assert.ok(killed > 0, 'no run was caught in the middle');
    // What a killed run left beside the manifest is in nobody's way.
    assert.equal(reprolens(root, 'manifest', 'write').code, 0);
    assert.equal(reprolens(root, 'manifest', 'check').code, 0);
  });
});
