import assert from 'node:assert/strict';
import { before } from 'mocha';
import { differences, explained, python, sh, TAR, temporaryDirectory, TREE } from './support.js';

/** The command that makes the second archive, and all that the comparison may say. */
const CASES: readonly (readonly [title: string, command: string, expected: readonly string[]])[] = [
  [
    'the time of one member',
    `touch -d @1700000060 tree/a.txt; ${TAR.replace('--mtime=@1700000000', '')} -cf right.tar tree`,
    ['mtime tree/a.txt mtime'],
  ],
  [
    'the time of every member',
    `${TAR} --mtime=@1700000001 -cf right.tar tree`,
    ['tree/', 'tree/a.txt', 'tree/d/', 'tree/d/b.txt', 'tree/link'].map((n) => `mtime ${n} mtime`),
  ],
  [
    'the order',
    `${TAR} -cf right.tar --no-recursion tree tree/link tree/d tree/d/b.txt tree/a.txt`,
    ['order member-order'],
  ],
  [
    'the numeric owner',
    `${TAR} --owner=1000 --no-recursion -cf right.tar tree/ tree/a.txt; ${TAR} -rf right.tar --no-recursion tree/d tree/d/b.txt tree/link`,
    ['owner tree/ uid', 'owner tree/a.txt uid'],
  ],
  [
    'the group',
    `${TAR} --group=7 --no-recursion -cf right.tar tree/; ${TAR} -rf right.tar --no-recursion tree/a.txt tree/d tree/d/b.txt tree/link`,
    ['owner tree/ gid'],
  ],
  ['the mode', `chmod 600 tree/a.txt; ${TAR} -cf right.tar tree`, ['mode tree/a.txt mode']],
  [
    'the content',
    `printf 'ONE\\n' > tree/a.txt; ${TAR} -cf right.tar tree`,
    ['content tree/a.txt text'],
  ],
  [
    'the target of a link',
    `ln -sf d/b.txt tree/link; ${TAR} -cf right.tar tree`,
    ['content tree/link link-target'],
  ],
  [
    'a file in place of a link',
    `rm tree/link; printf x > tree/link; chmod 777 tree/link; ${TAR} -cf right.tar tree`,
    ['content tree/link type', 'content tree/link link-target', 'content tree/link text'],
  ],
  [
    'one more member',
    `printf 'more\\n' > tree/z; ${TAR} -cf right.tar tree`,
    ['only-right tree/z member'],
  ],
  ['one less member', `rm tree/a.txt; ${TAR} -cf right.tar tree`, ['only-left tree/a.txt member']],
  [
    'another kind of header',
    `${TAR} --format=ustar -cf right.tar tree`,
    ['tree/', 'tree/a.txt', 'tree/d/', 'tree/d/b.txt', 'tree/link'].flatMap((name) => [
      `archive-metadata ${name} tar-format`,
      `archive-metadata ${name} header-bytes`,
    ]),
  ],
  ['the blocking factor', `${TAR} -b 40 -cf right.tar tree`, ['archive-metadata trailer']],
];

