import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gitTopLevel } from '../../../src/core/projects/git.js';

describe('gitTopLevel, against git rev-parse', () => {
  let base: string;
  const at = (...names: string[]): string => path.join(base, ...names);
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd,
      stdio: 'pipe',
      encoding: 'utf8',
    });
  const oracle = (cwd: string): string | undefined => {
    const { status, stdout } = spawnSync('git', ['rev-parse', '--show-toplevel'], {
      cwd,
      encoding: 'utf8',
    });
    return status === 0 ? stdout.replace(/\n$/, '') : undefined;
  };
  const same = async (directory: string): Promise<string | undefined> => {
    const top = await gitTopLevel(directory);
    assert.equal(top, oracle(directory), directory);
    return top;
  };
  const repository = (name: string): string => {
    mkdirSync(at(name), { recursive: true });
    git(at(name), 'init', '-q');
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
    git(at(name), ...author, 'commit', '-q', '--allow-empty', '-m', 'x');
    return at(name);
  };

  before(() => {
    base = realpathSync(mkdtempSync(path.join(tmpdir(), 'git-top-')));
  });
  after(() => rmSync(base, { recursive: true, force: true }));

  it('is undefined outside', async () => {
    mkdirSync(at('none/deep'), { recursive: true });
    assert.equal(await same(at('none/deep')), undefined);
  });
  it('finds a repository from below, with odd names', async () => {
    const top = repository('a b/ü');
    mkdirSync(path.join(top, 'x/y'), { recursive: true });
    assert.equal(await same(path.join(top, 'x/y')), top);
    assert.equal(await same(top), top);
  });
  it('finds the inner of two', async () => {
    const outer = repository('outer');
    const inner = repository('outer/inner');
    mkdirSync(path.join(inner, 'x'));
    assert.equal(await same(path.join(inner, 'x')), inner);
    assert.equal(await same(outer), outer);
  });
  it('finds a work tree', async () => {
    const main = repository('main');
    git(main, 'worktree', 'add', '-q', '--detach', at('tree'));
    assert.equal(await same(at('tree')), at('tree'));
  });
  it('finds a submodule', async () => {
    const source = repository('source');
    const top = repository('super');
    git(top, 'submodule', '-q', 'add', source, 'sub');
    assert.equal(await same(path.join(top, 'sub')), path.join(top, 'sub'));
  });
  it('passes an empty .git directory', async () => {
    const top = repository('half');
    mkdirSync(path.join(top, 'x/.git'), { recursive: true });
    assert.equal(await same(path.join(top, 'x')), top);
  });
  it('stops at a .git file that leads nowhere', async () => {
    const top = repository('broken');
    for (const [name, text] of [
      ['x', 'gitdir: /nowhere/at/all\n'],
      ['y', 'hello\n'],
    ] as const) {
      mkdirSync(path.join(top, name));
      writeFileSync(path.join(top, name, '.git'), text);
      assert.equal(await same(path.join(top, name)), undefined);
    }
  });
  it('is undefined inside a repository and in a bare one', async () => {
    const top = repository('own');
    assert.equal(await same(path.join(top, '.git', 'refs')), undefined);
    git(top, 'init', '-q', '--bare', 'bare.git');
    assert.equal(await same(path.join(top, 'bare.git')), undefined);
  });
});
