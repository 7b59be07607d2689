/** A Statement v1 with SLSA provenance v1, to be broken. */
import type { Sha256 } from '../../../src/core/model/digest.js';

export const A = 'a'.repeat(64) as Sha256;

/** Every field of the specification once. */
export const whole = () => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [
    { name: 'a', digest: { sha256: A, gitCommit: '0'.repeat(40) } },
    { name: 'b', uri: 'pkg:generic/b@1', digest: { sha512: 'b'.repeat(128) } },
  ],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      buildType: 'https://example.org/type/v1',
      externalParameters: { ref: 'refs/heads/main' },
      internalParameters: { runner: 7 },
      resolvedDependencies: [
        {
          ...{ name: 'x', uri: 'git+https://example.org/X@refs%2Fy', content: 'YQ==' },
          ...{ downloadLocation: 'https://example.org/x', mediaType: 'text/plain' },
          annotations: { any: [null] },
        },
      ],
    },
    runDetails: {
      builder: {
        id: 'urn:example:builder',
        version: { tool: '1' },
        builderDependencies: [{ uri: 'https://example.org/d' }],
      },
      metadata: {
        invocationId: 'i',
        startedOn: '2026-02-28T23:59:59Z',
        finishedOn: '2026-03-01T00:00:00.5Z',
      },
      byproducts: [{ content: 'YWI=' }],
    },
  },
});

/** The whole document with one place changed; `undefined` removes it. */
export function broken(path: string, value: unknown): unknown {
  const document = whole() as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = document;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return document;
}
