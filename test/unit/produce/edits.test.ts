import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEdits } from 'jsonc-parser';
import { parseVaibify } from '../../../src/core/formats/vaibify/vaibify.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import * as edits from '../../../src/core/produce/edits.js';
import { difference, setIn } from '../../../src/core/produce/editsJson.js';
import type { Edit, EditRefusedError, Json } from '../../../src/core/produce/editsJson.js';
import { emptyStep, EXAMPLE_1, EXAMPLE_2, pipelineText } from '../formats/vaibifySamples.js';

const applied = (text: string, make: (text: string) => Edit[]): string =>
  applyEdits(text, make(text));
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as EditRefusedError).code;
  }
  return 'none';
};

/** What the editor's undo and a reviewer see: the lines that are new, and those that went. */
function changedLines(before: string, after: string): { added: string[]; removed: string[] } {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const keep = new Map<string, number>();
  for (const line of a) keep.set(line, (keep.get(line) ?? 0) + 1);
  const added = b.filter((line) => {
    const left = keep.get(line) ?? 0;
    keep.set(line, left - 1);
    return left <= 0;
  });
  const removed = [...keep].flatMap(([line, left]) => (left > 0 ? [line] : []));
  return { added, removed };
}

describe('edits of a pipeline document', () => {
  it('say that a step has no input data, in one line', () => {
    const before = pipelineText([emptyStep({ saInputDataFiles: [], bRunEnabled: true })]);
    const after = applied(before, (text) => edits.declareNoInputs(text, 'A01'));
    const { added, removed } = changedLines(before, after);
    assert.deepEqual(
      added.map((line) => line.trim()),
      ['"bNoInputData": true,'],
    );
    assert.deepEqual(removed, []);
    assert.match(after, /"saInputDataFiles": \[\],\n +"bNoInputData": true,\n/);
  });

  it('replace what a step says of its input data', () => {
    const before = pipelineText([emptyStep({}), emptyStep({ bNoInputData: false })]);
    const after = applied(before, (text) => edits.declareNoInputs(text, 'A02'));
    assert.equal(after, before.replace('"bNoInputData": false', '"bNoInputData": true'));
  });

  it('never say both', () => {
    const before = pipelineText([emptyStep({ saInputDataFiles: ['data/a.csv'] })]);
    assert.equal(
      refusal(() => edits.declareNoInputs(before, 'A01')),
      'inputs-declared',
    );
    const denied = pipelineText([emptyStep({ bNoInputData: true, saInputDataFiles: [] })]);
    const after = applied(denied, (text) => edits.declareInputs(text, 'A01', ['data/a.csv']));
    const [step] = (JSON.parse(after) as { listSteps: Record<string, unknown>[] }).listSteps;
    assert.deepEqual([step!['saInputDataFiles'], step!['bNoInputData']], [['data/a.csv'], false]);
  });

  it('add inputs once, behind those that are there', () => {
    const before = pipelineText([emptyStep({ saInputDataFiles: ['a.csv'] })]);
    const add = (text: string): Edit[] => edits.declareInputs(text, 'A01', ['a.csv', 'b.csv']);
    const after = applied(before, add);
    const declared = parseVaibify(after, 'p.json' as RepoPath).entries;
    const inputs = declared.filter(({ role }) => role === 'input').map(({ text }) => text);
    assert.deepEqual(inputs, ['a.csv', 'b.csv']);
    assert.deepEqual(add(after), []);
  });

  it('declare determinism, and add to what is declared', () => {
    const once = applied(EXAMPLE_2, (text) => edits.declareDeterminism(text, 'blas-variance'));
    const twice = applied(once, (text) => edits.declareDeterminism(text, 'one-thread'));
    const before = JSON.parse(EXAMPLE_2) as { dictDeterminism?: object };
    assert.deepEqual((JSON.parse(twice) as typeof before).dictDeterminism, {
      ...before.dictDeterminism,
      bAcceptBlasVariance: true,
      dOmpNumThreads: 1,
    });
  });

  it('waive binaries only where none is declared', () => {
    const none = pipelineText([], { listDeclaredBinaries: [] });
    assert.match(applied(none, edits.waiveBinaries), /"bNoStandaloneBinaries": true/);
    const some = pipelineText([], { listDeclaredBinaries: [{ sBinaryPath: '/opt/x' }] });
    assert.equal(
      refusal(() => edits.waiveBinaries(some)),
      'binaries-declared',
    );
  });

  it('add one declaration of AI use that a rerun can pass by', () => {
    for (const version of [3, 5, 12]) {
      const before = pipelineText([emptyStep({})], { iWorkflowSchemaVersion: version });
      const after = applied(before, edits.addAiDeclaration);
      const document = parseVaibify(after, 'p.json' as RepoPath);
      assert.deepEqual(document.findings, [], String(version));
      assert.deepEqual(
        document.steps.map(({ label }) => label),
        ['A01', 'A02'],
      );
      const names = document.entries.filter(({ role }) => role === 'declaration');
      assert.deepEqual(
        names.map(({ joined }) => joined),
        [{ ok: true, path: 'AI_USAGE.md' }],
      );
      assert.equal(
        refusal(() => edits.addAiDeclaration(after)),
        'declaration-exists',
      );
      assert.deepEqual(
        changedLines(before, after).removed.map((line) => line.trim()),
        [],
      );
    }
  });

  it('give the declaration an identifier that is free', () => {
    const taken = pipelineText([emptyStep({ sStepId: 'ai-declaration' })]);
    const document = parseVaibify(applied(taken, edits.addAiDeclaration), 'p.json' as RepoPath);
    assert.deepEqual(document.findings, []);
  });

  it('name models and the personal layer', () => {
    const model = { vendor: 'É', model: 'm-1', from: '2026-01-01', until: '2026-02-01' };
    const open = { ...model, weights: { source: 'example.org', revision: 'abc' } };
    let text = applied(EXAMPLE_1, (before) => edits.declareModels(before, [model, open]));
    text = applied(text, (before) => edits.declarePersonalLayer(before, 'included'));
    const { dictAiProvenance } = JSON.parse(text) as {
      dictAiProvenance: {
        listDeclaredModels: Record<string, unknown>[];
        dictPersonalLayer: object;
      };
    };
    assert.equal(dictAiProvenance.listDeclaredModels.at(-2)!['sModelId'], 'm-1');
    assert.deepEqual(dictAiProvenance.listDeclaredModels.at(-1), {
      sVendor: 'É',
      sModelId: 'm-1',
      sUseStartDate: '2026-01-01',
      sUseEndDate: '2026-02-01',
      bOpenWeights: true,
      sWeightsSource: 'example.org',
      sWeightsRevisionHash: 'abc',
    });
    assert.deepEqual(dictAiProvenance.dictPersonalLayer, { sStatus: 'included' });
    // A document in ASCII stays so, as vaibify writes it.
    assert.match(text, /"\\u00c9"/);
    assert.deepEqual(parseVaibify(text, 'p.json' as RepoPath).findings, []);
  });

  it('refuse what is no JSON, and a step that is not there', () => {
    assert.equal(
      refusal(() => edits.waiveBinaries('{"a": 1,}')),
      'syntax',
    );
    assert.equal(
      refusal(() => edits.waiveBinaries('[]')),
      'not-a-container',
    );
    assert.equal(
      refusal(() => edits.declareNoInputs(EXAMPLE_1, 'A09')),
      'no-such-step',
    );
    assert.equal(
      refusal(() => setIn('{"a": 1}', ['a', 'b'], 2)),
      'not-a-container',
    );
  });
});

