import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import * as z from 'zod';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import { PLAN_ALIASES, PLAN_KEYS } from '../../../src/core/formats/plan/keys.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { planJsonSchema } from '../../../src/core/words/planJsonSchema.js';

const plain = (): Record<string, unknown> =>
  JSON.parse(JSON.stringify(planJsonSchema())) as Record<string, unknown>;
const schema = z.fromJSONSchema(plain());
const accepts = (value: unknown): boolean => schema.safeParse(value).success;
const errors = (text: string): string[] =>
  parsePlan(text, 'plan.yaml' as RepoPath).structure.flatMap(({ severity, code }) =>
    severity === 'error' ? [code] : [],
  );

describe('Build plan: the JSON schema', () => {
  it('is the file that editors are given', () => {
    const file = readFileSync('media/schema/plan.schema.json', 'utf8');
    assert.deepEqual(JSON.parse(file), plain(), 'run "node scripts/schemas.mjs"');
  });
  it('explains every key and alias', () => {
    const properties = plain()['properties'] as Record<string, { description?: string }>;
    assert.deepEqual(
      Object.keys(properties).sort(),
      [...Object.keys(PLAN_KEYS), ...PLAN_ALIASES.keys()].sort(),
    );
    for (const [key, { description }] of Object.entries(properties)) {
      assert.ok((description ?? '').length > 20, key);
    }
  });
  it('refuses what is refused, and nothing that FixOps takes', () => {
    for (const text of [
      'artifact: a\nsteps: [make]\n',
      'artifact: a\nbuild_steps:\n  - run: make\n  - run: [make, 1, true]\n  - [make]\n  - null\n  - 3\n',
      'artifact: a\nsteps: []\nbuild_steps: [make]\n',
      'artifact: a\nsteps: [make]\nsources: [src, {path: a, destination: b, why: c}, null]\nversion: [1]\nname: x\n',
      'artifact: a\nsteps: [make]\nenvironment: {A: 1, B: true, C: null, D: x}\ntag: 1.10\n',
      'artifact: a\nsteps: [make]\nexpected_digest:\nreference_artifact:\nenvironment:\nsources:\n',
    ]) {
      assert.deepEqual(errors(text), [], text);
      assert.ok(accepts(parse(text)), text);
    }
    for (const text of [
      ...['steps: [make]\n', 'artifact: a\n', 'artifact: a\nsteps: []\n', '- artifact\n'],
      ...[
        'artifact: 3\nsteps: [make]\n',
        'artifact: a\nsteps: make\n',
        'artifact: a\nsteps: {run: make}\n',
      ],
      ...['run: 3', 'run: {a: b}', 'run: []', '[[make]]', '[{a: b}]', '[]'].map(
        (step) => `artifact: a\nsteps:\n  - ${step}\n`,
      ),
      ...[
        'sources: src',
        'environment: [A]',
        'environment: {A: [b]}',
        'tag: [a]',
        `expected_digest: 1${'0'.repeat(15)}`,
      ].map((line) => `artifact: a\nsteps: [make]\n${line}\n`),
    ]) {
      assert.notDeepEqual(errors(text), [], text);
      assert.ok(!accepts(parse(text)), text);
    }
  });
  it('accepts nothing that is refused', () => {
    const leaf = fc.constantFrom<unknown>('a', 'b c', 3, true, null);
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('any'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('run', 'path', 'destination', 'A'), tie('any'), {
          maxKeys: 2,
        }),
      ),
    })).any;
    const plan = fc.record(
      Object.fromEntries(
        [...Object.keys(PLAN_KEYS), ...PLAN_ALIASES.keys()].map((key) => [key, value]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(plan, (written) => {
        const text = JSON.stringify({ artifact: 'a', steps: ['make'], ...written });
        if (accepts(JSON.parse(text))) assert.deepEqual(errors(text), [], text);
      }),
      { numRuns: 2000 },
    );
  });
});
