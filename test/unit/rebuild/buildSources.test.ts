/** The sources of a plan in its workspace, held against Python's own copying. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copySources } from '../../../src/core/rebuild/buildSources.js';
import { skip } from '../../harness/skip.js';
import { installed, planOf, repos } from './buildSupport.js';
import type { Repo } from './buildSupport.js';

const newRepo = repos();

/** What FixOps does with its sources, by the functions of Python's that it uses. */
const ORACLE = `
import json, shutil, sys
from pathlib import Path
repo, workspace, sources = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
for path, destination in sources:
    source = (repo / path).resolve()
    target = workspace / (destination or Path(path).name)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
`;

/** Every entry of a tree: kind, mode, time to the microsecond, and content. */
const LIST = `
import hashlib, os, sys
root = sys.argv[1]
for at, folders, files in os.walk(root):
    for name in sorted(folders + files):
        full = os.path.join(at, name)
        s = os.lstat(full)
        what = hashlib.sha256(open(full, 'rb').read()).hexdigest() if os.path.isfile(full) else 'directory'
        # What is younger was made here, and not copied.
        time = s.st_mtime_ns // 1000 if s.st_mtime < 1.7e9 else 'new'
        print(os.path.relpath(full, root), oct(s.st_mode), time, what)
`;

const python = (script: string, ...args: string[]): string =>
  execFileSync('python3', ['-c', script, ...args], { encoding: 'utf8' });

const listing = (root: string): string[] => python(LIST, root).split('\n').filter(Boolean).sort();

type Sources = readonly (readonly [string, string?])[];

async function copied(repo: Repo, sources: Sources) {
  const entries = sources.map(([from, to]) =>
    JSON.stringify(to === undefined ? from : { path: from, destination: to }),
  );
  const plan = planOf(`artifact: out\nsources: [${entries.join(', ')}]\nsteps: ["true"]`);
  const workspace = mkdtempSync(path.join(tmpdir(), 'rl-workspace-'));
  try {
    const failure = await copySources(plan, { root: repo.root, workspace });
    return { failure, listing: listing(workspace) };
  } finally {
    rmSync(workspace, { recursive: true });
  }
}

function byPython(repo: Repo, sources: Sources): string[] {
  const workspace = mkdtempSync(path.join(tmpdir(), 'rl-workspace-'));
  try {
    python(
      ORACLE,
      repo.root,
      workspace,
      JSON.stringify(sources.map(([from, to]) => [from, to ?? ''])),
    );
    return listing(workspace);
  } finally {
    rmSync(workspace, { recursive: true });
  }
}

/** A tree with everything that can be copied. */
function everything(): Repo {
  const repo = newRepo()
    .write('top.txt', 'top\n')
    .write('src/a.txt', 'a\n')
    .write('src/deep/er/b.txt', 'b\n')
    .write('src/.hidden', 'h\n')
    .write('other/a.txt', 'other a\n')
    .write('other/deep/c.txt', 'c\n')
    .write('run.sh', '#!/bin/sh\n')
    .write('näme with blank', 'n\n')
    .link('links/file', '../top.txt')
    .link('links/folder', '../src/deep')
    .link('top-link', 'top.txt')
    .link('src-link', 'src');
  chmodSync(repo.at('run.sh'), 0o755);
  chmodSync(repo.at('top.txt'), 0o440);
  mkdirSync(repo.at('src/empty'));
  const names = readdirSync(repo.root, { recursive: true, encoding: 'utf8' });
  for (const [index, name] of names.entries()) {
    if (name.includes('link')) continue;
    utimesSync(repo.at(name), 1_500_000_000, 1_600_000_000.25 + index);
  }
  return repo;
}

