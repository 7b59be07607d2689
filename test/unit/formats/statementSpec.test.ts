/** Controls: every rule of the checker is seen to refuse a broken document; and what we format passes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatStatement } from '../../../src/core/formats/attestation/statement.js';
import type { ProvenanceFacts } from '../../../src/core/formats/attestation/statement.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import { statementProblems } from './statementSpec.js';
import { A, broken, whole } from './wholeStatement.js';

const DEFINITION = 'predicate.buildDefinition';
const DEPENDENCY = `${DEFINITION}.resolvedDependencies.0`;
const RUN = 'predicate.runDetails';

const REFUSED: readonly (readonly [path: string, value: unknown, problem: RegExp])[] = [
  ['_type', 'https://in-toto.io/Statement/v0.1', /^_type: must be https/],
  ['_type', undefined, /^_type: is required/],
  ['subject', undefined, /^subject: is required/],
  ['subject', [], /^subject: is empty/],
  ['subject', {}, /^subject: must be an array/],
  ['subject.0', 'a', /^subject\[0\]: must be an object/],
  ['subject.1.digest', undefined, /^subject\[1\]\.digest: is required/],
  ['subject.0.digest', {}, /^subject\[0\]\.digest: is empty/],
  ['subject.0.digest', A, /^subject\[0\]\.digest: must be an object/],
  ['subject.0.digest.sha256', A.toUpperCase(), /sha256: must be lower-case/],
  ['subject.0.digest.sha256', `sha256:${A}`, /sha256: must be lower-case/],
  ['subject.0.digest.sha256', A.slice(1), /sha256: has the wrong length/],
  ['subject.0.digest.sha256', 7, /sha256: must be lower-case/],
  ['subject.0.digest.SHA-256', A, /SHA-256: is no algorithm/],
  ['subject.0.digest.constructor', A, /constructor: is no algorithm/],
  ['subject.0.name', 7, /name: must be a string/],
  ['subject.0.name', '', /name: is empty/],
  ['subject.0.name', 'b', /^subject: has one name twice/],
  ['subject.0.uri', 'pkg:generic/b@1', /^subject: has one uri twice/],
  ['subject.0.sha256', A, /subject\[0\]\.sha256: is no field/],
  ['predicateType', 'https://slsa.dev/provenance/v0.2', /^predicateType: must be/],
  ['predicateType', undefined, /^predicateType: is required/],
  ['predicate', undefined, /^predicate: is required/],
  ['predicate', null, /^predicate: must be an object/],
  ['extra', 1, /extra: is no field/],
  ['predicate.extra', 1, /predicate\.extra: is no field/],
  ['predicate.build_definition', {}, /build_definition: is no field/],
  [DEFINITION, undefined, /buildDefinition: is required/],
  [RUN, undefined, /runDetails: is required/],
  [`${DEFINITION}.buildType`, undefined, /buildType: is required/],
  [`${DEFINITION}.buildType`, 'a plan', /buildType: is no URI/],
  [`${DEFINITION}.buildType`, 'plan/v1', /buildType: is no URI/],
  [`${DEFINITION}.buildType`, 'HTTPS://example.org/v1', /buildType: has a scheme/],
  [`${DEFINITION}.buildType`, 'https://Example.org/v1', /buildType: has a scheme/],
  [`${DEFINITION}.buildType`, 'https://example.org/%zz', /buildType: is no URI/],
  [`${DEFINITION}.externalParameters`, undefined, /externalParameters: is required/],
  [`${DEFINITION}.externalParameters`, [], /externalParameters: must be an object/],
  [`${DEFINITION}.internalParameters`, 'x', /internalParameters: must be an object/],
  [`${DEFINITION}.internalParameters.ref`, 'x', /has the parameter ref twice/],
  [`${DEFINITION}.systemParameters`, {}, /systemParameters: is no field/],
  [`${DEFINITION}.resolvedDependencies`, {}, /resolvedDependencies: must be an array/],
  [DEPENDENCY, { name: 'x' }, /resolvedDependencies\[0\]: needs one of uri, digest, content/],
  [`${DEPENDENCY}.uri`, 'build/plan.yaml', /uri: is no URI/],
  [`${DEPENDENCY}.downloadLocation`, 'x', /downloadLocation: is no URI/],
  [`${DEPENDENCY}.content`, 'a', /content: is no base64/],
  [`${DEPENDENCY}.mediaType`, 'text', /mediaType: is no media type/],
  [`${DEPENDENCY}.annotations`, [], /annotations: must be an object/],
  [`${DEPENDENCY}.localName`, 'x', /localName: is no field/],
  [`${RUN}.builder`, undefined, /builder: is required/],
  [`${RUN}.builder.id`, undefined, /builder\.id: is required/],
  [`${RUN}.builder.id`, 'reprolens', /builder\.id: is no URI/],
  [`${RUN}.builder.version`, '1', /version: must be an object/],
  [`${RUN}.builder.version.tool`, 1, /version\.tool: must be a string/],
  [`${RUN}.builder.builderDependencies`, [{}], /builderDependencies\[0\]: needs one of/],
  [`${RUN}.builder.tenant`, {}, /tenant: is no field/],
  [`${RUN}.metadata`, [], /metadata: must be an object/],
  [`${RUN}.metadata.invocationId`, 1, /invocationId: must be a string/],
  [`${RUN}.metadata.startedOn`, '2026-02-28T23:59:59+00:00', /startedOn: is no timestamp/],
  [`${RUN}.metadata.startedOn`, '2026-02-28 23:59:59Z', /startedOn: is no timestamp/],
  [`${RUN}.metadata.finishedOn`, '2026-02-30T00:00:00Z', /finishedOn: is no time of/],
  [`${RUN}.metadata.startedOn`, 1_600_000_000, /startedOn: must be a string/],
  [`${RUN}.metadata.finishedOn`, '2026-02-28T23:59:58Z', /metadata: ends before it begins/],
  [`${RUN}.metadata.finishedOn`, '2026-13-01T00:00:00Z', /finishedOn: is no time of/],
  [`${RUN}.metadata.startedOn`, '0000-12-31T23:59:59Z', /startedOn: is no time of/],
  [`${RUN}.metadata.startedOn`, '2026-02-28T23:59:59.0123456789Z', /startedOn: is no timestamp/],
  ['subject.0.name', 'a\ud800', /^subject\.0\.name: is no Unicode text/],
  [`${DEFINITION}.externalParameters.ref`, ['\udc00'], /ref\.0: is no Unicode text/],
  [`${DEFINITION}.externalParameters.\ud800`, 1, /^the key .*: is no Unicode text/],
  [`${RUN}.byproducts`, [7], /byproducts\[0\]: must be an object/],
];

describe('the checker of statements', () => {
  it('finds nothing in a document that has every field', () => {
    assert.deepEqual(statementProblems(whole()), []);
  });

  it('takes a document that has only what is required', () => {
    const { subject, ...rest } = whole();
    const predicate = {
      buildDefinition: { buildType: 'urn:x:y', externalParameters: {} },
      runDetails: { builder: { id: 'urn:x:z' } },
    };
    const document = { ...rest, subject: [{ digest: subject[0]?.digest }], predicate };
    assert.deepEqual(statementProblems(document), []);
  });

  for (const [path, value, problem] of REFUSED) {
    it(`refuses ${path} = ${value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 40)}`, () => {
      const problems = statementProblems(broken(path, value));
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', problem);
    });
  }

  it('refuses what is no object at all', () => {
    for (const value of [null, [], 'x', 7, undefined])
      assert.deepEqual(statementProblems(value), ['document: must be an object']);
  });
});

describe('formatted statements', () => {
  it('have no problem, whatever the names and the times', () => {
    const word = fc.string({ minLength: 1, unit: 'binary' });
    const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(word, word, digest, fc.nat(253_402_300_799_000), (name, tag, bytes, at) => {
        const sha256 = Buffer.from(bytes).toString('hex') as Sha256;
        const facts: ProvenanceFacts = {
          artifact: { name, sha256 },
          buildType: 'urn:example:type',
          parameters: { plan: name, tag },
          internal: { isolation: tag },
          dependencies: [{ name, sha256 }],
          byproducts: [{ name: tag, sha256 }],
          builder: { id: 'urn:example:builder', name: 'example', version: '1.0' },
          startedAt: at,
          finishedAt: at + 999,
        };
        assert.deepEqual(statementProblems(JSON.parse(formatStatement(facts))), []);
      }),
    );
  });
});
