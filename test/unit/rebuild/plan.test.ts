import assert from 'node:assert/strict';
import { chmodSync, symlinkSync } from 'node:fs';
import { planRerun } from '../../../src/core/rebuild/plan.js';
import type { PlanOptions } from '../../../src/core/rebuild/plan.js';
import { has } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { codes, papers, ran, ready, step, suiteHasher } from './support.js';
import type { Paper } from './support.js';

describe('the plan of a rerun', function () {
  this.timeout(120_000);
  const paper = papers();
  const hasher = suiteHasher();

  before(function () {
    if (!has('git')) skip(this, 'git is not installed');
  });

  const refusals = async (made: Paper, options: PlanOptions = {}): Promise<string[]> => {
    const plan = await planRerun(await made.project(), { isolation: 'clean-folder', ...options });
    assert.equal(plan.kind, 'refused');
    return codes(plan.findings);
  };
  const one = (more = {}, top = {}) =>
    paper(
      [
        step('Make', {
          saDataCommands: ['cp ../in.txt out.txt'],
          saOutputDataFiles: ['out.txt'],
          saInputDataFiles: ['in.txt'],
          ...more,
        }),
      ],
      top,
    )
      .write('in.txt', 'x\n')
      .write('Make/out.txt', 'x\n')
      .pin('in.txt', 'Make/out.txt');

  it('says everything that stands in the way at once, before anything is executed', async () => {
    const made = paper([
      step('By hand', { bInteractive: true, saDataCommands: ['touch /tmp/never'] }),
      step('Off', { bRunEnabled: false, saDataCommands: ['true'] }),
      step('Token', { saDataCommands: ['cat {step:nowhere.x}'] }),
    ])
      .write('input.txt', 'i\n')
      .pin('input.txt');
    assert.deepEqual(await refusals(made), [
      ...['rerun-token', 'rerun-interactive-step', 'rerun-disabled-step', 'rerun-no-commit'],
    ]);
  });

  it('runs nothing for an AI declaration or a step without commands, so they are no obstacle', async () => {
    const declaration = step('Declare', {
      sStepKind: 'ai-declaration',
      bInteractive: true,
      saDataCommands: ['exit 1'],
    });
    const idle = step('Idle', { bInteractive: true, bRunEnabled: false });
    const make = step('Make', { saDataCommands: ['echo x > x'], saOutputDataFiles: ['x'] });
    const made = paper([declaration, idle, make])
      .write('AI_USAGE.md', 'None.\n')
      .write('Make/x', 'x\n')
      .pin('AI_USAGE.md', 'Make/x')
      .commit();
    const plan = await ready(made, { isolation: 'clean-folder' });
    assert.deepEqual(
      plan.steps.map(({ label }) => label),
      ['A01'],
    );
  });

  it('needs a manifest that pins something, and a git repository', async () => {
    const made = one();
    made.commit();
    assert.equal((await ready(made, { isolation: 'clean-folder' })).kind, 'ready');
    made.write('MANIFEST.sha256', '# nothing\n');
    assert.deepEqual(await refusals(made), ['manifest-empty']);
    made.write('MANIFEST.sha256', 'not a manifest\n');
    assert.deepEqual(await refusals(made), ['manifest-malformed-line']);
    made.git('rm', '-qf', 'MANIFEST.sha256');
    assert.deepEqual(await refusals(made), ['rerun-no-manifest']);
    const outside = await made.project();
    const { gitRoot, ...without } = outside;
    assert.equal(gitRoot, made.root);
    const plan = await planRerun(without, { isolation: 'clean-folder' });
    assert.ok(codes(plan.findings).includes('not-in-git'));
  });

  it('needs the document and every pinned input in the commit, as they are', async () => {
    const made = one();
    made.write('.gitignore', 'in.txt\n').commit();
    assert.deepEqual(await refusals(made), ['rerun-not-committed']);
    made.git('rm', '-q', '--cached', 'workflow.json');
    made.git('commit', '-qm', 'Lost');
    assert.deepEqual(await refusals(made), ['rerun-not-committed', 'rerun-not-committed']);
    made.write('.gitignore', '').commit();
    made.write('workflow.json', made.read('workflow.json').replace('cp ', 'cp -f '));
    assert.deepEqual(await refusals(made), ['rerun-other-in-commit']);
  });

  it('takes a document whose line ends only differ', async () => {
    const made = one();
    made.write('.gitattributes', 'workflow.json text eol=crlf\n');
    made.write('workflow.json', made.read('workflow.json').replaceAll('\n', '\r\n')).commit();
    assert.equal((await ready(made, { isolation: 'clean-folder' })).steps.length, 1);
  });

  it('refuses links where it would read, write or run', async () => {
    const made = one();
    symlinkSync('in.txt', made.at('linked.txt'));
    symlinkSync('Make', made.at('Elsewhere'));
    made.write(
      'workflow.json',
      made.read('workflow.json').replace('"sDirectory": "Make"', '"sDirectory": "Elsewhere"'),
    );
    made.pin('linked.txt', 'Elsewhere/out.txt').commit();
    const plan = await planRerun(await made.project(), { isolation: 'clean-folder' });
    const paths = plan.findings.flatMap((each) => (each.code === 'rerun-link' ? each.path : []));
    assert.deepEqual(paths.sort(), ['Elsewhere', 'Elsewhere/out.txt', 'linked.txt']);
  });

  it('refuses a step directory that leads out', async () => {
    const made = one({ sDirectory: '../elsewhere', saDataCommands: ['pwd'] });
    made.commit();
    assert.ok((await refusals(made)).includes('declared-refused-path'));
  });

  it('names an output that no command makes, and compares it as the commit holds it', async () => {
    const made = paper([
      step('Plots only', {
        sDirectory: 'P',
        bPlotOnly: true,
        saDataCommands: ['exit 9'],
        saPlotCommands: ['cp data.txt plot.svg'],
        saOutputDataFiles: ['data.txt'],
        saPlotFiles: ['plot.svg'],
      }),
    ])
      .write('P/data.txt', 'd\n')
      .write('P/plot.svg', 'd\n')
      .pin('P/data.txt', 'P/plot.svg')
      .commit();
    const plan = await ready(made, { isolation: 'clean-folder' });
    assert.deepEqual([...plan.remade], ['P/plot.svg']);
    const told = plan.findings.flatMap((each) =>
      each.code === 'rerun-not-remade' ? [[each.path, each.severity]] : [],
    );
    assert.deepEqual(told, [['P/data.txt', 'warning']]);
    const result = await ran(plan, { hasher: hasher() });
    assert.deepEqual([result.outcome, result.total], ['passed', 2]);
  });

  it('knows no step of another label, and none without commands', async () => {
    const made = one().commit();
    assert.deepEqual(await refusals(made, { step: 'A07' }), ['rerun-step-unknown']);
    const idle = paper([step('Idle')])
      .write('in.txt', 'x\n')
      .pin('in.txt')
      .commit();
    assert.deepEqual(await refusals(idle), ['rerun-nothing-to-run']);
  });

  it('refuses a forced isolation that cannot be had, and says of auto what it passed over', async () => {
    const made = one().commit();
    assert.deepEqual(await refusals(made, { isolation: 'container' }), ['rerun-isolation']);
    const plan = await ready(made);
    assert.deepEqual(plan.passedOver[0], { isolation: 'container', problem: 'no-image' });
    assert.deepEqual(codes(plan.findings), []);
    const path = process.env['PATH'];
    process.env['PATH'] = made.at('bin');
    try {
      // Git alone, in a directory of programs of its own.
      made.write('bin/git', `#!/bin/sh\nPATH=${path ?? ''} exec git "$@"\n`);
      chmodSync(made.at('bin/git'), 0o755);
      const bare = await ready(made);
      assert.equal(bare.sandbox.kind, 'clean-folder');
      assert.deepEqual(
        bare.passedOver.map(({ problem }) => problem),
        ['no-image', 'no-bubblewrap'],
      );
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('tells what the last rerun took', async () => {
    const made = one().commit();
    assert.equal((await ready(made)).lastSeconds, undefined);
    made.write('.vaibify/l3_attestation.json', '{"sStatus": "failed", "fDurationSeconds": 61.5}');
    assert.equal((await ready(made)).lastSeconds, 61.5);
  });

  it('takes the time of the commit where no environment was captured', async () => {
    const plan = await ready(one().commit());
    assert.deepEqual([plan.epoch, plan.epochFrom], [1_700_000_000, 'commit']);
  });
});
