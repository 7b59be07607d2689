/** `publish workflow` from the outside, and its workflow run for real (workflowRunner.ts). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { skip } from '../../harness/skip.js';
import { digest, directory, removeAll, reprolens, write } from './run.js';
import { runJob, WORKFLOW } from './workflowRunner.js';

const PROGRAM = '.github/reprolens/cli.js';
const CLI = path.resolve(__dirname, '../../../../dist/cli.js');
const NAME = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];

const git = (root: string, ...args: string[]): void => {
  execFileSync('git', [...NAME, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
};

/** A plan whose artifact is the source, so that every commit has a digest of its own. */
const plan = (expected: string): string =>
  `artifact: out.txt\nsources: [src.txt]\nsteps: ["echo '::error::no command'; cp src.txt out.txt"]\nexpected_digest: ${expected}\n`;

function commit(root: string, files: Readonly<Record<string, string>>, tag?: string): void {
  for (const [name, text] of Object.entries(files)) write(root, name, text);
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'a change');
  if (tag !== undefined) git(root, 'tag', '-a', '-m', 'a release', tag);
}

function repository(): string {
  const root = directory();
  git(root, 'init', '-q', '-b', 'main');
  commit(root, { 'src.txt': 'one\n', 'build/plan.yaml': plan(digest('one\n')) });
  return root;
}

/** v1 matches, v2 does not, and what comes behind them would match again. */
function released(): string {
  const root = repository();
  git(root, 'tag', 'v1');
  commit(root, { 'src.txt': 'two\n' }, 'v2');
  assert.equal(reprolens(root, 'publish', 'workflow').code, 0);
  commit(root, { 'src.txt': 'three\n', 'build/plan.yaml': plan(digest('three\n')) });
  return root;
}

const text = (root: string, name = WORKFLOW): string => readFileSync(path.join(root, name), 'utf8');
const json = (value: string | undefined) => JSON.parse(value ?? '') as Record<string, unknown>;

