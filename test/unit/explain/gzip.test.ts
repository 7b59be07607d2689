import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { before } from 'mocha';
import { skip } from '../../harness/skip.js';
import {
  differences,
  explained,
  has,
  inShort,
  python,
  sh,
  TAR,
  temporaryDirectory,
  TREE,
} from './support.js';

describe('explain: gzip', () => {
  const cwd = temporaryDirectory();

  before(() =>
    sh(cwd, `${TREE} ${TAR} -cf t.tar tree; seq 1 20000 > n.txt; gzip -nc n.txt > n.gz`),
  );

  it('finds name and time in the header', async () => {
    sh(
      cwd,
      `cp n.txt m.txt; touch -d @1700000000 n.txt; touch -d @1700000060 m.txt
       gzip -c n.txt > one.gz; gzip -c m.txt > two.gz; gzip -nc n.txt > three.gz; cp three.gz four.gz`,
    );
    const { differences: found, classes } = await explained(cwd, 'one.gz', 'two.gz');
    assert.deepEqual(
      found.map(({ class: name, field, left, right }) => [name, field, left, right]),
      [
        ['compression-header', 'gzip-mtime', '2023-11-14T22:13:20Z', '2023-11-14T22:14:20Z'],
        ['compression-header', 'gzip-name', 'n.txt', 'm.txt'],
      ],
    );
    assert.deepEqual(classes, [{ class: 'compression-header', count: 2 }]);
    assert.deepEqual(await differences(cwd, 'one.gz', 'three.gz'), [
      'compression-header gzip-mtime',
      'compression-header gzip-flags',
      'compression-header gzip-name',
    ]);
    assert.equal((await explained(cwd, 'three.gz', 'four.gz')).same, true);
  });

  it('tells the same content in another deflate stream', async () => {
    sh(cwd, 'gzip -n1c n.txt > fast.gz; gzip -n9c n.txt > best.gz; gzip -n5c n.txt > five.gz');
    assert.deepEqual(await differences(cwd, 'n.gz', 'five.gz'), ['compression compressed-bytes']);
    assert.deepEqual(await differences(cwd, 'fast.gz', 'best.gz'), [
      'compression-header gzip-level',
      'compression compressed-bytes',
    ]);
  });

  it('reads headers with every part, from Python', async function () {
    if (!has('python3')) skip(this, 'python3 is not installed');
    python(
      cwd,
      `
import struct, zlib
def write(name, extra, comment):
    data = b'same\\n'
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = struct.pack('<BBBBIBB', 31, 139, 8, 2 | 4 | 16, 0, 2, 255)
    head += struct.pack('<H', len(extra)) + extra + comment + b'\\0'
    head += struct.pack('<H', zlib.crc32(head) & 0xffff)
    body = packer.compress(data) + packer.flush()
    open(name, 'wb').write(head + body + struct.pack('<II', zlib.crc32(data), len(data)))
write('one.gz', b'AB\\2\\0xy', b'built on monday')
write('two.gz', b'AB\\2\\0xz', b'built on friday')
`,
    );
    assert.deepEqual(await differences(cwd, 'one.gz', 'two.gz'), [
      'compression-header gzip-extra',
      'compression-header gzip-comment',
    ]);
  });

  it('looks through several streams in one file', async () => {
    sh(cwd, 'printf "a\\n" | gzip -n > one.gz; printf "b\\n" | gzip -n >> one.gz');
    sh(cwd, 'printf "a\\n" | gzip -n > two.gz; printf "c\\n" | gzip -n >> two.gz');
    sh(cwd, 'printf "a\\nb\\n" | gzip -n > three.gz');
    assert.deepEqual(await differences(cwd, 'one.gz', 'two.gz'), ['content text']);
    assert.deepEqual(await differences(cwd, 'one.gz', 'three.gz'), [
      'compression compressed-bytes',
    ]);
  });

  it('names several classes at once, member by member', async () => {
    sh(
      cwd,
      `rm -rf tree; ${TREE} printf 'built 2026-11-21 in /tmp/b.1/x\\n' > tree/d/b.txt
       ${TAR} -cf one.tar tree; touch -d @1700000000 one.tar; gzip -c one.tar > one.tar.gz
       printf 'built 2026-11-22 in /tmp/b.2/x\\n' > tree/d/b.txt; chmod 600 tree/a.txt
       ${TAR} --mtime=@1700000001 --owner=5 -cf two.tar --no-recursion tree tree/d tree/d/b.txt tree/link tree/a.txt
       touch -d @1700000001 two.tar; gzip -c two.tar > two.tar.gz`,
    );
    const { classes, differences: found } = await explained(cwd, 'one.tar.gz', 'two.tar.gz');
    assert.deepEqual(classes, [
      { class: 'mtime', count: 5 },
      { class: 'order', count: 1 },
      { class: 'owner', count: 5 },
      { class: 'mode', count: 1 },
      { class: 'compression-header', count: 2 },
      { class: 'embedded-path', count: 1 },
      { class: 'embedded-date', count: 1 },
    ]);
    const embedded = found.filter(({ class: name }) => name.startsWith('embedded'));
    assert.deepEqual(
      embedded.map((each) => [inShort(each), each.left, each.right, each.line]),
      [
        ['embedded-path tree/d/b.txt path', '/tmp/b.1/x', '/tmp/b.2/x', 1],
        ['embedded-date tree/d/b.txt date', '2026-11-21', '2026-11-22', 1],
      ],
    );
  });

  it('tells formats apart by their bytes, not their names', async () => {
    sh(cwd, 'cp t.tar x.gz; gzip -nc t.tar > y.gz; : > empty; cp n.gz plain.txt');
    const { differences: found } = await explained(cwd, 'x.gz', 'y.gz');
    assert.deepEqual(
      found.map(({ field, left, right }) => [field, left, right]),
      [['format', 'tar', 'gzip']],
    );
    assert.deepEqual(await differences(cwd, 'empty', 'n.gz'), ['content format']);
    assert.deepEqual(await differences(cwd, 'empty', 'n.txt'), ['content text']);
    writeFileSync(path.join(cwd, 'empty2'), '');
    assert.equal((await explained(cwd, 'empty', 'empty2')).same, true);
  });
});
