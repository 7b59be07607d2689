import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import fc from 'fast-check';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { reproduceScript } from '../../../src/core/produce/reproduceScript.js';
import type { ScriptFacts, ScriptStep } from '../../../src/core/produce/reproduceScript.js';
import { Sandbox } from '../projects/support.js';
import { skip } from '../../harness/skip.js';

const has = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

/** Where a tool really is: a shim in its place would need more tools than the test leaves it. */
function pathOf(tool: string): string {
  const python = ['python3', '-c', 'import sys; print(sys.executable)'];
  const [command, ...args] = tool === 'python3' ? python : ['sh', '-c', `command -v ${tool}`];
  return execFileSync(command!, args, { encoding: 'utf8' }).trim();
}

type Draft = Omit<Partial<ScriptStep>, 'commands'> & { readonly commands?: readonly string[] };

const step = ({ commands = ['sort data.txt > sorted.txt'], ...more }: Draft): ScriptStep => ({
  label: 'A01',
  name: 'Fit',
  directory: 'Fit' as RepoPath,
  commands: commands.map((command) => [command]),
  outputs: ['Fit/sorted.txt' as RepoPath],
  scratch: [],
  ...more,
});

function scriptOf(facts: Partial<ScriptFacts> = {}): Buffer {
  const result = reproduceScript({ title: 'Tiny', steps: [step({})], ...facts });
  assert.ok(result.ok, JSON.stringify(result));
  return Buffer.from(result.bytes);
}

const PINNED = `example.org/image@sha256:${'ab'.repeat(32)}`;
const environment = (value: object): string => JSON.stringify(value);

