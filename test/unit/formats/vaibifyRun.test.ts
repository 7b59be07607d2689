import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRun } from '../../../src/core/formats/vaibify/run.js';
import type { Run } from '../../../src/core/formats/vaibify/run.js';
import { commandText } from '../../../src/core/formats/vaibify/runTokens.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { EXAMPLE_1, emptyStep, pipelineText } from './vaibifySamples.js';

const FILE = 'workflow.json' as RepoPath;
const parse = (text: string, repoName?: string): Run => parseRun(text, FILE, repoName);
const commands = (run: Run, root = '/r'): string[] =>
  run.steps.flatMap((step) => step.commands.map(({ parts }) => commandText(parts, root)));
const ofSteps = (steps: unknown[], more = {}): Run => parse(pipelineText(steps, more));
const command = (text: string, more = {}, top = {}): Run =>
  ofSteps([emptyStep({ saDataCommands: [text], ...more })], top);
const tokens = ({ findings }: Run): string[] =>
  findings.flatMap((each) => (each.code === 'rerun-token' ? each.token : []));

describe('what a pipeline executes', () => {
  it('is read from a whole example, with its tokens replaced', () => {
    const run = parse(EXAMPLE_1);
    assert.deepEqual(
      run.steps.map(({ label, id, directory, interactive, declaration }) => [
        ...[label, id, directory, interactive, declaration],
      ]),
      [
        ['A01', 'generate-samples', 'GenerateSamples', false, false],
        ['A02', 'plot-histogram', 'PlotHistogram', false, false],
        ['I01', 'ai-declaration', 'aiDeclaration', true, true],
      ],
    );
    assert.deepEqual(commands(run, '/workspace/R'), [
      'python -u generateSamples.py --count 500 --seed 12345 --output samples.json',
      'python plotHistogram.py --samples /workspace/R/GenerateSamples/samples.json --output /workspace/R/Plot/histogram.svg',
    ]);
    assert.deepEqual(run.findings, []);
  });

  it('runs setup, data and plots in this order, and no data of a step for plots only', () => {
    const all = {
      saPlotCommands: ['plot'],
      saDataCommands: ['data'],
      saSetupCommands: ['setup'],
      saTestCommands: ['test'],
      saCommands: ['other'],
    };
    assert.deepEqual(commands(ofSteps([emptyStep(all)])), ['setup', 'data', 'plot']);
    const run = ofSteps([emptyStep({ ...all, bPlotOnly: true })]);
    assert.deepEqual(commands(run), ['setup', 'plot']);
    assert.deepEqual(
      run.steps.map(({ withoutData }) => withoutData),
      [true],
    );
  });

  it('knows the globals', () => {
    const run = command(
      '{sRepoRoot} {sPlotDirectory} {iNumberOfCores} {sFigureType}',
      {},
      {
        sFigureType: 'PDF',
        iNumberOfCores: 4,
        sPlotDirectory: 'Figures',
      },
    );
    assert.deepEqual(commands(run), ['/r /r/Figures 4 pdf']);
    const bare = command('{iNumberOfCores}.{sFigureType}');
    assert.deepEqual(commands(bare), ['-1.pdf']);
  });

  it('finds outputs of other steps by id, by position and by the old word', () => {
    const make = emptyStep({
      sName: 'First Step',
      sDirectory: 'First',
      saOutputDataFiles: ['a.tar.gz', '.hidden', '../shared/b.csv'],
      saPlotFiles: ['{sPlotDirectory}/c.{sFigureType}'],
    });
    const use = (text: string) => commands(ofSteps([make, emptyStep({ saDataCommands: [text] })]));
    assert.deepEqual(use('{step:first-step.a.tar} {Step01..hidden} {Scene01.b}'), [
      '/r/First/a.tar.gz /r/First/.hidden /r/First/../shared/b.csv',
    ]);
    assert.deepEqual(use('{step:first-step.c}'), ['/r/Plot/c.pdf']);
  });

  it('tells outputs of one stem apart by their directory, and in old documents takes the last', () => {
    const outputs = ['one/a.csv', 'two-x/a.txt', 'b.csv'];
    const use = (key: string, version: number, text: string): Run =>
      ofSteps([emptyStep({ sStepId: 's', [key]: outputs, saDataCommands: [text] })], {
        iWorkflowSchemaVersion: version,
      });
    const now = use('saOutputDataFiles', 12, '{step:s.one_a} {step:s.two_x_a} {step:s.b}');
    assert.deepEqual(commands(now), ['/r/A/one/a.csv /r/A/two-x/a.txt /r/A/b.csv']);
    assert.deepEqual(tokens(use('saOutputDataFiles', 12, '{step:s.a}')), ['{step:s.a}']);
    assert.deepEqual(commands(use('saDataFiles', 3, '{Step01.a}')), ['/r/A/two-x/a.txt']);
  });

  it('gives steps without an id one from their name', () => {
    const make = (name: string) =>
      emptyStep({ sName: name, sDirectory: name, saOutputDataFiles: ['x.csv'] });
    const use = '{step:a-b.x} {step:a-b-2.x} {step:step-3.x}';
    const steps = [make('A  b'), make('a_B'), make('é'), emptyStep({ saDataCommands: [use] })];
    assert.deepEqual(commands(ofSteps(steps)), ['/r/A  b/x.csv /r/a_B/x.csv /r/é/x.csv']);
  });

  it('says at its place which token nothing stands behind', () => {
    const text = pipelineText([
      emptyStep({ saDataCommands: ['cp "{step:none.x}" {sUnknown} {Step1.x}'] }),
    ]);
    const run = parse(text);
    assert.deepEqual(tokens(run), ['{step:none.x}', '{sUnknown}', '{Step1.x}']);
    for (const finding of run.findings) {
      assert.ok(finding.code === 'rerun-token' && finding.place);
      const { line, column } = finding.place.span.start;
      const source = text.split('\n')[line - 1] ?? '';
      assert.ok(source.startsWith(finding.token, column - 1), finding.token);
    }
  });

  it('leaves braces of the shell, of awk and of find alone', () => {
    const text = `awk '{print $1}' a | find . -exec ls {} \\; ; echo {a,b} \${HOME} \${sVar} {1..3}`;
    const run = command(text);
    assert.deepEqual(commands(run), [text]);
    assert.deepEqual(tokens(run), []);
  });

  it('replaces as vaibify does: from the first brace to the first closing one', () => {
    const run = command(`awk '{print {sFigureType}}'`);
    assert.deepEqual(commands(run), [`awk '{print {sFigureType}}'`]);
    assert.deepEqual(tokens(run), ['{sFigureType}']);
  });

  it('reads old documents: absolute directories and the old word for enabled', () => {
    const run = parse(
      JSON.stringify({
        sPlotDirectory: 'Plot',
        listSteps: [
          emptyStep({ sDirectory: '/workspace/R/Fit', bEnabled: false, saDataCommands: ['x'] }),
          emptyStep({ sDirectory: '/workspace/R', saDataCommands: ['y'] }),
        ],
      }),
      'R',
    );
    assert.deepEqual(
      run.steps.map(({ directory, enabled }) => [directory, enabled]),
      [
        ['Fit', false],
        ['', true],
      ],
    );
    assert.deepEqual(run.findings, []);
  });

  it('reads flags as Python does', () => {
    const enabled = (value: unknown): boolean | undefined =>
      ofSteps([emptyStep({ bRunEnabled: value })]).steps[0]?.enabled;
    assert.deepEqual([null, 0, '', [], 'false', true].map(enabled), [
      ...[false, false, false, false, true, true],
    ]);
    assert.equal(ofSteps([emptyStep()]).steps[0]?.enabled, true);
  });

  it('never empties a step’s own directory as scratch', () => {
    const run = ofSteps([
      emptyStep({ sDirectory: 'A/B', saScratchDirs: ['runs', '.', '..', '../..', '../C', '/x'] }),
    ]);
    assert.deepEqual(run.steps[0]?.scratch, ['A/B/runs', 'A/C']);
  });

  it('gives the errors of a broken document, and no steps', () => {
    assert.deepEqual(parse('[]').steps, []);
    assert.ok(parse('{').findings.length > 0);
    assert.ok(ofSteps([emptyStep({ sDirectory: '../out' })]).findings.length > 0);
  });

  it('never throws, leaves no known token, and takes no time over many braces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('{', '}', 'step:', 's', '.', 'x', 'sFigureType', '$')),
        (p) => {
          const text = p.join('');
          const [made = ''] = commands(command(text));
          // The independent oracle: the regular expression that the format is described by.
          const expected = text.replace(/\{([^}]+)\}/g, (whole: string, name: string) =>
            name === 'sFigureType' ? 'pdf' : whole,
          );
          assert.equal(made, text.trim() === '' ? '' : expected);
        },
      ),
    );
    const run = command('{'.repeat(200_000));
    assert.equal(commands(run)[0]?.length, 200_000);
  });
});
