import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseLock } from '../../../src/core/formats/lock/lock.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { indexSettings } from '../../../src/core/verify/dependenciesConfig.js';
import { compareInstalled } from '../../../src/core/verify/dependenciesInstalled.js';
import { sentence } from '../../../src/core/words/findings.js';
import { skip } from '../../harness/skip.js';
import { Sandbox } from '../projects/support.js';

const ZERO = '0'.repeat(64) as Sha256;
const lockOf = (text: string) => parseLock(text, 'requirements.lock' as RepoPath, ZERO);

describe('what an interpreter has installed', function () {
  this.timeout(60_000);
  let place: Sandbox;
  before(() => {
    place = new Sandbox();
  });
  after(() => place.remove());

  it('is compared with the lock, at its lines, and nothing is installed', async function () {
    const made = spawnSync('python3', ['-I', '-m', 'venv', '--without-pip', place.at('v')]);
    if (made.status !== 0) skip(this, 'no python3 with venv');
    const lib = path.join('v', 'lib');
    const [version = ''] = readdirSync(place.at(lib));
    const site = path.join(lib, version, 'site-packages');
    for (const [name, has] of [
      ['NumPy', '1.26.4'],
      ['same', '1.0.0'],
      ['Marked.one', '3'],
    ] as const) {
      const text = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${has}\n`;
      place.write({ [path.join(site, `${name}-${has}.dist-info`, 'METADATA')]: text });
    }
    const lock = lockOf(
      'numpy==1.26.3\nsame==1.0\nabsent==1\nmarked-one==2 ; os_name == "x"\nother==2 ; os_name == "x"\n',
    );
    const findings = await compareInstalled(lock, place.at('v', 'bin', 'python'));
    assert.deepEqual(
      findings?.map(
        (finding) => `${finding.place?.span.start.line} ${finding.severity} ${sentence(finding)}`,
      ),
      ['1 info numpy: installed 1.26.4, pinned 1.26.3.', '3 info absent: not installed, pinned 1.'],
    );
  });

  it('is not known without an interpreter', async () => {
    assert.equal(await compareInstalled(lockOf('a==1\n'), place.at('nothing')), undefined);
  });
});

describe('the configuration of pip', () => {
  it('says where packages come from, and nothing else of it is taken over', () => {
    const listed = [
      ":env:.index-url='https://env/simple'",
      "global.extra-index-url='https://a/\\nhttps://b/'",
      "global.index-url='https://user:it\\'s@global/simple'",
      'install.find-links="/it\'s"',
      "global.target='/home/me'",
      "global.no-deps='true'",
      "install.user='true'",
      "freeze.index-url='https://other/'",
      'nonsense',
    ].join('\n');
    assert.deepEqual(indexSettings(listed), {
      PIP_EXTRA_INDEX_URL: 'https://a/\nhttps://b/',
      PIP_INDEX_URL: 'https://env/simple',
      PIP_FIND_LINKS: "/it's",
    });
  });
});
