import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { digest, directory, pipeline, removeAll, reprolens, sha256sum, write } from './run.js';

const one = (): string => directory({ 'a.txt': 'a', 'MANIFEST.sha256': `${digest('a')}  a.txt\n` });

interface CheckDocument {
  manifest: string;
  total: number;
  verified: number;
  entries: { path: string; status: string; expected?: string; actual?: string }[];
  problems: { line?: number; code: string; message: string }[];
}

describe('reprolens manifest check', () => {
  after(removeAll);

  it('exits 0 when every entry holds, like sha256sum', () => {
    const root = one();
    const { code, out } = reprolens(root, 'manifest', 'check');
    assert.equal(code, 0);
    assert.match(out, /1\/1 verified/);
    assert.equal(sha256sum(root, 'MANIFEST.sha256')?.code ?? 0, 0);
  });

  it('exits 1 on drift and says which, with both digests in the document', () => {
    const root = one();
    write(root, 'a.txt', 'b');
    const { code, out } = reprolens(root, 'manifest', 'check', '--json');
    assert.equal(code, 1);
    const document = JSON.parse(out) as CheckDocument;
    assert.deepEqual(document.entries, [
      { path: 'a.txt', status: 'drifted', expected: digest('a'), actual: digest('b') },
    ]);
    assert.deepEqual([document.total, document.verified], [1, 0]);
    assert.equal(sha256sum(root, 'MANIFEST.sha256')?.code ?? 1, 1);
  });

  it('names the line and column, so that editors and terminals can link it', () => {
    const root = one();
    write(root, 'a.txt', 'b');
    assert.match(
      reprolens(root, 'manifest', 'check').out,
      /^MANIFEST\.sha256:1:67: warning drifted: a\.txt: /m,
    );
  });

  it('exits 1 for a manifest that pins nothing, as sha256sum does', () => {
    const root = directory({ 'MANIFEST.sha256': '# nothing\n' });
    assert.equal(reprolens(root, 'manifest', 'check').code, 1);
    assert.equal(sha256sum(root, 'MANIFEST.sha256')?.code ?? 1, 1);
  });

  it('exits 1 when a line is malformed although all others hold', () => {
    const root = directory({
      'a.txt': 'a',
      'MANIFEST.sha256': `${digest('a')}  a.txt\nnot a checksum\n`,
    });
    const { code, out } = reprolens(root, 'manifest', 'check');
    assert.equal(code, 1);
    assert.match(out, /MANIFEST\.sha256:2:1: error manifest-malformed-line/);
  });

  it('exits 2 in one line when the manifest is missing, or is no manifest', () => {
    for (const root of [directory(), directory({ 'MANIFEST.sha256': 'hello\nworld\n' })]) {
      const { code, err } = reprolens(root, 'manifest', 'check');
      assert.equal(code, 2);
      assert.equal(err.trim().split('\n').length, 1, err);
      assert.match(err, /MANIFEST\.sha256/);
      assert.doesNotMatch(err, /\n\s+at /);
    }
  });

  it('never opens what lies outside, however it is spelled', () => {
    const outside = directory({ secret: 'secret' });
    const root = directory({ 'a.txt': 'a' });
    const d = digest('secret');
    const up = path.relative(root, outside);
    symlinkSync(outside, path.join(root, 'link'));
    write(
      root,
      'MANIFEST.sha256',
      `${d}  ${outside}/secret\n${d}  ${up}/secret\n${d}  a/../${up}/secret\n${d}  link/secret\n`,
    );
    for (const flags of [[], ['--follow-links']]) {
      const { code, out } = reprolens(root, 'manifest', 'check', '--json', ...flags);
      const document = JSON.parse(out) as CheckDocument;
      assert.equal(code, 1);
      assert.deepEqual(document.entries, [{ path: 'link/secret', status: 'linked', expected: d }]);
      assert.equal(document.problems.filter((p) => p.code === 'manifest-refused-path').length, 3);
      assert.equal(document.verified, 0);
    }
  });

  it('follows a link that stays inside only when told to', () => {
    const root = one();
    mkdirSync(path.join(root, 'd'));
    symlinkSync('../a.txt', path.join(root, 'd/l'));
    write(root, 'MANIFEST.sha256', `${digest('a')}  d/l\n`);
    const refused = reprolens(root, 'manifest', 'check');
    assert.equal(refused.code, 1);
    assert.match(refused.out, /symbolic link "d\/l"/);
    assert.equal(reprolens(root, 'manifest', 'check', '--follow-links').code, 0);
  });

  it('keeps a hostile name from forging a line or reaching the terminal', () => {
    const root = directory({
      'MANIFEST.sha256': `\\${digest('a')}  x\\nMANIFEST.sha256: 9/9 verified\\\\\n${digest('a')}  \u001b[2J\n`,
    });
    const { out, code } = reprolens(root, 'manifest', 'check');
    assert.equal(code, 1);
    assert.doesNotMatch(out, /\u001b/);
    assert.doesNotMatch(out, /^MANIFEST\.sha256: 9\/9/m);
  });

  it('takes a manifest anywhere, with names relative to it', () => {
    const root = directory({ 'd/f': 'x', 'd/SHA256SUMS': `${digest('x')} *f\r\n` });
    assert.equal(reprolens(root, 'manifest', 'check', '--manifest', 'd/SHA256SUMS').code, 0);
  });
});

