import assert from 'node:assert/strict';
import { parseVaibify } from '../../../src/core/formats/vaibify/vaibify.js';
import type { PipelineFacts } from '../../../src/core/model/gates.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { emptyStep, EXAMPLE_1, pipelineText } from './vaibifySamples.js';

const FILE = 'workflow.json' as RepoPath;
const facts = (text: string): PipelineFacts => parseVaibify(text, FILE).facts;
const top = (more: Record<string, unknown>): PipelineFacts => facts(pipelineText([], more));

describe('the facts of a pipeline', () => {
  it('has one for each step, in order, with its label and place', () => {
    const { steps } = facts(EXAMPLE_1);
    const labels = parseVaibify(EXAMPLE_1, FILE).steps.map(({ label }) => label);
    assert.deepEqual(
      steps.map(({ label }) => label),
      labels,
    );
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['work', 'work', 'ai-declaration'],
    );
    assert.deepEqual([...steps[0]!.tested], ['integrity', 'quantitative']);
    const line = EXAMPLE_1.split('\n')[steps[0]!.inputs.place.span.start.line - 1];
    assert.match(line!, /"saInputDataFiles"/);
  });
  it('takes the last of two equal keys, as Python does', () => {
    const text =
      '{"listSteps":[{"bNoInputData":true,\n"bNoInputData":false,"saInputDataFiles":[],\n"saInputDataFiles":[]}]}';
    const [step] = facts(text).steps;
    assert.equal(step!.inputs.declared, false);
    assert.equal(step!.inputs.place.span.start.line, 3);
  });
  it('takes flat test commands for integrity tests before schema 1 only', () => {
    const step = emptyStep({ saTestCommands: ['pytest'] });
    const tested = (version: number): string[] => [
      ...facts(pipelineText([step], { iWorkflowSchemaVersion: version })).steps[0]!.tested,
    ];
    assert.deepEqual([tested(0), tested(1)], [['integrity'], []]);
  });
  for (const [given, declared] of [
    [{ bAcceptBlasVariance: true }, true],
    [{ bAcceptBlasVariance: 'true' }, false],
    [{ dOmpNumThreads: 0 }, true],
    [{ dOmpNumThreads: null }, false],
    [{ sMklCbwr: 'COMPATIBLE' }, true],
    [{ sMklCbwr: '' }, false],
    [undefined, false],
  ] as const) {
    it(`determinism ${JSON.stringify(given)}: ${declared}`, () => {
      assert.equal(top({ dictDeterminism: given }).determinism.declared, declared);
    });
  }
  for (const [remotes, more, endpoint] of [
    [{ zenodo: { sService: 'zenodo' } }, { sZenodoService: 'sandbox' }, 'zenodo'],
    [{ zenodo: {} }, { sZenodoService: 'zenodo' }, 'zenodo'],
    [undefined, {}, 'sandbox'],
  ] as const) {
    it(`Zenodo's instance ${JSON.stringify([remotes, more])}: ${endpoint}`, () => {
      assert.equal(top({ dictRemotes: remotes, ...more }).remotes.zenodo.endpoint, endpoint);
    });
  }
  it('never throws, whatever stands where', () => {
    for (const value of [null, 7, 'x', [], {}, [[]], [null], { a: [] }]) {
      const keys = ['dictRemotes', 'dictAiProvenance', 'dictDeterminism', 'listDeclaredBinaries'];
      for (const key of keys) assert.doesNotThrow(() => top({ [key]: value }));
      assert.doesNotThrow(() => facts(pipelineText(value)));
      assert.doesNotThrow(() => facts(pipelineText([emptyStep({ dictTests: value })])));
    }
  });
});
