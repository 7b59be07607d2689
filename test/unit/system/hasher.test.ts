import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { Hasher } from '../../../src/core/system/hasher.js';
import {
  buildWorker,
  doctoredWorker,
  hasherFactory,
  of,
  openssl,
  sha256sum,
  temporaryDirectory,
} from './support.js';

const MIB = 1 << 20;

describe('hasher', () => {
  const directory = temporaryDirectory();
  const make = hasherFactory();
  let workerFile = '';
  let root = '';
  let made = 0;
  const write = (name: string, content: string | Buffer): string => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  before(() => (workerFile = buildWorker(directory)));
  beforeEach(() => {
    root = path.join(directory, `root-${made++}`);
    mkdirSync(root);
  });

  it('agrees with sha256sum and openssl at every size around its limits', async () => {
    const sizes = [0, 1, 55, 56, 64, 1024, MIB - 1, MIB, MIB + 1, 3 * MIB + 7];
    const names = sizes.map((size) => `of-${size}`);
    const noise = Buffer.from(Array.from({ length: 4099 }, (_, i) => (i * 31) % 251));
    const files = sizes.map((size, i) => write(names[i]!, Buffer.alloc(size, noise)));
    const found = await make({ workerFile }).observe(root, names, { mode: 'read' });
    for (const [i, file] of files.entries()) {
      const { digest, size, how } = of(found[i], 'file');
      assert.deepEqual(
        { digest, size, how },
        { digest: sha256sum(file), size: sizes[i], how: 'read' },
      );
      assert.equal(digest, openssl(file));
    }
  });

  it('gives every one of many names its own result, in order, also when asked twice at once', async () => {
    const names = Array.from({ length: 2500 }, (_, i) => `d${i % 7}/f${i}`);
    for (let i = 0; i < 7; i++) mkdirSync(path.join(root, `d${i}`));
    for (const [i, name] of names.entries()) {
      if (i % 10 !== 0) writeFileSync(path.join(root, name), name);
    }
    const hasher = make({ workerFile });
    const reversed = names.toReversed();
    const [forth, back] = await Promise.all([
      hasher.observe(root, names, { mode: 'read' }),
      hasher.observe(root, reversed, { mode: 'read' }),
    ]);
    assert.deepEqual(back.toReversed().map(digestOrKind), forth.map(digestOrKind));
    const present = forth.filter((_, i) => i % 10 !== 0);
    assert.ok(present.every(({ kind }) => kind === 'file'));
    assert.equal(new Set(present.map(digestOrKind)).size, 2250);
    assert.ok(forth.every(({ kind }, i) => i % 10 !== 0 || kind === 'missing'));
    assert.equal(of(forth[1234], 'file').digest, sha256sum(path.join(root, names[1234]!)));
  });

  it('loses nothing of a batch that turns out to be too much for one worker', async () => {
    const file = write('large', '');
    makeLarge(file, 32 * MIB);
    write('small', 'x');
    const names = Array.from({ length: 48 }, (_, i) => (i === 40 ? 'small' : 'large'));
    const found = await make({ workerFile, threads: 2 }).observe(root, names, { mode: 'read' });
    const digest = sha256sum(file);
    const right = found.map((one, i) => of(one, 'file').digest === digest && i !== 40);
    assert.deepEqual(
      right,
      names.map((name) => name === 'large'),
    );
  }).timeout(20_000);

  it('does not read what is larger than it may', async () => {
    write('at-limit', 'x'.repeat(100));
    write('above', 'x'.repeat(101));
    const names = ['at-limit', 'above'];
    const found = await make({ workerFile }).observe(root, names, { mode: 'read', maxBytes: 100 });
    of(found[0], 'file');
    assert.deepEqual(found[1], { kind: 'too-large', size: 101 });
  });

  it('answers for an empty list, and for a root that is not there', async () => {
    const hasher = make({ workerFile });
    assert.deepEqual(await hasher.observe(root, [], { mode: 'read' }), []);
    const found = await hasher.observe(path.join(root, 'absent'), ['a'], { mode: 'read' });
    assert.deepEqual(found, [{ kind: 'missing' }]);
  });

  it('accepts a root that is a link itself', async () => {
    const file = write('a', 'x');
    const link = `${root}-link`;
    symlinkSync(root, link);
    const [found] = await make({ workerFile }).observe(link, ['a'], { mode: 'read' });
    assert.equal(of(found, 'file').digest, sha256sum(file));
  });

  it('says so when a file is written to while it is read', async () => {
    const file = write('growing', Buffer.alloc(256 * MIB));
    const writer = spawn('sh', ['-c', `while :; do printf x >> "$0"; done`, file]);
    try {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const [found] = await make({ workerFile }).observe(root, ['growing'], { mode: 'read' });
      assert.deepEqual(found, { kind: 'changing' });
    } finally {
      writer.kill('SIGKILL');
    }
  });

  it('says so when a small file changes between the first and the last look, keeping its size', async () => {
    write('swapped', 'old');
    write('still', 'old');
    // Exactly in the middle of the race: after `lstat` and `open`, before the content is read.
    const racing = doctoredWorker(
      directory,
      workerFile,
      `const fs = require('node:fs'); const open = fs.openSync;
       fs.openSync = (file, ...rest) => {
         const fd = open(file, ...rest);
         if (String(file).endsWith('swapped')) fs.utimesSync(file, 1, 1);
         return fd;
       };`,
    );
    const found = await make({ workerFile: racing }).observe(root, ['swapped', 'still'], {
      mode: 'read',
    });
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['changing', 'file'],
    );
  });

  it('does not believe a file whose size is not that of its content', async () => {
    // Size 0 by `stat`, and yet there is text: a digest of nothing would be a lie.
    const [found] = await make({ workerFile }).observe('/proc', ['version'], { mode: 'read' });
    assert.deepEqual(found, { kind: 'changing' });
  });

  it('comes to an end with a file that grows as fast as it is read', async () => {
    makeLarge(write('endless', ''), 2 * MIB);
    const endless = doctoredWorker(
      directory,
      workerFile,
      `const fs = require('node:fs'); fs.readSync = (fd, buffer) => buffer.length;`,
    );
    const hasher = make({ workerFile: endless });
    const found = await hasher.observe(root, ['endless'], { mode: 'read' });
    assert.deepEqual(found, [{ kind: 'changing' }]);
  });

  it('survives a worker that dies, and loses only what that worker had', async () => {
    const names = ['a', 'boom', 'b', ...Array.from({ length: 40 }, (_, i) => `c${i}`)];
    for (const name of names) write(name, name);
    const fragile = doctoredWorker(directory, workerFile, DIES_AT_BOOM);
    const hasher = make({ workerFile: fragile, threads: 2 });
    const found = await hasher.observe(root, names, { mode: 'read' });
    assert.deepEqual(found[1], { kind: 'unreadable', reason: 'io' });
    assert.ok(found.slice(8).every(({ kind }) => kind === 'file'));
    const again = await hasher.observe(root, ['a', 'b'], { mode: 'read' });
    assert.ok(again.every(({ kind }) => kind === 'file'));
  });

  it('gives back what a worker that dies had not begun', async () => {
    // So many that each worker has a second batch waiting while it is at its first.
    const names = ['boom', ...Array.from({ length: 4095 }, (_, i) => `many/${i}`)];
    for (const name of names) write(name, name);
    const fragile = doctoredWorker(directory, workerFile, DIES_AT_BOOM);
    const hasher = make({ workerFile: fragile, threads: 2 });
    const found = await hasher.observe(root, names, { mode: 'read' });
    const batch = 4096 / (2 * 4);
    assert.deepEqual(found[0], { kind: 'unreadable', reason: 'io' });
    assert.ok(found.slice(batch).every(({ kind }) => kind === 'file'));
  });

  it('claims nothing when no worker can start at all', async () => {
    const broken = doctoredWorker(directory, workerFile, 'throw new Error("no")');
    const found = await make({ workerFile: broken }).observe(root, ['a', 'b'], { mode: 'read' });
    assert.deepEqual(found, new Array(2).fill({ kind: 'unreadable', reason: 'io' }));
  });

  it('tells permission from absence', async function () {
    // Root reads everything: the kernel's refusal is played by the worker's own file system calls.
    write('locked', 'x');
    write('closed/inside', 'x');
    chmodSync(path.join(root, 'locked'), 0);
    const refused = doctoredWorker(
      directory,
      workerFile,
      `const fs = require('node:fs');
       const refuse = (real, end) => (file, ...rest) => {
         if (!String(file).endsWith(end)) return real(file, ...rest);
         throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
       };
       fs.openSync = refuse(fs.openSync, 'locked');
       fs.lstatSync = refuse(fs.lstatSync, 'closed/inside');`,
    );
    const names = ['locked', 'closed/inside', 'absent', 'locked/below'];
    const found = await make({ workerFile: refused }).observe(root, names, { mode: 'read' });
    assert.deepEqual(found, [
      { kind: 'unreadable', reason: 'permission' },
      { kind: 'unreadable', reason: 'permission' },
      { kind: 'missing' },
      { kind: 'missing' },
    ]);
  });

  it('stops in the middle of a large file, and is free for other work at once', async () => {
    write('large', Buffer.alloc(0));
    const file = path.join(root, 'large');
    makeLarge(file, 4096 * MIB);
    write('small', 'x');
    const hasher = make({ workerFile, threads: 2 });
    const controller = new AbortController();
    let abortedAt = 0;
    setTimeout(() => {
      abortedAt = performance.now();
      controller.abort();
    }, 200);
    const found = await hasher.observe(root, ['large', 'large'], {
      mode: 'read',
      signal: controller.signal,
    });
    assert.deepEqual(found, [{ kind: 'cancelled' }, { kind: 'cancelled' }]);
    // To read 2 x 4 GiB takes many seconds; how few milliseconds the stop takes depends on the load.
    assert.ok(performance.now() - abortedAt < 1000, `${performance.now() - abortedAt} ms`);
    const [small] = await hasher.observe(root, ['small'], { mode: 'read' });
    of(small, 'file');
    assert.ok(performance.now() - abortedAt < 2000, 'the workers went on reading');
  });

  it('does nothing at all when it was aborted before it began', async () => {
    write('a', 'x');
    const found = await make({ workerFile }).observe(root, ['a'], {
      mode: 'read',
      signal: AbortSignal.abort(),
    });
    assert.deepEqual(found, [{ kind: 'cancelled' }]);
  });

  it('cancels what is under way when disposed', async () => {
    makeLarge(write('large', ''), 4096 * MIB);
    const hasher = new Hasher({ workerFile, threads: 2 });
    const looking = hasher.observe(root, ['large'], { mode: 'read' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await hasher.dispose();
    assert.deepEqual(await looking, [{ kind: 'cancelled' }]);
  });

  it('tells how far it is, no more often than every 100 ms', async () => {
    makeLarge(write('large', ''), 512 * MIB);
    const told: { files: number; bytes: number; at: number }[] = [];
    await make({ workerFile }).observe(root, ['large', 'absent'], {
      mode: 'read',
      onProgress: (progress) => told.push({ ...progress, at: performance.now() }),
    });
    assert.deepEqual({ ...told.at(-1), at: 0 }, { files: 2, bytes: 512 * MIB, at: 0 });
    assert.ok(told.some(({ bytes }) => bytes > 0 && bytes < 512 * MIB));
    const elapsed = told.at(-1)!.at - told[0]!.at;
    assert.ok(told.length <= elapsed / 100 + 3, `${told.length} calls in ${elapsed} ms`);
  });

  it('does not let an idle worker keep a process alive', async () => {
    write('a', 'x');
    const script = path.join(root, 'run.cjs');
    const { build } = await import('esbuild');
    await build({
      stdin: {
        contents: `import { Hasher } from './src/core/system/hasher.ts';
          void new Hasher({ workerFile: ${JSON.stringify(workerFile)} })
            .observe(${JSON.stringify(root)}, ['a'], { mode: 'read' })
            .then(([found]) => console.log(found.kind));`,
        resolveDir: process.cwd(),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      outfile: script,
    });
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data) => (output += String(data)));
    const timer = setTimeout(() => child.kill('SIGKILL'), 8000);
    const code = await new Promise((resolve) => child.on('close', resolve));
    clearTimeout(timer);
    assert.deepEqual({ code, output }, { code: 0, output: 'file\n' });
  });

  it('carries the text of Git LFS and annex pointers, and only of those', async () => {
    const lfs = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 5\n`;
    const hawser = lfs.replace('git-lfs.github.com', 'hawser.github.com');
    const annex = `/annex/objects/SHA256E-s5--${'b'.repeat(64)}.txt\n`;
    const contents = {
      lfs,
      hawser,
      annex,
      'annex-long': annex.padEnd(32 * 1024, 'x'),
      'lfs-too-long': lfs.padEnd(1025, 'x'),
      'annex-too-long': annex.padEnd(32 * 1024 + 1, 'x'),
      'lfs-inside': ` ${lfs}`,
      'version-only': 'version 1.0\n',
    };
    const names = Object.keys(contents);
    for (const [name, content] of Object.entries(contents)) write(name, content);
    const found = await make({ workerFile }).observe(root, names, { mode: 'read' });
    const texts = found.map((observation) => of(observation, 'file').pointerText);
    const none = undefined;
    assert.deepEqual(texts, [lfs, hawser, annex, contents['annex-long'], none, none, none, none]);
    assert.equal(of(found[0], 'file').digest, sha256sum(path.join(root, 'lfs')));
  });
});

/** A worker that ends as soon as it opens a certain file. */
const DIES_AT_BOOM = `const fs = require('node:fs'); const open = fs.openSync;
  fs.openSync = (file, ...rest) =>
    String(file).endsWith('boom') ? process.exit(3) : open(file, ...rest);`;

const digestOrKind = (found: { kind: string; digest?: string }): string =>
  found.digest ?? found.kind;

/** A sparse file: large to read, quick to make. */
function makeLarge(file: string, size: number): void {
  truncateSync(file, size);
}
