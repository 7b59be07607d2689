import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { before } from 'mocha';
import { pack } from 'tar-stream';
import { gzipSync } from 'node:zlib';
import { skip } from '../../harness/skip.js';
import {
  differences,
  explained,
  has,
  python,
  sh,
  TAR,
  temporaryDirectory,
  TREE,
} from './support.js';

const SMALL = { totalBytes: 64 << 20 };

describe('explain: hostile and damaged input', () => {
  const cwd = temporaryDirectory();
  const at = (name: string): string => path.join(cwd, name);

  before(() => {
    sh(cwd, `${TREE} seq 1 50000 > tree/n; touch -d @1700000000 tree/n tree`);
    sh(cwd, `${TAR} -cf t.tar tree; gzip -nc t.tar > t.tar.gz`);
  });

  it('says of a cut tar.gz on which side it ends', async () => {
    sh(cwd, 'head -c 40000 t.tar.gz > cut.tar.gz');
    const { same, classes, obstacles } = await explained(cwd, 't.tar.gz', 'cut.tar.gz');
    assert.deepEqual([same, classes], [false, [{ class: 'content', count: 1 }]]);
    assert.deepEqual(
      obstacles.map(({ reason, side }) => [reason, side]),
      [['damaged', 'right']],
    );
    const [other] = (await explained(cwd, 'cut.tar.gz', 't.tar.gz')).obstacles;
    assert.equal(other?.side, 'left');
  });

  for (const [title, make] of [
    ['a tar that ends in a member', 'head -c 30000 t.tar > bad'],
    ['a tar that ends in a header', 'head -c 700 t.tar > bad'],
    [
      'a tar with a broken header',
      "cp t.tar bad; printf 'XXXX' | dd of=bad bs=1 seek=1640 conv=notrunc status=none",
    ],
  ] as const) {
    it(`says that ${title} is damaged`, async () => {
      sh(cwd, make);
      const { obstacles, classes } = await explained(cwd, 't.tar', 'bad');
      assert.deepEqual(
        obstacles.map(({ reason, side }) => [reason, side]),
        [['damaged', 'right']],
      );
      assert.deepEqual(classes, [{ class: 'content', count: 1 }]);
    });
  }

  it('says that a deflate stream is damaged, also in a zip', async function () {
    sh(
      cwd,
      "cp t.tar.gz bad.gz; printf 'XXXXXXXX' | dd of=bad.gz bs=1 seek=9000 conv=notrunc status=none",
    );
    const [first] = (await explained(cwd, 't.tar.gz', 'bad.gz')).obstacles;
    assert.deepEqual([first?.reason, first?.side], ['damaged', 'right']);
    if (!has('zip')) skip(this, 'zip is not installed');
    sh(cwd, 'rm -f t.zip; zip -qX t.zip tree/n; cp t.zip bad.zip; head -c 20000 t.zip > cut.zip');
    sh(cwd, "printf 'XXXXXXXX' | dd of=bad.zip bs=1 seek=9000 conv=notrunc status=none");
    for (const name of ['bad.zip', 'cut.zip']) {
      const { obstacles } = await explained(cwd, 't.zip', name);
      assert.deepEqual(
        obstacles.map(({ reason, side }) => [reason, side]),
        [['damaged', 'right']],
        name,
      );
    }
  });

  it('gives up on a gzip bomb', async () => {
    sh(
      cwd,
      'head -c 64M /dev/zero | gzip -n9 > bomb.gz; head -c 65M /dev/zero | gzip -n9 > bomb2.gz',
    );
    const { same, obstacles } = await explained(cwd, 'bomb.gz', 'bomb2.gz', {
      limits: { streamBytes: 8 << 20 },
    });
    assert.deepEqual([same, obstacles], [false, [{ path: [], reason: 'too-large', side: 'left' }]]);
  });

  it('gives up on a zip whose members share their bytes', async function () {
    if (!has('python3')) skip(this, 'python3 is not installed');
    python(
      cwd,
      `
import io, struct, zipfile
def bomb(name, comment):
    held = io.BytesIO()
    with zipfile.ZipFile(held, 'w', zipfile.ZIP_DEFLATED) as zip:
        zip.writestr(zipfile.ZipInfo('a'), b'\\0' * (4 << 20), zipfile.ZIP_DEFLATED)
    data = held.getvalue()
    end = data.rindex(b'PK\\x05\\x06')
    start = struct.unpack('<I', data[end + 16:end + 20])[0]
    entry, count = data[start:end], 1000
    tail = struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, count, count, len(entry) * count, start, len(comment))
    open(name, 'wb').write(data[:start] + entry * count + tail + comment)
bomb('one.zip', b'1')
bomb('two.zip', b'2')
`,
    );
    const { obstacles } = await explained(cwd, 'one.zip', 'two.zip', { limits: SMALL });
    assert.deepEqual(obstacles, [{ path: [], reason: 'too-large', side: 'left' }]);
  });

  it('gives up on too many members, and on nested archives that are too large', async () => {
    sh(
      cwd,
      `mkdir -p many; for i in $(seq 1 60); do echo $i > many/$i; done; ${TAR} -cf one.tar many
       echo x > many/1; ${TAR} -cf two.tar many; ${TAR} -cf o1.tar one.tar t.tar; cp two.tar one.tar
       ${TAR} -cf o2.tar one.tar t.tar`,
    );
    const many = await explained(cwd, 'one.tar', 't.tar', { limits: { members: 40 } });
    assert.deepEqual(many.obstacles, [{ path: [], reason: 'too-many-members', side: 'left' }]);
    const nested = await explained(cwd, 'o1.tar', 'o2.tar', { limits: { nestedBytes: 10_000 } });
    assert.deepEqual(nested.obstacles, [{ path: ['one.tar'], reason: 'too-large' }]);
    assert.deepEqual(nested.classes, [{ class: 'content', count: 1 }]);
  });

  it('gives up on headers that would fill the memory', async function () {
    if (!has('python3')) skip(this, 'python3 is not installed');
    python(
      cwd,
      `
import tarfile
for name, members in (('one.tgz', 300), ('two.tgz', 301)):
    with tarfile.open(name, 'w:gz', format=tarfile.PAX_FORMAT, compresslevel=1) as tar:
        for index in range(members):
            info = tarfile.TarInfo('m%d' % index)
            info.pax_headers = {'comment': str(index) + 'x' * 100000}
            tar.addfile(info)
def records(count):
    with tarfile.open('many%d.tar' % count, 'w', format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo('m')
        info.pax_headers = {'k%d' % index: '1' for index in range(count)}
        tar.addfile(info)
records(20)
records(2000)
`,
    );
    const limits = { rememberedBytes: 8 << 20 };
    const { obstacles } = await explained(cwd, 'one.tgz', 'two.tgz', { limits });
    assert.deepEqual(obstacles, [{ path: [], reason: 'too-many-members', side: 'left' }]);
    const found = await differences(cwd, 'one.tgz', 'two.tgz');
    assert.equal(found.at(-1), 'only-right m300 member');
    const many = await explained(cwd, 'many20.tar', 'many2000.tar');
    assert.deepEqual(many.obstacles, [{ path: [], reason: 'too-large', side: 'right' }]);
  });

  it('lays a hundred thousand differing pieces side by side', async () => {
    const text = (word: string): string =>
      Array.from({ length: 150_000 }, (_, index) => (index % 2 === 0 ? word : 'same')).join('\n');
    writeFileSync(at('one'), text('a'));
    writeFileSync(at('two'), text('b'));
    const { differences: found } = await explained(cwd, 'one', 'two');
    assert.deepEqual(
      found.map(({ field, count, line }) => [field, count, line]),
      [['text', 75_000, 1]],
    );
  });

  it('looks at a large content from its first difference on, and says where it stopped', async () => {
    const [one, two] = ['one.bin', 'two.bin'].map((name) => openSync(at(name), 'w'));
    for (const file of [one!, two!]) writeSync(file, Buffer.alloc(3 << 20, 'a line of text\n'));
    writeSync(two!, '2026-11-22\n', 1 << 20);
    writeSync(one!, '2026-11-21\n', 1 << 20);
    [one!, two!].forEach((file) => closeSync(file));
    const { classes, differences: found, obstacles } = await explained(cwd, 'one.bin', 'two.bin');
    assert.deepEqual(classes, [{ class: 'embedded-date', count: 1 }]);
    assert.ok((found[0]?.offset ?? 0) > (1 << 20) - 64 && (found[0]?.offset ?? 0) <= 1 << 20);
    assert.deepEqual(obstacles, [{ path: [], reason: 'too-large' }]);
  });

  it('takes names as data: nothing is written anywhere', async () => {
    const names = ['../../escape', '/etc/passwd', '__proto__', 'constructor', '\u202e.txt', 'a\nb'];
    const build = async (name: string, text: string): Promise<void> => {
      const tar = pack();
      for (const each of names) tar.entry({ name: each, mtime: new Date(0) }, text);
      tar.entry({ name: 'x', mtime: new Date(0), pax: { __proto__: 'y' } }, text);
      tar.finalize();
      const parts: Buffer[] = [];
      for await (const part of tar as AsyncIterable<Buffer>) parts.push(part);
      writeFileSync(at(name), gzipSync(Buffer.concat(parts)));
    };
    await build('one.tgz', 'one\n');
    await build('two.tgz', 'two\n');
    const before = sh(cwd, 'ls -a . ..');
    const found = await differences(cwd, 'one.tgz', 'two.tgz');
    assert.deepEqual(
      found,
      [...names, 'x'].map((name) => `content ${name} text`),
    );
    assert.equal(sh(cwd, 'ls -a . ..'), before);
  });

  it('reads zip names that lead out of a directory', async function () {
    if (!has('python3')) skip(this, 'python3 is not installed');
    python(
      cwd,
      `
import zipfile
for name, text in (('one.zip', 'one'), ('two.zip', 'two')):
    with zipfile.ZipFile(name, 'w') as zip:
        zip.writestr(zipfile.ZipInfo('../../escape'), text)
        zip.writestr(zipfile.ZipInfo('/abs'), 'same')
`,
    );
    assert.deepEqual(await differences(cwd, 'one.zip', 'two.zip'), ['content ../../escape text']);
  });

  it('can be cancelled', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(explained(cwd, 't.tar', 't.tar.gz', { signal }), /enough/);
  });

  it('refuses what is no file', async () => {
    await assert.rejects(explained(cwd, 't.tar', 'absent'), { code: 'ENOENT' });
    await assert.rejects(explained(cwd, 'tree', 't.tar'), { code: 'not-a-file' });
  });

  it('never takes other bytes for the same, whichever byte is changed', async () => {
    const whole = readFileSync(at('t.tar.gz'));
    const tar = readFileSync(at('t.tar'));
    for (const [name, bytes] of [
      ['t.tar.gz', whole],
      ['t.tar', tar],
    ] as const) {
      for (let index = 0; index < 24; index++) {
        const place = Math.floor((index / 24) ** 3 * bytes.length);
        const changed = Buffer.from(bytes);
        changed[place] = (changed[place] ?? 0) ^ 1;
        writeFileSync(at('changed'), changed);
        const { same, classes } = await explained(cwd, name, 'changed');
        assert.ok(!same && classes.length > 0, `${name} at ${place}`);
      }
    }
  });
});
