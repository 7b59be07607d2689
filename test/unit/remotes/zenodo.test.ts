import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { afterEach, beforeEach } from 'mocha';
import { parseSyncStatus } from '../../../src/core/formats/vaibify/syncStatus.js';
import { zenodoLike } from '../../harness/mirrorServer.js';
import type { StandIn } from '../../harness/mirrorServer.js';
import { Sandbox } from '../projects/support.js';
import { compare, digestOf, problemOf, published, recordOf } from './mirrorSupport.js';

const ZENODO = { sRecordId: '77', sService: 'zenodo' };
const DOI = '10.5281/zenodo.77';
const OUTPUTS = ['Fit/fit.csv', 'Fit/a b%.csv', 'Fit/deep/fit.csv', 'Fit/deep/ü.csv'];

describe('comparing with a stand-in for Zenodo', () => {
  let box: Sandbox;
  const open: StandIn[] = [];

  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
    box.remove();
  });

  /** A record with these keys, each holding the file of the repository that it names. */
  const deposit = async (files: Readonly<Record<string, string>>, id = 77): Promise<StandIn> => {
    const absolute = Object.entries(files).map(([key, name]) => [key, box.at(name)]);
    const standIn = await zenodoLike({
      id,
      doi: DOI,
      files: Object.fromEntries(absolute) as never,
    });
    open.push(standIn);
    return standIn;
  };
  const at = ({ address }: StandIn) => ({ env: { REPROLENS_ZENODO: address } });
  const whole = Object.fromEntries(OUTPUTS.map((name) => [name, name]));

  it('finds files by their path, nested ones too, and records DOI and endpoint', async () => {
    published(box, { zenodo: ZENODO }, OUTPUTS);
    const { check, byBaseName } = await compare(box, 'zenodo', at(await deposit(whole)));
    assert.deepEqual([check.total, check.matching, byBaseName], [4, 4, []]);
    const [recorded] = parseSyncStatus(recordOf(box) ?? '');
    assert.deepEqual([recorded?.doi, recorded?.endpoint, recorded?.matching], [DOI, 'zenodo', 4]);
  });

  it('finds what was uploaded under its base name, unless two files could be meant', async () => {
    published(box, { zenodo: ZENODO }, OUTPUTS);
    const record = await deposit({
      'fit.csv': 'Fit/fit.csv',
      'a b%.csv': 'Fit/a b%.csv',
      'ü.csv': 'Fit/deep/ü.csv',
    });
    const { check, byBaseName } = await compare(box, 'zenodo', at(record));
    assert.deepEqual([...byBaseName].sort(), ['Fit/a b%.csv', 'Fit/deep/ü.csv']);
    assert.deepEqual(
      check.diverged.map(({ path, actual }) => [path, actual]),
      [
        ['Fit/deep/fit.csv', undefined],
        ['Fit/fit.csv', undefined],
      ],
    );
  });

  it('tells another content from an absent file', async () => {
    published(box, { zenodo: ZENODO }, OUTPUTS);
    const record = await deposit({ ...whole, 'Fit/fit.csv': 'Fit/a b%.csv' });
    const { check } = await compare(box, 'zenodo', at(record));
    const actual = digestOf('Fit/a b%.csv');
    const expected = digestOf('Fit/fit.csv');
    assert.deepEqual(check.diverged, [{ path: 'Fit/fit.csv', expected, actual }]);
  });

  it('hashes a large file as it comes', async () => {
    const size = 300 << 20;
    published(box, { zenodo: ZENODO }, ['Fit/large.bin']);
    const file = openSync(box.at('Fit/large.bin'), 'w');
    ftruncateSync(file, size);
    closeSync(file);
    // Of 300 MiB of zeros, as `head -c 314572800 /dev/zero | sha256sum` says.
    const digest = '17a88af83717f68b8bd97873ffcf022c8aed703416fe9b08e0fa9e3287692bf0';
    box.write({ 'MANIFEST.sha256': `${digest}  Fit/large.bin\n` });
    const record = await deposit({ 'large.bin': 'Fit/large.bin' });
    assert.equal((await compare(box, 'zenodo', at(record))).check.matching, 1);
  });

  it('asks for content nowhere but at the service, whatever the record says', async () => {
    published(box, { zenodo: ZENODO }, ['Fit/fit.csv']);
    const elsewhere = await deposit({ 'fit.csv': 'Fit/fit.csv' });
    const record = await deposit({ 'fit.csv': 'Fit/fit.csv' });
    record.fault = ({ url }, response) => {
      if (url !== '/api/records/77') return false;
      const self = `${elsewhere.address}/api/records/77/files/fit.csv/content`;
      response.end(JSON.stringify({ id: 77, files: [{ key: 'fit.csv', links: { self } }] }));
      return true;
    };
    assert.equal((await compare(box, 'zenodo', at(record))).check.matching, 1);
    assert.deepEqual(elsewhere.asked, []);
    assert.equal(record.asked.at(-1)?.url, '/api/records/77/files/fit.csv/content');
  });

  it('refuses a record number and an instance that are none', async () => {
    const standIn = await deposit({});
    const bad = [{}, { sRecordId: '../x' }, { sRecordId: '77', sService: 'constructor' }];
    for (const zenodo of bad) {
      published(box, { zenodo: zenodo }, OUTPUTS);
      const { code } = await problemOf(compare(box, 'zenodo', at(standIn)));
      assert.equal(code, 'not-configured', JSON.stringify(zenodo));
    }
    assert.deepEqual(standIn.asked, []);
  });

  it('says that a record is not there, and that an answer is no record', async () => {
    published(box, { zenodo: ZENODO }, OUTPUTS);
    const other = await deposit({}, 78);
    assert.equal((await problemOf(compare(box, 'zenodo', at(other)))).code, 'not-there');
    for (const body of ['', '<html>', '{}', '{"id": 77, "files": "all"}', '[]']) {
      other.fault = (_, response) => {
        response.end(body);
        return true;
      };
      assert.equal((await problemOf(compare(box, 'zenodo', at(other)))).code, 'malformed', body);
    }
    assert.equal(recordOf(box), undefined);
  });
});
