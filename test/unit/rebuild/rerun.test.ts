import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rerunTier } from '../../../src/core/rebuild/attest.js';
import { rerun } from '../../../src/core/rebuild/rerun.js';
import { lacking, withVariables } from '../../harness/containers.js';
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

const ISOLATIONS = ['sandbox', 'clean-folder'] as const;

describe('a rerun', function () {
  this.timeout(120_000);
  const paper = papers();
  const hasher = suiteHasher();

  before(function () {
    const missing = lacking('git', 'bwrap', 'bash');
    if (missing !== undefined) skip(this, missing);
  });

  const twoSteps = () =>
    paper([
      step('Make', {
        saDataCommands: ['tr a-z A-Z < ../data/in.txt > out.txt'],
        saOutputDataFiles: ['out.txt'],
        saInputDataFiles: ['data/in.txt'],
      }),
      step('Draw', {
        saPlotCommands: ['sort -r {step:make.out} > {sPlotDirectory}/figure.svg'],
        saPlotFiles: ['{sPlotDirectory}/figure.svg'],
      }),
    ])
      .write('data/in.txt', 'a\nb\n')
      .write('Make/out.txt', 'A\nB\n')
      .write('Plot/figure.svg', 'B\nA\n')
      .pin('data/in.txt', 'Make/out.txt', 'Plot/figure.svg')
      .commit();

  for (const isolation of ISOLATIONS) {
    it(`makes the same bytes again: ${isolation}`, async () => {
      const made = twoSteps();
      const before = made.files();
      const plan = await ready(made, { isolation });
      const heard: string[] = [];
      const result = await ran(plan, {
        hasher: hasher(),
        onStep: ({ label }) => heard.push(label),
      });
      assert.equal(result.outcome, 'passed', JSON.stringify(result.findings));
      assert.deepEqual([result.matched, result.total], [3, 3]);
      assert.deepEqual(heard, ['A01', 'A02']);
      assert.deepEqual(made.files(), before);
      const tier = rerunTier(result);
      assert.equal(tier.outcome, 'pass');
      assert.deepEqual(tier.detail, { kind: 'rerun', isolation });
      assert.equal(tier.basis, plan.manifest.digest);
    });
  }

  it('takes outputs that are not committed, if a step makes them', async () => {
    const made = twoSteps();
    made.git('rm', '-q', '--cached', 'Make/out.txt', 'Plot/figure.svg');
    made.write('.gitignore', 'out.txt\nPlot/\n').git('commit', '-qam', 'Untracked');
    const result = await ran(await ready(made), { hasher: hasher() });
    assert.equal(result.outcome, 'passed', JSON.stringify(result.findings));
  });

  it('tells other bytes at the line of the manifest that pins them', async () => {
    const made = paper([
      step('Clock', { saDataCommands: ['date +%s%N > when.txt'], saOutputDataFiles: ['when.txt'] }),
      step('Same', { saDataCommands: ['echo same > same.txt'], saOutputDataFiles: ['same.txt'] }),
    ])
      .write('Clock/when.txt', '1700000000\n')
      .write('Same/same.txt', 'same\n')
      .pin('Same/same.txt', 'Clock/when.txt')
      .commit();
    const result = await ran(await ready(made), { hasher: hasher() });
    assert.equal(result.outcome, 'failed');
    assert.deepEqual([result.matched, result.total], [1, 2]);
    assert.deepEqual(result.diverged, ['Clock/when.txt']);
    const [finding] = result.findings;
    assert.ok(finding?.code === 'rerun-diverged' && finding.got.kind === 'other-bytes');
    assert.equal(finding.step, 'A01');
    assert.deepEqual(finding.place?.file, 'MANIFEST.sha256');
    assert.equal(finding.place.span.start.line, 3);
    assert.equal(rerunTier(result).outcome, 'fail');
  });

  it('does not pass a step that makes nothing, though the commit holds its output', async () => {
    const made = paper([step('Lazy', { saDataCommands: ['true'], saOutputDataFiles: ['old.txt'] })])
      .write('Lazy/old.txt', 'old\n')
      .pin('Lazy/old.txt')
      .commit();
    const result = await ran(await ready(made), { hasher: hasher() });
    assert.equal(result.outcome, 'failed');
    const [finding] = result.findings;
    assert.ok(finding?.code === 'rerun-diverged');
    assert.deepEqual(finding.got, { kind: 'nothing' });
  });

  it('refuses a link in place of an output, even to the right bytes', async () => {
    const made = paper([
      step('Link', {
        saDataCommands: ['echo right > other.txt; ln -s other.txt out.txt'],
        saOutputDataFiles: ['out.txt'],
      }),
    ])
      .write('Link/out.txt', 'right\n')
      .pin('Link/out.txt')
      .commit();
    const result = await ran(await ready(made), { hasher: hasher() });
    assert.equal(result.outcome, 'failed');
    const [finding] = result.findings;
    assert.ok(finding?.code === 'rerun-diverged');
    assert.deepEqual(finding.got, { kind: 'link' });
  });

  it('tells a step that writes to the manifest it is compared with', async () => {
    const made = paper([
      step('Forge', {
        saDataCommands: [
          'echo new > f.txt; sha256sum f.txt > ../MANIFEST.sha256; echo old > f.txt',
        ],
        saOutputDataFiles: ['f.txt'],
      }),
    ])
      .write('Forge/f.txt', 'old\n')
      .pin('Forge/f.txt')
      .commit();
    const result = await ran(await ready(made), { hasher: hasher() });
    assert.deepEqual([result.matched, result.total], [1, 1]);
    assert.deepEqual(codes(result.findings), ['rerun-manifest-changed']);
    assert.equal(result.outcome, 'failed');
  });

  it('stops at the first command that fails and says what it was', async () => {
    const made = paper([
      step('Good', { saDataCommands: ['echo g > g.txt'], saOutputDataFiles: ['g.txt'] }),
      step('Bad', {
        saDataCommands: ['echo some words; exit 3', 'echo b > b.txt'],
        saOutputDataFiles: ['b.txt'],
      }),
      step('Never', { saDataCommands: ['echo n > n.txt'], saOutputDataFiles: ['n.txt'] }),
    ])
      .write('Good/g.txt', 'g\n')
      .write('Bad/b.txt', 'b\n')
      .write('Never/n.txt', 'n\n')
      .pin('Good/g.txt', 'Bad/b.txt', 'Never/n.txt')
      .commit();
    const heard: string[] = [];
    const result = await ran(await ready(made), {
      hasher: hasher(),
      onStep: ({ label }) => heard.push(label),
    });
    assert.deepEqual(heard, ['A01', 'A02']);
    assert.equal(result.outcome, 'failed');
    assert.deepEqual([result.matched, result.total], [1, 3]);
    assert.deepEqual(codes(result.findings), ['rerun-step-failed']);
    const [finding] = result.findings;
    assert.ok(finding?.code === 'rerun-step-failed');
    assert.deepEqual([finding.step, finding.status, finding.failure], ['A02', 3, 'status']);
    const line = made
      .read('workflow.json')
      .split('\n')
      .findIndex((text) => text.includes('exit 3'));
    assert.equal(finding.place?.span.start.line, line + 1);
    assert.match(result.log, /some words/);
  });

  it('has a clean environment, the recorded clock and vaibify’s salt for figures', async () => {
    const made = paper([
      step('Env', {
        saDataCommands: [
          'env | grep -v -e ^PATH= -e ^PWD= -e ^OLDPWD= -e ^SHLVL= -e ^_= | sort > env.txt; cat $MPLCONFIGDIR/matplotlibrc >> env.txt; pwd >> env.txt',
        ],
        saOutputDataFiles: ['env.txt'],
      }),
    ]);
    const name = path.basename(made.root);
    made
      .write(
        'Env/env.txt',
        `HOME=/tmp/home\nLANG=C.UTF-8\nLC_ALL=C.UTF-8\nMPLCONFIGDIR=/tmp/matplotlib\nSOURCE_DATE_EPOCH=1600000000\nTMPDIR=/tmp\nTZ=UTC\nsvg.hashsalt: 1600000000\n/workspace/${name}/Env\n`,
      )
      .write('.vaibify/environment.json', '{"iSourceDateEpoch": 1600000000}')
      .pin('Env/env.txt')
      .commit();
    const plan = await ready(made, { isolation: 'sandbox' });
    assert.deepEqual([plan.epoch, plan.epochFrom], [1_600_000_000, 'environment']);
    const result = await ran(plan, { hasher: hasher() });
    assert.equal(result.outcome, 'passed', result.log);
  });

  it('takes over nothing of the user’s environment but PATH, without a sandbox too', async () => {
    const made = paper([
      step('Names', {
        saDataCommands: ['env | grep -v -e ^SHLVL= -e ^_= | sed s/=.*// | sort > names.txt'],
        saOutputDataFiles: ['names.txt'],
      }),
    ])
      .write(
        'Names/names.txt',
        'HOME\nLANG\nLC_ALL\nMPLCONFIGDIR\nPATH\nPWD\nSOURCE_DATE_EPOCH\nTMPDIR\nTZ\n',
      )
      .pin('Names/names.txt')
      .commit();
    const plan = await ready(made, { isolation: 'clean-folder' });
    await withVariables({ REPROLENS_TEST_SECRET: 'not for steps' }, async () => {
      const result = await ran(plan, { hasher: hasher() });
      assert.equal(result.outcome, 'passed', result.log);
    });
  });

  for (const [isolation, reached] of [
    ['sandbox', false],
    ['clean-folder', true],
  ] as const) {
    it(`${reached ? 'does not cut off' : 'cuts off'} the network and the disk: ${isolation}`, async () => {
      const server = await listening();
      const outside = mkdtempSync(path.join(tmpdir(), 'rl-outside-'));
      // Without isolation only the test's own place.
      const system = ['/usr', '/etc', process.env['HOME'] ?? '/root'];
      const places = [outside, ...(reached ? [] : system)];
      const mark = path.basename(outside);
      const writes = places.map((place) => `echo escaped > ${place}/${mark}`);
      const connect = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${server.port}'`;
      const made = paper([
        step('Out', {
          saDataCommands: [
            ...[connect, ...writes].map((each) => `${each} || true`),
            'echo o > o.txt',
          ],
          saOutputDataFiles: ['o.txt'],
        }),
      ])
        .write('Out/o.txt', 'o\n')
        .pin('Out/o.txt')
        .commit();
      try {
        const result = await ran(await ready(made, { isolation }), { hasher: hasher() });
        assert.equal(result.outcome, 'passed', result.log);
        assert.equal(server.visits() > 0, reached, result.log);
        const escaped = places.filter((place) => existsSync(path.join(place, mark)));
        assert.deepEqual(escaped, reached ? [outside] : [], result.log);
      } finally {
        server.stop();
        for (const place of places) rmSync(path.join(place, mark), { force: true });
        rmSync(outside, { recursive: true });
      }
    });

    it(`leaves no process behind when it is cancelled: ${isolation}`, async () => {
      const mark = `98765${Math.floor(Math.random() * 1e6)}`;
      const made = paper([
        step('Hang', {
          saDataCommands: [`sleep ${mark} & echo begun; sleep ${mark}`],
          saOutputDataFiles: ['h.txt'],
        }),
      ])
        .write('Hang/h.txt', 'h\n')
        .pin('Hang/h.txt')
        .commit();
      const before = made.files();
      const abort = new AbortController();
      const result = await rerun(await ready(made, { isolation }), {
        hasher: hasher(),
        signal: abort.signal,
        onOutput: (text) => {
          if (!text.includes('begun')) return;
          assert.ok(processesWith(mark).length > 0);
          abort.abort();
        },
      });
      assert.equal(result.kind, 'not-run');
      assert.equal(result.why, 'cancelled');
      assert.equal(rerunTier(result).outcome, 'error');
      await until('no process left', () => processesWith(mark).length === 0);
      assert.deepEqual(made.files(), before);
    });
  }

  it('ends a step at the time limit', async () => {
    const made = paper([
      step('Slow', { saDataCommands: ['sleep 600'], saOutputDataFiles: ['s.txt'] }),
    ])
      .write('Slow/s.txt', 's\n')
      .pin('Slow/s.txt')
      .commit();
    const result = await ran(await ready(made), { hasher: hasher(), timeoutMs: 300 });
    const [finding] = result.findings;
    assert.ok(finding?.code === 'rerun-step-failed');
    assert.equal(finding.failure, 'timed-out');
    assert.equal(result.outcome, 'failed');
  });

  it('runs one step alone, from the outputs that the commit holds', async () => {
    const made = twoSteps();
    const one = await ran(await ready(made, { step: 'A02' }), { hasher: hasher() });
    assert.deepEqual([one.outcome, one.matched, one.total], ['passed', 1, 1]);
    made.write('data/in.txt', 'x\n').pin('data/in.txt', 'Make/out.txt', 'Plot/figure.svg').commit();
    const first = await ran(await ready(made, { step: 'A01' }), { hasher: hasher() });
    assert.deepEqual([first.outcome, first.diverged], ['failed', ['Make/out.txt']]);
    const second = await ran(await ready(made, { step: 'A02' }), { hasher: hasher() });
    assert.equal(second.outcome, 'passed', JSON.stringify(second.findings));
  });

  it('does not begin when the commit holds other inputs than the manifest pins', async () => {
    const made = twoSteps();
    made.write('data/in.txt', 'x\n').pin('data/in.txt', 'Make/out.txt', 'Plot/figure.svg');
    const heard: string[] = [];
    const result = await rerun(await ready(made), {
      hasher: hasher(),
      onStep: ({ label }) => heard.push(label),
    });
    assert.equal(result.kind, 'not-run');
    assert.deepEqual(codes(result.findings), ['rerun-other-in-commit']);
    assert.deepEqual(heard, []);
  });

  it('does not begin from a pointer that the commit holds in place of the content', async () => {
    const made = twoSteps();
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 4\n`;
    made.write('data/in.txt', pointer).commit().write('data/in.txt', 'a\nb\n');
    const result = await rerun(await ready(made), { hasher: hasher() });
    assert.equal(result.kind, 'not-run');
    assert.deepEqual(codes(result.findings), ['rerun-pointer']);
  });

  it('leaves nothing in the temporary directory, whatever a step made of its copy', async () => {
    const own = mkdtempSync(path.join(tmpdir(), 'rl-tmp-'));
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = own;
    try {
      const made = paper([
        step('Lock', {
          saDataCommands: [
            'echo l > l.txt; mkdir -p deep/er; touch deep/er/f; chmod a-rwx deep/er deep',
          ],
          saOutputDataFiles: ['l.txt'],
        }),
      ])
        .write('Lock/l.txt', 'l\n')
        .pin('Lock/l.txt')
        .commit();
      const result = await ran(await ready(made), { hasher: hasher() });
      assert.equal(result.outcome, 'passed');
      made.remove();
      assert.deepEqual(readdirSync(own), []);
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.env, 'TMPDIR');
      else process.env['TMPDIR'] = before;
      rmSync(own, { recursive: true, force: true });
    }
  });
});
