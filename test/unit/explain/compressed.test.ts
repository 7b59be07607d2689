import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before } from 'mocha';
import { skip } from '../../harness/skip.js';
import {
  differences,
  explained,
  has,
  inShort,
  sh,
  TAR,
  temporaryDirectory,
  TREE,
} from './support.js';
import { TOOLS } from './unpackSupport.js';

describe('explain: xz, zstd and bzip2', () => {
  const cwd = temporaryDirectory();

  before(function () {
    for (const tool of TOOLS) if (!has(tool)) skip(this, `${tool} is not installed`);
    sh(cwd, `${TREE} seq 1 40000 > n; seq 1 400000 > m; ${TAR} -cf t.tar tree`);
  });

  const values = async (left: string, right: string): Promise<string[]> =>
    (await explained(cwd, left, right)).differences.map(
      (each) => `${inShort(each)}: ${each.left ?? '-'} ${each.right ?? '-'}`,
    );

  it('tells settings of xz apart from the content', async () => {
    sh(
      cwd,
      `xz -c n > a.xz; xz -0c n > fast.xz; xz -c -C crc32 n > crc.xz
       xz -c -T2 --block-size=90000 n > many.xz; (head -c 1000 n | xz; tail -c +1001 n | xz) > two.xz
       (cat a.xz; head -c 8 /dev/zero) > padded.xz; xz -c --lzma2=preset=6,nice=40 n > nice.xz`,
    );
    assert.deepEqual(await values('a.xz', 'fast.xz'), [
      'compression-header xz-dictionary: 8388608 262144',
      'compression compressed-bytes: - -',
    ]);
    assert.deepEqual(await values('a.xz', 'crc.xz'), ['compression-header xz-check: crc64 crc32']);
    assert.deepEqual(await values('a.xz', 'many.xz'), [
      'compression-header xz-blocks: 1 3',
      'compression-header xz-block-sizes: - 2',
      'compression compressed-bytes: - -',
    ]);
    assert.deepEqual(await values('a.xz', 'two.xz'), [
      'compression-header xz-blocks: 1 2',
      'compression-header xz-streams: 1 2',
      'compression compressed-bytes: - -',
    ]);
    assert.deepEqual(await values('a.xz', 'padded.xz'), ['archive-metadata header-bytes: - -']);
    assert.deepEqual(await values('a.xz', 'nice.xz'), ['compression compressed-bytes: - -']);
  });

  it('tells settings of zstd apart from the content', async () => {
    sh(
      cwd,
      `zstd -qc m > a.zst; zstd -q --no-check -c m > bare.zst; zstd -qc < m > piped.zst
       zstd -q --long=25 -c < m > long.zst; (head -c 1000 m | zstd -q; tail -c +1001 m | zstd -q) > two.zst
       (printf '\\120\\052\\115\\030\\004\\000\\000\\000abcd'; cat a.zst) > skipped.zst`,
    );
    assert.deepEqual(await values('a.zst', 'bare.zst'), [
      'compression-header zstd-checksum: XXH64 -',
    ]);
    assert.deepEqual((await values('a.zst', 'piped.zst')).slice(0, 1), [
      'compression-header zstd-content-size: 2688895 -',
    ]);
    assert.ok(
      (await values('piped.zst', 'long.zst')).includes(
        'compression-header zstd-window: 2097152 33554432',
      ),
    );
    assert.ok(
      (await values('piped.zst', 'two.zst')).includes('compression-header zstd-frames: 1 2'),
    );
    assert.deepEqual(await values('a.zst', 'skipped.zst'), [
      'compression-header zstd-skippable-frames: 0 1',
    ]);
  });

  it('tells settings of bzip2 apart from the content', async () => {
    sh(
      cwd,
      `head -c 5000 n > s; bzip2 -1c s > one.bz2; bzip2 -9c s > nine.bz2; bzip2 -1c m > m1.bz2
       bzip2 -9c m > m9.bz2; (head -c 9 s | bzip2; tail -c +10 s | bzip2) > two.bz2`,
    );
    assert.deepEqual(await values('one.bz2', 'nine.bz2'), ['compression-header bzip2-level: 1 9']);
    assert.deepEqual(await values('m1.bz2', 'm9.bz2'), [
      'compression-header bzip2-level: 1 9',
      'compression compressed-bytes: - -',
    ]);
    assert.deepEqual(await values('nine.bz2', 'two.bz2'), [
      'compression-header bzip2-streams: 1 2',
      'compression compressed-bytes: - -',
    ]);
  });

  for (const tool of TOOLS) {
    it(`names the member of a tar that differs, through ${tool}`, async () => {
      sh(
        cwd,
        `rm -rf tree; ${TREE} ${TAR} -cf - tree | ${tool} -c > one; chmod 600 tree/d/b.txt
         touch -d @1700000060 tree/a.txt; tar --sort=name --owner=0 --group=0 --numeric-owner -cf - tree | ${tool} -c > two
         cp one inner; ${TAR} -cf - inner | ${tool} -c > outer1; cp two inner; ${TAR} -cf - inner | ${tool} -c > outer2
         ${tool} -c one > twice1; ${tool} -c two > twice2`,
      );
      const found = ['mtime tree/a.txt mtime', 'mode tree/d/b.txt mode'];
      assert.deepEqual(await differences(cwd, 'one', 'two'), found);
      const nested = ['mtime inner!/tree/a.txt mtime', 'mode inner!/tree/d/b.txt mode'];
      assert.deepEqual(await differences(cwd, 'outer1', 'outer2'), nested);
      // A stream in a stream of the same kind: both are read at once.
      assert.deepEqual(await differences(cwd, 'twice1', 'twice2'), found);
    });
  }

  it('takes a text that begins like bzip2 for a text', async () => {
    sh(cwd, 'echo BZh9 is a magic > one; echo BZh9 is another > two');
    assert.deepEqual(await differences(cwd, 'one', 'two'), ['content text']);
  });

  describe('Debian packages', () => {
    const build = (name: string, options: string, change = ''): string => `
      rm -rf pkg; mkdir -p pkg/DEBIAN pkg/usr/share/x; seq 1 3000 > pkg/usr/share/x/n
      printf 'one\\n' > pkg/usr/share/x/a; chmod 644 pkg/usr/share/x/*
      printf 'Package: x\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@b.c>\\nDescription: x\\n' > pkg/DEBIAN/control
      find pkg -exec touch -hd @1600000000 {} +; ${change}
      SOURCE_DATE_EPOCH=1700000000 dpkg-deb --root-owner-group ${options} -b pkg ${name} > log`;
    const CHANGE =
      'touch -d @1600000060 pkg/usr/share/x/n; echo 2 > pkg/usr/share/x/a; touch -d @1600000000 pkg/usr/share/x/a';

    before(function () {
      if (!has('dpkg-deb')) skip(this, 'dpkg-deb is not installed');
    });

    for (const [kind, suffix] of [
      ['xz', 'xz'],
      ['zstd', 'zst'],
      ['gzip', 'gz'],
    ] as const) {
      it(`are looked into when they are packed with ${kind}`, async () => {
        sh(cwd, build('one.deb', `-Z${kind}`));
        sh(cwd, build('two.deb', `-Z${kind}`, CHANGE));
        const data = `data.tar.${suffix}!/./usr/share/x`;
        assert.deepEqual(await differences(cwd, 'one.deb', 'two.deb'), [
          `mtime ${data}/n mtime`,
          `content ${data}/a text`,
        ]);
      });
    }

    it('differ in nothing but the compression at another level', async () => {
      sh(cwd, `${build('one.deb', '-Zxz -z1')} ${build('two.deb', '-Zxz -z9')}`);
      const { classes, obstacles } = await explained(cwd, 'one.deb', 'two.deb');
      assert.deepEqual(obstacles, []);
      assert.deepEqual(
        classes.map((each) => each.class),
        ['compression-header', 'compression'],
      );
    });

    it('have the same members named by diffoscope', async function () {
      if (!has('diffoscope')) skip(this, 'diffoscope is not installed');
      this.timeout(300_000);
      sh(cwd, build('one.deb', '-Zxz'));
      sh(cwd, build('two.deb', '-Zxz', CHANGE));
      const { status, stdout, stderr } = spawnSync(
        'diffoscope',
        ['--text', '-', 'one.deb', 'two.deb'],
        { cwd, encoding: 'utf8' },
      );
      assert.equal(status, 1, stderr);
      const named = (name: string): boolean => stdout.includes(`./usr/share/x/${name}`);
      assert.deepEqual([named('n'), named('a')], [true, true]);
      const { differences: found } = await explained(cwd, 'one.deb', 'two.deb');
      assert.deepEqual(
        found.map((each) => each.path.at(-1)),
        ['./usr/share/x/n', './usr/share/x/a'],
      );
      assert.ok(!/^[-+].*control/m.test(stdout));
    });
  });
});
