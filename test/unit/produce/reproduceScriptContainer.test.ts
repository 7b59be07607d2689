import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { reproduceScript } from '../../../src/core/produce/reproduceScript.js';
import {
  buildAndPush,
  Containers,
  lacking,
  preparePodman,
  startDocker,
  startRegistry,
} from '../../harness/containers.js';
import type { Registry, TestEngine } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { Sandbox } from '../projects/support.js';

/** Only the image has this text: whoever gets it right ran there. No network but the loopback one. */
const COMMANDS = [
  'cat /text > text.txt',
  'printf %s "$SOURCE_DATE_EPOCH" >> text.txt',
  'ls /sys/class/net > net.txt',
];
const outputs = ['Read/text.txt', 'Read/net.txt'] as RepoPath[];

describe('reproduce.sh in a container', () => {
  let own: Containers;
  let registry: Registry;
  const engines: Partial<Record<TestEngine['kind'], TestEngine>> = {};
  let box: Sandbox;
  let temporary: Sandbox;

  before(async function () {
    const reason = lacking(
      'docker',
      'dockerd',
      'podman',
      'docker-registry',
      'busybox',
      'sha256sum',
    );
    if (reason !== undefined) skip(this, reason);
    this.timeout(120_000);
    own = new Containers();
    registry = await startRegistry(own);
    engines.podman = preparePodman(own);
    engines.docker = await startDocker(own);
    const insecure = `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`;
    writeFileSync(own.at('registries.conf'), insecure);
  });
  after(() => (own as Containers | undefined)?.stop());
  beforeEach(() => {
    box = new Sandbox();
    temporary = new Sandbox();
  });
  afterEach(() => {
    box.remove();
    temporary.remove();
  });

  function project(image: string, text: string): void {
    const step = {
      label: 'A01',
      name: 'Read',
      directory: 'Read' as RepoPath,
      outputs,
      scratch: [],
    };
    const commands = COMMANDS.map((command) => [command]);
    const result = reproduceScript({ title: 'Tiny', steps: [{ ...step, commands }] });
    assert.ok(result.ok);
    box.write({
      'reproduce.sh': result.bytes,
      'Read/text.txt': `${text}1700000000`,
      'Read/net.txt': 'lo\n',
      '.vaibify/environment.json': JSON.stringify({
        dictContainer: { sImageDigest: image },
        iSourceDateEpoch: 1_700_000_000,
      }),
    });
    chmodSync(box.at('reproduce.sh'), 0o755);
    const names = [...outputs, 'reproduce.sh'];
    const sums = execFileSync('sha256sum', names, { cwd: box.root, encoding: 'utf8' });
    box.write({ 'MANIFEST.sha256': `# SHA-256 manifest of workflow artefacts\n${sums}` });
  }

  function run(kind: TestEngine['kind']) {
    // Docker is asked first; for podman there must be nobody who answers.
    const dead = kind === 'podman' ? { DOCKER_HOST: `unix://${own.at('nobody')}` } : {};
    const env = {
      ...process.env,
      ...engines.podman!.env,
      ...engines.docker!.env,
      ...dead,
      CONTAINERS_REGISTRIES_CONF: own.at('registries.conf'),
      TMPDIR: temporary.root,
    };
    return spawnSync('./reproduce.sh', { cwd: box.root, env, encoding: 'utf8', timeout: 100_000 });
  }

  for (const kind of ['docker', 'podman'] as const) {
    it(`${kind}: pulls the image by its digest and makes the pinned bytes in it, without network`, () => {
      const name = `${registry.host}/lab/${kind}`;
      const digest = buildAndPush(engines[kind]!, own, `${name}:1`, `${kind}\n`);
      engines[kind]!.run('rmi', '-f', `${name}:1`);
      project(`${name}@${digest}`, `${kind}\n`);
      const good = run(kind);
      assert.equal(good.status, 0, good.stdout + good.stderr);
      assert.match(good.stdout, /Read\/text\.txt: OK/);
      assert.ok(
        good.stderr.includes(`the steps ran in ${name}@${digest}, without network`),
        good.stderr,
      );
      assert.deepEqual(readdirSync(temporary.root), []);

      project(`${name}@${digest}`, 'other\n');
      const bad = run(kind);
      assert.equal(bad.status, 1, bad.stderr);
      assert.match(bad.stdout, /Read\/text\.txt: FAILED/);
    });

    it(`${kind}: says so when nobody has the image`, () => {
      project(`${registry.host}/lab/nothing@sha256:${'0'.repeat(64)}`, '');
      const { status, stderr } = run(kind);
      assert.equal(status, 2, stderr);
      assert.ok(stderr.includes(`${kind} cannot pull ${registry.host}/lab/nothing`), stderr);
    });
  }
});