const CASES: readonly [string, Sources][] = [
  ['a file keeps its last component only', [['src/deep/er/b.txt']]],
  ['a directory as well', [['src/deep']]],
  ['a dot is the workspace itself', [['.']]],
  [
    'a destination is made with its parents',
    [
      ['top.txt', 'x/y/z.txt'],
      ['src', 'p/q'],
    ],
  ],
  [
    'directories merge, and the later file wins',
    [
      ['src', 'm'],
      ['other', 'm'],
    ],
  ],
  ['a file goes into a directory of its name', [['src', 'top.txt'], ['top.txt']]],
  [
    'into a directory that is its destination',
    [
      ['src', 'd'],
      ['run.sh', 'd'],
    ],
  ],
  ['links are followed: to a file', [['top-link']]],
  ['to a directory', [['src-link']]],
  ['and inside of a directory', [['links']]],
  ['modes and times', [['run.sh'], ['top.txt'], ['src']]],
  ['a name with blanks and umlauts', [['näme with blank', 'ö/ä']]],
  [
    'a dot as the destination',
    [
      ['src', '.'],
      ['other', './'],
    ],
  ],
  ['a source twice', [['top.txt'], ['top.txt']]],
  ['a path that goes up and down', [['src/../other/./deep//']]],
];

describe('sources of a plan', () => {
  before(function () {
    if (!installed('python3')) skip(this, 'python3 is not installed');
  });

  for (const [what, sources] of CASES) {
    it(`as Python copies them: ${what}`, async () => {
      const repo = everything();
      const ours = await copied(repo, sources);
      assert.equal(ours.failure, undefined);
      assert.deepEqual(ours.listing, byPython(repo, sources));
      assert.ok(ours.listing.length > 0);
    });
  }

  const REFUSED: readonly [string, (repo: Repo) => Repo, Sources, string, string][] = [
    ['what is not there', (repo) => repo, [['nothing']], 'missing', 'source-missing'],
    [
      'a link out',
      (repo) => repo.link('out', '/etc/hostname'),
      [['out']],
      'outside',
      'unsafe-path',
    ],
    [
      'a link out by dots',
      (repo) => repo.link('d/out', '../../..'),
      [['d']],
      'outside',
      'unsafe-path',
    ],
    [
      'through a link out',
      (repo) => repo.link('etc', '/etc'),
      [['etc/hostname']],
      'outside',
      'unsafe-path',
    ],
    [
      'a link out in a directory',
      (repo) => repo.link('d/e/f', '/etc'),
      [['.']],
      'outside',
      'unsafe-path',
    ],
    [
      'a link to nowhere',
      (repo) => repo.link('d/x', 'none'),
      [['d']],
      'dangling',
      'source-missing',
    ],
    ['a link to itself', (repo) => repo.link('d/x', 'x'), [['d']], 'circular', 'source-missing'],
    [
      'a link to where it is',
      (repo) => repo.link('d/x', '..'),
      [['.']],
      'circular',
      'source-missing',
    ],
    [
      'a directory over a file',
      (repo) => repo.write('f', 'f').write('d/x', 'x'),
      [
        ['f', 'to'],
        ['d', 'to'],
      ],
      'in-the-way',
      'source-missing',
    ],
    [
      'a file below a file',
      (repo) => repo.write('f', 'f'),
      [
        ['f', 'to'],
        ['f', 'to/below'],
      ],
      'in-the-way',
      'source-missing',
    ],
  ];
  for (const [what, make, sources, problem, reason] of REFUSED) {
    it(`refused: ${what}`, async () => {
      const { failure } = await copied(make(newRepo()), sources);
      assert.equal(failure?.reason, reason);
      assert.ok(failure.finding.code === 'rebuild-source');
      assert.equal(failure.finding.problem, problem);
    });
  }

  it('refused: a pipe', async () => {
    const repo = newRepo().write('d/a', 'a');
    execFileSync('mkfifo', [repo.at('d/pipe')]);
    const { failure } = await copied(repo, [['d']]);
    assert.ok(failure?.finding.code === 'rebuild-source');
    assert.equal(failure.finding.problem, 'special');
    assert.equal(failure.finding.name, 'd/pipe');
  });

  it('does not copy the copy, where the repository holds the temporary directory', async () => {
    const repo = newRepo().write('a', 'a\n');
    const plan = planOf('artifact: out\nsources: ["."]\nsteps: ["true"]');
    const workspace = repo.at('tmp/workspace');
    mkdirSync(workspace, { recursive: true });
    const failure = await copySources(plan, { root: repo.root, workspace });
    assert.equal(failure, undefined);
    const names = listing(workspace).map((line) => line.split(' ')[0]);
    assert.deepEqual(names, ['a']);
  });
});
