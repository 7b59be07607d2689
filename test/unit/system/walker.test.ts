import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import type { Observation } from '../../../src/core/system/observation.js';
import { buildWorker, hasherFactory, of, sha256sum, temporaryDirectory } from './support.js';

describe('names and links', () => {
  const directory = temporaryDirectory();
  const make = hasherFactory();
  const root = path.join(directory, 'root');
  let workerFile = '';
  const at = (name: string): string => path.join(root, name);
  const see = (names: readonly string[], followLinks = false): Promise<Observation[]> =>
    make({ workerFile }).observe(root, names, { mode: 'read', followLinks });
  const linked = (segment: string, target: string): Observation => ({
    kind: 'linked',
    segment,
    target,
  });
  const SPECIAL = { kind: 'unreadable', reason: 'special' };
  const DIRECTORY = { kind: 'unreadable', reason: 'directory' };

  before(() => {
    workerFile = buildWorker(directory);
    mkdirSync(at('a/deep'), { recursive: true });
    mkdirSync(path.join(directory, 'outside'));
    writeFileSync(path.join(directory, 'outside/secret'), 'secret');
    writeFileSync(path.join(directory, 'beside'), 'beside');
    for (const name of ['b', 'a/b', 'a/deep/b']) writeFileSync(at(name), name);
    symlinkSync('b', at('to-b'));
    symlinkSync('a', at('to-a'));
    symlinkSync('to-a', at('to-to-a'));
    symlinkSync('nowhere', at('dangling'));
    symlinkSync('../outside', at('out'));
    symlinkSync(path.join(directory, 'outside/secret'), at('secret'));
    symlinkSync('loop', at('loop'));
    symlinkSync('.', at('here'));
    symlinkSync(directory, at('up'));
  });

  it('opens names as they are spelled', async () => {
    const names = ['./b', 'a//b', 'a/./deep/../b', 'a/../b', './/a/deep/b', 'a/deep/../../b'];
    const found = await see(names);
    assert.deepEqual(
      found.map((observation) => of(observation, 'file').digest),
      names.map((name) => sha256sum(at(name))),
    );
  });

  it('never leaves the root', async () => {
    const names = [
      '../beside',
      'a/../../beside',
      './../beside',
      'a/deep/../../../beside',
      path.join(directory, 'beside'),
      '/etc/hostname',
      '..',
      'a/../..',
      'with\0nul',
    ];
    assert.deepEqual(
      await see(names),
      names.map(() => SPECIAL),
    );
    assert.deepEqual(
      await see(names, true),
      names.map(() => SPECIAL),
    );
  });

  it('keeps its place in a batch in spite of a NUL in a name', async () => {
    const found = await see(['x\0y', 'b', '', 'a/b']);
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['unreadable', 'file', 'unreadable', 'file'],
    );
  });

  it('reports a link anywhere on the path, with the first one as the segment', async () => {
    const found = await see([
      'to-b',
      'to-a/b',
      'to-to-a/deep/b',
      'out/secret',
      'dangling',
      'loop',
      'here/b',
      'to-a/absent',
      'to-a/../b',
      // A final separator makes the kernel itself follow the link.
      'to-a/',
      'to-a/.',
    ]);
    assert.deepEqual(found, [
      linked('to-b', 'b'),
      linked('to-a', 'a'),
      linked('to-to-a', 'to-a'),
      linked('out', '../outside'),
      linked('dangling', 'nowhere'),
      linked('loop', 'loop'),
      linked('here', '.'),
      linked('to-a', 'a'),
      linked('to-a', 'a'),
      linked('to-a', 'a'),
      linked('to-a', 'a'),
    ]);
  });

  it('tells a missing name, a missing directory and a file in place of a directory as missing', async () => {
    const names = [
      'absent',
      'absent/b',
      'a/absent/b',
      'b/below',
      'b/../a/b',
      'x'.repeat(300),
      'y/'.repeat(3000),
    ];
    assert.deepEqual(
      await see(names),
      names.map(() => ({ kind: 'missing' })),
    );
  });

  it('does not take a directory for a file', async () => {
    const names = ['a', 'a/', 'a/deep/', 'a/.', 'a/deep/..', '.', './'];
    assert.deepEqual(
      await see(names),
      names.map(() => DIRECTORY),
    );
    assert.deepEqual(await see(['b/', 'b/.']), [{ kind: 'missing' }, { kind: 'missing' }]);
  });

  it('touches no FIFO, socket or device, and waits for none', async function () {
    this.timeout(5000);
    execFileSync('mkfifo', [at('fifo')]);
    execFileSync('mknod', [at('null'), 'c', '1', '3']);
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.on('listening', resolve));
    try {
      symlinkSync('fifo', at('to-fifo'));
      assert.deepEqual(await see(['fifo', 'null', 'socket']), [SPECIAL, SPECIAL, SPECIAL]);
      assert.deepEqual(await see(['to-fifo'], true), [SPECIAL]);
    } finally {
      server.close();
    }
  });

  it('opens names that are not UTF-8', async () => {
    const raw = Buffer.concat([Buffer.from(at('a/caf')), Buffer.of(0xe9), Buffer.from('.txt')]);
    writeFileSync(raw, 'latin-1');
    mkdirSync(Buffer.concat([Buffer.from(at('d')), Buffer.of(0xff)]));
    writeFileSync(Buffer.concat([Buffer.from(at('d')), Buffer.of(0xff), Buffer.from('/x')]), 'x');
    const [file, inside, wrong] = await see(['a/caf\udce9.txt', 'd\udcff/x', 'a/caf\ufffd.txt']);
    const digest = execFileSync('sha256sum', { input: 'latin-1', encoding: 'utf8' }).slice(0, 64);
    assert.equal(of(file, 'file').digest, digest);
    assert.equal(of(inside, 'file').size, 1);
    of(wrong, 'missing');
  });

  describe('with links followed', () => {
    it('accepts what stays inside, through any number of links', async () => {
      const names = ['to-b', 'to-a/b', 'to-to-a/deep/b', 'here/here/b', 'to-to-a/deep/../b'];
      const found = await see(names, true);
      assert.deepEqual(
        found.map((observation) => of(observation, 'file').digest),
        ['b', 'a/b', 'a/deep/b', 'b', 'a/b'].map((name) => sha256sum(at(name))),
      );
    });

    it('refuses what leads outside, also by `..` behind a link', async () => {
      const names = ['secret', 'out/secret', 'up/beside', 'up/root/b', 'loop', 'here/../beside'];
      assert.deepEqual(await see(names, true), [
        linked('secret', path.join(directory, 'outside/secret')),
        linked('out', '../outside'),
        linked('up', directory),
        linked('up', directory),
        linked('loop', 'loop'),
        SPECIAL,
      ]);
    });

    it('tells a dangling link as missing and a link to a directory as a directory', async () => {
      assert.deepEqual(await see(['dangling', 'to-a', 'to-b/x'], true), [
        { kind: 'missing' },
        DIRECTORY,
        { kind: 'missing' },
      ]);
    });

    it('does not take a sibling whose name begins like the root for inside', async () => {
      mkdirSync(`${root}-sibling`);
      writeFileSync(`${root}-sibling/x`, 'x');
      symlinkSync(`${root}-sibling/x`, at('sibling'));
      const [found] = await make({ workerFile }).observe(root, ['sibling'], {
        mode: 'read',
        followLinks: true,
      });
      assert.deepEqual(found, linked('sibling', `${root}-sibling/x`));
    });
  });
});
