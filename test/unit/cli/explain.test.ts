import assert from 'node:assert/strict';
import { after } from 'mocha';
import { skip } from '../../harness/skip.js';
import { has, sh, TAR, TREE } from '../explain/support.js';
import { digest, directory, removeAll, reprolens } from './run.js';

interface Document {
  readonly same: boolean;
  readonly summary: string;
  readonly left: { readonly file: string; readonly sha256: string; readonly size: number };
  readonly classes: readonly {
    readonly class: string;
    readonly count: number;
    readonly remedies: readonly string[];
  }[];
  readonly members: readonly {
    readonly path: string;
    readonly class: string;
    readonly detail: string;
  }[];
  readonly obstacles: readonly {
    readonly path: string;
    readonly reason: string;
    readonly message: string;
  }[];
}

describe('reprolens explain', () => {
  after(removeAll);

  it('exits 0 for the same bytes', () => {
    const root = directory({ a: 'x\n', b: 'x\n' });
    const { code, out, err } = reprolens(root, 'explain', 'a', 'b');
    assert.deepEqual([code, out, err], [0, 'The two files are the same bytes.\n', '']);
    const { same, left, classes } = JSON.parse(
      reprolens(root, 'explain', 'a', 'b', '--json').out,
    ) as Document;
    assert.deepEqual([same, left.sha256, left.size, classes], [true, digest('x\n'), 2, []]);
  });

  it('exits 1 with members, classes and the flags that help', function () {
    if (!has('tar')) skip(this, 'tar is not installed');
    const root = directory();
    sh(root, `${TREE} ${TAR} -cf one.tar tree; ${TAR} --mtime=@1700000001 -cf two.tar tree`);
    const { code, out } = reprolens(root, 'explain', 'one.tar', 'two.tar');
    assert.equal(code, 1);
    assert.match(
      out,
      /^mtime {2}tree\/a\.txt: modification time: 2023-11-14T22:13:20Z in the first/m,
    );
    assert.match(out, /^Nothing differs but modification times\.$/m);
    assert.match(out, /^ {2}mtime: .*tar --mtime='UTC 2023-01-01'/m);
    const document = JSON.parse(
      reprolens(root, 'explain', 'one.tar', 'two.tar', '--json').out,
    ) as Document;
    assert.equal(document.same, false);
    assert.deepEqual(
      document.classes.map(({ class: name, count }) => [name, count]),
      [['mtime', 5]],
    );
    assert.match(document.classes[0]?.remedies.join() ?? '', /--mtime/);
    assert.deepEqual(
      document.members.map(({ path }) => path),
      ['tree/', 'tree/a.txt', 'tree/d/', 'tree/d/b.txt', 'tree/link'],
    );
  });

  it('says what it could not look into, and shows hostile names harmlessly', function () {
    if (!has('tar')) skip(this, 'tar is not installed');
    const root = directory();
    sh(
      root,
      `mkdir t; n=$(printf 'a\\033[31m\\nb'); echo 1 > "t/$n"; ${TAR} -cf one.tar t
       echo 2 > "t/$n"; ${TAR} -cf two.tar t; head -c 1000 two.tar > cut.tar`,
    );
    const { out } = reprolens(root, 'explain', 'one.tar', 'two.tar');
    assert.match(
      out,
      /^content {2}t\/a\\u001b\[31m\\nb: text in line 1: 1 in the first, 2 in the second$/m,
    );
    const cut = reprolens(root, 'explain', 'one.tar', 'cut.tar', '--json');
    assert.equal(cut.code, 1);
    const [obstacle] = (JSON.parse(cut.out) as Document).obstacles;
    assert.equal(obstacle?.reason, 'damaged');
    assert.match(obstacle.message, /^the second: damaged/);
  });

  it('exits 2 in one line when a file cannot be read', () => {
    const root = directory({ a: 'x\n', 'd/x': '' });
    for (const [name, expected] of [
      ['absent', /^reprolens: absent: there is no file of that name\n$/],
      ['d', /^reprolens: d: is no file; name two files\n$/],
    ] as const) {
      const { code, out, err } = reprolens(root, 'explain', 'a', name, '--json');
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, expected);
    }
    assert.equal(reprolens(root, 'explain', 'a').code, 2);
  });
});
