import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import {
  absolutePath,
  existsFile,
  listDirectory,
  readBytes,
  readChunks,
  sha256,
  writeAtomic,
} from '../../../src/core/system/files.js';
import { sha256sum, temporaryDirectory } from './support.js';

describe('files', () => {
  const directory = temporaryDirectory();
  let root = '';
  let made = 0;
  const at = (name: string): string => path.join(root, name);
  beforeEach(() => {
    root = path.join(directory, `root-${made++}`);
    mkdirSync(root);
  });

  it('reads bytes as they are, and tells absence from failure', async () => {
    const bytes = Buffer.of(0xef, 0xbb, 0xbf, 0x0d, 0x0a, 0x00, 0xff);
    writeFileSync(at('a'), bytes);
    assert.deepEqual(Buffer.from((await readBytes(at('a')))!), bytes);
    assert.equal(await readBytes(at('absent')), undefined);
    assert.equal(await readBytes(at('a/below')), undefined);
    await assert.rejects(readBytes(root), { code: 'not-a-file' });
    await assert.rejects(readBytes(at('a'), { limit: 6 }), { code: 'too-large', path: at('a') });
    assert.equal((await readBytes(at('a'), { limit: 7 }))?.length, 7);
  });

  it('waits for no FIFO', async function () {
    this.timeout(3000);
    execFileSync('mkfifo', [at('fifo')]);
    await assert.rejects(readBytes(at('fifo')), { code: 'not-a-file' });
    await assert.rejects(readChunks(at('fifo'), 10).next(), { code: 'not-a-file' });
    assert.equal(await existsFile(at('fifo')), false);
  });

  it('reads in pieces that put together are the file', async () => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
    writeFileSync(at('a'), bytes);
    for (const size of [1, 7, 500, 999, 1000, 1001]) {
      const chunks: Buffer[] = [];
      for await (const chunk of readChunks(at('a'), size)) chunks.push(chunk);
      assert.equal(chunks.length, Math.ceil(1000 / size));
      assert.deepEqual(Buffer.concat(chunks), bytes);
    }
    writeFileSync(at('empty'), '');
    assert.deepEqual(await readChunks(at('empty'), 10).next(), { done: true, value: undefined });
    await assert.rejects(readChunks(at('absent'), 10).next(), { code: 'ENOENT' });
  });

  it('closes a file that is read in part only', async () => {
    writeFileSync(at('a'), 'x'.repeat(100));
    const open = (): string[] =>
      readdirSync('/proc/self/fd').filter((fd) => {
        const link = `/proc/self/fd/${fd}`;
        // The descriptor that lists the directory is gone by the time it is looked at.
        return existsSync(link) && readlinkSync(link) === at('a');
      });
    for await (const chunk of readChunks(at('a'), 10)) {
      assert.equal(chunk.length, 10);
      assert.equal(open().length, 1);
      break;
    }
    assert.equal(open().length, 0);
  });

  it('replaces a file as a whole and keeps its mode', async () => {
    writeFileSync(at('a'), 'old');
    chmodSync(at('a'), 0o640);
    const inode = statSync(at('a')).ino;
    await writeAtomic(at('a'), Buffer.from('new'));
    assert.equal(readFileSync(at('a'), 'utf8'), 'new');
    assert.equal(statSync(at('a')).mode & 0o777, 0o640);
    assert.notEqual(statSync(at('a')).ino, inode);
    await writeAtomic(at('b'), new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
    assert.deepEqual(readFileSync(at('b')), Buffer.of(2, 3));
    assert.deepEqual(readdirSync(root).sort(), ['a', 'b']);
  });

  it('keeps the old file and leaves nothing behind when the write fails', async () => {
    // A directory on the way is a file: nothing can be written there.
    writeFileSync(at('a'), 'old');
    await assert.rejects(writeAtomic(at('a/b'), Buffer.from('new')));
    mkdirSync(at('d'));
    await assert.rejects(writeAtomic(at('d'), Buffer.from('new')), { code: 'not-a-file' });
    assert.equal(readFileSync(at('a'), 'utf8'), 'old');
    assert.deepEqual(readdirSync(root).sort(), ['a', 'd']);
  });

  it('writes through no link, at the end or on the way', async () => {
    mkdirSync(at('outside'));
    mkdirSync(at('in'));
    writeFileSync(at('outside/f'), 'theirs');
    symlinkSync('../outside/f', at('in/link'));
    symlinkSync('../outside', at('in/directory'));
    symlinkSync('../outside/new', at('in/dangling'));
    const bytes = Buffer.from('ours');
    const refused = { code: 'link-on-path' };
    await assert.rejects(writeAtomic(at('in/link'), bytes), refused);
    await assert.rejects(writeAtomic(at('in/dangling'), bytes), refused);
    await assert.rejects(writeAtomic(at('in/directory/f'), bytes, { within: at('in') }), refused);
    assert.equal(readFileSync(at('outside/f'), 'utf8'), 'theirs');
    assert.equal(existsSync(at('outside/new')), false);
    // The directory that the user pointed at may be a link, as the root of a project may.
    await writeAtomic(at('in/directory/f'), bytes, { within: at('in/directory') });
    assert.equal(readFileSync(at('outside/f'), 'utf8'), 'ours');
    await assert.rejects(writeAtomic(at('caf\udce9'), bytes), { code: 'not-utf8-name' });
  });

  it('knows files from everything else', async () => {
    writeFileSync(at('a'), '');
    symlinkSync('a', at('link'));
    symlinkSync('nowhere', at('dangling'));
    const found = await Promise.all(
      ['a', 'link', 'dangling', 'absent', '.'].map((n) => existsFile(at(n))),
    );
    assert.deepEqual(found, [true, true, false, false, false]);
  });

  it('lists a directory by code point, links as links, names that are not UTF-8 without loss', async () => {
    for (const name of ['b', 'B', '\u{10000}', '\uff00']) writeFileSync(at(name), '');
    writeFileSync(Buffer.concat([Buffer.from(at('caf')), Buffer.of(0xe9)]), '');
    mkdirSync(at('d'));
    symlinkSync('d', at('link'));
    execFileSync('mkfifo', [at('fifo')]);
    assert.deepEqual(await listDirectory(root), [
      { name: 'B', kind: 'file' },
      { name: 'b', kind: 'file' },
      { name: 'caf\udce9', kind: 'file' },
      { name: 'd', kind: 'directory' },
      { name: 'fifo', kind: 'special' },
      { name: 'link', kind: 'link' },
      { name: '\uff00', kind: 'file' },
      { name: '\u{10000}', kind: 'file' },
    ]);
    assert.equal(await listDirectory(at('absent')), undefined);
    assert.equal(await listDirectory(at('b')), undefined);
  });

  it('hashes bytes in memory as sha256sum does', () => {
    writeFileSync(at('a'), 'some bytes');
    assert.equal(sha256(Buffer.from('some bytes')), sha256sum(at('a')));
    assert.equal(absolutePath('/r', 'a/b'), '/r/a/b');
  });
});
