import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { findPlans, planInside, readPlan } from '../../../src/core/projects/plan.js';
import { Sandbox } from './support.js';

const PLAN = 'artifact: a\nsteps: [make]\n';
const at = (file: string): RepoPath => file as RepoPath;

describe('build plans on disk', () => {
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  it('are found at their two places and where settings say', async () => {
    box.write({
      'build/plan.yaml': PLAN,
      'plan.yaml': PLAN,
      'release/other.yml': PLAN,
      'release/plan.yaml': PLAN,
    });
    assert.deepEqual(await findPlans(box.root), ['build/plan.yaml', 'plan.yaml']);
    const named = ['release/other.yml', './plan.yaml', '../x', '/etc/passwd', 'absent.yaml'];
    assert.deepEqual(await findPlans(box.root, { named }), [
      'build/plan.yaml',
      'plan.yaml',
      'release/other.yml',
    ]);
  });
  it('are told by their content', async () => {
    box.write({ 'plan.yaml': 'jobs: []\n', 'build/plan.yaml': 'artifact: x\n' });
    assert.deepEqual(await findPlans(box.root), []);
    const overlay = (file: string) => (file === box.at('plan.yaml') ? PLAN : undefined);
    assert.deepEqual(await findPlans(box.root, { overlay }), ['plan.yaml']);
  });
  it('are not looked for behind links that leave', async () => {
    const other = new Sandbox().write({ 'plan.yaml': PLAN });
    try {
      symlinkSync(other.root, box.at('build'));
      symlinkSync(other.at('plan.yaml'), box.at('plan.yaml'));
      assert.deepEqual(await findPlans(box.root), []);
      assert.equal(await readPlan(box.root, at('plan.yaml')), undefined);
    } finally {
      other.remove();
    }
  });
  it('are read with what is missing on disk', async () => {
    box.write({
      'plan.yaml':
        'artifact: a\nsteps: [make]\nsources: [src, gone, "{tag}.txt", .]\n' +
        'reference_attestation: gone.json\nreference_artifact: "{tag}.tar"\n',
      'src/x': '',
    });
    const said = async (tag?: string): Promise<string[]> => {
      const reading = await readPlan(box.root, at('plan.yaml'), { tag });
      return (reading?.findings ?? []).flatMap((each) =>
        each.code === 'plan-source-missing' || each.code === 'plan-reference-missing'
          ? [`${each.place?.span.start.line} ${each.severity} ${each.path}`]
          : [],
      );
    };
    assert.deepEqual(await said(), ['3 error gone', '4 error gone.json']);
    assert.deepEqual(await said('v1'), [
      '3 error gone',
      '3 error v1.txt',
      '4 error gone.json',
      '5 warning v1.tar',
    ]);
    box.write({ 'v1.txt': '', gone: '', 'gone.json': '{}', 'v1.tar': '' });
    assert.deepEqual(await said('v1'), []);
  });
  it('are not read when there is none, and refused when they are too large', async () => {
    assert.equal(await readPlan(box.root, at('plan.yaml')), undefined);
    box.write({ 'plan.yaml': '#'.repeat(300 << 10) });
    await assert.rejects(readPlan(box.root, at('plan.yaml')), { code: 'too-large' });
  });

  const called = async (files: Readonly<Record<string, string>>): Promise<string[]> => {
    box.write(files);
    const reading = await readPlan(box.root, at('plan.yaml'));
    return (reading?.files ?? []).map(({ file, kind }) => `${kind} ${file}`);
  };
  it('know the files that their steps run', async () => {
    assert.deepEqual(
      await called({
        'plan.yaml':
          'artifact: a\nsources: [{path: ., destination: source}, tools, {path: late/x.sh, destination: source/x.sh}]\nsteps:\n' +
          '  - sh source/x.sh\n  - cd source && ./y.sh -v && python3 -u p.py\n' +
          '  - [bash, -e, tools/t.sh]\n  - make -C source all\n  - docker build -t z source/image\n' +
          '  - sh -c "sh never.sh"; python -m never; sh $X; sh ../never.sh; sh /bin/never\n',
        'x.sh': 'never, it is replaced',
        'late/x.sh': 'sh source/inner.sh',
        'inner.sh': 'true',
        'y.sh': '#!/usr/bin/env python3\n',
        'p.py': '',
        'tools/t.sh': '\ufeff#!/bin/sh\n',
        Makefile: 'all:\n',
        'image/Dockerfile': 'FROM scratch\n',
      }),
      [
        'shell late/x.sh',
        'python y.sh',
        'python p.py',
        'shell tools/t.sh',
        'make Makefile',
        'dockerfile image/Dockerfile',
        'shell inner.sh',
      ],
    );
  });
  it('run no file of another place, no program and no circle', async () => {
    const outside = path.join(tmpdir(), 'never.sh');
    symlinkSync(outside, box.at('link.sh'));
    assert.deepEqual(
      await called({
        'plan.yaml':
          'artifact: a\nsources: [.]\nsteps: [sh link.sh, ./program, sh a.sh, sh "{tag}.sh"]\n',
        program: 'ELF\0\u0001',
        'a.sh': 'sh b.sh',
        'b.sh': 'sh a.sh; sh b.sh',
        '{tag}.sh': '',
      }),
      ['shell a.sh', 'shell b.sh'],
    );
  });
  it('lie inside of a repository or elsewhere', () => {
    assert.equal(planInside(box.root, box.at('build/plan.yaml')), 'build/plan.yaml');
    assert.equal(planInside(box.at('sub'), box.at('plan.yaml')), undefined);
  });
});
