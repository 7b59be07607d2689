/** `rebuild --vary` from the outside: the table, the document, exit statuses, what is left behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { alive, bubblewrap, gone, installed } from '../rebuild/buildSupport.js';
import { skip } from '../../harness/skip.js';
import { mountsBelow } from '../rebuild/varySupport.js';
import { digest, directory, removeAll, reprolens } from './run.js';

const CLI = path.resolve(__dirname, '../../../../dist/cli.js');

interface VaryDocument {
  readonly tag: string;
  readonly artifact: string;
  readonly baseline: { readonly sha256: string };
  readonly isolation: string;
  readonly factors: readonly {
    readonly factor: string;
    readonly change?: string;
    readonly outcome: string;
    readonly reason?: string;
    readonly sha256?: string;
    readonly causes: readonly {
      readonly file: string;
      readonly line: number;
      readonly column: number;
      readonly code: string;
      readonly message: string;
    }[];
    readonly differences?: { readonly summary: string };
  }[];
}

const TAR = `artifact: dist/{tag}.tar
sources: [src]
steps:
  - run: |
      mkdir -p dist
      tar --sort=name --mtime=@0 -cf dist/{tag}.tar -C src .
`;

const withPlan = (plan: string): string =>
  directory({ 'build/plan.yaml': plan, 'src/a': 'a\n', 'src/b': 'b\n' });

/** Every file below a directory, with its content. */
const contents = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => path.join(each.parentPath, each.name))
    .map((file) => `${file} ${readFileSync(file, 'utf8')}`)
    .sort();

