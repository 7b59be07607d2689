import assert from 'node:assert/strict';
import { sha256 } from '../../../src/core/system/files.js';
import {
  formatStatement,
  parseStatement,
} from '../../../src/core/formats/attestation/statement.js';
import type { ProvenanceFacts } from '../../../src/core/formats/attestation/statement.js';
import { statement } from './attestationSupport.js';

const A = 'a'.repeat(64);
const V01 = { _type: 'https://in-toto.io/Statement/v0.1' };
const V02 = {
  predicateType: 'https://slsa.dev/provenance/v0.2',
  predicate: { builder: { id: 'b' } },
};

const problemOf = (value: Record<string, unknown>): string => {
  const result = parseStatement(value);
  return result.ok ? '' : `${result.problem} ${result.detail ?? ''}`.trim();
};

describe('in-toto Statements', () => {
  it('are read in both versions, with both versions of provenance', () => {
    for (const more of [{}, V01, V02, { ...V01, ...V02 }]) {
      const result = parseStatement(
        statement(
          [
            ['x', A],
            ['y', 'B'],
          ],
          more,
        ),
      );
      assert.ok(result.ok);
      assert.deepEqual(result.document.subjects, [
        { name: 'x', sha256: A },
        { name: 'y', sha256: 'B' },
      ]);
      assert.equal(
        result.document.builder,
        'predicate' in more ? 'b' : 'https://example.org/builder',
      );
      assert.equal(result.document.format, '_type' in more ? 'statement-v0.1' : 'statement-v1');
    }
  });

  it('may have subjects without a name in v1, and without this digest', () => {
    const subject = [{ digest: { sha512: 'x' } }];
    const result = parseStatement(statement([], { subject }));
    assert.ok(result.ok);
    assert.deepEqual(result.document.subjects, [{ name: '', sha256: undefined }]);
    assert.equal(problemOf(statement([], { subject, ...V01 })), 'malformed subject[0]');
  });

  it('are refused, with the field, when they are something else', () => {
    const odd = (more: Record<string, unknown>): string => problemOf(statement([['x', A]], more));
    assert.equal(odd({ _type: 'https://in-toto.io/Statement/v2' }), 'malformed _type');
    assert.equal(
      odd({ predicateType: 'https://spdx.dev/Document' }),
      'predicate https://spdx.dev/Document',
    );
    assert.equal(odd({ predicateType: 7 }), 'predicate');
    for (const subject of [undefined, [], {}, 'x', null])
      assert.equal(odd({ subject }), 'malformed subject');
    const hostile = [
      null,
      'x',
      [],
      { name: 'x' },
      { name: 5, digest: {} },
      { name: 'x', digest: 'y' },
    ];
    for (const each of hostile) assert.equal(odd({ subject: [each] }), 'malformed subject[0]');
  });

  it('read no key that the object does not have itself', () => {
    const text = JSON.stringify(statement([['x', A]])).replace('"_type"', '"__proto__"');
    assert.equal(problemOf(JSON.parse(text) as Record<string, unknown>), 'malformed _type');
    const subject = [
      { name: 'x', digest: JSON.parse('{"__proto__": {"sha256": "evil"}}') as unknown },
    ];
    const result = parseStatement(statement([], { subject }));
    assert.ok(result.ok && result.document.subjects[0]?.sha256 === undefined);
  });

  it('are written with everything that the published specification requires, and read again', () => {
    const digest = sha256(Buffer.from('x'));
    const facts: ProvenanceFacts = {
      artifact: { name: 'dist/x', sha256: digest },
      buildType: 'urn:example:type',
      parameters: { plan: 'plan.yaml' },
      internal: { isolation: 'network-off' },
      dependencies: [{ uri: 'plan.yaml', sha256: digest }],
      byproducts: [{ name: 'v1.json' }],
      builder: { id: 'urn:example:builder', name: 'example', version: '1.0' },
      startedAt: 1_600_000_000_123,
      finishedAt: 1_600_000_001_999,
    };
    const text = formatStatement(facts);
    assert.ok(text.endsWith('}\n') && !text.endsWith('\n\n'));
    const value = JSON.parse(text) as Record<string, unknown>;
    assert.deepEqual(value, {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'dist/x', digest: { sha256: digest } }],
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        buildDefinition: {
          buildType: 'urn:example:type',
          externalParameters: { plan: 'plan.yaml' },
          internalParameters: { isolation: 'network-off' },
          resolvedDependencies: [{ uri: 'plan.yaml', digest: { sha256: digest } }],
        },
        runDetails: {
          builder: { id: 'urn:example:builder', version: { example: '1.0' } },
          metadata: { startedOn: '2020-09-13T12:26:40Z', finishedOn: '2020-09-13T12:26:41Z' },
          byproducts: [{ name: 'v1.json' }],
        },
      },
    });
    const result = parseStatement(value);
    assert.ok(result.ok && result.document.builder === 'urn:example:builder');
  });
});
