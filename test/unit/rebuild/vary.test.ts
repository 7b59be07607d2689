/** `vary` with real tools: each factor is found by its name, and no other one is. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { VARIED_FACTORS } from '../../../src/core/model/variation.js';
import { lintPlan } from '../../../src/core/lint/lint.js';
import { causesOf } from '../../../src/core/rebuild/varyCauses.js';
import { skip } from '../../harness/skip.js';
import { bubblewrap, gone, installed, planOf, repos } from './buildSupport.js';
import type { Repo } from './buildSupport.js';
import {
  inOwnTemporary,
  mountsBelow,
  of,
  resultsOf,
  told,
  variedPlan,
  withoutPrograms,
} from './varySupport.js';

const newRepo = repos();
const cpus = installed('taskset', '--version') && availableParallelism() > 1;
const NO_CPU = cpus ? [] : ['cpus skipped one-cpu'];

/** Files enough that their order on a disk is not their order in the alphabet. */
function withFiles(repo: Repo): Repo {
  for (const name of ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']) {
    repo.write(`in/${name}`, `${name}\n`);
  }
  return repo;
}

const plan = (...steps: string[]): string =>
  `artifact: out\nsources: [in]\nsteps: ${JSON.stringify(steps)}\n`;

const FIXED = 'tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner';

