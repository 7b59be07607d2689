import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasPip, lockOf, onlyThisIndex, startIndex } from '../../harness/pythonIndex.js';
import type { PythonIndex } from '../../harness/pythonIndex.js';
import { skip } from '../../harness/skip.js';
import { standIns } from '../../harness/standIn.js';
import type { StandIns } from '../../harness/standIn.js';
import { directory, removeAll, reprolens, write } from './run.js';
import type { Ran } from './run.js';

const CLI = path.resolve(__dirname, '../../../../dist/cli.js');
const HASH = `--hash=sha256:${'a'.repeat(64)}`;

/** Without blocking this process, which serves the index. */
async function running(cwd: string, ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1' },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

interface Document {
  readonly lock?: string;
  readonly entries?: number;
  readonly outcome?: string;
  readonly detail?: string;
  readonly problems: readonly {
    readonly line?: number;
    readonly code: string;
    readonly message: string;
  }[];
}

describe('reprolens lock check', () => {
  after(removeAll);

  it('exits 0 for a lock that pins, 1 with places for one that does not, 2 for none', () => {
    const root = directory({ 'requirements.lock': `a==1 ${HASH}\n` });
    assert.equal(reprolens(root, 'lock', 'check').code, 0);
    write(root, 'requirements.lock', `a==1 ${HASH}\nb>=1 ${HASH}\n`);
    const { code, out } = reprolens(root, 'lock', 'check');
    assert.equal(code, 1);
    assert.match(out, /^requirements\.lock:2:1: error lock-unpinned: b is not pinned/m);
    const none = reprolens(directory(), 'lock', 'check');
    assert.equal(none.code, 2);
    assert.match(none.err, /requirements\.lock: no such file; write it with/);
    const strange = reprolens(directory({ 'requirements.lock': 'hello world\n' }), 'lock', 'check');
    assert.deepEqual([strange.code, strange.err.trim().split('\n').length], [2, 1]);
  });

  it('gives the document of the contract', () => {
    const root = directory({ 'requirements.lock': 'a==1\n' });
    const { code, out } = reprolens(root, 'lock', 'check', '--json');
    const { lock, entries, problems } = JSON.parse(out) as Document;
    assert.deepEqual([code, lock, entries], [1, 'requirements.lock', 1]);
    assert.deepEqual([problems[0]?.line, problems[0]?.code], [1, 'lock-unhashed']);
  });
});

describe('reprolens lock write and verify with a real index', function () {
  this.timeout(180_000);
  let index: PythonIndex;
  let tools: StandIns;
  let restore = (): void => undefined;
  before(function () {
    if (!hasPip()) skip(this, 'no python3 with pip');
  });
  beforeEach(async () => {
    index = await startIndex([{ name: 'rl-a', version: '1.0' }]);
    restore = onlyThisIndex(index.url.replace('127', 'user:hush@127'));
    tools = standIns(['uv', 'pip-compile']);
  });
  afterEach(async () => {
    tools.remove();
    restore();
    await index.close();
  });
  after(removeAll);

  it('writes after showing, and what it wrote verifies', async () => {
    const root = directory({ 'requirements.txt': 'rl-a\n' });
    const shown = await running(root, 'lock', 'write', '--dry-run');
    assert.equal(shown.code, 1, shown.err);
    assert.match(shown.out, /^\+ add {5}rl-a {2}1\.0$/m);
    assert.equal(existsSync(path.join(root, 'requirements.lock')), false);
    const written = await running(root, 'lock', 'write', '--json');
    assert.equal(written.code, 0, written.err);
    assert.deepEqual((JSON.parse(written.out) as Document).problems, []);
    const verified = await running(root, 'lock', 'verify', '--json');
    assert.equal(verified.code, 0, verified.out);
    const { outcome, detail } = JSON.parse(verified.out) as Document;
    assert.equal(outcome, 'pass');
    assert.match(detail ?? '', /^1\/1 resolved by pip/);
    for (const { out, err } of [shown, written, verified]) assert.doesNotMatch(out + err, /hush/);
  });

  it('exits 1 at the place of a tampered package', async () => {
    const root = directory({ 'requirements.lock': lockOf(index) });
    const [file = ''] = index.files();
    const bytes = index.bytes(file);
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    index.replace(file, bytes, 'old-hash');
    const { code, out, err } = await running(root, 'lock', 'verify');
    assert.equal(code, 1, err);
    assert.match(out, /^requirements\.lock:1:1: error lock-hash-mismatch: rl-a: /m);
    assert.match(out, /FAIL$/m);
  });

  it('says offline that it is weaker', async () => {
    const root = directory({ 'requirements.lock': lockOf(index) });
    index.answer(503);
    const { code, out } = await running(root, 'lock', 'verify');
    assert.equal(code, 0);
    assert.match(out, /not resolved, for no package index answered OK \(weaker:/);
  });

  it('killed while the tool runs (stand-in uv), leaves the old lock whole', async function () {
    if (process.platform === 'win32') skip(this, 'there is no SIGKILL on Windows');
    const old = `a==1 ${HASH}\n`;
    const root = directory({ 'requirements.in': 'a\n', 'requirements.lock': old });
    const mark = path.join(directory(), 'pid');
    tools.add(
      'uv',
      `fs.writeFileSync(out, 'a=='); fs.writeFileSync(${JSON.stringify(mark)}, String(process.pid)); setInterval(() => {}, 1000);`,
    );
    const child = spawn(process.execPath, [CLI, 'lock', 'write'], { cwd: root, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
    for (let i = 0; i < 600 && !(existsSync(mark) && readFileSync(mark).length > 0); i++)
      await sleep(100);
    const tool = Number(readFileSync(mark, 'utf8'));
    try {
      child.kill('SIGKILL');
      assert.equal(await ended, 'SIGKILL');
      assert.equal(readFileSync(path.join(root, 'requirements.lock'), 'utf8'), old);
      assert.deepEqual(readdirSync(root).sort(), ['requirements.in', 'requirements.lock']);
    } finally {
      process.kill(tool, 'SIGKILL');
    }
  });

  it('exits 2 when nothing says what to lock', async () => {
    const { code, err } = await running(directory(), 'lock', 'write');
    assert.equal(code, 2);
    assert.match(err, /lock-input-absent/);
  });
});
