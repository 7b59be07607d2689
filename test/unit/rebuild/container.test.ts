import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rerunTier } from '../../../src/core/rebuild/attest.js';
import { planRerun } from '../../../src/core/rebuild/plan.js';
import { rerun } from '../../../src/core/rebuild/rerun.js';
import {
  busyboxContext,
  buildAndPush,
  Containers,
  lacking,
  preparePodman,
  startDocker,
  startRegistry,
  withVariables,
} from '../../harness/containers.js';
import type { TestEngine } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import {
  codes,
  listening,
  papers,
  processesWith,
  ran,
  ready,
  step,
  suiteHasher,
  until,
} from './support.js';
import type { Paper } from './support.js';

const TOOLS = {
  podman: ['git', 'podman', 'runc', 'busybox', 'docker-registry'],
  docker: ['git', 'docker', 'dockerd', 'busybox', 'docker-registry'],
} as const;

/** A directory of this machine that no image has. */
const THERE = path.resolve('src');
/** A client without a daemon: nothing answers it. */
const NO_DOCKER = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

for (const kind of ['podman', 'docker'] as const) {
  describe(`a rerun in a container of ${kind}`, function () {
    this.timeout(300_000);
    const paper = papers();
    const hasher = suiteHasher();
    let own: Containers | undefined;
    let engine: TestEngine;
    let pinned: string;
    let local: string;
    let registries = {};

    before(async function () {
      const missing = lacking(...TOOLS[kind]);
      if (missing !== undefined) skip(this, missing);
      own = new Containers();
      const { host } = await startRegistry(own);
      engine = kind === 'podman' ? preparePodman(own) : await startDocker(own);
      const digest = buildAndPush(engine, own, `${host}/lab/step:1`);
      pinned = `${host}/lab/step@${digest}`;
      const build = ['build', '-q', '--network=none', '-t', 'local/only:1'];
      engine.run(...build, busyboxContext(own, 'two\n'));
      const id = engine.run('image', 'inspect', '-f', '{{.Id}}', 'local/only:1');
      local = id.startsWith('sha256:') ? id : `sha256:${id}`;
      const insecure = `[[registry]]\nlocation = "${host}"\ninsecure = true\n`;
      writeFileSync(own.at('registries.conf'), insecure);
      registries = { CONTAINERS_REGISTRIES_CONF: own.at('registries.conf') };
      // What a machine that only cloned the repository does not have.
      engine.run('rmi', '-f', `${host}/lab/step:1`);
    });
    after(() => own?.stop());

    const inside = <T>(work: () => Promise<T>): Promise<T> =>
      withVariables({ ...NO_DOCKER, ...engine.env, ...registries }, work);

    const written = (commands: readonly string[], image = local): Paper =>
      paper([step('Make', { saDataCommands: commands, saOutputDataFiles: ['out.txt'] })])
        .write(
          '.vaibify/environment.json',
          JSON.stringify({
            dictContainer: { sImageDigest: image, bLocalImageOnly: image === local },
            iSourceDateEpoch: 1_650_000_000,
          }),
        )
        .write('Make/out.txt', 'one\n')
        .write('Make/.keep', '')
        .pin('Make/out.txt');

    it('makes the same bytes in the image that is pinned, and writes as this user', async () => {
      const made = written([
        'cat /text | sed s/two/one/ > out.txt',
        'echo "$PATH $SOURCE_DATE_EPOCH"; pwd; id -u',
      ]);
      made.commit();
      await inside(async () => {
        const plan = await ready(made);
        assert.equal(plan.sandbox.kind, 'container');
        assert.deepEqual(plan.image, { reference: local, pull: false });
        const result = await ran(plan, { hasher: hasher() });
        assert.equal(result.outcome, 'passed', result.log);
        const name = path.basename(made.root);
        assert.match(result.log, new RegExp(`^/bin 1650000000\\n/workspace/${name}/Make\\n`, 'm'));
        assert.deepEqual(rerunTier(result).detail, { kind: 'rerun', isolation: 'container' });
      });
      assert.equal(statSync(made.at('Make/out.txt')).uid, process.getuid?.());
    });

    it('pulls the pinned image by its digest first, and does not begin when nobody has it', async () => {
      const made = written(['cat /text > out.txt'], pinned).commit();
      await inside(async () => {
        const plan = await ready(made);
        assert.deepEqual(plan.image, { reference: pinned, pull: true });
        const result = await ran(plan, { hasher: hasher() });
        assert.equal(result.outcome, 'passed', result.log);
      });
      const gone = pinned.replace(/[0-9a-f]{8}$/, '00000000');
      const other = written(['cat /text > out.txt'], gone).commit();
      await inside(async () => {
        const heard: string[] = [];
        const result = await rerun(await ready(other), {
          hasher: hasher(),
          onStep: ({ label }) => heard.push(label),
        });
        assert.equal(result.kind, 'not-run');
        assert.equal(result.why, 'refused');
        assert.deepEqual(codes(result.findings), ['rerun-isolation']);
        assert.deepEqual(heard, []);
      });
    });

    it('tells other bytes', async () => {
      const made = written(['cat /proc/sys/kernel/random/uuid > out.txt']).commit();
      await inside(async () => {
        const result = await ran(await ready(made), { hasher: hasher() });
        assert.deepEqual([result.outcome, result.diverged], ['failed', ['Make/out.txt']]);
      });
    });

    it('reaches neither the network nor this disk', async () => {
      const server = await listening();
      const outside = mkdtempSync(path.join(tmpdir(), 'rl-outside-'));
      const made = written([
        `exec 2>/dev/null; echo | nc 127.0.0.1 ${server.port} || echo refused`,
        `exec 2>/dev/null; echo x > ${outside}/escaped || echo refused; echo x > /bin/escaped || echo refused`,
        `ls -l ${THERE} && exit 9; grep -c : /proc/net/dev; grep CapEff /proc/self/status`,
        'echo one > out.txt',
      ]).commit();
      try {
        await inside(async () => {
          const result = await ran(await ready(made), { hasher: hasher() });
          assert.equal(result.outcome, 'passed', result.log);
          assert.equal(result.log.match(/^refused$/gm)?.length, 3, result.log);
          // The loopback alone, and no capability. What goes to the other stream may come between.
          assert.match(result.log, /^1$/m);
          assert.match(result.log, /^CapEff:\s0+$/m);
        });
        assert.equal(server.visits(), 0);
        assert.ok(!existsSync(path.join(outside, 'escaped')));
      } finally {
        server.stop();
        rmSync(outside, { recursive: true });
      }
    });

    it('leaves no container and no process behind when it is cancelled', async () => {
      const mark = `87654${Math.floor(Math.random() * 1e6)}`;
      const made = written([`echo begun; sleep ${mark}`]).commit();
      await inside(async () => {
        const abort = new AbortController();
        const result = await rerun(await ready(made), {
          hasher: hasher(),
          signal: abort.signal,
          onOutput: (text) => {
            if (text.includes('begun')) abort.abort();
          },
        });
        assert.equal(result.kind, 'not-run');
        await until('no process left', () => processesWith(mark).length === 0);
        assert.equal(engine.run('ps', '-a', '-q', '--filter', 'label=org.reprolens=rerun'), '');
      });
    });

    it('does not fall back to less without saying so when an image does not start', async () => {
      const made = written(['true']).commit();
      await inside(async () => {
        const plan = await ready(made);
        const without = {
          ...plan,
          sandbox: { ...plan.sandbox, image: 'local/absent:1' },
        } as typeof plan;
        const result = await rerun(without, { hasher: hasher() });
        assert.equal(result.kind, 'not-run');
        const [finding] = result.findings;
        assert.ok(finding?.code === 'rerun-isolation' && finding.problem === 'does-not-work');
      });
    });

    it('says what it passed over where no engine answers', async () => {
      const made = written(['cat /text > out.txt']).commit();
      const nowhere = { ...NO_DOCKER, CONTAINERS_CONF: '/nonexistent', PATH: '/usr/bin:/bin' };
      await withVariables({ ...nowhere, CONTAINER_HOST: 'unix:///nonexistent' }, async () => {
        const plan = await planRerun(await made.project(), { isolation: 'container' });
        assert.equal(plan.kind, 'refused');
        assert.deepEqual(codes(plan.findings), ['rerun-isolation']);
      });
    });
  });
}
