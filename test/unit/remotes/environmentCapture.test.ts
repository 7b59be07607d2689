import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { buildSync } from 'esbuild';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import {
  ENVIRONMENT_FILE,
  parseEnvironment,
} from '../../../src/core/formats/environment/environment.js';
import { planCapture, writeCapture } from '../../../src/core/remotes/capture.js';
import type { CaptureOptions } from '../../../src/core/remotes/capture.js';
import { environmentTier } from '../../../src/core/remotes/environmentTier.js';
import { sha256 } from '../../../src/core/system/files.js';
import {
  buildAndPush,
  busyboxContext,
  Containers,
  freePort,
  lacking,
  preparePodman,
  startDocker,
  startRegistry,
  withVariables,
} from '../../harness/containers.js';
import type { Registry, TestEngine } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { Sandbox } from '../projects/support.js';

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
interface Document {
  readonly dictContainer: {
    readonly sContainerName: string | null;
    readonly sImageDigest: string;
    readonly bLocalImageOnly: boolean;
  };
  readonly sImageDigest: string;
  readonly dictSystemTools: Readonly<Record<string, string | null>>;
  readonly iSourceDateEpoch: number;
}
const documentOf = (text: string): Document => JSON.parse(text) as Document;
const read = (root: string) => {
  const bytes = readFileSync(path.join(root, ENVIRONMENT_FILE));
  return parseEnvironment(bytes.toString(), ENVIRONMENT_FILE, sha256(bytes));
};
const PINNED = `127.0.0.1:9/lab/x@sha256:${'a'.repeat(64)}`;
const NO_ENGINE: CaptureOptions = { engine: 'none', declared: PINNED };

