/** What `rebuild` writes beside its verdict, held against the published specification of statements. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Containers, lacking, pushedImage } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { statementProblems } from '../formats/statementSpec.js';
import { bubblewrap } from '../rebuild/buildSupport.js';
import { digest, directory, removeAll, reprolens, write } from './run.js';

const MADE = digest('x\n');
const PLAN = 'artifact: dist/out.txt\nsteps: ["mkdir dist; echo x > dist/out.txt"]\n';
const OUT = 'artifacts/repro/attestations';

interface Statement {
  readonly subject: readonly { readonly name: string; readonly digest: Record<string, string> }[];
  readonly predicate: {
    readonly buildDefinition: {
      readonly externalParameters: Record<string, string>;
      readonly internalParameters: Record<string, string>;
      readonly resolvedDependencies: readonly { readonly digest: Record<string, string> }[];
    };
    readonly runDetails: {
      readonly metadata: Record<string, string>;
      readonly byproducts: readonly { readonly name: string; digest: Record<string, string> }[];
    };
  };
}

/** Rebuilds, checks the statement and every digest in it, and gives it back. */
function attested(
  repo: string,
  { code, plan = 'build/plan.yaml', tag = 'v1' }: { code: number; plan?: string; tag?: string },
  ...args: string[]
): Statement {
  const ran = reprolens(repo, 'rebuild', `--tag=${tag}`, `--plan=${plan}`, ...args);
  assert.equal(ran.code, code, ran.out + ran.err);
  const written = (name: string): string => readFileSync(path.join(repo, OUT, name), 'utf8');
  const statement = JSON.parse(written(`${tag}.intoto.json`)) as Statement;
  assert.deepEqual(statementProblems(statement), []);
  const { buildDefinition, runDetails } = statement.predicate;
  const plans = buildDefinition.resolvedDependencies.map((each) => each.digest['sha256']);
  assert.deepEqual(plans, [digest(readFileSync(path.resolve(repo, plan), 'utf8'))]);
  const { name, digest: verdict } = runDetails.byproducts[0] ?? { name: '', digest: {} };
  assert.equal(name, `${tag}.json`);
  assert.equal(verdict['sha256'], digest(written(name)));
  return statement;
}

const repoOf = (yaml: string, name = 'build/plan.yaml'): string => directory({ [name]: yaml });

describe('the statement of a rebuild', () => {
  after(removeAll);

  it('follows the specification on a match, on a mismatch and without a reference', () => {
    for (const [more, code] of [
      [`expected_digest: ${MADE}\n`, 0],
      [`expected_digest: ${digest('other')}\n`, 3],
      ['', 3],
    ] as const) {
      const { subject } = attested(repoOf(PLAN + more), { code });
      assert.deepEqual(subject, [{ name: 'dist/out.txt', digest: { sha256: MADE } }]);
    }
  });

  it('follows it in every isolation that works here, and names that one', async function () {
    const asked = ['clean-folder', ...((await bubblewrap()) === undefined ? [] : ['network-off'])];
    for (const isolation of asked) {
      const repo = repoOf(`${PLAN}expected_digest: ${MADE}\n`);
      const { predicate } = attested(repo, { code: 0 }, '--isolation', isolation);
      assert.deepEqual(predicate.buildDefinition.internalParameters, { isolation });
    }
    if (asked.length === 1) skip(this, 'bubblewrap does not work here');
  });

  it('follows it with every option, and says what was asked', () => {
    const repo = repoOf(`artifact: "a b/ü.txt"\nsteps: [[mkdir, a b], "touch 'a b/ü.txt'"]\n`);
    const tag = 'v1 β "x"';
    const { predicate, subject } = attested(
      repo,
      { code: 3, tag },
      ...['--argv', '--strict', '--compat', '--timeout', '60'],
    );
    assert.equal(subject[0]?.name, 'a b/ü.txt');
    assert.deepEqual(predicate.buildDefinition.externalParameters, {
      ...{ plan: 'build/plan.yaml', tag, stepMode: 'argv' },
    });
  });

  it('follows it whatever the plan is called and wherever it lies', () => {
    const away = path.join(repoOf(PLAN, 'p.yaml'), 'p.yaml');
    for (const plan of ['plan.yaml', 'a b/ü%zz.yaml', 'C:/x.yaml', '://y.yaml', away]) {
      const repo = directory();
      if (!path.isAbsolute(plan)) write(repo, plan, PLAN);
      attested(repo, { code: 3, plan });
    }
  });

  it('follows it under SOURCE_DATE_EPOCH, and tells that time', () => {
    const before = process.env['SOURCE_DATE_EPOCH'];
    try {
      for (const [epoch, time] of [
        ['0', '1970-01-01T00:00:00Z'],
        ['99999999999', '5138-11-16T09:46:39Z'],
      ] as const) {
        process.env['SOURCE_DATE_EPOCH'] = epoch;
        const { metadata } = attested(repoOf(PLAN), { code: 3 }).predicate.runDetails;
        assert.deepEqual(metadata, { startedOn: time, finishedOn: time });
      }
    } finally {
      if (before === undefined) delete process.env['SOURCE_DATE_EPOCH'];
      else process.env['SOURCE_DATE_EPOCH'] = before;
    }
  });

  it('is not written where a name would be no Unicode text, which no statement can hold', () => {
    for (const name of ['dist/\\ud800', 'dist/\\udcff', 'dist/\\udc00\\ud800']) {
      const repo = repoOf(`artifact: "${name}"\nsteps: ["mkdir dist; touch dist/x"]\n`);
      const { code, err } = reprolens(repo, 'rebuild', '--tag', 'v1');
      assert.equal(code, 2);
      assert.match(err, /plan\.yaml:1:11: .*U\+D[8C]\w\w is not allowed/);
      assert.ok(!existsSync(path.join(repo, OUT)));
    }
  });

  it('is not what seed writes: that is a document of FixOps', () => {
    const repo = repoOf(`${PLAN}reference_attestation: att.json\n`);
    assert.equal(reprolens(repo, 'seed', 'v1').code, 0);
    const seeded = JSON.parse(readFileSync(path.join(repo, 'att.json'), 'utf8')) as object;
    assert.ok(!('_type' in seeded) && 'slsaVersion' in seeded);
    attested(repo, { code: 0 });
  });
});

describe('the statement of a rebuild in a container', function () {
  this.timeout(300_000);
  let own: Containers | undefined;
  let image = '';
  const variables: Record<string, string> = {};

  before(async function () {
    const missing = lacking('podman', 'runc', 'busybox', 'docker-registry');
    if (missing !== undefined) skip(this, missing);
    own = new Containers();
    const pushed = await pushedImage(own);
    image = pushed.image;
    Object.assign(variables, pushed.variables);
  });
  after(async () => {
    await own?.stop();
    removeAll();
  });

  it('follows the specification, and names the image by its digest', () => {
    const before = { ...process.env };
    Object.assign(process.env, variables);
    try {
      const { predicate } = attested(
        repoOf(`artifact: a\nsteps: ["echo x > a"]\nexpected_digest: ${MADE}\n`),
        { code: 0 },
        ...['--isolation', 'container', '--image', image],
      );
      const isolation = 'container';
      assert.deepEqual(predicate.buildDefinition.internalParameters, { image, isolation });
    } finally {
      for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
  });
});
