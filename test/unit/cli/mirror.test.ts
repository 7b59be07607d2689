import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach } from 'mocha';
import { githubLike, zenodoLike } from '../../harness/mirrorServer.js';
import type { StandIn } from '../../harness/mirrorServer.js';
import { Sandbox } from '../projects/support.js';
import { commit, digestOf, OUTPUTS, published, recordOf } from '../remotes/mirrorSupport.js';

const CLI = path.resolve(__dirname, '../../../../dist/cli.js');
const REMOTES = {
  github: { sOwner: 'ada', sRepo: 'paper' },
  zenodo: { sRecordId: '77', sService: 'sandbox' },
};

interface Ran {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

/** Not the synchronous runner of the neighbours: the stand-ins answer from this process. */
const run = (cwd: string, env: Record<string, string>, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, NO_COLOR: '1', ...env } };
    execFile(process.execPath, [CLI, 'mirror', 'verify', ...args], options, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });

describe('reprolens mirror verify', () => {
  let box: Sandbox;
  let standIn: StandIn;
  let env: Record<string, string>;

  beforeEach(async () => {
    box = new Sandbox();
    published(box, REMOTES);
    standIn = await githubLike('ada/paper', box.root);
    env = { REPROLENS_GITHUB_API: standIn.address, REPROLENS_GITHUB_RAW: standIn.address };
  });
  afterEach(async () => {
    await standIn.close();
    box.remove();
  });

  it('exits 0 when the copy is as pinned, and 1 when it is not', async () => {
    const good = await run(box.root, env, 'github');
    assert.deepEqual([good.code, good.err], [0, '']);
    assert.match(good.out, /^github: 4\/4 as pinned at [0-9a-f]{12}\n$/);
    box.write({ 'Fit/fit.csv': 'changed' });
    commit(box);
    const bad = await run(box.root, env, 'github');
    assert.equal(bad.code, 1);
    assert.match(bad.out, /^differs {2}Fit\/fit\.csv {2}pinned [0-9a-f]{12}, published /m);
    assert.match(bad.out, /^github: 3\/4 as pinned/m);
  });

  it('gives one document with what is different', async () => {
    box.write({ 'Fit/fit.csv': 'changed' });
    commit(box);
    const { code, out } = await run(box.root, env, 'github', '--json');
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(out), {
      service: 'github',
      total: 4,
      matching: 3,
      diverged: [
        { path: 'Fit/fit.csv', expected: digestOf('Fit/fit.csv'), actual: digestOf('changed') },
      ],
    });
  });

  it('says where a Zenodo copy was found, and that the sandbox keeps nothing', async () => {
    const files = Object.fromEntries(
      OUTPUTS.map((name) => [name.slice(name.indexOf('/') + 1), box.at(name)]),
    );
    const zenodo = await zenodoLike({ id: 77, doi: '10.5072/zenodo.77', files });
    const ran = await run(box.root, { REPROLENS_ZENODO: zenodo.address }, 'zenodo');
    await zenodo.close();
    assert.equal(ran.code, 0, ran.err);
    assert.match(ran.out, /^zenodo: 4\/4 as pinned in 10\.5072\/zenodo\.77 \(sandbox: /m);
    assert.match(ran.err, /without their folder: 4/);
    assert.match(recordOf(box) ?? '', /"sEndpointVerified": "sandbox"/);
  });

  it('exits 2 in one line, with the file to mend, and writes nothing', async () => {
    const cases: [string, Record<string, string>, RegExp][] = [
      [
        'github',
        { ...env, REPROLENS_GITHUB_API: 'http://x.org' },
        /REPROLENS_GITHUB_API is no https/,
      ],
      ['zenodo', { REPROLENS_ZENODO: standIn.address }, /nothing published under "record 77"/],
      ['arxiv', env, /github, zenodo/],
    ];
    for (const [service, each, expected] of cases) {
      const { code, out, err } = await run(box.root, each, service, '--json');
      assert.deepEqual([code, out], [2, ''], err);
      assert.match(err, expected);
      assert.doesNotMatch(err, /\n\s+at /);
    }
    box.write({ 'workflow.json': '{"sPlotDirectory": "P", "listSteps": []}' });
    const { code, err } = await run(box.root, env, 'github');
    assert.equal(code, 2);
    assert.match(err, /^reprolens: workflow\.json: .*dictRemotes\.github/);
    assert.equal(recordOf(box), undefined);
  });
});
