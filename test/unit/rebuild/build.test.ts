/** Builds of plans with real tools: what runs, in what, and what it cannot do. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from '../../../src/core/rebuild/build.js';
import type { BuildIsolation } from '../../../src/core/rebuild/buildIsolation.js';
import { chooseBuildIsolation } from '../../../src/core/rebuild/buildIsolation.js';
import type { StepOptions } from '../../../src/core/rebuild/buildRun.js';
import { processLimit } from '../../../src/core/system/processLimit.js';
import { skip } from '../../harness/skip.js';
import {
  alive,
  bubblewrap,
  codes,
  digestOf,
  gone,
  installed,
  planOf,
  reasonOf,
  rebuilt,
  repos,
  sha256,
} from './buildSupport.js';
import type { Repo } from './buildSupport.js';

const newRepo = repos();

/** Processes with this text in their command lines. */
const count = (marker: string): number =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker);
    } catch {
      return false;
    }
  }).length;

/** What a plan makes, as bytes. */
async function made(
  repo: Repo,
  yaml: string,
  { isolation = 'auto', ...options }: Partial<StepOptions> & { isolation?: BuildIsolation } = {},
): Promise<string> {
  const plan = planOf(yaml);
  const { sandbox } = await chooseBuildIsolation(isolation, undefined, { file: plan.file });
  assert.ok(sandbox);
  const result = await build(
    { root: repo.root, plan, sandbox },
    { mode: 'shell', ...options },
    ({ file }) => Promise.resolve(readFileSync(file, 'utf8')),
  );
  assert.ok(result.kind === 'built', JSON.stringify(result));
  return result.value;
}

