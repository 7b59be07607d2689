import assert from 'node:assert/strict';
import { before } from 'mocha';
import { skip } from '../../harness/skip.js';
import { differences, explained, has, sh, TAR, temporaryDirectory, TREE } from './support.js';

describe('explain: archives in archives', () => {
  const cwd = temporaryDirectory();

  it('goes through tar.gz in zip in tar to the member', async function () {
    if (!has('zip')) skip(this, 'zip is not installed');
    const pack = (name: string): string => `
      ${TAR} -cf inner.tar tree; gzip -nc inner.tar > inner.tar.gz
      touch -d @1700000000 inner.tar.gz; rm -f outer.zip; zip -qX outer.zip inner.tar.gz
      touch -d @1700000000 outer.zip; ${TAR} -cf ${name} outer.zip
`;
    sh(cwd, `${TREE} ${pack('left.tar')} chmod 600 tree/d/b.txt; ${pack('right.tar')}`);
    assert.deepEqual(await differences(cwd, 'left.tar', 'right.tar'), [
      'mode outer.zip!/inner.tar.gz!/tree/d/b.txt mode',
    ]);
  });

  it('stops at the depth that is allowed, and says so', async () => {
    const nest = (name: string): string =>
      `cp f ${name}; for i in 1 2 3 4 5 6 7 8 9 10; do gzip -nc ${name} > g; mv g ${name}; done`;
    sh(cwd, `echo 1 > f; ${nest('left.gz')}; echo 2 > f; ${nest('right.gz')}`);
    const { same, obstacles, classes } = await explained(cwd, 'left.gz', 'right.gz');
    assert.deepEqual(obstacles, [{ path: [], reason: 'too-deep' }]);
    assert.deepEqual([same, classes], [false, [{ class: 'content', count: 1 }]]);
  });

  describe('ar', () => {
    before(function () {
      if (!has('ar')) skip(this, 'ar is not installed');
      sh(cwd, 'mkdir -p ar; cd ar; echo 1 > a; echo 2 > b-with-a-name-longer-than-sixteen.o');
    });

    it('finds times, owners, modes and the order of a library', async () => {
      sh(
        cwd,
        `cd ar; rm -f *.a; touch -d @1700000000 a b-*; chmod 644 a b-*
         ar rcU left.a a b-*; ar rcU order.a b-* a; ar rcD fixed.a a b-*
         touch -d @1700000060 a; ar rcU time.a a b-*; touch -d @1700000000 a
         chmod 600 a; ar rcU mode.a a b-*; chmod 644 a; echo 3 > b-with-a-name-longer-than-sixteen.o
         touch -d @1700000000 b-*; ar rcU content.a a b-*`,
      );
      const long = 'b-with-a-name-longer-than-sixteen.o';
      const against = (name: string): Promise<string[]> => differences(`${cwd}/ar`, 'left.a', name);
      assert.deepEqual(await against('order.a'), ['order member-order']);
      assert.deepEqual(await against('time.a'), ['mtime a mtime']);
      assert.deepEqual(await against('mode.a'), ['mode a mode']);
      assert.deepEqual(await against('content.a'), [`content ${long} text`]);
      const fixed = await against('fixed.a');
      assert.deepEqual(
        fixed.filter((each) => each.startsWith('mtime')),
        ['mtime a mtime', `mtime ${long} mtime`],
      );
    });

    it('goes into a Debian package', async function () {
      if (!has('dpkg-deb')) skip(this, 'dpkg-deb is not installed');
      const build = (name: string, epoch: number, text: string): string => `
        rm -rf pkg; mkdir -p pkg/DEBIAN pkg/usr/share/x; printf '${text}\\n' > pkg/usr/share/x/built
        printf 'Package: x\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@b.c>\\nDescription: x\\n' > pkg/DEBIAN/control
        (cd pkg; md5sum usr/share/x/built > DEBIAN/md5sums)
        find pkg -exec touch -hd @1600000000 {} +
        SOURCE_DATE_EPOCH=${epoch} dpkg-deb --root-owner-group -Zgzip -b pkg ${name} > log`;
      sh(cwd, build('one.deb', 1700000000, 'built Nov 21 2026 10:00:00'));
      sh(cwd, build('two.deb', 1700000000, 'built Nov 22 2026 11:00:00'));
      sh(cwd, build('three.deb', 1700000060, 'built Nov 21 2026 10:00:00'));
      assert.deepEqual(await differences(cwd, 'one.deb', 'two.deb'), [
        'embedded-date data.tar.gz!/./usr/share/x/built date',
        'content control.tar.gz!/./md5sums digests follows',
      ]);
      const times = await differences(cwd, 'one.deb', 'three.deb');
      assert.deepEqual(times.slice(0, 3), [
        'mtime debian-binary mtime',
        'mtime control.tar.gz mtime',
        'mtime data.tar.gz mtime',
      ]);
    });
  });
});
