import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseState, parseTime } from '../../../src/core/formats/vaibify/state.js';

const OWNER = { file: '.vaibify/projects/p.json', alone: true };
const stepState = (verification: unknown): unknown => ({
  fit: { dictVerification: verification, dictRunStats: {} },
});

describe('parseState', () => {
  it('reads schema 3 by the project that owns it', () => {
    const text = JSON.stringify({
      iStateSchemaVersion: 3,
      dictWorkflowState: {
        '.vaibify/projects/p.json': {
          dictStepState: stepState({
            sUser: 'passed',
            sLastUserUpdate: '2026-08-01 10:00 UTC',
            sUnitTest: 'passed-from-marker',
            sIntegrity: 'unnecessary',
            sQuantitative: null,
            sLastTestRun: '2026-08-01 09:30:15 UTC',
            listModifiedFiles: ['a', 7],
            bUpstreamModified: 'true',
            dictUserVerifiedHashes: { 'f.svg': 'A'.repeat(64), g: 'no digest' },
          }),
        },
      },
      dictRemoteDataMarkers: {
        '.vaibify/projects/p.json': { fit: {} },
        '.vaibify/projects/q.json': { other: {} },
      },
    });
    const { steps, downloads } = parseState(text, OWNER);
    assert.deepEqual([...downloads], ['fit']);
    assert.deepEqual(steps.get('fit'), {
      signOff: 'passed',
      dated: true,
      axes: new Map([
        ['unit', 'from-marker'],
        ['integrity', 'unnecessary'],
        ['quantitative', 'error'],
      ]),
      testedAt: Date.UTC(2026, 7, 1, 9, 30, 15),
      modified: ['a', ''],
      upstreamModified: false,
      approved: new Map([['f.svg', 'a'.repeat(64)]]),
      unseeded: false,
    });
  });
  for (const schema of [1, 2]) {
    it(`gives the flat state of schema ${schema} to the only project alone`, () => {
      const text = JSON.stringify({
        iStateSchemaVersion: schema,
        dictStepState: stepState({ sUser: 'passed' }),
      });
      assert.equal(parseState(text, OWNER).steps.get('fit')?.signOff, 'passed');
      assert.equal(parseState(text, { ...OWNER, alone: false }).steps.size, 0);
    });
  }
  it('takes no name of a prototype for a record', () => {
    const { steps } = parseState('{"dictStepState":{"__proto__":{}}}', OWNER);
    assert.deepEqual([...steps.keys()], ['__proto__']);
    assert.equal(steps.get('__proto__')?.signOff, 'untested');
    assert.equal(steps.get('constructor'), undefined);
  });
  it('never throws, and signs off nothing by accident', () => {
    const word = fc.constantFrom('dictStepState', 'dictWorkflowState', 'sUser', 'dictVerification');
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(fc.oneof(word, fc.constant(OWNER.file)), tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(value);
        for (const { signOff } of parseState(text, OWNER).steps.values()) {
          assert.ok(signOff !== 'passed' || text.includes('"passed"'));
        }
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => parseState(text, OWNER).steps.size === 0));
  });
});

describe('parseTime', () => {
  for (const [text, at] of [
    ['2026-08-01T09:30:15Z', Date.UTC(2026, 7, 1, 9, 30, 15)],
    ['2026-08-01 09:30 UTC', Date.UTC(2026, 7, 1, 9, 30)],
    ['2026-08-01T09:30:15.123456+00:00', Date.UTC(2026, 7, 1, 9, 30, 15)],
    ['2026-13-01T09:30:15Z', undefined],
    ['2026-08-01T09:30:15', undefined],
    ['yesterday', undefined],
    [undefined, undefined],
  ] as const) {
    it(String(text), () => assert.equal(parseTime(text), at));
  }
});
