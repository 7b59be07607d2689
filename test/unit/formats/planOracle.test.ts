import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import { substitute } from '../../../src/core/formats/plan/substitute.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { refusals } from '../../../src/core/model/plan.js';
import type { BuildPlan } from '../../../src/core/model/plan.js';
import { skip } from '../../harness/skip.js';

/** The rules of docs/plan.md in Python, over what PyYAML reads. */
const PYTHON = `
import json, sys, yaml
class Refused(Exception): pass
def put(value, tag):
    if isinstance(value, str): return value.replace('{tag}', tag)
    if isinstance(value, list): return [put(one, tag) for one in value]
    if isinstance(value, dict): return {key: put(one, tag) for key, one in value.items()}
    return value
def scalar(value):
    if isinstance(value, (list, dict)): raise Refused
    return str(value)
def step(value):
    run = value
    if isinstance(value, dict):
        run = value.get('run')
        if run is None: return None
        if not isinstance(run, (str, list)): raise Refused
    if isinstance(run, str): return run
    if not isinstance(run, list): return None
    if not run: raise Refused
    return [scalar(one) for one in run]
def source(value):
    if isinstance(value, str): return [[value, '']]
    if not isinstance(value, dict) or not isinstance(value.get('path'), str): return []
    to = value.get('destination') or ''
    if not isinstance(to, str): raise Refused
    return [[value['path'], to]]
def read(text, tag):
    try: plan = put(yaml.safe_load(text) or {}, tag)
    except (yaml.YAMLError, ValueError): raise Refused
    if not isinstance(plan, dict) or not isinstance(plan.get('artifact'), str): raise Refused
    steps = plan.get('steps') or plan.get('build_steps')
    sources = plan.get('sources') or []
    env = plan.get('environment') or {}
    digest = plan.get('expected_digest')
    if not steps or not isinstance(steps, list) or not isinstance(sources, list) or not isinstance(env, dict): raise Refused
    if digest and not isinstance(digest, str): raise Refused
    text_of = lambda *names: next((plan[n] for n in names if plan.get(n)), None)
    texts = {k: v if isinstance(v, str) else None for k, v in {
        'attestation': text_of('reference_attestation', 'attestation'),
        'reference': text_of('reference_artifact', 'artifact_reference'),
        'digest': digest or None}.items()}
    return {'artifact': plan['artifact'], 'steps': [step(one) for one in steps],
        'sources': [pair for one in sources for pair in source(one)],
        'environment': {str(k): scalar(v) for k, v in env.items()}, **texts}
def tell(text, tag):
    try: return read(text, tag)
    except Refused: return None
print(json.dumps([tell(*one) for one in json.load(sys.stdin)]))
`;

/** The same shape, of ours. */
function told(plan: BuildPlan): unknown {
  // Paths that leave are read by FixOps; that we refuse them is not the question here.
  if (
    refusals(plan).some(({ code }) => code !== 'plan-path' && code !== 'plan-artifact-directory')
  ) {
    return null;
  }
  return {
    artifact: plan.artifact?.text,
    steps: plan.steps.map((step) => {
      if (step.kind === 'skipped') return null;
      return step.kind === 'shell' ? step.script.text : step.words.map(({ text }) => text);
    }),
    sources: plan.sources.map(({ path, destination }) => [path.text, destination?.text ?? '']),
    environment: Object.fromEntries(plan.environment.map(({ name, value }) => [name, value.text])),
    attestation: plan.referenceAttestation?.text ?? null,
    reference: plan.referenceArtifact?.text ?? null,
    digest: plan.expectedDigest?.text ?? null,
  };
}

const word = fc.oneof(
  fc.constantFrom(
    'a',
    'dist/x.tar',
    '{tag}',
    'yes',
    'no',
    '3',
    '010',
    '1.50',
    '12:30',
    '~',
    '',
    '0',
  ),
  fc.constantFrom(
    '"x {tag} y"',
    "'it''s'",
    '2024-01-01',
    '1e3',
    '[]',
    '{}',
    '../x',
    '[a, 1]',
    '{b: c}',
  ),
  fc.constantFrom(
    '|\n      make\n      tar -c {tag}\n',
    '>-\n      one\n      two\n',
    '"a\\\n      b"',
  ),
);
const step = fc.oneof(
  word.map((text) => `  - ${text}`),
  word.map((text) => `  - run: ${text}`),
  fc
    .array(
      word.filter((text) => !text.includes('\n') && !text.startsWith('{') && text !== ''),
      { maxLength: 4 },
    )
    .map((words) => `  - run: [${words.join(', ')}]`),
  word.map((text) => `  - name: x\n    run: ${text}`),
  fc.constant('  - name: x'),
);
const source = fc.oneof(
  word.map((text) => `  - ${text}`),
  fc.tuple(word, word).map(([a, b]) => `  - path: ${a}\n    destination: ${b}`),
);
const block = (key: string, items: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(items, { minLength: 1, maxLength: 3 }).map((list) => `${key}:\n${list.join('\n')}`);
const field = (key: string): fc.Arbitrary<string> => word.map((text) => `${key}: ${text}`);
const entry = fc.oneof(
  { weight: 3, arbitrary: block('steps', step) },
  { weight: 2, arbitrary: block('sources', source) },
  {
    weight: 2,
    arbitrary: block(
      'environment',
      fc.tuple(fc.constantFrom('A', 'B', 'TZ', 'yes'), word).map(([k, v]) => `  ${k}: ${v}`),
    ),
  },
  ...['artifact', 'steps', 'build_steps', 'sources', 'environment', 'expected_digest'].map(field),
  ...['reference_attestation', 'attestation', 'reference_artifact', 'artifact_reference'].map(
    field,
  ),
);
const documents = fc
  .tuple(fc.constantFrom('artifact: out-{tag}\n', ''), fc.array(entry, { maxLength: 5 }))
  .map(([first, entries]) => `${first}steps: [make]\n${entries.join('\n')}\n`);

describe('Build plans as FixOps reads them', function () {
  this.timeout(120_000);
  it('agree on every part, and on what is refused', function () {
    const texts = fc.sample(documents, 3000);
    const ran = spawnSync('python3', ['-c', PYTHON], {
      input: JSON.stringify(texts.map((text) => [text, 'v1.0'])),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (ran.status !== 0) skip(this, 'there is no Python with PyYAML');
    const theirs = JSON.parse(ran.stdout) as unknown[];
    let read = 0;
    texts.forEach((text, index) => {
      const plan = substitute(parsePlan(text, 'plan.yaml' as RepoPath), 'v1.0');
      if (theirs[index] !== null) read += 1;
      assert.deepEqual(told(plan), theirs[index], text);
    });
    assert.ok(read > 300, `only ${read} plans could be read`);
  });
});
