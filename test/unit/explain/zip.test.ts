import assert from 'node:assert/strict';
import { before } from 'mocha';
import { skip } from '../../harness/skip.js';
import { differences, explained, has, inShort, python, sh, temporaryDirectory } from './support.js';

/** Writes `left.zip` and `right.zip`; `change` is Python that may alter the members of the second. */
const make = (change: string): string => `
import zipfile
class Member:
    def __init__(self, name, data, **facts):
        self.info = zipfile.ZipInfo(name, (2023, 11, 14, 22, 13, 20))
        self.info.external_attr = 0o100644 << 16
        self.info.compress_type = zipfile.ZIP_DEFLATED
        self.info.create_system = 3
        self.data = data
        self.level = 6
def members():
    return [Member('a.txt', b'one\\n' * 500), Member('d/b.txt', b'two\\n' * 500)]
def write(name, members, comment=b'', prefix=b''):
    if prefix: open(name, 'wb').write(prefix)
    with zipfile.ZipFile(name, 'a' if prefix else 'w') as zip:
        zip.comment = comment
        for member in members: zip.writestr(member.info, member.data, compresslevel=member.level)
write('left.zip', members())
m = members()
a, b = m
kept = {}
${change}
write('right.zip', m, **kept)
`;

const CASES: readonly (readonly [title: string, change: string, expected: readonly string[]])[] = [
  ['a time', 'a.info.date_time = (2023, 11, 14, 22, 13, 22)', ['mtime a.txt mtime DOS']],
  ['the order', 'm.reverse()', ['order member-order']],
  ['a mode', 'a.info.external_attr = 0o100600 << 16', ['mode a.txt mode']],
  ['the method', 'a.info.compress_type = zipfile.ZIP_STORED', ['compression a.txt zip-method']],
  ['the level', 'a.level = 1', ['compression a.txt compressed-bytes']],
  ['a content', "a.data = b'one\\n' * 499 + b'ONE\\n'", ['content a.txt text']],
  ['a comment', "kept['comment'] = b'built here'", ['archive-metadata zip-comment']],
  [
    'the comment of a member',
    "a.info.comment = b'built here'",
    ['archive-metadata a.txt zip-comment'],
  ],
  [
    'an extra field',
    "a.info.extra = b'\\xfe\\xca\\x02\\x00ab'",
    ['archive-metadata a.txt zip-extra 0xcafe'],
  ],
  ['the system', 'a.info.create_system = 0', ['archive-metadata a.txt zip-version']],
  ['an attribute', 'a.info.internal_attr = 1', ['archive-metadata a.txt zip-attributes']],
  [
    'a line in front',
    "kept['prefix'] = b'#!/usr/bin/python3\\n'",
    ['archive-metadata header-bytes'],
  ],
  ['one more member', "m.append(Member('z', b'more'))", ['only-right z member']],
  ['one less member', 'm.pop(0)', ['only-left a.txt member']],
  [
    'a link in place of a file',
    'a.info.external_attr = 0o120644 << 16',
    ['content a.txt type', 'mode a.txt mode'],
  ],
];

