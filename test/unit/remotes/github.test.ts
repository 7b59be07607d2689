import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'mocha';
import { parseSyncStatus } from '../../../src/core/formats/vaibify/syncStatus.js';
import type { MirrorOptions } from '../../../src/core/remotes/mirror.js';
import { githubLike } from '../../harness/mirrorServer.js';
import type { StandIn } from '../../harness/mirrorServer.js';
import { Sandbox } from '../projects/support.js';
import {
  commit,
  compare,
  digestOf,
  OUTPUTS,
  problemOf,
  published,
  recordOf,
} from './mirrorSupport.js';

const GITHUB = { sOwner: 'ada', sRepo: 'paper', sBranch: 'main' };
const NAME = 'ada/paper';

describe('comparing with a stand-in for GitHub', () => {
  let box: Sandbox;
  const open: StandIn[] = [];

  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
    box.remove();
  });

  const start = async (options: { token?: string } = {}): Promise<StandIn> => {
    const standIn = await githubLike(NAME, box.root, options);
    open.push(standIn);
    return standIn;
  };
  const at = ({ address }: StandIn, more: Partial<MirrorOptions> = {}, token?: string) => ({
    ...more,
    env: {
      REPROLENS_GITHUB_API: address,
      REPROLENS_GITHUB_RAW: address,
      ...(token === undefined ? {} : { GITHUB_TOKEN: token }),
    },
  });

  it('finds every pinned file, whatever its name, and records the look', async () => {
    const tip = published(box, { github: GITHUB });
    const before = Date.now();
    const { check, tip: seen, unpinned } = await compare(box, 'github', at(await start()));
    assert.deepEqual([check.total, check.matching, check.diverged], [OUTPUTS.length, 4, []]);
    assert.deepEqual([seen, check.commit, unpinned], [tip, undefined, []]);
    assert.ok((check.checkedAt ?? 0) >= before);
    const [recorded] = parseSyncStatus(recordOf(box) ?? '');
    assert.deepEqual([recorded?.total, recorded?.matching, recorded?.diverged], [4, 4, []]);
    // vaibify wants both empty where the project names no commit.
    assert.match(recordOf(box) ?? '', /"sCommittedShaVerified": ""/);
  });

  it('tells one changed byte and an absent file apart, and records both', async () => {
    published(box, { github: GITHUB });
    box.write({ 'Fit/fit.csv': 'Fit/fit.csw' });
    commit(box);
    const standIn = await start();
    box.write({ 'Fit/new.csv': 'x' });
    const lines = `${digestOf('x')}  Fit/new.csv\n${digestOf('Fit/fit.csv')}  Fit/fit.csv\n`;
    box.write({ 'MANIFEST.sha256': lines, 'Fit/fit.csv': 'Fit/fit.csv' });
    const { check, unpinned } = await compare(box, 'github', at(standIn));
    const different = {
      path: 'Fit/fit.csv',
      expected: digestOf('Fit/fit.csv'),
      actual: digestOf('Fit/fit.csw'),
    };
    const absent = { path: 'Fit/new.csv', expected: digestOf('x') };
    assert.deepEqual(check.diverged, [different, absent]);
    assert.equal(check.matching, 0);
    assert.deepEqual(parseSyncStatus(recordOf(box) ?? '')[0]?.diverged, [different, absent]);
    assert.deepEqual([...unpinned], [...OUTPUTS.slice(1)].sort());
  });

  it('reads one state although somebody pushes in between', async () => {
    const tip = published(box, { github: GITHUB });
    const standIn = await start();
    standIn.fault = (request) => {
      if (!(request.url ?? '').startsWith('/ada/')) return false;
      standIn.fault = undefined;
      for (const name of OUTPUTS) box.write({ [name]: 'pushed' });
      commit(box);
      return false;
    };
    const { check, tip: seen } = await compare(box, 'github', at(standIn));
    assert.deepEqual([check.matching, seen], [4, tip]);
    const after = await compare(box, 'github', at(standIn));
    assert.equal(after.check.matching, 0);
  });

  it('looks at the named commit too when the branch has moved on', async () => {
    const first = published(box, { github: GITHUB });
    box.write({ 'Fit/fit.csv': 'worse' });
    const second = commit(box);
    const bytes = { 'Fit/fit.csv': 'Fit/fit.csv' };
    published(box.write(bytes), { github: { ...GITHUB, sCommittedSha: first } });
    const standIn = await start();
    const good = await compare(box, 'github', at(standIn));
    assert.deepEqual([good.check.matching, good.check.commit], [4, first]);
    assert.notEqual(good.tip, first);
    assert.match(recordOf(box) ?? '', new RegExp(`"sCommittedShaVerified": "${first}"`));
    published(box, { github: { ...GITHUB, sCommittedSha: second } });
    const bad = await compare(box, 'github', at(standIn));
    assert.deepEqual([bad.check.matching, bad.check.commit], [3, second]);
    published(box, { github: { ...GITHUB, sCommittedSha: 'f'.repeat(40) } });
    assert.equal((await compare(box, 'github', at(standIn))).check.matching, 0);
  });

  it('asks the API for a private repository, and gives the token to nobody else', async () => {
    published(box, { github: GITHUB });
    const api = await start({ token: 'secret-1' });
    const raw = await start({ token: 'secret-1' });
    const options = { env: { ...at(api, {}, 'secret-1').env, REPROLENS_GITHUB_RAW: raw.address } };
    assert.equal((await compare(box, 'github', options)).check.matching, 4);
    assert.ok(api.asked.every(({ authorization }) => authorization === 'Bearer secret-1'));
    assert.ok(raw.asked.length > 0);
    assert.ok(raw.asked.every(({ authorization }) => authorization === undefined));
    const other = { env: { ...options.env, GITHUB_TOKEN: 'x\r\ny' } };
    const problem = await problemOf(compare(box, 'github', other));
    assert.equal(problem.code, 'not-there');
    assert.ok(api.asked.slice(-1).every(({ authorization }) => authorization === undefined));
  });

  it('takes the token to no other host by a redirect', async () => {
    published(box, { github: GITHUB });
    const [api, elsewhere] = [await start(), await start()];
    api.fault = ({ url }, response) => {
      response.writeHead(302, { location: `${elsewhere.address}${url ?? ''}` }).end();
      return true;
    };
    const { check } = await compare(box, 'github', at(api, {}, 'secret-2'));
    assert.equal(check.matching, 4);
    assert.equal(api.asked[0]?.authorization, 'Bearer secret-2');
    assert.ok(elsewhere.asked.length > 4);
    assert.ok(elsewhere.asked.every(({ authorization }) => authorization === undefined));
  });

  it('refuses names that would lead to another address of the API', async () => {
    const standIn = await start();
    const bad = [
      { ...GITHUB, sOwner: '..' },
      { ...GITHUB, sRepo: 'a/b' },
      { ...GITHUB, sBranch: '../../../user' },
      { ...GITHUB, sCommittedSha: '../../x/y' },
    ];
    for (const github of bad) {
      published(box, { github });
      const problem = await problemOf(compare(box, 'github', at(standIn)));
      assert.equal(problem.code, 'not-configured', JSON.stringify(github));
    }
    assert.deepEqual(standIn.asked, []);
    published(box, {});
    const problem = await problemOf(compare(box, 'github', at(standIn)));
    assert.equal(problem.code, 'not-configured');
  });

  it('says that there is no such branch', async () => {
    published(box, { github: { ...GITHUB, sBranch: 'feature/none' } });
    const problem = await problemOf(compare(box, 'github', at(await start())));
    assert.deepEqual(problem.code === 'not-there' && problem.what, 'ada/paper, feature/none');
    assert.equal(recordOf(box), undefined);
  });
});
