import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { readProject } from '../projects/support.js';
import { checkOut, GitError, headOf, textIn, treeOf } from '../../../src/core/rebuild/commit.js';
import { planRerun } from '../../../src/core/rebuild/plan.js';
import { withTemporary } from '../../../src/core/system/temporary.js';
import { has } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { papers, ran, step, suiteHasher } from './support.js';
import type { Paper } from './support.js';

describe('a clean copy of a commit', function () {
  this.timeout(120_000);
  const paper = papers();
  const hasher = suiteHasher();

  before(function () {
    if (!has('git')) skip(this, 'git is not installed');
  });

  const copied = async <T>(made: Paper, look: (copy: string) => T): Promise<T> => {
    const commit = await headOf(made.root);
    assert.ok(commit);
    return withTemporary(async (directory) => {
      const copy = path.join(directory, 'copy');
      mkdirSync(copy);
      await checkOut(commit, { copy, scratch: directory });
      return look(copy);
    });
  };
  const read = (copy: string, name: string): string => readFileSync(path.join(copy, name), 'utf8');

  it('holds what is committed, and neither changes nor what is not committed', async () => {
    const made = paper([]).write('a.txt', 'committed\n').commit();
    made.write('a.txt', 'changed\n').write('b.txt', 'new\n');
    await copied(made, (copy) => {
      assert.equal(read(copy, 'a.txt'), 'committed\n');
      assert.ok(!existsSync(path.join(copy, 'b.txt')));
      assert.ok(!existsSync(path.join(copy, '.git')));
    });
  });

  it('starts nothing that the repository configures, and leaves out nothing that archives do', async () => {
    const made = paper([]);
    const mark = made.at('.git', 'started');
    made
      .write('.gitattributes', '*.big filter=evil\nkept.txt export-ignore\n*.id ident\n')
      .write('x.big', 'pointer\n')
      .write('kept.txt', 'kept\n')
      .write('v.id', '$Id$\n')
      .commit();
    for (const kind of ['smudge', 'clean']) {
      made.git('config', `filter.evil.${kind}`, `touch ${mark}; cat`);
    }
    made.git('config', 'filter.evil.required', 'true');
    made.git('config', 'core.fsmonitor', `touch ${mark}`);
    for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction']) {
      made.write(`.git/hooks/${hook}`, `#!/bin/sh\ntouch ${mark}\n`);
      chmodSync(made.at('.git/hooks', hook), 0o755);
    }
    made.git('config', 'core.autocrlf', 'true');
    made.git('config', 'gpg.program', `touch ${mark}`);
    made.git('config', 'log.showSignature', 'true');
    await copied(made, (copy) => {
      assert.equal(read(copy, 'x.big'), 'pointer\n');
      assert.equal(read(copy, 'kept.txt'), 'kept\n');
      // What the repository itself declares holds, as in every clone.
      assert.match(read(copy, 'v.id'), /^\$Id: [0-9a-f]{40} \$\n$/);
    });
    assert.ok(!existsSync(mark));
    // The settings do work: git itself starts them.
    for (const name of ['core.fsmonitor', 'gpg.program']) made.git('config', '--unset', name);
    made.git('checkout', '-q', '-f', 'HEAD', '--', 'x.big');
    assert.ok(existsSync(mark));
  });

  it('lists names of any bytes, links and submodules', async () => {
    const made = paper([]);
    const odd = ['tab\there', 'quote"s', 'ünïcode', 'back\\slash', 'line\nfeed'];
    for (const name of odd) made.write(name, 'x');
    made.write('in/ner/file', 'x');
    symlinkSync('in', made.at('link'));
    const blob = made.git('hash-object', '-w', 'in/ner/file');
    made.commit();
    const head = made.git('rev-parse', 'HEAD');
    made.git('update-index', '--add', '--cacheinfo', `160000,${head},sub`);
    made.git('commit', '-qm', 'Submodule');
    assert.match(blob, /^[0-9a-f]{40}$/);
    const commit = await headOf(made.root);
    assert.ok(commit);
    const tree = await treeOf(commit);
    for (const name of [...odd, 'in/ner/file']) assert.equal(tree.get(name), 'file', name);
    assert.equal(tree.get('link'), 'link');
    assert.equal(tree.get('sub'), 'submodule');
    assert.equal(await textIn(commit, 'ünïcode'), 'x');
    await copied(made, (copy) => {
      assert.ok(lstatSync(path.join(copy, 'link')).isSymbolicLink());
    });
  });

  it('reads a repository with SHA-256 object names, from a work tree beside it', async () => {
    const made = paper([]);
    made.git('init', '-q', '--object-format=sha256', 'other');
    const other = (...args: string[]): string => made.git('-C', 'other', ...args);
    made.write('other/a.txt', 'a\n');
    other('add', '-A');
    other('-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '-qm', 'A');
    other('worktree', 'add', '-q', '../beside');
    for (const name of ['other', 'beside']) {
      const commit = await headOf(made.at(name));
      assert.equal(commit?.id.length, 64);
      assert.equal(commit.time, 1_700_000_000);
      await withTemporary(async (directory) => {
        const copy = path.join(directory, 'copy');
        mkdirSync(copy);
        await checkOut(commit, { copy, scratch: directory });
        assert.equal(read(copy, 'a.txt'), 'a\n');
      });
    }
  });

  it('has no commit before the first, and refuses what is no repository in git’s words', async () => {
    const made = paper([]);
    assert.equal(await headOf(made.root), undefined);
    await withTemporary(async (directory) => {
      await assert.rejects(headOf(directory), (error) => {
        assert.ok(error instanceof GitError);
        assert.match(error.message, /not a git repository/);
        return true;
      });
    });
  });

  it('runs a project in a folder of its repository', async () => {
    const made = paper([
      step('Make', { saDataCommands: ['cp ../in.txt out.txt'], saOutputDataFiles: ['out.txt'] }),
    ]);
    const document = made.read('workflow.json');
    made.git('rm', '-qf', '--ignore-unmatch', 'workflow.json');
    made
      .write('sub/workflow.json', document)
      .write('sub/in.txt', 'x\n')
      .write('sub/Make/out.txt', 'x\n');
    const digest = '73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac';
    made.write('sub/MANIFEST.sha256', `${digest}  in.txt\n${digest}  Make/out.txt\n`).commit();
    const file = 'workflow.json' as RepoPath;
    const plan = await planRerun(
      await readProject({ kind: 'vaibify', root: made.at('sub'), file }),
    );
    assert.ok(plan.kind === 'ready', JSON.stringify(plan.findings));
    assert.equal(plan.prefix, 'sub');
    const result = await ran(plan, { hasher: hasher() });
    assert.equal(result.outcome, 'passed', result.log);
  });
});