describe('explain: zip', () => {
  const cwd = temporaryDirectory();

  before(function () {
    if (!has('python3')) skip(this, 'python3 is not installed');
  });

  it('says of the same archive, made twice, that it is the same', async () => {
    python(cwd, make(''));
    assert.equal((await explained(cwd, 'left.zip', 'right.zip')).same, true);
  });

  for (const [title, change, expected] of CASES) {
    it(`finds ${title}, and nothing else`, async () => {
      python(cwd, make(change));
      const found = await differences(cwd, 'left.zip', 'right.zip');
      assert.deepEqual(found.sort(), [...expected].sort());
    });
  }

  it('finds times, access times and owners of Info-ZIP', async function () {
    if (!has('zip')) skip(this, 'zip is not installed');
    sh(
      cwd,
      `rm -rf t *.zip; mkdir t; echo 1 > t/a; echo 2 > t/b; chmod 644 t/*
       touch -d @1700000000 t/*; zip -q left.zip t/a t/b; zip -qX leftX.zip t/a t/b
       touch -a -d @1700000044 t/a; touch -m -d @1700000060 t/b; zip -q right.zip t/a t/b
       zip -qX rightX.zip t/a t/b`,
    );
    const found = await differences(cwd, 'left.zip', 'right.zip');
    assert.deepEqual(
      found.filter((each) => !each.endsWith('t/b atime')),
      ['archive-metadata t/a atime', 'mtime t/b mtime'],
    );
    assert.deepEqual(await differences(cwd, 'leftX.zip', 'rightX.zip'), ['mtime t/b mtime DOS']);
  });

  it('finds the owner that Info-ZIP writes down', async function () {
    if (!has('zip') || process.getuid?.() !== 0) skip(this, 'needs zip and the rights to chown');
    sh(
      cwd,
      `rm -rf t *.zip; mkdir t; echo 1 > t/a; touch -d @1700000000 t/a; zip -q left.zip t/a
       chown 1234:5678 t/a; touch -d @1700000000 t/a; zip -q right.zip t/a`,
    );
    const { differences: found } = await explained(cwd, 'left.zip', 'right.zip');
    const owners = found.filter(({ class: name }) => name === 'owner');
    assert.deepEqual(
      owners.map(({ field, right }) => [field, right]),
      [
        ['uid', '1234'],
        ['gid', '5678'],
      ],
    );
  });

  it('compares a wheel, and tells the digests of its RECORD from their cause', async () => {
    python(
      cwd,
      `
import base64, hashlib, zipfile
def wheel(name, stamp):
    files = {'pkg/__init__.py': b'', 'pkg/built.py': b'BUILT = "%s"\\n' % stamp,
             'pkg-1.dist-info/METADATA': b'Name: pkg\\nVersion: 1\\n'}
    record = ''
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()
        record += f'{path},sha256={digest},{len(data)}\\n'
    files['pkg-1.dist-info/RECORD'] = (record + 'pkg-1.dist-info/RECORD,,\\n').encode()
    with zipfile.ZipFile(name, 'w', zipfile.ZIP_DEFLATED) as zip:
        for path, data in files.items(): zip.writestr(zipfile.ZipInfo(path), data)
wheel('left.whl', b'2026-11-21T10:00:00Z')
wheel('right.whl', b'2026-11-22T10:00:00Z')
`,
    );
    const { classes, differences: found } = await explained(cwd, 'left.whl', 'right.whl');
    assert.deepEqual(classes, [{ class: 'embedded-date', count: 1 }]);
    assert.deepEqual(found.map(inShort), [
      'embedded-date pkg/built.py date',
      'content pkg-1.dist-info/RECORD digests follows',
    ]);
  });

  it('counts a digest that nothing stands behind', async () => {
    python(
      cwd,
      `
import zipfile
for name, digit in (('left.whl', '1'), ('right.whl', '2')):
    with zipfile.ZipFile(name, 'w') as zip:
        zip.writestr(zipfile.ZipInfo('pkg.py'), b'1')
        zip.writestr(zipfile.ZipInfo('SHA256SUMS'), f'{digit * 64}  pkg.py\\n')
`,
    );
    const { classes, differences: found } = await explained(cwd, 'left.whl', 'right.whl');
    assert.deepEqual(classes, [{ class: 'content', count: 1 }]);
    assert.deepEqual(found.map(inShort), ['content SHA256SUMS digests']);
  });

  it('names the time in compiled Python', async () => {
    sh(
      cwd,
      `rm -rf p; mkdir p; echo 'x = 1' > p/m.py
       touch -d @1700000000 p/m.py; python3 -m py_compile p/m.py; cp p/__pycache__/*.pyc left.pyc
       touch -d @1700000060 p/m.py; python3 -m py_compile p/m.py; cp p/__pycache__/*.pyc right.pyc`,
      { HOME: cwd },
    );
    const { differences: found } = await explained(cwd, 'left.pyc', 'right.pyc');
    assert.deepEqual(
      found.map(({ class: name, field, left, right }) => [name, field, left, right]),
      [['embedded-date', 'pyc-mtime', '2023-11-14T22:13:20Z', '2023-11-14T22:14:20Z']],
    );
  });

  it('says so when a byte differs that no rule accounts for', async () => {
    const disk = `
data = bytearray(open('left.zip', 'rb').read())
data[data.rindex(b'PK\\x01\\x02') + 34] ^= 1
open('right.zip', 'wb').write(data)
`;
    python(cwd, make('') + disk);
    assert.deepEqual(await differences(cwd, 'left.zip', 'right.zip'), [
      'archive-metadata header-bytes',
    ]);
  });

  it('does not look into what is encrypted or packed with other methods, and says so', async () => {
    python(
      cwd,
      make('a.info.compress_type = zipfile.ZIP_LZMA').replace(
        "write('left.zip', members())",
        "l = members(); l[0].info.compress_type = zipfile.ZIP_LZMA; l[0].data = b'x'; write('left.zip', l)",
      ),
    );
    const { obstacles, classes } = await explained(cwd, 'left.zip', 'right.zip');
    assert.deepEqual(obstacles, [{ path: ['a.txt'], reason: 'compression', detail: 'lzma' }]);
    assert.deepEqual(classes, [{ class: 'content', count: 1 }]);
    if (!has('zip')) return;
    sh(cwd, 'echo 1 > f; rm -f *.zip; zip -qP secret left.zip f; zip -qP other right.zip f');
    const locked = await explained(cwd, 'left.zip', 'right.zip');
    assert.deepEqual(locked.obstacles, [{ path: ['f'], reason: 'encrypted' }]);
  });
});