describe('rebuild --vary', function () {
  this.timeout(120_000);
  after(removeAll);
  before(async function () {
    if (!(await bubblewrap())) skip(this, 'bubblewrap does not work');
  });

  it('names the factor, what differs and the line, ends with 3 and writes nothing', () => {
    const repo = withPlan(TAR);
    const before = contents(repo);
    const { code, out, err } = reprolens(repo, 'rebuild', '--tag', 'v1', '--vary', 'user,umask');
    assert.equal(code, 3, err);
    const lines = out.split('\n');
    assert.match(lines[0] ?? '', /^chance {7}nothing: the same build again +same$/);
    assert.match(lines[1] ?? '', /^umask {8}umask 077 +same$/);
    assert.match(lines[2] ?? '', /^user {9}uid and gid \d+; .* +DIFFERS$/);
    const column = (line = ''): number => /(?:same|DIFFERS)$/.exec(line)?.index ?? -1;
    assert.equal(new Set(lines.slice(0, 3).map(column)).size, 1, out);
    assert.match(out, /^user: The artifact depends on the user/m);
    assert.match(out, /^ {2}Nothing differs but owners\.$/m);
    assert.match(
      out,
      /^ {2}Likely cause: build\/plan\.yaml:6:\d+: \[lint-tar-owner\] tar stores who/m,
    );
    assert.match(out, /^The artifact depends on: user\.$/m);
    assert.deepEqual(contents(repo), before);
  });

  it('gives one document', () => {
    const { code, out } = reprolens(
      withPlan(TAR),
      ...['rebuild', '--tag', 'v1', '--json', '--vary', 'user', 'umask'],
    );
    assert.equal(code, 3);
    const document = JSON.parse(out) as VaryDocument;
    assert.deepEqual(
      [document.tag, document.artifact, document.isolation],
      ['v1', 'dist/v1.tar', 'network-off'],
    );
    const [chance, umask, user] = document.factors;
    assert.deepEqual([chance?.factor, chance?.outcome], ['chance', 'same']);
    assert.equal(chance?.sha256, document.baseline.sha256);
    assert.deepEqual([umask?.outcome, umask?.change, umask?.causes], ['same', 'umask 077', []]);
    assert.equal(user?.outcome, 'differs');
    assert.notEqual(user.sha256, document.baseline.sha256);
    const [cause] = user.causes;
    assert.deepEqual(
      [cause?.file, cause?.line, cause?.code],
      ['build/plan.yaml', 6, 'lint-tar-owner'],
    );
    assert.equal(user.differences?.summary, 'Nothing differs but owners.');
  });

  it('ends with 0 when nothing that was changed changes the artifact', () => {
    const plan = 'artifact: out\nsteps: ["echo x > out"]\n';
    const repo = withPlan(plan);
    const { code, out, err } = reprolens(repo, 'rebuild', '--tag', 'v1', '--vary=timezone');
    assert.equal(code, 0, err);
    assert.match(out, /Nothing that was changed changes the artifact\.\n$/);
    const json = reprolens(repo, 'rebuild', '--tag', 'v1', '--vary', 'chance', '--json');
    assert.equal(json.code, 0);
    const { factors, baseline } = JSON.parse(json.out) as VaryDocument;
    assert.deepEqual(
      factors.map(({ factor }) => factor),
      ['chance'],
    );
    assert.equal(baseline.sha256, digest('x\n'));
  });

  it('ends with 3 and says so when the build fails with a factor, and when no line is known', () => {
    const fails = withPlan(
      'artifact: out\nsteps: ["echo why >&2; test -z \\"$TZ\\" && echo x > out"]\n',
    );
    const failed = reprolens(fails, 'rebuild', '--tag', 'v1', '--vary', 'timezone');
    assert.equal(failed.code, 3, failed.err);
    assert.match(failed.out, /^timezone .*FAILS$/m);
    assert.match(failed.out, /The build fails when the time zone changes\./);
    assert.match(failed.out, /build\/plan\.yaml:2:\d+: .*rebuild-step-failed.*\n {2}\| why\n/);
    const unknown = withPlan('artifact: out\nsteps: ["pwd > out"]\n');
    const shown = reprolens(unknown, 'rebuild', '--tag', 'v1', '--vary', 'build-path');
    assert.equal(shown.code, 3);
    assert.match(shown.out, /No line of the plan is known to be the cause/);
  });

  it('ends with 1 when the plan itself fails or nothing could be changed, with 2 when it is no plan', () => {
    const run = (plan: string, ...args: string[]) =>
      reprolens(withPlan(plan), 'rebuild', '--tag', 'v1', ...args);
    const failing = run('artifact: out\nsteps: ["exit 5"]\n', '--vary', '--json');
    assert.equal(failing.code, 1);
    assert.equal((JSON.parse(failing.out) as { reason: string }).reason, 'step-failed');
    const good = 'artifact: out\nsteps: ["echo x > out"]\n';
    const idle = run(good, '--isolation', 'clean-folder', '--vary', 'host');
    assert.equal(idle.code, 1, idle.err);
    assert.match(idle.out, /^host +- +skipped: in a clean folder the host keeps its own name$/m);
    assert.match(idle.out, /Not known: host\./);
    assert.equal(run('artifact: ../x\nsteps: ["true"]\n', '--vary').code, 2);
  });

  it('refuses a factor that there is not, and lists those that there are', () => {
    for (const name of ['tiem', 'network', 'time,', '\u001b[31m']) {
      const { code, err, out } = reprolens(withPlan(TAR), 'rebuild', '--tag', 'v1', '--vary', name);
      assert.equal(code, 2, err);
      assert.equal(out, '');
      assert.match(err, /no such factor; there are chance, time, timezone, .*host\n$/);
      assert.ok(!err.includes('\u001b'));
    }
  });

  it('leaves no mount, no process and no file on Ctrl-C', async function () {
    if (!installed('disorderfs')) skip(this, 'disorderfs is not installed');
    const marker = `95536000.${process.pid}`;
    // The shell of every build has the marker in its script: the one on disorderfs sleeps.
    const sleeping = `sleep\0${marker}`;
    const repo = withPlan(
      `artifact: out\nsteps: ["case $(stat -f -c %T .) in fuse*) sleep ${marker};; esac; echo x > out"]\n`,
    );
    const before = contents(repo);
    const TMPDIR = directory();
    const args = [CLI, 'rebuild', '--tag', 'v1', '--vary', 'file-order'];
    const env = { ...process.env, TMPDIR };
    const child = spawn(process.execPath, args, { cwd: repo, env, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    while (child.exitCode === null && child.signalCode === null && !alive(sleeping))
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(mountsBelow(TMPDIR).length, 1);
    child.kill('SIGINT');
    assert.equal(await ended, 130);
    await gone(marker);
    assert.deepEqual(mountsBelow(TMPDIR), []);
    assert.deepEqual(readdirSync(TMPDIR), []);
    assert.deepEqual(contents(repo), before);
  });
});

describe('a mismatch', () => {
  after(removeAll);

  it('comes with the lines that may be why, and with the way to find out', () => {
    const other = digest('other');
    const repo = withPlan(`${TAR}expected_digest: ${other}\n`);
    const { code, out } = reprolens(repo, 'rebuild', '--tag', 'v1');
    assert.equal(code, 3);
    assert.match(out, /^What may make it differ:$/m);
    assert.match(out, /^ {2}build\/plan\.yaml:6:\d+: \[lint-tar-owner\] /m);
    assert.match(out, /reprolens rebuild --tag v1 --vary/);
    const lines = 'tar -cf dist/a.tar src; '.repeat(8);
    const many = withPlan(
      `artifact: dist/a.tar\nsources: [src]\nsteps: ["mkdir dist; ${lines}"]\nexpected_digest: ${other}\n`,
    );
    const shown = reprolens(many, 'rebuild', '--tag', 'v1').out;
    assert.equal(shown.match(/^ {2}build\/plan\.yaml:/gm)?.length, 10);
    assert.match(shown, /^ {2}and \d+ more: plan check$/m);
  });

  it('is alone with that: a match says nothing of it', () => {
    const plan = 'artifact: out\nsteps: ["date > log; echo x > out"]\n';
    const repo = withPlan(`${plan}expected_digest: ${digest('x\n')}\n`);
    const { code, out } = reprolens(repo, 'rebuild', '--tag', 'v1');
    assert.equal(code, 0);
    assert.doesNotMatch(out, /may make it differ|--vary/);
  });
});