for (const isolation of ['network-off', 'clean-folder'] as const) {
  describe(`build of a plan, ${isolation}`, () => {
    before(async function () {
      if (isolation === 'network-off' && !(await bubblewrap()))
        skip(this, 'bubblewrap does not work');
    });

    it('gives a program exactly PATH and the variables of the plan', async () => {
      const yaml = `artifact: environ
steps: [[cp, /proc/self/environ, environ]]
environment: {LC_ALL: C.UTF-8, COUNT: 1.50, FLAG: yes}`;
      const text = await made(newRepo(), yaml, { isolation });
      const variables = text.split('\0').filter((each) => each !== '');
      assert.deepEqual(variables.sort(), [
        'COUNT=1.5',
        'FLAG=True',
        'LC_ALL=C.UTF-8',
        `PATH=${process.env['PATH'] ?? ''}`,
      ]);
    });

    it('lets the plan name another PATH, and finds programs on it', async () => {
      const repo = newRepo().write('tools/hello', '#!/bin/sh\necho mine > out\n');
      const yaml = `artifact: out
sources: [tools]
steps: [[chmod, +x, tools/hello], [hello]]
environment: {PATH: "tools:/usr/bin:/bin"}`;
      assert.equal(await made(repo, yaml, { isolation }), 'mine\n');
    });

    it('starts each step in the workspace, and keeps files but no directory between them', async () => {
      const yaml = `artifact: out
steps:
  - run: mkdir a && cd a && pwd > ../first
  - run: pwd > second; dirname "$(cat first)" > third; cmp second third && echo same > out`;
      assert.equal(await made(newRepo(), yaml, { isolation }), 'same\n');
    });

    it('hands string steps to a shell, or splits them without one', async () => {
      const yaml = `artifact: out
steps: ["printf '%s' a > out; true", "cp /dev/null keep && true"]`;
      assert.equal(await made(newRepo(), yaml, { isolation }), 'a');
      const words = `artifact: "a && b"\nsteps: ["touch 'a && b' $HOME # x"]`;
      assert.equal(await made(newRepo(), words, { isolation, mode: 'argv' }), '');
    });

    it('stops at the first step that fails, and names it', async () => {
      const repo = newRepo();
      const yaml = 'artifact: out\nsteps: [echo a > out, exit 7, "echo never >&2"]';
      let said = '';
      const result = await rebuilt(repo, yaml, { isolation, onOutput: (text) => (said += text) });
      assert.equal(reasonOf(result), 'step-failed');
      const [finding] = result.findings;
      assert.ok(finding?.code === 'rebuild-step-failed');
      assert.deepEqual([finding.step, finding.failure, finding.status], [2, 'status', 7]);
      assert.equal(finding.place?.span.start.line, 2);
      assert.ok(!said.includes('never'));
    });

    it('ends what hangs when the time is up, and everything that it started', async () => {
      const marker = `31536000.${process.pid}${isolation.length}`;
      const yaml = `artifact: out\nsteps: ["sleep ${marker} & sleep ${marker}"]`;
      const result = await rebuilt(newRepo(), yaml, { isolation, timeoutMs: 1500 });
      assert.equal(reasonOf(result), 'step-failed');
      assert.ok(result.findings[0]?.code === 'rebuild-step-failed');
      assert.equal(result.findings[0].failure, 'timed-out');
      await gone(marker);
    });

    it('ends everything when it is cancelled, and leaves no workspace', async () => {
      const marker = `41536000.${process.pid}${isolation.length}`;
      const cancel = new AbortController();
      const before = readdirSync(tmpdir()).filter((name) => name.startsWith('reprolens-'));
      const yaml = `artifact: out\nsteps: ["echo started; sleep ${marker} & sleep ${marker}"]`;
      let seen = false;
      const onOutput = (): void => {
        seen = alive(marker) || seen;
        setTimeout(() => cancel.abort(), 300);
      };
      await assert.rejects(
        rebuilt(newRepo(), yaml, { isolation, signal: cancel.signal, onOutput }),
        { name: 'AbortError' },
      );
      await gone(marker);
      const after = readdirSync(tmpdir()).filter((name) => name.startsWith('reprolens-'));
      assert.deepEqual(
        after.filter(
          (name) => !before.includes(name) && existsSync(path.join(tmpdir(), name, 'build')),
        ),
        [],
      );
    });

    it('ends everything however early it is cancelled', async () => {
      const marker = `71536000.${process.pid}${isolation.length}`;
      const yaml = `artifact: out\nsteps: ["sleep ${marker} & sleep ${marker}"]`;
      const { sandbox } = await chooseBuildIsolation(isolation, undefined, {
        file: planOf(yaml).file,
      });
      assert.ok(sandbox);
      const repo = newRepo();
      for (let delay = 0; delay < 24; delay += 1) {
        const cancel = new AbortController();
        const request = { root: repo.root, plan: planOf(yaml), sandbox };
        const onStep = (): void => void setTimeout(() => cancel.abort(), delay);
        const options = { mode: 'shell', signal: cancel.signal, onStep } as const;
        const running = build(request, options, () => Promise.resolve());
        await assert.rejects(running, { name: 'AbortError' });
        await gone(marker);
      }
    });

    it('looks the artifact up in the workspace only', async () => {
      const outside = mkdtempSync(path.join(tmpdir(), 'rl-outside-'));
      try {
        const away = 'artifact: out\nsteps: ["ln -s /etc/hostname out"]';
        assert.equal(reasonOf(await rebuilt(newRepo(), away, { isolation })), 'unsafe-path');
        const parent = 'artifact: d/out\nsteps: ["ln -s .. d; echo x > out"]';
        assert.equal(reasonOf(await rebuilt(newRepo(), parent, { isolation })), 'unsafe-path');
        const inside = 'artifact: out\nsteps: ["echo x > real; ln -s real out"]';
        assert.equal(digestOf(await rebuilt(newRepo(), inside, { isolation })), sha256('x\n'));
        const none = 'artifact: out\nsteps: ["true"]';
        assert.equal(reasonOf(await rebuilt(newRepo(), none, { isolation })), 'artifact-missing');
        const folder = 'artifact: out\nsteps: ["mkdir out"]';
        assert.equal(reasonOf(await rebuilt(newRepo(), folder, { isolation })), 'artifact-missing');
        const pipe = 'artifact: out\nsteps: ["mkfifo out"]';
        assert.equal(reasonOf(await rebuilt(newRepo(), pipe, { isolation })), 'artifact-missing');
      } finally {
        rmSync(outside, { recursive: true });
      }
    });
  });
}