describe('setIn', () => {
  it('keeps the form of the document: tabs, CR LF, one line, a byte-order mark', () => {
    const set = (text: string): string => setIn(text, ['d', 'k'], true);
    assert.equal(
      set('{\n\t"a": [\n\t\t1\n\t]\n}'),
      '{\n\t"a": [\n\t\t1\n\t],\n\t"d": {\n\t\t"k": true\n\t}\n}',
    );
    assert.equal(
      set('{\r\n    "a": 1\r\n}\r\n'),
      '{\r\n    "a": 1,\r\n    "d": {\r\n        "k": true\r\n    }\r\n}\r\n',
    );
    assert.equal(set('{"a":1}'), '{"a":1,"d":{"k":true}}');
    assert.equal(set('{"a": 1}'), '{"a": 1, "d": {"k": true}}');
    assert.equal(set('\uFEFF{"a": 1}'), '\uFEFF{"a": 1, "d": {"k": true}}');
    assert.equal(set('{}'), '{\n  "d": {\n    "k": true\n  }\n}');
    assert.equal(set('{\n  "d": null\n}'), '{\n  "d": {\n    "k": true\n  }\n}');
    assert.equal(set('{\n  "d": { "a": 1 }\n}'), '{\n  "d": { "a": 1, "k": true }\n}');
  });

  it('changes the last of two equal keys, which is the one that counts', () => {
    assert.equal(setIn('{"a": 1, "a": 2}', ['a'], 3), '{"a": 1, "a": 3}');
  });

  it('gives a key of any name to objects without touching their prototype', () => {
    assert.equal(setIn('{"a":1}', ['__proto__', 'x'], 1), '{"a":1,"__proto__":{"x":1}}');
  });

  // The oracle is the language's own parser; `depth` nesting and every indentation it can print.
  const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
  const forms = fc.record({
    indent: fc.constantFrom(undefined, 1, 2, 4, '\t'),
    eol: fc.constantFrom('\n', '\r\n'),
  });
  // A key that is a number is moved to the front by the language, though not by JSON.
  const key = fc.string({ maxLength: 4 }).filter((text) => !/^\d/.test(text));
  const keys = fc.array(key, { minLength: 1, maxLength: 3 });

  it('means what the same change of the value means, and keeps all other bytes', () => {
    const document = fc.dictionary(fc.string({ maxLength: 4 }), value, { maxKeys: 5 });
    const property = fc.property(
      ...[document, keys, value, forms],
      (before, path, set, { indent, eol }) => {
        const expected = setPlain(before, path, set);
        const text = JSON.stringify(before, undefined, indent).replaceAll('\n', eol);
        if (expected === undefined) {
          assert.equal(
            refusal(() => setIn(text, path, set)),
            'not-a-container',
          );
          return;
        }
        const after = setIn(text, path, set);
        // Printed again, so that the order of the keys is compared as well.
        assert.equal(JSON.stringify(JSON.parse(after)), JSON.stringify(expected));
        const [edit] = difference(text, after);
        if (edit === undefined) return;
        assert.equal(applyEdits(text, [edit]), after);
        // What a printer with the same habits would print.
        const known = Object.keys(before).length > 0 && indent !== undefined && eol === '\n';
        if (known && !/[^\0-\x7f]/.test(text + after)) {
          assert.equal(after, printed(expected, indent));
        }
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  const printed = (json: Json, indent: number | string): string =>
    JSON.stringify(json, undefined, indent);

  /** The value with the change made; `undefined` where the path runs through a plain value. */
  function setPlain(json: Json, path: readonly string[], set: Json): Json | undefined {
    const [key, ...rest] = path;
    if (key === undefined) return set;
    if (json === null) return setPlain({}, path, set);
    if (typeof json !== 'object' || Array.isArray(json)) return undefined;
    const own = Object.entries<Json>(json);
    const there = own.find(([name]) => name === key);
    const inner = setPlain(there === undefined ? {} : there[1], rest, set);
    if (inner === undefined) return undefined;
    const next = own.map(([name, each]): [string, Json] => [name, name === key ? inner : each]);
    return Object.fromEntries(there === undefined ? [...own, [key, inner]] : next);
  }
});

describe('difference', () => {
  it('is the one change between two texts, and parts no character and no line end', () => {
    const part = fc.constantFrom('a', 'b', '\r\n', '\n', '\r', '😀', '😁', '');
    const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const change = difference(before, after);
        assert.equal(applyEdits(before, change), after);
        for (const { offset, length } of change) {
          for (const at of [offset, offset + length]) {
            assert.ok(!(before[at - 1] === '\r' && before[at] === '\n'));
            assert.ok(before.slice(0, at).isWellFormed());
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