describe('publish workflow', () => {
  after(removeAll);

  it('shows and writes the workflow and the program that it runs, and then has nothing to do', () => {
    const root = repository();
    const dry = reprolens(root, 'publish', 'workflow', '--dry-run');
    assert.equal(dry.code, 1, dry.err);
    assert.match(dry.out, /\+ add .*cli\.js/);
    assert.ok(!existsSync(path.join(root, '.github')));
    const { code, out } = reprolens(root, 'publish', 'workflow');
    assert.equal(code, 0);
    assert.match(out, /reprolens-rebuild\.yml: written, rebuilds build\/plan\.yaml every night/);
    assert.deepEqual(readFileSync(path.join(root, PROGRAM)), readFileSync(CLI));
    assert.ok(text(root).includes(digest(readFileSync(CLI, 'utf8'))));
    const again = reprolens(root, 'publish', 'workflow', '--json');
    assert.equal(again.code, 0);
    const { program, ...document } = json(again.out);
    assert.deepEqual(document, {
      file: WORKFLOW,
      changed: false,
      differs: false,
      plans: ['build/plan.yaml'],
    });
    assert.equal((program as { sha256: string }).sha256, digest(readFileSync(CLI, 'utf8')));
  });

  it('shows how a file differs and leaves it, unless it is told to replace it', () => {
    const root = repository();
    write(root, WORKFLOW, 'name: mine\n');
    for (const more of [[], ['--ask'], ['--dry-run'], ['--json']]) {
      const { code, out } = reprolens(root, 'publish', 'workflow', ...more);
      assert.equal(code, 1);
      if (more[0] !== '--json') assert.match(out, /^ +- name: mine$/m);
      assert.equal(text(root), 'name: mine\n');
      assert.ok(!existsSync(path.join(root, PROGRAM)));
    }
    assert.equal(json(reprolens(root, 'publish', 'workflow', '--json').out)['differs'], true);
    const { code, out } = reprolens(root, 'publish', 'workflow', '--force', '--json');
    assert.deepEqual([code, json(out)['changed']], [0, true]);
    assert.match(text(root), /^name: reprolens rebuild$/m);
  });

  it('takes every plan that it finds, or those that are named', () => {
    const root = repository();
    write(root, 'plan.yaml', plan('x'));
    write(root, 'other/p.yaml', plan('x'));
    const plansOf = (...args: string[]): unknown =>
      json(reprolens(root, 'publish', 'workflow', '-n', '--json', ...args).out)['plans'];
    assert.deepEqual(plansOf(), ['build/plan.yaml', 'plan.yaml']);
    assert.deepEqual(plansOf('--plan', 'other/p.yaml', '--plan', 'plan.yaml'), [
      'other/p.yaml',
      'plan.yaml',
    ]);
    reprolens(root, 'publish', 'workflow');
    const { matrix } = (
      parse(text(root)) as {
        jobs: { rebuild: { strategy: { matrix: { include: { plan: string }[] } } } };
      }
    ).jobs.rebuild.strategy;
    assert.deepEqual(
      matrix.include.map((each) => each.plan),
      ['build/plan.yaml', 'plan.yaml'],
    );
  });

  it('says in one sentence why it cannot, with status 2, and writes nothing', () => {
    const root = repository();
    write(root, 'odd/${{ x }}.yaml', plan('x'));
    write(root, 'no.yaml', 'a: b\n');
    const refused = (cwd: string, ...args: string[]): string => {
      const { code, out, err } = reprolens(cwd, 'publish', 'workflow', ...args);
      assert.deepEqual([code, out], [2, ''], err);
      assert.equal(err.trim().split('\n').length, 1, err);
      return err;
    };
    assert.match(refused(root, '--plan', 'no.yaml'), /no\.yaml: is no build plan/);
    assert.match(refused(root, '--plan', '../x.yaml'), /outside of the repository/);
    assert.match(refused(root, '--plan', 'odd/${{ x }}.yaml'), /rename the plan/);
    assert.match(refused(path.join(root, 'build')), /top of a repository only; give --repo /);
    rmSync(path.join(root, 'build'), { recursive: true });
    assert.match(refused(root), /found no build plan .*--plan FILE/);
    assert.ok(!existsSync(path.join(root, '.github')));
  });

  it('writes through no link', () => {
    for (const link of ['.github', '.github/workflows', WORKFLOW, PROGRAM]) {
      const root = repository();
      const away = directory();
      write(root, path.join(path.dirname(link), 'x'), '');
      symlinkSync(away, path.join(root, link));
      const { code, err } = reprolens(root, 'publish', 'workflow', '--force');
      assert.equal(code, 2);
      assert.match(err, /symbolic link/);
      assert.deepEqual(readdirSync(away), []);
    }
  });

  it('warns of a plan that has nothing to be compared with', () => {
    const root = directory({ 'plan.yaml': 'artifact: a\nsteps: ["echo > a"]\n' });
    const { code, err } = reprolens(root, 'publish', 'workflow');
    assert.equal(code, 0);
    assert.match(err, /plan\.yaml:1:1: warning plan-no-reference: /);
  });
});