describe('build of a plan in bubblewrap', () => {
  before(async function () {
    if (!(await bubblewrap())) skip(this, 'bubblewrap does not work');
  });

  it('reaches no network, not even this machine; a clean folder does', async function () {
    if (!installed('python3')) skip(this, 'python3 is not installed');
    let reached = 0;
    const server = createServer((socket) => {
      reached++;
      socket.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const yaml = `artifact: out
steps: [[python3, -c, "import socket; socket.create_connection(('127.0.0.1', ${port}), 20); open('out', 'w')"]]`;
      const shut = await rebuilt(newRepo(), yaml, { isolation: 'network-off' });
      assert.equal(reasonOf(shut), 'step-failed');
      assert.equal(reached, 0);
      assert.equal(
        reasonOf(await rebuilt(newRepo(), yaml, { isolation: 'clean-folder' })),
        'no-reference',
      );
      assert.equal(reached, 1);
    } finally {
      server.close();
    }
  });

  it('writes nothing outside of its workspace', async () => {
    const repo = newRepo().write('src/a', 'a\n');
    const target = repo.at('written');
    const yaml = `artifact: out
sources: [src]
steps:
  - "echo x > ../escape; echo x > /tmp/escape-rl; echo b > src/a; echo y > out"
  - "! echo x > /usr/rl-escape"
  - "echo x > '${target}' || echo refused > out"`;
    assert.equal(await made(repo, yaml, { isolation: 'network-off' }), 'refused\n');
    assert.ok(!existsSync(target));
    assert.ok(!existsSync('/usr/rl-escape') && !existsSync('/tmp/escape-rl'));
    assert.equal(repo.read('src/a'), 'a\n');
  });

  it('sees no file of the user', async () => {
    const repo = newRepo().write('secret', 's\n');
    const yaml = `artifact: out\nsteps: ["cat '${repo.at('secret')}' > out || echo none > out"]`;
    assert.equal(await made(repo, yaml, { isolation: 'network-off' }), 'none\n');
    assert.equal(await made(repo, yaml, { isolation: 'clean-folder' }), 's\n');
  });

  it('holds a bomb of processes to its limit', async function () {
    // Root is exempt from `ulimit`; then it takes a control group.
    const limit = process.getuid?.() === 0 ? await processLimit(64) : undefined;
    if (process.getuid?.() === 0 && limit === undefined) skip(this, 'no control group can be made');
    await limit?.remove();
    const marker = `51536000.${process.pid}`;
    // 300 at most, were there no limit. A shell that cannot fork ends, here the inner one.
    const script = `( i=0; while [ $i -lt 300 ]; do sleep ${marker} & i=$((i+1)); echo $i > made; done ) || true`;
    const yaml = `artifact: made\nsteps: [${JSON.stringify(script)}]`;
    const started = async (processes: number): Promise<number> => {
      const limits = { processes, fileBytes: 1 << 30 };
      return Number(await made(newRepo(), yaml, { isolation: 'network-off', limits }));
    };
    const few = await started(64);
    assert.ok(few > 10 && few < 64, `${few} processes`);
    assert.equal(await started(4096), 300);
    await gone(marker);
  });

  for (const [how, shape] of [
    // Each waits for both of its children, and so fails when one of them cannot be had.
    ['waits', 'NAME() { NAME | NAME; }; NAME'],
    ['hides', 'NAME() { NAME | NAME & }; NAME; while :; do :; done'],
  ] as const) {
    it(`ends a bomb that doubles itself and ${how} as a failed step, within the limit`, async function () {
      const limit = process.getuid?.() === 0 ? await processLimit(64) : undefined;
      if (process.getuid?.() === 0 && !limit) skip(this, 'no control group can be made');
      await limit?.remove();
      const name = `bomb_${how}_${process.pid}`;
      const yaml = `artifact: out\nsteps: ["${shape.replaceAll('NAME', name)}"]`;
      let most = 0;
      const look = setInterval(() => (most = Math.max(most, count(name))), 20);
      try {
        const limits = { processes: 64, fileBytes: 1 << 30 };
        const asked = { isolation: 'network-off', limits, timeoutMs: 3000 } as const;
        assert.equal(reasonOf(await rebuilt(newRepo(), yaml, asked)), 'step-failed');
      } finally {
        clearInterval(look);
      }
      // And those that shut them in.
      assert.ok(most <= 66, `${most} processes`);
      await gone(name);
    });
  }

  it('holds a file to its limit', async () => {
    const yaml = 'artifact: out\nsteps: ["head -c 5000000 /dev/zero > out"]';
    const limits = { processes: 4096, fileBytes: 1 << 20 };
    const result = await rebuilt(newRepo(), yaml, { isolation: 'network-off', limits });
    assert.equal(reasonOf(result), 'step-failed');
    assert.equal(
      reasonOf(await rebuilt(newRepo(), yaml, { isolation: 'network-off' })),
      'no-reference',
    );
  });

  it('has the same path on every machine, and another one when it is varied', async () => {
    const yaml = 'artifact: out\nsteps: ["pwd > out"]';
    assert.equal(await made(newRepo(), yaml, { isolation: 'network-off' }), '/workspace/build\n');
    const variation = { workspaceName: 'other' };
    const varied = await made(newRepo(), yaml, { isolation: 'network-off', variation });
    assert.equal(varied, '/workspace/other\n');
  });

  it('lets a variation change what the plan does not say', async () => {
    const yaml = 'artifact: out\nsteps: ["echo $TZ $LANG $(umask) > out"]\nenvironment: {TZ: UTC}';
    const variation = {
      variables: { TZ: 'Asia/Tokyo', LANG: 'de_DE' },
      prefix: ['/bin/sh', '-c', 'umask 077; exec "$@"', 'sh'],
    };
    const varied = await made(newRepo(), yaml, { isolation: 'network-off', variation });
    assert.equal(varied, 'UTC de_DE 0077\n');
  });
});

describe('a plan that is refused', () => {
  const REFUSED: readonly [string, string, string][] = [
    ['an artifact outside', 'artifact: ../out\nsteps: ["touch ../ran"]', 'unsafe-path'],
    ['an absolute artifact', 'artifact: /tmp/out\nsteps: ["true"]', 'unsafe-path'],
    ['a source outside', 'artifact: out\nsources: [../x]\nsteps: ["true"]', 'unsafe-path'],
    ['an absolute source', 'artifact: out\nsources: [/etc/passwd]\nsteps: ["true"]', 'unsafe-path'],
    [
      'a destination outside',
      'artifact: out\nsources: [{path: a, destination: ../a}]\nsteps: ["true"]',
      'unsafe-path',
    ],
    [
      'a reference outside',
      'artifact: out\nsteps: ["true"]\nreference_artifact: ../out',
      'unsafe-path',
    ],
    ['no steps', 'artifact: out\nsteps: []', 'plan-invalid'],
    ['no artifact', 'steps: ["true"]', 'plan-invalid'],
    ['a tag that leads outside', 'artifact: "{tag}/out"\nsteps: ["true"]', 'unsafe-path'],
  ];
  for (const [what, yaml, reason] of REFUSED) {
    it(`runs nothing: ${what}`, async () => {
      let ran = false;
      const onStep = (): void => void (ran = true);
      const result = await rebuilt(newRepo().write('a', 'a'), yaml, { tag: '..', onStep });
      assert.equal(reasonOf(result), reason, codes(result).join());
      assert.ok(!ran);
    });
  }
});
