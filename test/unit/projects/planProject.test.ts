/** Build plans as projects: where they are found, what is read of them, and what is on disk of it. */
import assert from 'node:assert/strict';
import { rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Project } from '../../../src/core/model/project.js';
import { findProjects } from '../../../src/core/projects/find.js';
import type { ProjectRef } from '../../../src/core/projects/ref.js';
import { newestChange } from '../../../src/core/system/changes.js';
import { readProject, Sandbox } from './support.js';

const PLAN = 'artifact: dist/a-{tag}.txt\nsteps: [make]\nsources: [src, lone.txt, gone, ../x, .]\n';
const DIGEST = 'ab'.repeat(32);
const RECORDS = 'artifacts/repro/attestations';

const verdict = (more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    artifact: 'dist/a-v1.txt',
    plan: 'build/plan.yaml',
    tag: 'v1',
    generated_digest: { sha256: DIGEST },
    match: true,
    verified_at: '2026-05-01T10:00:00Z',
    ...more,
  });

const attestation = (name: string): string =>
  JSON.stringify({
    slsaVersion: '1.0',
    builder: { id: 'b' },
    buildType: 't',
    source: { uri: 'u' },
    metadata: {},
    subject: [{ name, digest: { sha256: DIGEST } }],
  });

describe('findProjects: build plans', () => {
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  const found = async (plans?: readonly string[]): Promise<string[]> => {
    const refs = await findProjects(box.root, plans === undefined ? {} : { plans });
    return refs.map(({ kind, root, file }) => `${kind} ${path.relative(box.root, root)}:${file}`);
  };

  it('are found at their places, one level down as well, and where they are named', async () => {
    box.write({
      'plan.yaml': PLAN,
      'build/plan.yaml': PLAN,
      'tool/build/plan.yaml': PLAN,
      'tool/plan.yaml': PLAN,
      'deep/er/plan.yaml': PLAN,
      'release/nightly.yml': PLAN,
      'foreign/plan.yaml': 'jobs: []\n',
    });
    const usual = [
      'plan :plan.yaml',
      'plan :build/plan.yaml',
      'plan tool:plan.yaml',
      'plan tool:build/plan.yaml',
    ];
    assert.deepEqual(await found([]), usual);
    assert.deepEqual(await found(['release/nightly.yml', '../x.yaml', 'none.yaml']), [
      ...usual,
      'plan release:nightly.yml',
    ]);
  });
  it('are left out by the setting, wherever they lie', async () => {
    box.write({ 'plan.yaml': PLAN, 'build/plan.yaml': PLAN, 'tool/build/plan.yaml': PLAN });
    const exclude = (relative: string): boolean => /^(?:tool\/)?build\/plan\.yaml$/.test(relative);
    const refs = await findProjects(box.root, { plans: [], exclude });
    assert.deepEqual(
      refs.map(({ file }) => file),
      ['plan.yaml'],
    );
  });
  it('are none for whoever did not ask', async () => {
    box.write({ 'plan.yaml': PLAN });
    assert.deepEqual(await found(), []);
  });
  it('have the root that their first source is in', async () => {
    box.gitInit().write({ 'tool/build/plan.yaml': PLAN, 'src/x': '' });
    assert.deepEqual(await found([]), ['plan :tool/build/plan.yaml']);
    box.write({ 'tool/src/x': '' });
    assert.deepEqual(await found([]), ['plan tool:build/plan.yaml']);
  });
});

