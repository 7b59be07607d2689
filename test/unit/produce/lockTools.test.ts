import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { LockChangedError, planLock, writeLock } from '../../../src/core/produce/lock.js';
import { sentence } from '../../../src/core/words/findings.js';
import { standIns } from '../../harness/standIn.js';
import type { StandIns } from '../../harness/standIn.js';
import { Sandbox } from '../projects/support.js';

const H = (digit: string): string => `--hash=sha256:${digit.repeat(64)}`;
const OLD = `a==1 ${H('1')}\nb==1 ${H('2')}\nc==1 ${H('3')}\n`;
const NEW = `# by a tool\na==2 ${H('1')}\nb==1 ${H('4')}\nd==1 ${H('3')}\n`;
const writes = (text: string): string => `fs.writeFileSync(out, ${JSON.stringify(text)});`;

describe('generating a lock with stand-ins for uv and pip-compile', function () {
  this.timeout(60_000);
  let tools: StandIns;
  let project: Sandbox;

  beforeEach(() => {
    tools = standIns(['uv', 'pip-compile']);
    project = new Sandbox().write({ 'requirements.in': 'a\n', 'requirements.lock': OLD });
  });
  afterEach(() => {
    tools.remove();
    project.remove();
  });
  const lock = (): string => readFileSync(project.at('requirements.lock'), 'utf8');
  const codes = (plan: Awaited<ReturnType<typeof planLock>>): string[] =>
    plan.obstacles.map(({ code }) => code);

  it('stand-in uv: shows what changes, then writes what was shown', async () => {
    tools.add('uv', writes(NEW));
    const plan = await planLock(project.root);
    assert.deepEqual([plan.tool, plan.input, plan.obstacles], ['uv 9.9.9', 'requirements.in', []]);
    assert.deepEqual(plan.added, [{ name: 'd', to: '1' }]);
    assert.deepEqual(plan.changed, [
      { name: 'a', from: '1', to: '2' },
      { name: 'b', from: '1', to: '1' },
    ]);
    assert.deepEqual(plan.removed, [{ name: 'c', from: '1' }]);
    assert.equal(lock(), OLD);
    await writeLock(plan);
    assert.equal(lock(), NEW);
    const again = await planLock(project.root);
    assert.equal(again.differs, false);
  });

  it('stand-in uv: gets the arguments that vaibify gives, a header without our paths, no secret', async () => {
    process.env['REPROLENS_TEST_SECRET'] = 'hush';
    tools.add('uv', writes(NEW) + `fs.appendFileSync(out, '# ' + out + '\\n');`);
    const plan = await planLock(project.root);
    Reflect.deleteProperty(process.env, 'REPROLENS_TEST_SECRET');
    const started = tools.started('uv');
    assert.ok(started);
    assert.deepEqual(started.argv.slice(0, -1), [
      'pip',
      'compile',
      '--generate-hashes',
      '--quiet',
      'requirements.in',
      '-o',
    ]);
    assert.equal(started.cwd, project.root);
    assert.equal(started.env['REPROLENS_TEST_SECRET'], undefined);
    assert.equal(
      started.env['UV_CUSTOM_COMPILE_COMMAND'],
      'uv pip compile --generate-hashes requirements.in -o requirements.lock',
    );
    assert.match(plan.bytes.toString(), /# requirements\.lock\n$/);
  });

  it('stand-in uv: finds the old versions in its output, and nothing else of the old lock', async () => {
    project.write({ 'requirements.lock': `--index-url https://evil/\n-r /etc/passwd\n${OLD}` });
    tools.add('uv', `fs.copyFileSync(out, ${JSON.stringify(project.at('seen'))}); ${writes(NEW)}`);
    await planLock(project.root);
    const seen = readFileSync(project.at('seen'), 'utf8');
    assert.match(seen, /^a==1 \\\n {4}--hash=sha256:1{64}$/m);
    assert.doesNotMatch(seen, /evil|passwd/);
  });

  it('stand-in uv: is given the dependencies of a pyproject.toml, never the project to build', async () => {
    project.write({
      'pyproject.toml':
        '[project]\nname = "x"\ndynamic = ["version"]\ndependencies = ["a>1", "b"]\n',
    });
    tools.add('uv', writes(NEW));
    const plan = await planLock(project.root);
    assert.equal(plan.input, 'pyproject.toml');
    assert.equal(tools.started('uv')?.input, 'a>1\nb\n');
  });

  it('stand-in pip-compile: serves where there is no uv, and emits no index', async () => {
    tools.add('pip-compile', writes(NEW));
    const plan = await planLock(project.root);
    assert.equal(plan.tool, 'pip-compile 9.9.9');
    assert.ok(tools.started('pip-compile')?.argv.includes('--no-emit-index-url'));
  });

  for (const [what, body, code] of [
    ['writes garbage', writes('Internal error\n'), 'lock-line'],
    ['writes a lock without hashes', writes('a==1\n'), 'lock-unhashed'],
    ['writes an empty file', writes(''), 'lock-empty'],
    ['writes nothing and claims success', '', 'lock-tool-failed'],
    ['removes its output', 'fs.rmSync(out);', 'lock-tool-failed'],
    ['fails', 'process.exit(2);', 'lock-tool-failed'],
    [
      'puts a password into the lock',
      writes(`-i https://u:hush@h/simple\n${NEW}`),
      'lock-credentials',
    ],
  ] as const) {
    it(`stand-in uv that ${what}: the old lock stays, whole`, async () => {
      tools.add('uv', body);
      const plan = await planLock(project.root);
      assert.deepEqual(codes(plan), [code]);
      await assert.rejects(writeLock(plan));
      assert.equal(lock(), OLD);
    });
  }

  it('stand-in uv that prints credentials: none is in the message', async () => {
    const said = [
      'error: Failed to fetch: `https://user:hush@host/simple/a/`',
      'token=hush2 Authorization: Bearer hush3',
      'http://hush4@host/ and https://user:hu/sh5@host',
    ].join('\n');
    tools.add('uv', `process.stderr.write(${JSON.stringify(said)}); process.exit(1);`);
    const text = (await planLock(project.root)).obstacles.map(sentence).join();
    assert.match(text, /uv 9\.9\.9 made no lock: error: Failed to fetch: `https:\/\/\*\*\*@host/);
    assert.doesNotMatch(text, /hush|sh5|user/);
  });

  it('stand-in uv that never ends: time and patience have limits', async () => {
    tools.add('uv', 'setInterval(() => {}, 1000);');
    const plan = await planLock(project.root, { timeoutMs: 1500 });
    assert.deepEqual(codes(plan), ['lock-tool-failed']);
    const abort = new AbortController();
    const waiting = planLock(project.root, { signal: abort.signal });
    setTimeout(() => abort.abort(), 500);
    await assert.rejects(waiting, { name: 'AbortError' });
    assert.equal(lock(), OLD);
  });

  it('is not written over a lock that somebody else has changed since', async () => {
    tools.add('uv', writes(NEW));
    const plan = await planLock(project.root);
    project.write({ 'requirements.lock': 'a==9\n' });
    await assert.rejects(writeLock(plan), LockChangedError);
    assert.equal(lock(), 'a==9\n');
  });

  for (const [what, files, code, line] of [
    ['an editable install', { 'requirements.in': 'a\n-e .\n' }, 'lock-source', 2],
    ['a directory', { 'requirements.in': './sub\n' }, 'lock-source', 1],
    ['version control', { 'requirements.in': 'x @ git+https://h/x\n' }, 'lock-source', 1],
    ['a variable', { 'requirements.in': '-i https://h/${HOME}\n' }, 'lock-variable', 1],
    ['a file outside', { 'requirements.in': '-r ../../etc/passwd\n' }, 'lock-includes', 1],
    ['a file elsewhere', { 'requirements.in': '-c https://h/c.txt\n' }, 'lock-includes', 1],
    [
      'one by another file',
      { 'requirements.in': '-r sub/b.in\n', 'sub/b.in': '\n-e ..\n' },
      'lock-source',
      2,
    ],
    [
      'dynamic dependencies',
      { 'pyproject.toml': '[project]\ndynamic = ["dependencies"]\n' },
      'lock-input-dynamic',
      1,
    ],
    ['broken TOML', { 'pyproject.toml': '[project]\nname = \n' }, 'lock-input-syntax', 2],
    [
      'a local path',
      { 'pyproject.toml': '[project]\ndependencies = ["x @ file:///x"]\n' },
      'lock-source',
      1,
    ],
  ] as const) {
    it(`starts no tool for an input with ${what}`, async () => {
      tools.add('uv', writes(NEW));
      project.write(files);
      const plan = await planLock(project.root);
      assert.deepEqual(codes(plan), [code]);
      assert.equal(plan.obstacles[0]?.place?.span.start.line, line);
      assert.equal(tools.started('uv'), undefined);
    });
  }

  it('takes pyproject.toml, requirements.in, requirements.txt in this order', async () => {
    tools.add('uv', writes(NEW));
    const chosen = async (files: Record<string, string>): Promise<RepoPath | undefined> => {
      const one = new Sandbox().write(files);
      const { input } = await planLock(one.root);
      one.remove();
      return input;
    };
    const all = { 'requirements.in': 'a', 'requirements.txt': 'a' };
    const project_ = '[project]\ndependencies = ["a"]\n';
    assert.equal(await chosen({ ...all, 'pyproject.toml': project_ }), 'pyproject.toml');
    assert.equal(await chosen({ ...all, 'pyproject.toml': '[tool.x]\n' }), 'requirements.in');
    assert.equal(await chosen({ 'requirements.txt': 'a' }), 'requirements.txt');
    assert.equal(await chosen({}), undefined);
    assert.equal(existsSync(project.at('pyproject.toml')), false);
  });
});
