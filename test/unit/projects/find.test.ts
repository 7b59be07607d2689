import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { findProjects } from '../../../src/core/projects/find.js';
import { isProjectName } from '../../../src/core/projects/names.js';
import type { FindOptions } from '../../../src/core/projects/find.js';
import { pipelineText } from '../formats/vaibifySamples.js';
import { manifestOf, Sandbox } from './support.js';

const PIPELINE = pipelineText([]);
const FOREIGN = '{"name": "Nightly", "nodes": [], "connections": {}}';

describe('findProjects', () => {
  let box: Sandbox;
  const found = async (folder = '', options: FindOptions = {}): Promise<string[]> => {
    const refs = await findProjects(box.at(folder), options);
    return refs.map(({ kind, root, file }) => `${kind} ${path.relative(box.root, root)}:${file}`);
  };
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  it('finds nothing in an empty folder, a missing one and a file', async () => {
    box.write({ f: '' });
    assert.deepEqual([...(await found()), ...(await found('none')), ...(await found('f'))], []);
  });
  it('finds pipelines by content in all places, one level down as well', async () => {
    box.gitInit().write({
      'workflow.json': PIPELINE,
      'project.json': PIPELINE,
      '.vaibify/projects/b.json': PIPELINE,
      '.vaibify/projects/a.json': PIPELINE,
      '.vaibify/projects/c.txt': PIPELINE,
      '.vaibify/workflows/old.json': PIPELINE,
      'sub/workflow.json': PIPELINE,
      'sub/.vaibify/projects/p.json': PIPELINE,
      'sub/deep/workflow.json': PIPELINE,
      'other.json': PIPELINE,
    });
    assert.deepEqual(await found(), [
      'vaibify :project.json',
      'vaibify :workflow.json',
      'vaibify :.vaibify/projects/a.json',
      'vaibify :.vaibify/projects/b.json',
      'vaibify :.vaibify/workflows/old.json',
      'vaibify :sub/workflow.json',
      'vaibify :sub/.vaibify/projects/p.json',
    ]);
  });
  it('keeps a project whose file an editor has emptied to write it anew', async () => {
    box.write({ 'workflow.json': '', '.vaibify/projects/a.json': '', 'plan.yaml': '' });
    assert.deepEqual(await found('', { plans: [] }), []);
    const known = (file: string): boolean => file !== box.at('.vaibify/projects/a.json');
    assert.deepEqual(await found('', { plans: [], known }), [
      'vaibify :workflow.json',
      'plan :plan.yaml',
    ]);
    box.write({ 'workflow.json': '{}', 'plan.yaml': 'a: b' });
    assert.deepEqual(await found('', { plans: [], known }), []);
  });
  it('leaves foreign files of the same name alone', async () => {
    box.write({
      'workflow.json': FOREIGN,
      'project.json': '[1]',
      '.vaibify/projects/x.json': FOREIGN,
      '.vaibify/projects/y.json': '{',
    });
    assert.deepEqual(await found(), []);
  });
  it('does not read a foreign file above 16 MiB, and one below .vaibify all the same', async () => {
    const large = PIPELINE + ' '.repeat((16 << 20) + 1);
    box.write({ 'workflow.json': large, '.vaibify/projects/x.json': large });
    assert.deepEqual(await found(), ['vaibify :.vaibify/projects/x.json']);
  });
  it('skips node_modules, hidden directories, what is excluded, and links', async () => {
    box.write({
      'node_modules/workflow.json': PIPELINE,
      '.hidden/workflow.json': PIPELINE,
      'skip/workflow.json': PIPELINE,
      'keep/workflow.json': PIPELINE,
      'keep/project.json': PIPELINE,
      'outside/projects/x.json': PIPELINE,
    });
    symlinkSync(box.at('keep'), box.at('link'));
    symlinkSync(box.at('keep/workflow.json'), box.at('workflow.json'));
    symlinkSync(box.at('outside'), box.at('keep/.vaibify'));
    box.write({ '.vaibify/x': '' });
    symlinkSync(box.at('outside/projects'), box.at('.vaibify/projects'));
    const seen: string[] = [];
    const exclude = (relative: string): boolean => {
      seen.push(relative);
      return ['skip', 'keep/project.json', 'outside'].includes(relative);
    };
    assert.deepEqual(await found('', { exclude }), ['vaibify keep:workflow.json']);
    assert.ok(seen.includes('.vaibify/projects'));
  });
  it('finds manifests here and one level down', async () => {
    const text = manifestOf(['a']);
    const names = ['MANIFEST.sha256', 'SHA256SUMS', 'SHA256SUMS.txt', 'sha256sums.txt'];
    for (const name of [...names, 'foo.tar.gz.sha256', 'x.sha256sum', 'sub/SHA256SUMS']) {
      box.write({ [name]: text });
    }
    box.write({ 'sub/deep/SHA256SUMS': text, 'bare.sha256': `${'0'.repeat(64)}\n` });
    assert.deepEqual((await found()).sort(), [
      'manifest :MANIFEST.sha256',
      'manifest :SHA256SUMS',
      'manifest :SHA256SUMS.txt',
      'manifest :foo.tar.gz.sha256',
      'manifest :sha256sums.txt',
      'manifest :x.sha256sum',
      'manifest sub:SHA256SUMS',
    ]);
  });
  it('does not list the manifest of a pipeline again', async () => {
    box.gitInit().write({
      'workflow.json': PIPELINE,
      'MANIFEST.sha256': manifestOf(['a']),
      'release/MANIFEST.sha256': manifestOf(['a']),
    });
    assert.deepEqual(await found(), ['vaibify :workflow.json', 'manifest release:MANIFEST.sha256']);
  });
  it('roots a pipeline at the git top level, outside git at its own directory', async () => {
    box.write({ 'loose/.vaibify/projects/p.json': PIPELINE, 'loose2/workflow.json': PIPELINE });
    box.gitInit('repo').write({ 'repo/a/workflow.json': PIPELINE });
    assert.deepEqual(await found(), [
      'vaibify loose:.vaibify/projects/p.json',
      'vaibify loose2:workflow.json',
    ]);
    assert.deepEqual(await found('repo'), ['vaibify repo:a/workflow.json']);
    assert.deepEqual(await found('repo/a'), ['vaibify repo:a/workflow.json']);
  });
  it('roots a pipeline where its manifest is, when the git top level has none', async () => {
    const manifest = manifestOf(['a']);
    box.gitInit().write({ 'sample/workflow.json': PIPELINE, 'sample/MANIFEST.sha256': manifest });
    assert.deepEqual(await found(), ['vaibify sample:workflow.json']);
    box.write({ 'MANIFEST.sha256': manifest });
    assert.deepEqual(await found(), [
      'vaibify :sample/workflow.json',
      'manifest sample:MANIFEST.sha256',
    ]);
  });
  it('roots a manifest at the git top level when most of its names are from there', async () => {
    box
      .gitInit()
      .write({ a: '', b: '', 'sub/c': '', 'sub/SHA256SUMS': manifestOf(['a', 'b', 'c']) });
    assert.deepEqual(await found(), ['manifest :sub/SHA256SUMS']);
    box.write({ 'sub/a': '' });
    assert.deepEqual(await found(), ['manifest sub:SHA256SUMS']);
    box.write({ 'sub/SHA256SUMS': manifestOf(['x', 'y', 'z', 'a']) });
    assert.deepEqual(await found('sub'), ['manifest sub:SHA256SUMS']);
  });
  it('takes no more than a hundred sidecars of one directory', async () => {
    for (let i = 0; i < 120; i++) box.write({ [`${i}.sha256`]: manifestOf(['a']) });
    assert.equal((await found()).length, 100);
  });
});

describe('isProjectName', () => {
  for (const name of [
    '/r/workflow.json',
    'project.json',
    '/r/.vaibify/projects/x.json',
    'C:\\r\\.vaibify\\workflows\\x.json',
    '/r/.vaibify/projects',
    '/r/.vaibify',
    '/r/.git',
    '/r/SHA256SUMS',
    '/r/foo.tar.gz.sha256',
  ]) {
    it(`is ${name}`, () => assert.equal(isProjectName(name), true));
  }
  for (const name of [
    '/r/x.json',
    '/r/projects/x.json',
    '/r/.vaibify/state.json',
    '/r/projects',
    '',
  ]) {
    it(`is not ${name || 'nothing'}`, () => assert.equal(isProjectName(name), false));
  }
});