describe('vary', function () {
  this.timeout(240_000);

  before(async function () {
    if (!(await bubblewrap())) skip(this, 'bubblewrap does not work');
    for (const tool of ['faketime', 'disorderfs', 'taskset']) {
      if (!installed(tool, '--version')) skip(this, `${tool} is not installed`);
    }
  });

  const FOUND: readonly [string, string, readonly string[]][] = [
    ['time: the year', plan('date -u +%Y > out'), ['time differs']],
    [
      'time: when the sources were written',
      plan('tar --sort=name --owner=0 --group=0 --numeric-owner -cf out in'),
      ['time differs'],
    ],
    [
      'time: the second, in a digest',
      plan('date -u +%s | sha256sum > out'),
      ['time differs', 'timezone skipped times'],
    ],
    ['timezone', plan('date -d @86400 +%c > out'), ['timezone differs']],
    ['locale', plan("printf '\\303\\251' | wc -m > out"), ['locale differs']],
    ['umask', plan(`mkdir d; echo x > d/f; ${FIXED} -cf out d`), ['umask differs']],
    ['file-order', plan('ls -U in > out'), ['file-order differs']],
    ['build-path', plan('pwd > out'), ['build-path differs']],
    ['user: the numbers', plan('id -u > out'), ['user differs']],
    ['user: the home directory', plan('echo "$HOME" > out'), ['user differs']],
    ['environment', plan('env | grep -c ^UNUSED > out || true'), ['environment differs']],
    ['host', plan('uname -n > out'), ['host differs']],
    ['nothing', plan(`${FIXED} -cf out in`), []],
    [
      'nothing, where the plan says what it depends on',
      `${plan('date -d @86400 +%c > out', "printf '\\303\\251' | wc -m >> out")}environment: {TZ: UTC, LC_ALL: C.UTF-8}\n`,
      [],
    ],
  ];
  for (const [what, yaml, expected] of FOUND) {
    it(`finds by name: ${what}`, async () => {
      const results = await resultsOf(withFiles(newRepo()), yaml);
      assert.deepEqual(told(results), [...expected, ...NO_CPU]);
      assert.deepEqual(results.map(({ factor }) => factor).toSorted(), VARIED_FACTORS.toSorted());
    });
  }

  it('finds by name: cpus', async function () {
    if (!cpus) skip(this, 'there is one CPU only');
    const results = await resultsOf(newRepo().write('in/a', 'a'), plan('nproc > out'));
    assert.deepEqual(told(results), ['cpus differs']);
  });

  it('tells the time from other things where every build has other times in it', async () => {
    const yaml = plan(`mkdir d; sleep 0.1; date +%N > d/f; touch -d @0 d/f; touch d/g
tar --sort=name --owner=0 --group=0 --numeric-owner -cf out d; rm d/f`);
    const random = await resultsOf(withFiles(newRepo()), yaml, { factors: ['umask'] });
    // What the clock says is held still, the times of files that steps write are not.
    assert.deepEqual(told(random), ['time differs', 'umask differs']);
    const umask = of(random, 'umask');
    assert.ok(umask.outcome === 'differs');
    assert.ok(umask.explanation?.classes.some((each) => each.class === 'mode'));
    const times = plan(`mkdir d; touch d/g
tar --sort=name --mode=644 --owner=0 --group=0 --numeric-owner -cf out d`);
    const results = await resultsOf(withFiles(newRepo()), times);
    const unknown = ['timezone skipped times', 'locale skipped times'];
    assert.deepEqual(told(results), ['time differs', ...unknown, ...NO_CPU]);
    const path = of(results, 'build-path');
    assert.ok(path.outcome === 'same' && path.butTimes === true);
  });

  it('calls chance what differs with nothing changed, and then says nothing of the others', async () => {
    const results = await resultsOf(
      newRepo().write('in/a', 'a'),
      plan('head -c 9 /dev/urandom > out'),
    );
    const [chance, ...others] = results;
    assert.ok(chance?.factor === 'chance' && chance.outcome === 'differs');
    assert.equal(chance.unruled, undefined);
    for (const each of others) {
      assert.ok(each.outcome === 'skipped', each.factor);
      assert.match(each.why.kind, /^(?:unsteady|one-cpu)$/);
    }
  });

  it('names the factor that a build fails with', async () => {
    const yaml = plan('echo said >&2; test -z "$TZ"; umask | grep -v 77 && echo x > out');
    const results = await resultsOf(newRepo().write('in/a', 'a'), yaml);
    assert.deepEqual(told(results), ['umask failed', ...NO_CPU]);
    const failed = of(results, 'umask');
    assert.ok(failed.outcome === 'failed');
    assert.equal(failed.findings[0]?.code, 'rebuild-step-failed');
    assert.match(failed.said, /said/);
  });

  it('gives back why the plan itself fails, and changes nothing then', async () => {
    const built: string[] = [];
    const onBuild = (what: string): void => void built.push(what);
    const result = await variedPlan(newRepo().write('in/a', 'a'), plan('exit 4'), { onBuild });
    assert.ok(result.kind === 'failed' && result.reason === 'step-failed');
    assert.deepEqual(built, ['baseline']);
  });

  it('blames no factor for what its tool does', async () => {
    const yaml = plan('env | grep -c ^LD_PRELOAD > out || true');
    const results = await resultsOf(newRepo().write('in/a', 'a'), yaml, { factors: ['time'] });
    assert.deepEqual(told(results), ['time skipped instrument']);
  });

  it('skips what it has no tool for, and says so', async () => {
    await withoutPrograms(['faketime', 'disorderfs', 'taskset'], async () => {
      const repo = withFiles(newRepo());
      const results = await resultsOf(repo, plan('date -u +%Y > out; ls -U in >> out'), {
        factors: ['time', 'cpus', 'timezone'],
      });
      assert.deepEqual(told(results), ['time skipped no-tool', 'cpus skipped no-tool']);
      const chance = await resultsOf(repo, plan('head -c 9 /dev/urandom > out'), { factors: [] });
      assert.ok(chance[0]?.outcome === 'differs');
      assert.deepEqual(chance[0].unruled, ['time', 'file-order']);
    });
  });

  it('writes sources anew where there is no disorderfs, and owns up where that changes nothing', async function () {
    const yaml = plan('ls -U in > out');
    const asked = { factors: ['file-order'] } as const;
    await withoutPrograms(['disorderfs'], async () => {
      const repo = withFiles(newRepo());
      const left = await inOwnTemporary(async () => {
        const results = await resultsOf(repo, yaml, asked);
        const order = of(results, 'file-order');
        // A disk that lists by hashes gives the same order; one that lists by age does not.
        if (order.outcome !== 'skipped') assert.equal(order.outcome, 'differs');
        else assert.equal(order.why.kind, 'same-listing');
      });
      assert.deepEqual(left, []);
      if (!statSync('/dev/shm', { throwIfNoEntry: false })) skip(this, 'there is no /dev/shm');
      const nested = newRepo().write('in/d/a', 'a').write('in/d/b', 'b');
      await inOwnTemporary(async () => {
        const results = await resultsOf(nested, plan('ls -U in/d > out'), asked);
        assert.deepEqual(told(results), ['file-order differs']);
      }, '/dev/shm');
    });
  });

  it('tells a disk that lists in the order of writing from chance', async function () {
    if (!statSync('/dev/shm', { throwIfNoEntry: false })) skip(this, 'there is no /dev/shm');
    const repo = withFiles(newRepo());
    const yaml = plan(
      'mkdir d; for name in $(ls in | shuf); do touch d/$name; done; ls -U d > out',
    );
    const left = await inOwnTemporary(async () => {
      const results = await resultsOf(repo, yaml, { factors: ['umask', 'build-path'] });
      assert.deepEqual(told(results), ['file-order differs']);
      assert.deepEqual(of(results, 'file-order').change, { kind: 'listing', by: 'disk' });
    }, '/dev/shm');
    assert.deepEqual(left, []);
  });

  it('builds in one and the same place in a clean folder', async () => {
    const repo = withFiles(newRepo());
    const yaml = plan('pwd > out; ls -U in >> out');
    const results = await resultsOf(repo, yaml, {
      isolation: 'clean-folder',
      factors: ['umask', 'file-order', 'build-path', 'user', 'host', 'time'],
    });
    const expected = ['file-order differs', 'build-path differs', 'host skipped own-machine'];
    assert.deepEqual(told(results), expected);
    assert.deepEqual(of(results, 'user').change, { kind: 'user', name: 'somebody' });
    const masked = await resultsOf(repo, plan('umask > out'), {
      isolation: 'clean-folder',
      factors: ['umask', 'time'],
    });
    assert.deepEqual(told(masked), ['umask differs']);
  });

  it('leaves no mount, no process and no file when it is cancelled, and the repository as it was', async () => {
    const marker = `91536000.${process.pid}`;
    const repo = withFiles(newRepo());
    mkdirSync(repo.at('empty'));
    const before = readdirSync(repo.root, { recursive: true, encoding: 'utf8' }).sort();
    // Only what runs on disorderfs sleeps.
    const yaml = plan(
      `case $(stat -f -c %T .) in fuse*) sleep ${marker} & sleep ${marker};; esac; echo x > out`,
    );
    let mounted = 0;
    const left = await inOwnTemporary(async (directory) => {
      const cancel = new AbortController();
      const onBuild = (factor: string): void => {
        if (factor !== 'file-order') return;
        const look = setInterval(() => {
          mounted = Math.max(mounted, mountsBelow(directory).length);
          if (mounted === 0) return;
          clearInterval(look);
          setTimeout(() => cancel.abort(), 500);
        }, 20);
      };
      const asked = { factors: ['file-order'], signal: cancel.signal, onBuild } as const;
      await assert.rejects(variedPlan(repo, yaml, asked), { name: 'AbortError' });
      assert.deepEqual(mountsBelow(directory), []);
    });
    assert.equal(mounted, 1);
    assert.deepEqual(left, []);
    await gone(marker);
    const after = readdirSync(repo.root, { recursive: true, encoding: 'utf8' }).sort();
    assert.deepEqual(after, before);
  });
});

describe('the lines that may be why', () => {
  it('are those about the factor, and a missing variable is about its own', () => {
    const found = lintPlan(
      planOf('artifact: out\nsteps: ["tar -cf out in", "date | sort > log", "echo $RANDOM > x"]\n'),
      [],
    );
    const codes = (...factors: Parameters<typeof causesOf>[1][number][]): string[] =>
      causesOf(found, factors).map(({ code }) => code);
    assert.deepEqual(codes('file-order'), ['lint-tar-order']);
    assert.deepEqual(codes('user'), ['lint-tar-owner']);
    assert.deepEqual(codes('cpus', 'umask', 'build-path'), []);
    assert.deepEqual(codes('environment'), []);
    assert.ok(codes('time').includes('lint-tar-mtime') && codes('time').includes('lint-date'));
    assert.deepEqual(codes('chance'), ['lint-random']);
    const zone = causesOf(found, ['timezone']).filter(({ code }) => code === 'lint-environment');
    assert.ok(zone.every((each) => 'variables' in each && each.variables.includes('TZ')));
  });
});