describe('reprolens manifest write', () => {
  after(removeAll);

  it('writes what vaibify and sha256sum would, and sha256sum accepts it', () => {
    const root = pipeline();
    const { code, out } = reprolens(root, 'manifest', 'write');
    assert.equal(code, 0, out);
    const expected = [
      '# SHA-256 manifest of workflow artefacts',
      `${digest('a,b\n1,2\n')}  Fit/fit.csv`,
      `${digest('<svg/>\n')}  Fit/fit.svg`,
      '',
    ].join('\n');
    assert.equal(readFileSync(path.join(root, 'MANIFEST.sha256'), 'utf8'), expected);
    assert.equal(sha256sum(root, 'MANIFEST.sha256')?.code ?? 0, 0);
  });

  it('shows the change and exits 1 with --dry-run, touching nothing', () => {
    const root = pipeline({
      'MANIFEST.sha256': `${digest('old')}  Fit/fit.csv\n${digest('x')}  gone\n`,
    });
    const before = readFileSync(path.join(root, 'MANIFEST.sha256'), 'utf8');
    const { code, out } = reprolens(root, 'manifest', 'write', '--dry-run', '--json');
    assert.equal(code, 1);
    const plan = JSON.parse(out) as Record<'added' | 'changed' | 'removed', { path: string }[]>;
    assert.deepEqual(
      [plan.added, plan.changed, plan.removed].map((list) => list.map((pin) => pin.path)),
      [['Fit/fit.svg'], ['Fit/fit.csv'], ['gone']],
    );
    assert.equal(readFileSync(path.join(root, 'MANIFEST.sha256'), 'utf8'), before);
  });

  it('exits 0 and leaves the file alone when nothing would change', () => {
    const root = pipeline();
    reprolens(root, 'manifest', 'write');
    const file = path.join(root, 'MANIFEST.sha256');
    const { ino } = statSync(file);
    assert.equal(reprolens(root, 'manifest', 'write', '-n').code, 0);
    assert.equal(reprolens(root, 'manifest', 'write').code, 0);
    assert.equal(statSync(file).ino, ino, 'not even replaced by an equal file');
  });

  it('lists all problems at once and keeps the old manifest', () => {
    const old = `${digest('old')}  Fit/fit.csv\n`;
    const root = pipeline({ 'MANIFEST.sha256': old });
    const workflow = JSON.parse(readFileSync(path.join(root, 'workflow.json'), 'utf8')) as {
      listSteps: { saPlotFiles: string[] }[];
    };
    workflow.listSteps[0]!.saPlotFiles.push(
      'gone.svg',
      'dir',
      'link.svg',
      '../../out.svg',
      'lfs.bin',
    );
    writeFileSync(path.join(root, 'workflow.json'), JSON.stringify(workflow, undefined, 1));
    mkdirSync(path.join(root, 'Fit/dir'));
    symlinkSync('fit.svg', path.join(root, 'Fit/link.svg'));
    write(
      root,
      'Fit/lfs.bin',
      `version https://git-lfs.github.com/spec/v1\noid sha256:${digest('z')}\nsize 1\n`,
    );
    const { code, err, out } = reprolens(root, 'manifest', 'write');
    assert.equal(code, 1);
    for (const name of ['gone.svg', 'Fit/dir', 'link.svg', 'out.svg', 'lfs.bin']) {
      assert.ok(err.includes(name), `${name} is listed in ${err}`);
    }
    assert.match(err, /^workflow\.json:\d+:\d+: /m, 'with the place of the declaration');
    assert.match(out, /not written/);
    assert.equal(readFileSync(path.join(root, 'MANIFEST.sha256'), 'utf8'), old);
  });

  it('refuses to write through a link that the repository planted', () => {
    const victim = directory({ victim: 'precious' });
    const root = pipeline();
    symlinkSync(path.join(victim, 'victim'), path.join(root, 'MANIFEST.sha256'));
    const { code, err } = reprolens(root, 'manifest', 'write');
    assert.notEqual(code, 0);
    assert.doesNotMatch(err, /\n\s+at /);
    assert.equal(readFileSync(path.join(victim, 'victim'), 'utf8'), 'precious');
  });
});