describe('the published workflow, run', function () {
  this.timeout(120_000);
  let root = '';
  before(function () {
    if (process.platform !== 'linux') skip(this, 'the workflow is for Linux');
    root = released();
  });
  after(removeAll);

  it('rebuilds the tag that it is given, from the commit of that tag', () => {
    const { failed, log, summary, uploaded } = runJob(root, { tag: 'v1' });
    assert.equal(failed, undefined, log);
    assert.deepEqual([...uploaded.keys()].sort(), ['v1.intoto.json', 'v1.json']);
    const verdict = json(uploaded.get('v1.json'));
    assert.deepEqual([verdict['match'], verdict['tag']], [true, 'v1']);
    assert.deepEqual(verdict['generated_digest'], { sha256: digest('one\n') });
    assert.match(summary, /^### Match: /);
    assert.match(summary, /^ {4}tag {8}v1$/m);
    assert.ok(summary.includes(`isolation  ${String(verdict['isolation'])}\n`), summary);
    assert.match(log, /\[SUCCESS\] v1 sha256=/);
  });

  it('takes the newest tag at night; a mismatch fails the job and is kept all the same', () => {
    const { failed, ran, log, summary, uploaded } = runJob(root);
    assert.deepEqual(failed, { name: 'Rebuild and compare', status: 3 }, log);
    assert.match(ran.at(-1) ?? '', /^Keep the attestations/);
    assert.deepEqual([...uploaded.keys()].sort(), ['v2.intoto.json', 'v2.json']);
    const verdict = json(uploaded.get('v2.json'));
    assert.deepEqual([verdict['match'], verdict['reason']], [false, 'mismatch']);
    assert.deepEqual(verdict['generated_digest'], { sha256: digest('two\n') });
    assert.match(summary, /^### Mismatch: /);
    assert.match(summary, /^ {4}reason {5}mismatch$/m);
    assert.match(log, /^::error title=Rebuild::Mismatch/m);
  });

  it('lets nothing that a step prints become a command', () => {
    const { log } = runJob(root, { tag: 'v1' });
    const token = /^::stop-commands::([0-9a-f]{32})$/m.exec(log)?.[1] ?? 'none';
    const [from, at, to] = [`::stop-commands::${token}`, '::error::no command', `\n::${token}::\n`];
    assert.ok(log.indexOf(from) < log.indexOf(at) && log.indexOf(at) < log.indexOf(to), log);
  });

  it('says what is missing where there is no tag, or no plan yet', () => {
    const bare = repository();
    reprolens(bare, 'publish', 'workflow');
    commit(bare, { 'a.txt': '' });
    const none = runJob(bare);
    assert.deepEqual(none.failed, { name: 'Go to the tag', status: 1 });
    assert.match(none.log, /^::error title=Not rebuilt::No tag can be reached/m);
    assert.match(none.summary, /^### Not rebuilt\n\n {4}No tag/);
    assert.equal(none.uploaded.size, 0);
    git(bare, 'rm', '-q', '-r', 'build');
    commit(bare, {}, 'v0');
    commit(bare, { 'build/plan.yaml': plan('x') });
    const early = runJob(bare);
    assert.deepEqual(early.failed, { name: 'Rebuild and compare', status: 1 });
    assert.match(early.summary, /^### Not rebuilt: /);
    assert.match(early.summary, /^ {4}reason {5}plan-not-found$/m);
  });

  it('takes the name of a tag for a name, whatever is typed', () => {
    for (const tag of [
      '$(touch pwned)',
      '"; touch pwned; "',
      '`touch pwned`',
      'v1\ntag=v2',
      '--help',
      '../heads/main',
      'main',
      '::add-mask::x',
    ]) {
      const { failed, log, outputs, summary, workspace } = runJob(root, { tag });
      assert.deepEqual(failed, { name: 'Go to the tag', status: 1 }, tag);
      assert.equal(outputs, '');
      assert.ok(!existsSync(path.join(workspace, 'pwned')));
      assert.equal(log.split('\n').filter((line) => line.startsWith('::')).length, 1, log);
      assert.match(
        summary,
        /^### Not rebuilt\n\n {4}The repository has no tag of this name: .*\n$/,
      );
    }
  });

  it('runs no program but the one of the digest', () => {
    const other = released();
    commit(other, { [PROGRAM]: 'require("node:fs").writeFileSync("pwned", "");\n' });
    const { failed, ran, log, workspace, uploaded } = runJob(other, { tag: 'v1' });
    assert.equal(failed?.name, 'Check the digest of the program');
    assert.match(log, /FAILED/);
    assert.equal(ran.length, 4);
    assert.ok(!existsSync(path.join(workspace, 'pwned')));
    assert.equal(uploaded.size, 0);
  });

  it('tries to have bubblewrap allowed, alone, and records the isolation that there was', () => {
    const bwrap = '#!/bin/sh\necho "setting up uid map: Permission denied" >&2\nexit 1\n';
    const { failed, log, summary, uploaded } = runJob(root, { tag: 'v1', bin: { bwrap } });
    assert.equal(failed, undefined, log);
    assert.match(log, /^sudo tee \/etc\/apparmor\.d\/reprolens-bwrap$/m);
    assert.match(log, /^sudo apparmor_parser --replace \/etc\/apparmor\.d\/reprolens-bwrap$/m);
    assert.doesNotMatch(log, /sysctl/);
    assert.match(log, /^::warning title=No sandbox::/m);
    assert.equal(json(uploaded.get('v1.json'))['isolation'], 'clean-folder');
    assert.match(summary, /^ {4}isolation {2}clean-folder$/m);
    assert.doesNotMatch(summary, /Hermetic/);
  });

  it('rebuilds each plan in a job of its own', () => {
    const two = repository();
    write(two, 'plan.yaml', plan(digest('other')));
    reprolens(two, 'publish', 'workflow');
    commit(two, {}, 'v1');
    assert.equal(runJob(two, { plan: 0 }).failed, undefined);
    const second = runJob(two, { plan: 1 });
    assert.equal(second.failed?.status, 3, second.log);
    assert.match(second.summary, /^ {4}plan {7}plan\.yaml$/m);
  });
});
