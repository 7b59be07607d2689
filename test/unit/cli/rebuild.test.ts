/** `rebuild` and `seed` from the outside: exit statuses, documents, what is left behind. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { alive, gone } from '../rebuild/buildSupport.js';
import { digest, directory, removeAll, reprolens, write } from './run.js';

const CLI = path.resolve(__dirname, '../../../../dist/cli.js');
const PLAN = 'artifact: dist/out.txt\nsteps: ["mkdir dist; echo x > dist/out.txt"]\n';
const MADE = digest('x\n');

const repoWith = (more: string, files: Record<string, string> = {}): string =>
  directory({ 'build/plan.yaml': PLAN + more, ...files });

const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('rebuild', () => {
  after(removeAll);

  it('ends with 0 and says so, when the digest is the one expected', () => {
    const repo = repoWith(`expected_digest: sha256:${MADE}\n`);
    const { code, out, err } = reprolens(repo, 'rebuild', '--tag', 'v1');
    assert.equal(code, 0, err);
    const [first, second] = out.split('\n');
    assert.equal(first, `[SUCCESS] v1 sha256=${MADE}`);
    assert.equal(second, 'Attestation written to artifacts/repro/attestations/v1.json');
    const verdict = json(
      readFileSync(path.join(repo, 'artifacts/repro/attestations/v1.json'), 'utf8'),
    );
    assert.equal(verdict['match'], true);
    assert.ok(existsSync(path.join(repo, 'artifacts/repro/attestations/v1.intoto.json')));
    assert.ok(!existsSync(path.join(repo, 'dist')));
  });

  it('ends with 3 on a mismatch, and attests it all the same', () => {
    const repo = repoWith(`expected_digest: ${digest('other')}\n`);
    const { code, out } = reprolens(repo, 'rebuild', '--tag', 'v1', '--out', 'o');
    assert.equal(code, 3);
    assert.ok(out.startsWith(`[MISMATCH] v1 sha256=${MADE}\nAttestation written to o/v1.json\n`));
    assert.match(out, /build\/plan\.yaml:3:\d+: error rebuild-mismatch: /);
    const verdict = json(readFileSync(path.join(repo, 'o/v1.json'), 'utf8'));
    assert.deepEqual([verdict['match'], verdict['reason']], [false, 'mismatch']);
  });

  it('gives one JSON document with the reason, and every other word to standard error', () => {
    const run = (more: string, ...args: string[]): [number | null, Record<string, unknown>] => {
      const { code, out } = reprolens(repoWith(more), 'rebuild', '--tag', 'v1', '--json', ...args);
      return [code, json(out)];
    };
    const [good, document] = run(`expected_digest: ${MADE}\n`);
    assert.equal(good, 0);
    assert.equal(document['reason'], 'match');
    assert.match(String(document['attestation_path']), /artifacts\/repro\/attestations\/v1\.json$/);
    for (const [more, args, code, reason] of [
      ['', [], 3, 'no-reference'],
      ['', ['--plan', 'none.yaml'], 1, 'plan-not-found'],
      ['sources: [none]\n', [], 1, 'source-missing'],
      ['reference_artifact: none\n', [], 1, 'reference-missing'],
      ['reference_artifact: ../x\n', [], 2, 'unsafe-path'],
      ['environment: 5\n', [], 2, 'plan-invalid'],
      ['', ['--isolation', 'container'], 2, 'isolation-unavailable'],
    ] as const) {
      const [status, failed] = run(more, ...args);
      assert.deepEqual([status, failed['reason'], failed['match']], [code, reason, false]);
    }
  });

  it('says what differs from a reference that is at hand', () => {
    const repo = repoWith('reference_artifact: ref.txt\n', { 'ref.txt': 'y\n' });
    const shown = reprolens(repo, 'rebuild', '--tag', 'v1');
    assert.equal(shown.code, 3);
    assert.match(shown.out, /What differs: .*content/);
    const { out } = reprolens(repo, 'rebuild', '--tag', 'v1', '--json');
    const differences = json(out)['differences'] as { same: boolean; left: { sha256: string } };
    assert.deepEqual([differences.same, differences.left.sha256], [false, digest('y\n')]);
  });

  it('refuses a tag that is no file name, before anything is run', () => {
    const repo = repoWith('');
    for (const tag of ['a/b', '../x', '..']) {
      const { code, err } = reprolens(repo, 'rebuild', `--tag=${tag}`);
      assert.equal(code, 2);
      assert.match(err, /cannot name a file/);
    }
    assert.deepEqual(readdirSync(repo), ['build']);
  });

  it('says in one sentence what is wrong with an option, and runs nothing', () => {
    const repo = repoWith('', { 'key.pem': 'no key' });
    for (const args of [
      ['--timeout', 'soon'],
      ['--timeout', '-1'],
      ['--key', 'none.pem'],
      ['--key', 'key.pem'],
    ]) {
      const { code, err, out } = reprolens(repo, 'rebuild', '--tag', 'v1', ...args);
      assert.equal(code, 2, err);
      assert.equal(out, '');
      assert.equal(err.trim().split('\n').length, 1, err);
    }
    const env = { ...process.env, SOURCE_DATE_EPOCH: 'today' };
    const ran = spawnSync(process.execPath, [CLI, 'rebuild', '--tag', 'v1'], {
      cwd: repo,
      env,
      encoding: 'utf8',
    });
    assert.equal(ran.status, 2);
    assert.match(ran.stderr, /SOURCE_DATE_EPOCH/);
  });

  it('splits string steps without a shell when asked', () => {
    const repo = directory({
      'build/plan.yaml': `artifact: "a && b"\nsteps: ["touch 'a && b'"]\nexpected_digest: ${digest('')}\n`,
      'open.yaml': 'artifact: a\nsteps: ["touch a", "echo \'"]\n',
    });
    assert.equal(reprolens(repo, 'rebuild', '--tag', 'v1', '--argv').code, 0);
    const verdict = json(
      readFileSync(path.join(repo, 'artifacts/repro/attestations/v1.json'), 'utf8'),
    );
    assert.equal(verdict['step_mode'], 'argv');
    const open = reprolens(repo, 'rebuild', '--tag', 'v1', '--argv', '--plan', 'open.yaml');
    assert.equal(open.code, 2);
    assert.match(open.err, /open\.yaml:2:\d+: error plan-step-quote/);
  });

  it('calls a run hermetic only when it had no network', () => {
    const repo = repoWith(`expected_digest: ${MADE}\n`);
    const clean = reprolens(repo, 'rebuild', '--tag', 'v1', '--isolation', 'clean-folder');
    assert.equal(clean.code, 0);
    assert.doesNotMatch(clean.out + clean.err, /hermetic/i);
    assert.match(clean.out, /with the network open/);
    assert.match(
      readFileSync(path.join(repo, 'artifacts/repro/attestations/v1.json'), 'utf8'),
      /"isolation": "clean-folder"/,
    );
  });

  it('writes the same bytes twice under SOURCE_DATE_EPOCH', () => {
    const repo = repoWith(`expected_digest: ${MADE}\n`);
    const env = { ...process.env, SOURCE_DATE_EPOCH: '1600000000' };
    const written = (out: string): string[] => {
      const args = [CLI, 'rebuild', '--tag', 'v1', '--out', out, '--isolation', 'clean-folder'];
      assert.equal(spawnSync(process.execPath, args, { cwd: repo, env }).status, 0);
      return ['v1.json', 'v1.intoto.json'].map((name) =>
        readFileSync(path.join(repo, out, name), 'utf8'),
      );
    };
    assert.deepEqual(written('a'), written('b'));
  });

  it('ends everything on Ctrl-C, with 130, and writes nothing', async () => {
    const marker = `61536000.${process.pid}`;
    const repo = directory({
      'build/plan.yaml': `artifact: a\nsteps: ["sleep ${marker} & sleep ${marker}"]\n`,
    });
    const child = spawn(process.execPath, [CLI, 'rebuild', '--tag', 'v1'], {
      cwd: repo,
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    while (child.exitCode === null && child.signalCode === null && !alive(marker))
      await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    assert.equal(await ended, 130);
    await gone(marker);
    assert.deepEqual(readdirSync(repo), ['build']);
  });

  it('writes no attestation behind a link of the repository', () => {
    const repo = repoWith(`expected_digest: ${MADE}\n`);
    const away = directory();
    symlinkSync(away, path.join(repo, 'artifacts'));
    const { code, err } = reprolens(repo, 'rebuild', '--tag', 'v1');
    assert.equal(code, 2, err);
    assert.match(err, /link-on-path/);
    assert.deepEqual(readdirSync(away), []);
  });

  it('takes the plan and the output from the current directory, the rest from the repository', () => {
    const repo = directory({ 'src/a': 'a\n', 'ref/a': 'a\n' });
    const cwd = directory({
      'p.yaml': 'artifact: a\nsources: [src/a]\nsteps: ["true"]\nreference_artifact: ref/a\n',
    });
    mkdirSync(path.join(cwd, 'sub'));
    const { code, err } = reprolens(
      path.join(cwd, 'sub'),
      'rebuild',
      '--tag',
      'v1',
      '--plan',
      '../p.yaml',
      '--out',
      'o',
      '--repo',
      repo,
    );
    assert.equal(code, 0, err);
    assert.ok(existsSync(path.join(cwd, 'sub/o/v1.json')));
    assert.deepEqual(readdirSync(repo).sort(), ['ref', 'src']);
    const verdict = json(readFileSync(path.join(cwd, 'sub/o/v1.json'), 'utf8'));
    assert.equal(verdict['plan'], '../p.yaml');
    rmSync(path.join(cwd, 'sub/o'), { recursive: true });
  });

  it('shows control characters of a plan as escapes', () => {
    const repo = directory();
    write(repo, 'build/plan.yaml', 'artifact: "a\\e[31m"\nsteps: ["true"]\n');
    const { out, err } = reprolens(repo, 'rebuild', '--tag', 'v1');
    assert.ok(!(out + err).includes('\u001b[31m'));
  });
});