/** Tier 4 is left out unless it is asked for. */
const ONLY_FILES = ['--skip-tier', '2', '--skip-tier', '3'];

describe('reprolens verify', () => {
  after(removeAll);

  it('prints the ceremony and claims only what was checked', () => {
    const root = pipeline();
    reprolens(root, 'manifest', 'write');
    const { code, out } = reprolens(root, 'verify', ...ONLY_FILES);
    assert.equal(code, 0);
    const lines = out.trimEnd().split('\n');
    assert.equal(lines[0], '[1/4] Verifying file integrity (MANIFEST.sha256) ... 2/2 OK');
    assert.deepEqual(lines.slice(1, 4), [
      '[2/4] Reproducing Python env (requirements.lock) ... skipped (left out)',
      '[3/4] Pulling pinned container image (.vaibify/environment.json) ... skipped (left out)',
      '[4/4] Re-running workflow ... skipped (use --rerun)',
    ]);
    assert.equal(
      lines.at(-1),
      'Confirmed: file integrity. Not checked: dependencies, container image, rerun.',
    );
  });

  it('names evidence that does not exist, and how to make it or go without', () => {
    const root = pipeline();
    reprolens(root, 'manifest', 'write');
    const { code, out, err } = reprolens(root, 'verify');
    assert.equal(code, 2);
    assert.match(out, /^\[2\/4\] .* \(requirements\.lock\) \.\.\. no such evidence NOT CHECKED$/m);
    assert.match(
      out,
      /Could not be checked: dependencies, container image\. Not checked: rerun\.$/m,
    );
    assert.deepEqual(err.match(/reprolens: [^ ]+: no such file; "reprolens [a-z ]+"/g), [
      'reprolens: requirements.lock: no such file; "reprolens lock write"',
      'reprolens: .vaibify/environment.json: no such file; "reprolens environment capture"',
    ]);
  });

  it('exits 1 on drift, 2 without evidence, 2 for a tier that is not there', () => {
    const root = pipeline();
    assert.equal(reprolens(root, 'verify').code, 2);
    reprolens(root, 'manifest', 'write');
    write(root, 'Fit/fit.csv', 'edited');
    const { code, out } = reprolens(root, 'verify');
    assert.equal(code, 1);
    assert.match(out, /1\/2 FAIL/);
    assert.match(out, /1 of 2 files does not hold/);
    const nothing = ['1', '2', '3'].flatMap((tier) => ['--skip-tier', tier]);
    assert.match(reprolens(root, 'verify', ...nothing).err, /every tier is left out/);
    for (const tier of ['7', 'x']) {
      const wrong = reprolens(root, 'verify', '--skip-tier', tier);
      assert.equal(wrong.code, 2, tier);
      assert.equal(wrong.err.trim().split('\n').length, 1, wrong.err);
    }
  });

  it('says in one line that a report cannot be written, and where', () => {
    const root = pipeline();
    reprolens(root, 'manifest', 'write');
    const report = path.join(root, 'no/such/place/report.json');
    const { code, err } = reprolens(root, 'verify', '--report', report, ...ONLY_FILES);
    assert.equal(code, 2);
    assert.equal(err.trim(), `reprolens: --report ${report}: cannot be written (ENOENT)`);
  });

  it('writes a report that names every file it read', () => {
    const root = pipeline();
    reprolens(root, 'manifest', 'write');
    const report = path.join(directory(), 'report.json');
    assert.equal(reprolens(root, 'verify', '--report', report, '--json', ...ONLY_FILES).code, 0);
    const document = JSON.parse(readFileSync(report, 'utf8')) as {
      version: number;
      tiers: { outcome: string; total: number }[];
      files: { root: string };
    };
    assert.equal(document.version, 2);
    assert.deepEqual(
      document.tiers.map(({ outcome, total }) => [outcome, total]),
      [
        ['pass', 2],
        ['skipped', 0],
        ['skipped', 0],
        ['skipped', 0],
      ],
    );
    assert.equal(document.files.root, root);
  });
});

