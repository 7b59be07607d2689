import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { lacking } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { papers, processesWith, step, until } from '../rebuild/support.js';
import type { Paper } from '../rebuild/support.js';
import { directory, removeAll, reprolens } from './run.js';

const CLI = path.resolve(__dirname, '../../../../dist/cli.js');
const HISTORY = '.vaibify/l3_attestations';

describe('reprolens rerun', function () {
  this.timeout(120_000);
  const paper = papers();
  after(removeAll);

  before(function () {
    const missing = lacking('git', 'bwrap');
    if (missing !== undefined) skip(this, missing);
  });

  const made = (command = 'echo x > out.txt', more = {}): Paper =>
    paper([step('Make', { saDataCommands: [command], saOutputDataFiles: ['out.txt'], ...more })])
      .write('Make/out.txt', 'x\n')
      .pin('Make/out.txt')
      .commit();

  it('runs, compares, records, and says all that', () => {
    const each = made('echo x > out.txt; echo some words');
    const { code, out, err } = reprolens(each.root, 'rerun');
    assert.equal(code, 0, err);
    assert.match(out, /^Rerun of Paper at commit [0-9a-f]{12}$/m);
    assert.match(out, /^ {4}\$ echo x > out\.txt; echo some words$/m);
    assert.match(out, /last run {2}none on record/);
    assert.match(out, /sandbox without network and made the same bytes: 1 of 1 pinned files\./);
    assert.match(err, /^A01 Make \(1 of 1\)\n {2}\| some words$/m);
    assert.ok(each.has('.vaibify/l3_attestation.json'));
    assert.match(reprolens(each.root, 'rerun', '--dry-run').out, /last run {2}took/);
  });

  it('fails with 1 at the line that pins other bytes, and records that', () => {
    const each = made('echo y > out.txt');
    const { code, out } = reprolens(each.root, 'rerun');
    assert.equal(code, 1);
    assert.match(out, /^MANIFEST\.sha256:2:67: error rerun-diverged: .*Make\/out\.txt: pinned/m);
    const [name] = readdirSync(each.at(HISTORY)).filter((file) => file.endsWith('.json'));
    assert.match(name ?? '', /_failed\.json$/);
  });

  it('executes nothing when a step needs a person, and keeps the old record', () => {
    const each = made('touch ran.txt', { bInteractive: true });
    each.write('.vaibify/l3_attestation.json', '{"sStatus": "passed"}');
    const { code, out } = reprolens(each.root, 'rerun');
    assert.equal(code, 1);
    assert.match(out, /^workflow\.json:\d+:\d+: error rerun-interactive-step: Step I01 /m);
    assert.match(out, /^Nothing was executed\.$/m);
    assert.equal(each.read('.vaibify/l3_attestation.json'), '{"sStatus": "passed"}');
    assert.ok(!each.has(HISTORY));
  });

  it('shows with --dry-run what it would execute, and does not', () => {
    const each = made();
    const { code, out } = reprolens(each.root, 'rerun', '--dry-run', '--json');
    assert.equal(code, 0);
    const document = JSON.parse(out) as Record<string, unknown>;
    assert.equal(document['outcome'], 'planned');
    assert.equal(document['isolation'], 'sandbox');
    assert.deepEqual(document['steps'], [
      { label: 'A01', name: 'Make', directory: 'Make', commands: ['echo x > out.txt'] },
    ]);
    assert.ok(!each.has('.vaibify'));
  });

  it('gives one document with --json, and every other word to standard error', () => {
    const each = made('echo y > out.txt');
    const { code, out } = reprolens(each.root, 'rerun', '--json', '--step', 'A01');
    assert.equal(code, 1);
    const document = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual(
      [document['outcome'], document['verified'], document['total']],
      ['fail', 0, 1],
    );
    assert.equal(document['attestation'], undefined);
    assert.ok(!each.has('.vaibify'));
  });

  it('is unusable where a wish cannot be met, or there is no such step', () => {
    const each = made();
    for (const args of [
      ['--isolation', 'container'],
      ['--step', 'A09'],
    ]) {
      assert.equal(reprolens(each.root, 'rerun', ...args).code, 2, args.join(' '));
    }
  });

  it('shows hostile names and output so that they cannot steer a terminal', () => {
    const each = made(`echo x > out.txt; printf 'a\\033[2Jb\\n'`, { sName: 'Ma\u001b[31mke' });
    const { out, err } = reprolens(each.root, 'rerun');
    assert.ok(!(out + err).includes('\u001b'));
    assert.match(err, /a\\u001b\[2Jb/);
    assert.match(out, /Ma\\u001b\[31mke/);
  });

  it('is tier 4 of the ceremony', () => {
    const each = made();
    const { out } = reprolens(
      each.root,
      'verify',
      '--rerun',
      '--skip-tier',
      '2',
      '--skip-tier',
      '3',
    );
    assert.match(out, /^\[4\/4\] .* 1\/1 as pinned, on this system in a sandbox.* OK$/m);
  });

  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    it(`leaves files and old records whole when it is ended by ${signal}`, async () => {
      const mark = `76543${Math.floor(Math.random() * 1e6)}`;
      const each = made(`echo y > out.txt; echo begun; sleep ${mark}`);
      each.write('.vaibify/l3_attestation.json', '{"sStatus": "passed"}');
      each.write(`${HISTORY}/20260101T000000Z_passed.json`, '{"sStatus": "passed"}');
      const before = each.files();
      const child = spawn(process.execPath, [CLI, 'rerun', '--isolation', 'sandbox'], {
        cwd: each.root,
        // Nobody is left to remove what a killed process had there.
        env: { ...process.env, TMPDIR: directory() },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      let heard = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (heard += text));
      await until('the step runs', () => heard.includes('begun'));
      assert.ok(processesWith(`sleep ${mark}`.split(' ')[1] ?? '').length > 0);
      child.kill(signal);
      assert.equal(await ended, signal === 'SIGKILL' ? null : 130);
      await until('no process left', () => processesWith(mark).length === 0);
      assert.deepEqual(each.files(), before);
    });
  }
});