describe('capturing an environment without an engine', () => {
  const sandboxes: Sandbox[] = [];
  const sandbox = (): Sandbox => {
    const made = new Sandbox();
    sandboxes.push(made);
    return made;
  };
  afterEach(() => sandboxes.splice(0).forEach((each) => each.remove()));

  it('records the declared image and says that nobody looked at it', async () => {
    const { root } = sandbox();
    const plan = await planCapture(root, NO_ENGINE);
    assert.equal(existsSync(path.join(root, '.vaibify')), false);
    const codes = plan.findings.map(({ code }) => code);
    assert.deepEqual(codes, ['capture-tools-of-host', 'capture-not-inspected']);
    await writeCapture(plan);
    const { image, mode, findings, tools } = read(root);
    assert.deepEqual([image?.reference, mode, findings], [PINNED, 'container', []]);
    const python = execFileSync('python3', ['-c', 'import sys; print(sys.version_info[0])']);
    assert.match(tools.python ?? '', new RegExp(`^${python.toString().trim()}\\.`));
    assert.equal(tools.osRelease, readFileSync('/etc/os-release', 'utf8'));
  });

  it('shows key by key what changes, keeps unknown keys, and rewrites nothing for the time alone', async () => {
    const box = sandbox();
    await writeCapture(await planCapture(box.root, NO_ENGINE));
    const same = await planCapture(box.root, NO_ENGINE);
    assert.deepEqual([same.differs, same.changes], [false, []]);
    const file = box.at(ENVIRONMENT_FILE);
    const old = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...old, sNote: 'kept', sImageDigest: undefined }));
    const plan = await planCapture(box.root, { ...NO_ENGINE, binaries: [box.at('absent')] });
    assert.deepEqual(
      plan.changes.map(({ key, from }) => [key, from]),
      [
        ['dictHostBinaries.listBinaries[0].sBinaryPath', undefined],
        ['dictHostBinaries.listBinaries[0].sSha256', undefined],
        ['dictHostBinaries.listBinaries[0].sVersion', undefined],
        ['sImageDigest', undefined],
      ],
    );
    assert.match(plan.text, /"sNote": "kept"/);
  });

  it('takes the time of the commit, and 0 where there is none', async () => {
    const box = sandbox();
    assert.equal(documentOf((await planCapture(box.root, NO_ENGINE)).text).iSourceDateEpoch, 0);
    box.gitInit();
    const env = {
      ...process.env,
      GIT_COMMITTER_DATE: '1700000000 +0100',
      GIT_AUTHOR_DATE: '1600000000 +0100',
    };
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
    execFileSync('git', [...who, 'commit', '-q', '--allow-empty', '-m', 'x'], {
      cwd: box.root,
      env,
    });
    const plan = await planCapture(box.root, NO_ENGINE);
    assert.equal(documentOf(plan.text).iSourceDateEpoch, 1_700_000_000);
  });

  it('records programs: digest and version, without a shell, and gives up after five seconds', async function () {
    this.timeout(60_000);
    const box = sandbox();
    const program = (name: string, script: string): string => {
      writeFileSync(box.at(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return box.at(name);
    };
    const binaries = [
      program('on stdout', 'printf "\\n  tool 1.2 \\nmore\\n"'),
      program('on stderr', 'echo "tool 3" >&2'),
      program('fails', 'echo no; exit 3'),
      program('hangs', 'echo early; sleep 100'),
      program('; touch sprung', 'echo "$#: $1"'),
      box.at('absent'),
      'relative',
    ];
    await writeCapture(await planCapture(box.root, { ...NO_ENGINE, binaries }));
    const found = read(box.root).binaries;
    assert.deepEqual(
      found.map(({ version }) => version),
      ['tool 1.2', 'tool 3', undefined, undefined, '1: --version', undefined, undefined],
    );
    assert.deepEqual(
      found.map(({ digest }) => digest),
      binaries.map((each) => (existsSync(each) ? hex(readFileSync(each, 'utf8')) : undefined)),
    );
    assert.equal(existsSync(box.at('sprung')), false);
    // What only the document names is hashed again and not run.
    program('on stdout', `touch ${box.at('sprung')}; echo other`);
    const again = await planCapture(box.root, NO_ENGINE);
    assert.equal(existsSync(box.at('sprung')), false);
    const changed = again.changes.map(({ key }) => key);
    const first = 'dictHostBinaries.listBinaries[0]';
    assert.deepEqual(changed, [`${first}.sSha256`, `${first}.sVersion`]);
  });

  it('refuses what it cannot do, and leaves the old document alone', async () => {
    const box = sandbox();
    const refusal = (options: CaptureOptions, code: string) =>
      assert.rejects(planCapture(box.root, options), { code });
    await refusal({ engine: 'none' }, 'nothing-declared');
    await refusal({ engine: 'none', container: 'x' }, 'no-engine');
    await refusal({ engine: 'none', declared: 'Not An Image' }, 'bad-reference');
    await refusal(
      { engine: 'none', declared: `127.0.0.1:${await freePort()}/a/b:1` },
      'unresolved',
    );
    await refusal({ ...NO_ENGINE, signal: AbortSignal.abort() }, 'cancelled');
    const plan = await planCapture(box.root, NO_ENGINE);
    box.write({ [ENVIRONMENT_FILE]: '{}' });
    await assert.rejects(writeCapture(plan), { code: 'changed-meanwhile' });
    assert.equal(readFileSync(box.at(ENVIRONMENT_FILE), 'utf8'), '{}');
  });

  it('does not write through a link', async () => {
    const box = sandbox();
    mkdirSync(box.at('elsewhere'));
    mkdirSync(box.at('project'));
    symlinkSync('../elsewhere', box.at('project/.vaibify'));
    const plan = await planCapture(box.at('project'), NO_ENGINE);
    await assert.rejects(writeCapture(plan), { code: 'link-on-path' });
    assert.deepEqual(readdirSync(box.at('elsewhere')), []);
  });

  it('replaces a torn document, and says so', async () => {
    const box = sandbox().write({ [ENVIRONMENT_FILE]: '{"dictContainer": {"sIma' });
    const plan = await planCapture(box.root, NO_ENGINE);
    assert.equal(plan.findings[0]?.code, 'capture-replaces-malformed');
    await writeCapture(plan);
    assert.deepEqual(read(box.root).findings, []);
  });

  it('leaves a whole document whenever it is killed', async function () {
    this.timeout(120_000);
    const box = sandbox();
    const script = box.at('capture.js');
    buildSync({
      stdin: {
        contents: `
import { planCapture, writeCapture } from './src/core/remotes/capture.js';
const [root, ...declared] = process.argv.slice(2);
void (async () => {
  for (let n = 0; ; n++) {
    const plan = await planCapture(root, { engine: 'none', declared: declared[n % 2] });
    process.stdout.write('.');
    await writeCapture(plan);
  }
})();`,
        resolveDir: path.resolve('.'),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      outfile: script,
      logLevel: 'error',
    });
    const images = ['a', 'b'].map((digit) => PINNED.replaceAll('a'.repeat(64), digit.repeat(64)));
    for (let n = 0; n < 8; n++) {
      const child = spawn(process.execPath, [script, box.root, ...images]);
      await killedAfter(child, 2 + (n % 2), n * 3);
      const { image, findings } = read(box.root);
      assert.deepEqual(findings, []);
      assert(images.includes(image?.reference ?? ''), image?.reference);
    }
  });
});

/** Kills a process some milliseconds after it has printed so many dots. */
async function killedAfter(child: ChildProcess, dots: number, delay: number): Promise<void> {
  let seen = 0;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.stdout?.on('data', (text: Buffer) => {
    seen += text.length;
    if (seen >= dots) setTimeout(() => child.kill('SIGKILL'), delay);
  });
  await gone;
  assert.equal(child.signalCode, 'SIGKILL');
}

describe('capturing an environment through an engine', function () {
  this.timeout(180_000);
  let own: Containers;
  let registry: Registry;
  const engines: Partial<Record<TestEngine['kind'], TestEngine>> = {};
  const box = new Sandbox();
  let variables: Record<string, string> = {};

  before(async function () {
    const reason = lacking('docker-registry', 'podman', 'docker', 'dockerd', 'busybox');
    if (reason !== undefined) skip(this, reason);
    own = new Containers();
    registry = await startRegistry(own);
    engines.podman = preparePodman(own);
    engines.docker = await startDocker(own);
    variables = { ...engines.podman.env, ...engines.docker.env };
  });
  after(async () => {
    box.remove();
    await (own as Containers | undefined)?.stop();
  });
  const digests = new Map<string, string>();
  /** An image in the registry that the engine has, too: built once. */
  const pushed = (kind: TestEngine['kind']) => {
    const image = `${registry.host}/lab/${kind}`;
    const digest =
      digests.get(kind) ?? buildAndPush(engines[kind]!, own, `${image}:1`, `${kind}\n`);
    digests.set(kind, digest);
    return { image, digest };
  };
  const plan = (options: CaptureOptions) =>
    withVariables(variables, () => planCapture(box.root, options));

  for (const kind of ['docker', 'podman'] as const) {
    it(`records the image of a running ${kind} container, as others can pull it`, async () => {
      const engine = engines[kind]!;
      const { image, digest } = pushed(kind);
      engine.run('run', '-d', '--name', 'paper', '--network', 'none', `${image}:1`);
      try {
        const made = await plan({ engine: kind, container: 'paper' });
        const { dictContainer, sImageDigest, dictSystemTools } = documentOf(made.text);
        assert.deepEqual(dictContainer, {
          sContainerName: 'paper',
          sImageDigest: `${image}@${digest}`,
          bLocalImageOnly: false,
        });
        assert.equal(sImageDigest, `${image}@${digest}`);
        assert.deepEqual(made.findings, []);
        // From inside: busybox has neither Python nor a compiler.
        assert.deepEqual(dictSystemTools, {
          sPython: null,
          sGcc: null,
          sLibc: null,
          sOsRelease: 'PRETTY_NAME="Tiny 1"\n',
        });
        await writeCapture(made);
      } finally {
        engine.run('rm', '-f', 'paper');
      }
      const report = await withVariables(variables, () =>
        environmentTier(read(box.root), { layers: true, engine: kind }),
      );
      assert.equal(report.outcome, 'pass', JSON.stringify(report.findings));
    });

    it(`records an image that only ${kind} has as local`, async () => {
      const engine = engines[kind]!;
      const name = `${registry.host}/lab/never-pushed:1`;
      const network = kind === 'docker' ? ['--network=none'] : ['--network', 'none'];
      engine.run('build', '-q', ...network, '-t', name, busyboxContext(own, `local ${kind}\n`));
      const id = engine.run('image', 'inspect', '-f', '{{.Id}}', name).replace('sha256:', '');
      engine.run('run', '-d', '--name', 'local', '--network', 'none', name);
      try {
        const made = await plan({ engine: kind, container: 'local' });
        assert.deepEqual(documentOf(made.text).dictContainer, {
          sContainerName: 'local',
          sImageDigest: `sha256:${id}`,
          bLocalImageOnly: true,
        });
        assert.deepEqual(
          made.findings.map(({ code }) => code),
          ['capture-unpublished'],
        );
      } finally {
        engine.run('rm', '-f', 'local');
      }
    });

    it(`looks into a declared image that ${kind} has, and asks the registry for a tag`, async () => {
      const { image, digest } = pushed(kind);
      for (const declared of [`${image}:1`, `${image}@${digest}`]) {
        const made = await plan({ engine: kind, declared });
        const found = documentOf(made.text);
        assert.equal(found.sImageDigest, `${image}@${digest}`);
        assert.equal(found.dictSystemTools['sOsRelease'], 'PRETTY_NAME="Tiny 1"\n');
        assert.deepEqual(made.findings, []);
      }
      const alone = await plan({ engine: 'none', declared: `${image}:1` });
      assert.equal(documentOf(alone.text).sImageDigest, `${image}@${digest}`);
      const absent = `${image}@sha256:${'3'.repeat(64)}`;
      const missing = await plan({ engine: kind, declared: absent });
      assert(missing.findings.some(({ code }) => code === 'image-missing'));
    });

    it(`finds no container of another name, or none that runs, by ${kind}`, async () => {
      for (const container of ['absent', '--help', '']) {
        await assert.rejects(plan({ engine: kind, container }), { code: 'no-container' });
      }
    });
  }
});
