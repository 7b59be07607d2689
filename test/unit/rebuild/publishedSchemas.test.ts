/** What the command line writes, and our own checker, held against the schemas that in-toto publishes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { skip } from '../../harness/skip.js';
import { digest, directory, removeAll, reprolens } from '../cli/run.js';
import { statementProblems } from '../formats/statementSpec.js';
import { A, broken, whole } from '../formats/wholeStatement.js';
import { publishedJudge } from './publishedSchema.js';
import type { Judge } from './publishedSchema.js';

const MADE = digest('x\n');
const OUT = 'artifacts/repro/attestations';

const planOf = (artifact: string, more = ''): string =>
  `artifact: ${JSON.stringify(artifact)}\n` +
  `steps:\n  - [mkdir, -p, ${JSON.stringify(path.posix.dirname(artifact))}]\n` +
  `  - [sh, -c, 'echo x > "$0"', ${JSON.stringify(artifact)}]\n${more}`;

/** The statements that a rebuild writes. */
function rebuilt(yaml: string, { code, tag = 'v1' }: { code: number; tag?: string }): string[] {
  const repo = directory({ 'build/plan.yaml': yaml });
  const ran = reprolens(repo, 'rebuild', '--tag', tag);
  assert.equal(ran.code, code, ran.out + ran.err);
  const out = path.join(repo, OUT);
  const names = readdirSync(out).filter((name) => name.endsWith('.intoto.json'));
  assert.equal(names.length, 1);
  return names.map((name) => readFileSync(path.join(out, name), 'utf8'));
}

const DEFINITION = 'predicate.buildDefinition';
const DEPENDENCY = `${DEFINITION}.resolvedDependencies.0`;
const RUN = 'predicate.runDetails';

/** Places of the whole document, what is put there, and what the published reader says of it. */
const REFUSED: readonly (readonly [place: string, value: unknown, refusal: RegExp])[] = [
  ['extra', 1, /no field named "extra"/],
  ['subject', { name: 'a' }, /repeated field subject must be in \[\]/],
  ['subject.0', 'a', /subject/],
  ['subject.0.name', 7, /expected string|bad argument type|name/],
  ['subject.0.digest', A, /digest/],
  ['subject.0.digest.sha256', 7, /sha256|digest/],
  ['subject.0.sha256', A, /no field named "sha256"/],
  ['predicateType', ['x'], /predicateType/],
  ['predicate', 'x', /predicate/],
  ['predicate.extra', 1, /no field named "extra"/],
  [`${DEFINITION}.buildType`, 7, /buildType/],
  [`${DEFINITION}.externalParameters`, [], /externalParameters/],
  [`${DEFINITION}.resolvedDependencies`, {}, /resolvedDependencies/],
  [`${DEPENDENCY}.localName`, 'x', /no field named "localName"/],
  [`${DEPENDENCY}.content`, 'a', /content/],
  [`${RUN}.builder.version`, '1', /version/],
  [`${RUN}.builder.version.tool`, 1, /version/],
  [`${RUN}.metadata.startedOn`, 'yesterday', /startedOn/],
  [`${RUN}.metadata.finishedOn`, '2026-13-01T00:00:00Z', /finishedOn/],
  [`${RUN}.metadata.startedOn`, 1_600_000_000, /startedOn/],
  [`${RUN}.metadata.startedOn`, '2026-02-28T23:59:59', /startedOn/],
];

/** Every place of a value, as keys joined by dots. */
function placesIn(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const place = at === '' ? key : `${at}.${key}`;
    return [place, ...placesIn(each, place)];
  });
}

const VALUES: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[undefined, null, true, 0, 7.5, '', 'x', A, [], {}, [[]], ['x'], [7]],
  ),
  fc.constantFrom<unknown>(
    ...[{ x: 1 }, { name: 'x' }, { sha256: A }, { uri: 'urn:a:b' }, 'YQ==', 'a'],
  ),
  fc.constantFrom(
    ...['2026-02-28T23:59:59Z', '2026-02-28T23:59:59.1234567890Z', '0000-01-01T00:00:00Z'],
    ...['2026-02-29T00:00:00Z', '2026-02-28T23:59:60Z', '9999-12-31T23:59:59.999999999Z', '\ud800'],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Changes at places that are there, and at fields beside them. */
function changes(): fc.Arbitrary<readonly [place: string, value: unknown]> {
  const places = placesIn(whole());
  const beside = places.map((place) => place.replace(/[^.]+$/, 'extra'));
  return fc.tuple(fc.constantFrom(...places, ...beside), VALUES);
}

describe('statements and the published schemas', function () {
  this.timeout(300_000);
  let judge: Judge;

  before(function () {
    const found = publishedJudge(directory());
    if (typeof found === 'string') skip(this, found);
    judge = found;
  });
  after(removeAll);

  it('agree on what a rebuild writes', () => {
    const odd = 'dist/a b/ü "β" {}\u0007.txt';
    const statements = [
      ...rebuilt(planOf('dist/out.txt', `expected_digest: ${MADE}\n`), { code: 0 }),
      ...rebuilt(planOf('dist/out.txt', `expected_digest: ${digest('other')}\n`), { code: 3 }),
      ...rebuilt(planOf('dist/out.txt'), { code: 3 }),
      ...rebuilt(planOf(odd), { code: 3, tag: 'v1 β "x"' }),
    ];
    assert.deepEqual(judge(statements), [undefined, undefined, undefined, undefined]);
    for (const text of statements) assert.deepEqual(statementProblems(JSON.parse(text)), []);
  });

  it('agree that what seed writes is no statement, but a document of FixOps', () => {
    const repo = directory({ 'build/plan.yaml': planOf('a/b', 'reference_attestation: x.json\n') });
    assert.equal(reprolens(repo, 'seed', 'v1').code, 0);
    const text = readFileSync(path.join(repo, 'x.json'), 'utf8');
    assert.match(judge([text])[0] ?? '', /no field named "\w+"/);
    assert.notDeepEqual(statementProblems(JSON.parse(text)), []);
  });

  it('agree on a document that has every field', () => {
    assert.deepEqual(judge([JSON.stringify(whole())]), [undefined]);
  });

  it('refuse broken documents', () => {
    const refusals = judge(REFUSED.map(([place, value]) => JSON.stringify(broken(place, value))));
    for (const [index, [place, value, expected]] of REFUSED.entries()) {
      assert.match(refusals[index] ?? 'taken', expected, place);
      assert.notDeepEqual(statementProblems(broken(place, value)), [], place);
    }
  });

  it('are never stricter than our own checker', () => {
    const sample = fc.sample(changes(), 4000);
    const documents = sample.map(([place, value]) => JSON.stringify(broken(place, value)));
    const refusals = judge(documents);
    const looser = documents.flatMap((text, index) =>
      refusals[index] !== undefined && statementProblems(JSON.parse(text)).length === 0
        ? [`${JSON.stringify(sample[index])}: ${refusals[index]}`]
        : [],
    );
    assert.deepEqual([...new Set(looser)], []);
    const refused = refusals.filter((refusal) => refusal !== undefined).length;
    assert.ok(refused > 1000 && refused < 3900, String(refused));
  });
});