describe('explain: tar', () => {
  const cwd = temporaryDirectory();

  before(() => sh(cwd, `${TREE} ${TAR} -cf left.tar tree`));

  it('says of the same archive, made twice, that it is the same', async () => {
    sh(cwd, `${TREE} ${TAR} -cf right.tar tree`);
    const { same, classes } = await explained(cwd, 'left.tar', 'right.tar');
    assert.deepEqual([same, classes], [true, []]);
  });

  for (const [title, command, expected] of CASES) {
    it(`finds ${title}, and nothing else`, async () => {
      sh(cwd, `rm -rf tree; ${TREE} ${command}`);
      const found = await differences(cwd, 'left.tar', 'right.tar');
      assert.deepEqual(found.sort(), [...expected].sort());
    });
  }

  it('shows both values', async () => {
    sh(
      cwd,
      `rm -rf tree; ${TREE} ${TAR} --mtime=@1700000001 --owner=ada:7 -cf right.tar tree/a.txt`,
    );
    sh(cwd, `${TAR} -cf one.tar tree/a.txt`);
    const { differences: found } = await explained(cwd, 'one.tar', 'right.tar');
    assert.deepEqual(
      found.map(({ field, left, right }) => [field, left, right]),
      [
        ['mtime', '2023-11-14T22:13:20Z', '2023-11-14T22:13:21Z'],
        ['uid', '0', '7'],
      ],
    );
  });

  it('finds user names, and a whole second that became a fraction of one', async () => {
    sh(
      cwd,
      `rm -rf tree; ${TREE}
       tar --format=posix --sort=name --mtime=@1700000000 --owner=root:0 --group=root:0 \
           --pax-option=delete=atime,delete=ctime -cf one.tar tree/a.txt
       tar --format=posix --sort=name --mtime='@1700000000.25' --owner=ada:0 --group=root:0 \
           --pax-option=delete=atime,delete=ctime -cf two.tar tree/a.txt`,
    );
    const { differences: found } = await explained(cwd, 'one.tar', 'two.tar');
    const values = found.map(({ class: name, field, left, right }) => [name, field, left, right]);
    assert.deepEqual(values.slice(0, 2), [
      ['mtime', 'mtime', '2023-11-14T22:13:20Z', '2023-11-14T22:13:20.25Z'],
      ['owner', 'uname', 'root', 'ada'],
    ]);
  });

  it('finds the times and the names of pax headers', async () => {
    const pax = 'tar --format=posix --sort=name --owner=0 --group=0 --mtime=@1700000000';
    const make = (name: string, options: string): string =>
      `${pax} --pax-option=${options} -cf ${name} tree/a.txt`;
    sh(
      cwd,
      `rm -rf tree; ${TREE}
       touch -d @1700000000.5 tree/a.txt
       ${make('one.tar', 'atime:=1,delete=ctime,exthdr.name=%d/PaxHeaders/%f')}
       ${make('two.tar', 'atime:=2,delete=ctime,exthdr.name=%d/PaxHeaders/%f')}
       ${make('three.tar', 'atime:=1,delete=ctime,exthdr.name=%d/PaxHeaders.%p/%f')}
       ${make('four.tar', 'atime:=1,delete=ctime,exthdr.name=%d/PaxHeaders/%f,exthdr.mtime=5')}
       ${make('five.tar', 'atime:=1,comment:=built-here,delete=ctime,exthdr.name=%d/PaxHeaders/%f')}`,
    );
    const against = (name: string): Promise<string[]> => differences(cwd, 'one.tar', name);
    assert.deepEqual(await against('two.tar'), ['archive-metadata tree/a.txt pax atime']);
    assert.deepEqual(await against('three.tar'), ['archive-metadata tree/a.txt pax-header-name']);
    assert.deepEqual(await against('four.tar'), ['mtime tree/a.txt pax-header-mtime']);
    assert.deepEqual(await against('five.tar'), [
      'archive-metadata tree/a.txt header-bytes',
      'archive-metadata tree/a.txt pax comment',
    ]);
  });

  it('finds the commit that git archive writes down', async () => {
    sh(
      cwd,
      `rm -rf repo; git init -q repo; cd repo; printf 1 > f; git add f
       export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
       export GIT_AUTHOR_DATE=@1700000000+0000 GIT_COMMITTER_DATE=@1700000000+0000
       git commit -qm one; git archive -o ../one.tar HEAD
       git commit -q --amend -m two; git archive -o ../two.tar HEAD`,
    );
    const { differences: found } = await explained(cwd, 'one.tar', 'two.tar');
    assert.deepEqual(
      found.map(({ class: name, field, key, path }) => [name, field, key, path]),
      [['archive-metadata', 'pax', 'comment', []]],
    );
  });

  for (const format of ['gnu', 'posix', 'ustar', 'v7', 'oldgnu']) {
    it(`reads long names, large members and sparse files of format ${format}`, async () => {
      const plain = format === 'v7' || format === 'ustar';
      const sparse = plain ? '' : '-S';
      const pax = format === 'posix' ? '--pax-option=delete=atime,delete=ctime' : '';
      const pack = `${TAR} --format=${format} ${sparse} ${pax}`;
      const long = `${'n'.repeat(90)}/${'m'.repeat(format === 'v7' ? 3 : 95)}`;
      sh(
        cwd,
        `rm -rf t; mkdir -p t/$(dirname ${long}); head -c 70000 /dev/zero > t/${long}
         printf x > t/s; truncate -s 100000 t/s; printf y >> t/s
         find t -exec touch -hd @1700000000 {} +
         ${pack} -cf one.tar t
         printf z >> t/${long}; touch -d @1700000000 t/${long} t
         ${pack} -cf two.tar t`,
      );
      const found = await differences(cwd, 'one.tar', 'two.tar');
      assert.deepEqual(found, [
        ...(format === 'posix' ? ['archive-metadata t/s pax-header-name GNU.sparse.name'] : []),
        `content t/${long} bytes`,
      ]);
    });
  }

  it('reads what Python writes', async () => {
    python(
      cwd,
      `
import io, tarfile
def make(name, format, **changes):
    with tarfile.open(name, 'w', format=format) as tar:
        for member in ('a', 'b/' + 'c' * 120):
            info = tarfile.TarInfo(member)
            info.size, info.mtime, info.uid, info.uname = 3, 1700000000, 3000000, 'ada'
            for key, value in changes.items(): setattr(info, key, value)
            tar.addfile(info, io.BytesIO(b'abc'))
for format in (1, 2):
    make(f'one{format}.tar', format)
    make(f'two{format}.tar', format, mtime=1700000005, uname='bob')
`,
    );
    for (const format of ['1', '2']) {
      const found = await differences(cwd, `one${format}.tar`, `two${format}.tar`);
      const long = `b/${'c'.repeat(120)}`;
      assert.deepEqual(
        found.filter((each) => !each.includes('pax-header-mtime')),
        ['mtime a mtime', 'owner a uname', `mtime ${long} mtime`, `owner ${long} uname`],
      );
    }
  });

  it('takes several members of one name one after the other', async () => {
    sh(
      cwd,
      `rm -rf tree; ${TREE} ${TAR} -cf one.tar tree/a.txt; cp one.tar two.tar
       ${TAR} -rf one.tar tree/a.txt; printf 'new\\n' > tree/a.txt; ${TAR} -rf two.tar tree/a.txt`,
    );
    assert.deepEqual(await differences(cwd, 'one.tar', 'two.tar'), ['content tree/a.txt text']);
  });

  it('says which member has the bytes of one that is missing', async () => {
    sh(
      cwd,
      `rm -rf tree; ${TREE} ${TAR} -cf one.tar tree
       mv tree/a.txt tree/a-20261121.txt; ${TAR} -cf two.tar tree`,
    );
    const { differences: found } = await explained(cwd, 'one.tar', 'two.tar');
    assert.deepEqual(
      found.map(({ class: name, left, right }) => [name, left ?? right]),
      [
        ['only-left', 'tree/a-20261121.txt'],
        ['only-right', 'tree/a.txt'],
      ],
    );
  });
});