describe('readProjects: build plans', () => {
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  const ref = (): ProjectRef => ({
    kind: 'plan',
    root: box.root,
    file: 'build/plan.yaml' as RepoPath,
  });
  const read = async (plan: string): Promise<Project> => {
    box.write({ 'build/plan.yaml': plan });
    return readProject(ref());
  };

  it('tell what each source is, and when it was last changed', async () => {
    box.write({ 'src/deep/x': '', 'lone.txt': '' });
    const before = Date.now();
    const { build } = await read(PLAN);
    assert.deepEqual(
      build?.sources.map(({ name, kind, changedAt }) => [name, kind, changedAt !== undefined]),
      [
        ['src', 'directory', true],
        ['lone.txt', 'file', true],
        ['gone', 'missing', false],
        ['../x', 'refused', false],
        ['.', 'directory', false],
      ],
    );
    assert.ok(Math.abs(build.sources[0]!.changedAt! - before) < 60_000);
  });
  it('take the tag from the newest verdict on this plan, and nothing from others', async () => {
    box.write({
      [`${RECORDS}/v1.json`]: verdict(),
      [`${RECORDS}/v2.json`]: verdict({ tag: 'v2', verified_at: '2026-05-02T10:00:00.5+00:00' }),
      [`${RECORDS}/v3.json`]: verdict({ plan: 'other.yaml', verified_at: '2026-06-01T00:00:00Z' }),
      [`${RECORDS}/v4.json`]: verdict({ match: 'yes', verified_at: '2026-06-01T00:00:00Z' }),
      [`${RECORDS}/v5.json`]: '{',
      [`${RECORDS}/v6.intoto.json`]: verdict({ verified_at: '2026-06-01T00:00:00Z' }),
    });
    const { build, title } = await read(PLAN);
    assert.equal(build?.record?.tag, 'v2');
    assert.equal(build.record.verifiedAt, Date.parse('2026-05-02T10:00:00.500Z'));
    assert.equal(title, 'a-v2.txt');
  });
  it('read what the artifact must equal: literally, and in an attestation', async () => {
    box.write({ 'ref.json': attestation('a-v1.txt'), [`${RECORDS}/v1.json`]: verdict() });
    const { build } = await read(
      `${PLAN}expected_digest: "sha256:${DIGEST}"\nreference_attestation: ref.json\n`,
    );
    assert.deepEqual(
      build?.references.map(({ key, digest }) => [key, digest]),
      [
        ['expected_digest', DIGEST],
        ['reference_attestation', DIGEST],
      ],
    );
  });
  it('say of an attestation why it says nothing, at its place', async () => {
    box.write({ 'ref.json': attestation('another.txt') });
    const { build, findings } = await read(`${PLAN}reference_attestation: ref.json\n`);
    assert.equal(build?.references[0]?.problem?.code, 'rebuild-attestation');
    const found = findings.find(({ code }) => code === 'rebuild-attestation');
    assert.equal(found?.place?.span.start.line, 4);
  });
  it('do not look for an attestation while nobody knows the tag', async () => {
    const { build } = await read(`${PLAN}reference_attestation: "{tag}.json"\n`);
    assert.deepEqual(
      build?.references.map(({ digest, problem }) => [digest, problem]),
      [[undefined, undefined]],
    );
  });
  it('have the findings of the lint', async () => {
    const { findings } = await read('artifact: a.gz\nsteps: ["gzip a"]\n');
    assert.ok(findings.some(({ code }) => code === 'lint-gzip-header'));
  });
  it('are a finding when they cannot be read, and empty when they are gone', async () => {
    const broken = await read('artifact: [');
    assert.ok(broken.findings.some(({ code }) => code === 'yaml-syntax'));
    const gone = await readProject({ ...ref(), file: 'none.yaml' as RepoPath });
    assert.deepEqual([gone.build, gone.manifest.exists], [undefined, false]);
  });
});

describe('newestChange', () => {
  it('cannot be set back by the times of files', async () => {
    const box = new Sandbox().write({ 'a/b/c': '', 'a/d': '' });
    try {
      const before = await newestChange(box.at('a'), 100);
      utimesSync(box.at('a/b/c'), 1, 1);
      const after = await newestChange(box.at('a'), 100);
      assert.ok(before !== undefined && after !== undefined && after >= before);
      assert.ok(after > Date.now() - 60_000);
    } finally {
      box.remove();
    }
  });
  it('sees what was removed, by its directory', async () => {
    const box = new Sandbox().write({ 'a/b/c': '', 'a/d': '' });
    try {
      const before = (await newestChange(box.at('a'), 100))!;
      await new Promise((resolve) => setTimeout(resolve, 20));
      rmSync(box.at('a/b/c'));
      assert.ok((await newestChange(box.at('a'), 100))! > before);
    } finally {
      box.remove();
    }
  });
  it('gives nothing for nothing, and beyond its limit', async () => {
    const box = new Sandbox().write({ 'a/b/c': '', 'a/d': '' });
    try {
      assert.equal(await newestChange(box.at('none'), 100), undefined);
      assert.equal(await newestChange(box.at('a'), 3), undefined);
      assert.notEqual(await newestChange(box.at('a'), 4), undefined);
    } finally {
      box.remove();
    }
  });
});