describe('reprolens status', () => {
  after(removeAll);

  it('gives the document of the contract', () => {
    const root = pipeline();
    reprolens(root, 'manifest', 'write');
    write(root, 'Fit/fit.csv', 'edited');
    const { code, out } = reprolens(root, 'status', '--json');
    assert.equal(code, 1);
    const { projects } = JSON.parse(out) as {
      projects: {
        kind: string;
        root: string;
        file: string;
        level: unknown;
        counts: Record<string, number>;
        blockers: { code: string; path?: string; step?: string; line?: number }[];
        files: { path: string; role: string; step?: string; status: string }[];
      }[];
    };
    assert.equal(projects.length, 1);
    const [project] = projects;
    assert.deepEqual(
      [project!.kind, project!.root, project!.file],
      ['vaibify', root, 'workflow.json'],
    );
    assert.deepEqual(project!.level, { value: 0, name: 'Sandbox' });
    assert.deepEqual([project!.counts['drifted'], project!.counts['verified']], [1, 1]);
    assert.deepEqual(project!.blockers.map(({ code: c, path: p, step }) => [c, p, step]).at(-1), [
      'drifted',
      'Fit/fit.csv',
      'A01',
    ]);
    assert.deepEqual(
      project!.files.map(({ path: p, role, status }) => [p, role, status]),
      [
        ['Fit/fit.csv', 'output', 'drifted'],
        ['Fit/fit.svg', 'plot', 'verified'],
      ],
    );
  });

  it('says what it looked for when there is nothing, in one line', () => {
    const { code, err } = reprolens(directory({ 'workflow.json': '{"nodes":[]}' }), 'status');
    assert.equal(code, 2);
    assert.equal(err.trim().split('\n').length, 1);
    assert.match(err, /workflow\.json/);
  });

  it('tells a project outside git to run git init', () => {
    const root = directory({
      'workflow.json':
        '{"sPlotDirectory":"P","listSteps":[{"sName":"S","sDirectory":".","saPlotCommands":[],"saPlotFiles":["f"]}]}',
      f: 'x',
    });
    assert.match(reprolens(root, 'status').out, /git init/);
  });
});

describe('the command line as a whole', () => {
  after(removeAll);

  it('has help with an example on every level', () => {
    for (const args of [
      [],
      ['status'],
      ['verify'],
      ['manifest'],
      ['manifest', 'check'],
      ['manifest', 'write'],
    ]) {
      const { code, out } = reprolens('/', ...args, '--help');
      assert.equal(code, 0);
      assert.match(out, /Example:\n {2}\$ reprolens /, args.join(' '));
    }
  });

  it('exits 2 for words it does not know', () => {
    for (const args of [
      ['frobnicate'],
      ['status', '--no-such'],
      ['manifest', 'check', 'extra'],
      ['manifest'],
    ]) {
      const { code, err, out } = reprolens('/', ...args);
      assert.equal(code, 2, `${args.join(' ')}: ${out}${err}`);
    }
  });

  it('writes nothing but the document to standard output under --json, and no colour without a terminal', () => {
    const root = one();
    assert.doesNotThrow(() => JSON.parse(reprolens(root, 'manifest', 'check', '--json').out));
    assert.doesNotMatch(reprolens(root, 'manifest', 'check').out, /\u001b/);
  });
});