describe('reproduce.sh', () => {
  let box: Sandbox;
  let temporary: Sandbox;
  beforeEach(function () {
    if (!has('sha256sum')) skip(this, 'sha256sum is not installed');
    box = new Sandbox();
    temporary = new Sandbox();
    box.write({ 'Fit/data.txt': 'b\na\n', 'Fit/sorted.txt': 'a\nb\n', scratch: '' });
  });
  afterEach(() => {
    box.remove();
    temporary.remove();
  });

  /** Writes the script and the manifest of everything pinned, as a project would hold them. */
  function put(script: Buffer, pinned = ['Fit/data.txt', 'Fit/sorted.txt']): void {
    box.write({ 'reproduce.sh': script });
    chmodSync(box.at('reproduce.sh'), 0o755);
    const sums = execFileSync('sha256sum', [...pinned, 'reproduce.sh'], { cwd: box.root });
    box.write({ 'MANIFEST.sha256': `# SHA-256 manifest of workflow artefacts\n${String(sums)}` });
  }

  function run(args: readonly string[], { shell, env = {} }: RunOptions = {}) {
    const [command, ...first] = shell === undefined ? ['./reproduce.sh'] : [shell, 'reproduce.sh'];
    const ran = spawnSync(command, [...first, ...args], {
      cwd: box.root,
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: temporary.root, ...env },
    });
    const left = readdirSync(temporary.root).filter((name) => name.startsWith('reproduce.'));
    return { code: ran.status, out: ran.stdout, err: ran.stderr, left };
  }
  /** A directory with these tools alone, to be the whole PATH. */
  function only(names: readonly string[]): string {
    const bin = box.at('bin');
    box.write({ 'bin/.keep': '' });
    for (const name of names.filter(has)) {
      writeFileSync(`${bin}/${name}`, `#!${pathOf('sh')}\nexec ${pathOf(name)} "$@"\n`);
      chmodSync(`${bin}/${name}`, 0o755);
    }
    return bin;
  }

  interface RunOptions {
    readonly shell?: string;
    readonly env?: Readonly<Record<string, string>>;
  }

  it('is a script to bash, dash and busybox', () => {
    put(scriptOf());
    for (const shell of ['bash', 'dash', 'busybox sh'].filter((each) => has(each.split(' ')[0]!))) {
      const [command = '', ...args] = shell.split(' ');
      const { status, stderr } = spawnSync(command, [...args, '-n', box.at('reproduce.sh')], {
        encoding: 'utf8',
      });
      assert.equal(`${status} ${stderr}`, '0 ', shell);
    }
  });

  it('runs the pipeline on this machine, and leaves the files of the project alone', () => {
    put(scriptOf());
    const before = readFileSync(box.at('Fit/sorted.txt'));
    const { code, out, err, left } = run(['--host']);
    assert.equal(code, 0, err);
    assert.match(out, /Fit\/sorted\.txt: OK/);
    assert.match(err, /every pinned file is as pinned; the steps ran on this machine, not in the/);
    assert.match(err, /no SOURCE_DATE_EPOCH is recorded/);
    assert.match(err, /there is no requirements\.lock: no package was installed/);
    assert.deepEqual(left, []);
    assert.deepEqual(readFileSync(box.at('Fit/sorted.txt')), before);
  });

  it('does so without bash too', function () {
    if (!has('dash')) skip(this, 'dash is not installed');
    put(
      scriptOf({
        steps: [step({ commands: ['test -z "${BASH_VERSION-}"', 'sort data.txt > sorted.txt'] })],
      }),
    );
    const tools = ['dirname', 'mktemp', 'mkdir', 'cp', 'tar', 'rm', 'sed', 'sort', 'sha256sum'];
    const bin = only([...tools, 'dash']);
    symlinkSync(pathOf('dash'), `${bin}/sh`);
    const { code, err } = run(['--host'], { shell: pathOf('dash'), env: { PATH: bin } });
    assert.equal(code, 0, err);
  });

  it('fails when a step makes other bytes, and says where they are', () => {
    put(scriptOf());
    box.write({ 'Fit/data.txt': 'b\na\nc\n' });
    const { code, out, err, left } = run(['--host']);
    assert.equal(code, 1);
    assert.match(out, /Fit\/sorted\.txt: FAILED/);
    assert.equal(left.length, 1);
    assert.ok(err.includes(left[0]!), err);
  });

  it('fails when a step makes nothing: what was there before does not count', () => {
    put(scriptOf({ steps: [step({ commands: ['true'] })] }));
    assert.equal(run(['--host']).code, 1);
  });

  it('fails when a command fails, and names it', () => {
    put(scriptOf({ steps: [step({ commands: ['echo "half', 'false'] })] }));
    const { code, err, left } = run(['--host']);
    assert.equal(code, 1);
    assert.match(err, /the command ended with status \d+: echo "half/);
    assert.deepEqual(left, []);
  });

  it('compares with the manifest from before the steps', () => {
    const forge = 'sha256sum sorted.txt | sed "s|  |  Fit/|" > ../MANIFEST.sha256';
    put(scriptOf({ steps: [step({ commands: ['echo other > sorted.txt', forge] })] }));
    assert.equal(run(['--host']).code, 1);
  });

  it('gives every command the recorded epoch', () => {
    const write =
      'printf "%s %s" "$SOURCE_DATE_EPOCH" "$(cat "$MPLCONFIGDIR/matplotlibrc")" > sorted.txt';
    put(scriptOf({ steps: [step({ commands: [write] })] }));
    box.write({
      'Fit/sorted.txt': '1700000000 svg.hashsalt: 1700000000',
      '.vaibify/environment.json': environment({ iSourceDateEpoch: 1700000000 }),
    });
    put(readFileSync(box.at('reproduce.sh')));
    const { code, err } = run(['--host']);
    assert.equal(code, 0, err);
  });

  it('says what it leaves out, and keeps what that step had made', () => {
    const manual = step({
      label: 'I01',
      name: 'Pick\n by hand',
      directory: '',
      outputs: ['picked.txt' as RepoPath],
      skipped: 'interactive',
    });
    box.write({ 'picked.txt': 'x\n' });
    put(scriptOf({ steps: [manual, step({})] }), ['Fit/sorted.txt', 'picked.txt']);
    const { code, err } = run(['--host']);
    assert.equal(code, 0, err);
    assert.match(err, /not run, for it needs a person: I01 Pick {2}by hand/);
  });

  it('removes nothing through a link', () => {
    box.write({ 'outside/kept.txt': 'x\n' });
    symlinkSync(box.at('outside'), box.at('linked'));
    const out = ['linked/kept.txt' as RepoPath];
    put(scriptOf({ steps: [step({ outputs: out })] }));
    const { code, err } = run(['--host']);
    assert.equal(code, 2);
    assert.match(err, /linked\/kept\.txt lies behind a symbolic link/);
    assert.ok(existsSync(box.at('outside/kept.txt')));
  });

  describe('without --host', () => {
    const refused: readonly (readonly [string, object | undefined, RegExp])[] = [
      ['no environment.json', undefined, /environment\.json is missing, so no image is pinned/],
      ['no digest', {}, /records no image digest; run \.\/reproduce\.sh --host/],
      ['a tag', { sImageDigest: 'python:3.12' }, /python:3\.12 is not pinned by digest/],
      ['half a digest', { sImageDigest: 'a@sha256:12' }, /64 hexadecimal digits/],
      ['an option', { sImageDigest: '--privileged@sha256:' }, /no image reference/],
      ['two words', { sImageDigest: `a b@sha256:${'0'.repeat(64)}` }, /no image reference/],
      [
        'the digest in the old place',
        { sImageDigest: PINNED },
        /neither docker nor podman answers/,
      ],
      [
        'the digest in the new place',
        { dictContainer: { sImageDigest: PINNED }, sImageDigest: 'python:3.12' },
        /neither docker nor podman answers/,
      ],
    ];
    // A path with everything but engines, once with jq and once with python3 to read the record.
    const tools = ['sh', 'bash', 'dirname', 'sed', 'cat'];
    for (const reader of ['jq', 'python3']) {
      for (const [what, document, message] of refused) {
        it(`refuses ${what} (read with ${reader})`, function () {
          if (!has(reader)) skip(this, `${reader} is not installed`);
          put(scriptOf());
          if (document !== undefined)
            box.write({ '.vaibify/environment.json': environment(document) });
          const { code, err } = run([], { env: { PATH: only([...tools, reader]) } });
          assert.equal(code, 2, err);
          assert.match(err, message);
        });
      }
    }

    it('refuses to guess when nothing can read the record', () => {
      put(scriptOf());
      box.write({ '.vaibify/environment.json': environment({ sImageDigest: PINNED }) });
      const { code, err } = run([], { env: { PATH: only(tools) } });
      assert.equal(code, 2);
      assert.match(err, /jq or python3 is needed/);
    });
  });

  it('holds any name as one word and any title as one line', () => {
    const odd = fc.constantFrom(
      "'",
      '"',
      '$(id)',
      '`id`',
      '\n',
      '\\',
      ' ',
      '#',
      '\u0085',
      '\u202e',
    );
    const text = fc.string({
      unit: fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 1 })),
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, text, text, (title, name, directory) => {
        const usable = `d${directory.replaceAll('\0', '')}` as RepoPath;
        const steps = [step({ name, directory: usable, outputs: [usable], commands: [':'] })];
        const result = reproduceScript({ title, steps });
        assert.ok(result.ok);
        const lines = Buffer.from(result.bytes).toString('latin1');
        const words = spawnSync('bash', [
          '-c',
          `step() { printf %s "$2"; }\n${String(stepLine(lines))}`,
        ]);
        assert.deepEqual(words.stdout, Buffer.from(usable, 'utf8'));
        assert.equal(words.stderr.length, 0);
      }),
      { numRuns: 60 },
    );
  });

  const stepLine = (script: string): Buffer => {
    const from = script.indexOf('\n  step ');
    return Buffer.from(script.slice(from, script.indexOf('\n  run ', from)), 'latin1');
  };

  it('is not made from what would hide or break what runs', () => {
    const obstacles = (commands: string[]): unknown => {
      const result = reproduceScript({ title: '', steps: [step({ commands })] });
      return result.ok ? [] : result.obstacles.map(({ code }) => code);
    };
    assert.deepEqual(obstacles(['ls\u001b[8m; rm x']), ['control-character']);
    assert.deepEqual(obstacles(['ls \u202e']), ['control-character']);
    assert.deepEqual(obstacles(['ls \0']), ['control-character']);
    assert.deepEqual(obstacles(["awk '{print $1}' a\tb\nc"]), []);
    assert.deepEqual(obstacles([]), ['no-commands']);
  });
});
