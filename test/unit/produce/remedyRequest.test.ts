import assert from 'node:assert/strict';
import type { Project } from '../../../src/core/model/project.js';
import type { Blocker } from '../../../src/core/model/snapshot.js';
import { parseRemedyRequest, remedyRequest } from '../../../src/core/produce/remedyRequest.js';

const project = { root: '/r', file: 'p.json' } as Project;
const mirror: Blocker = {
  level: 2,
  remedy: 'verify-mirror',
  finding: { code: 'remote-not-verified', service: 'zenodo', gap: 'stale', severity: 'info' },
};

describe('a remedy that is asked for', () => {
  it('survives the way through a command link', () => {
    const request = remedyRequest(project, mirror);
    assert.deepEqual(request, {
      key: '/r\0p.json',
      remedy: 'verify-mirror',
      code: 'remote-not-verified',
      service: 'zenodo',
    });
    assert.deepEqual(parseRemedyRequest(JSON.parse(JSON.stringify(request))), request);
  });

  it('names the step, and is read from a row of the tree as well', () => {
    const finding = { code: 'user-not-approved', step: 'A01', severity: 'info' } as const;
    const blocker: Blocker = { level: 1, step: 'A01', remedy: 'sign-off-step', finding };
    const request = remedyRequest(project, blocker);
    assert.equal(request?.step, 'A01');
    assert.deepEqual(parseRemedyRequest({ kind: 'blocker', index: 0, ...request }), request);
  });

  it('is an answer where only a person has one, and nothing where nothing can be done', () => {
    const personal = { code: 'personal-layer-undeclared', severity: 'info' } as const;
    const answer = remedyRequest(project, { level: 2, finding: personal });
    assert.equal(answer?.remedy, 'declare-personal-layer');
    const none = { code: 'no-steps', severity: 'info' } as const;
    assert.equal(remedyRequest(project, { level: 1, finding: none }), undefined);
  });

  it('is never what its sender made up', () => {
    const known = { key: 'k', code: 'c', remedy: 'rerun' };
    assert.deepEqual(parseRemedyRequest(known), known);
    for (const bad of [
      undefined,
      null,
      'rerun',
      [],
      { ...known, remedy: 'rm' },
      { ...known, key: 1 },
    ]) {
      assert.equal(parseRemedyRequest(bad), undefined);
    }
    assert.equal(parseRemedyRequest({ ...known, remedy: 'constructor' }), undefined);
    assert.deepEqual(parseRemedyRequest({ ...known, service: '__proto__', step: {} }), known);
  });
});
