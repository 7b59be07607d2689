import assert from 'node:assert/strict';
import { isPipeline } from '../../../src/core/formats/vaibify/vaibify.js';

describe('isPipeline', () => {
  it('takes an object that has a list of steps', () => {
    assert.equal(isPipeline('{"listSteps": []}'), true);
    assert.equal(isPipeline('\uFEFF{"a": {"x": [1]}, "listSteps": [ {"sName": 1} ]}'), true);
  });
  it('takes a document in which somebody is typing', () => {
    assert.equal(isPipeline('{"sName": , "listSteps": [ {"sName": "x'), true);
  });
  for (const text of [
    '',
    '[]',
    '"listSteps"',
    '[{"listSteps": []}]',
    '{"listSteps": {}}',
    '{"listSteps": "x", "other": []}',
    '{"a": {"listSteps": []}}',
    '{"a": ["listSteps", []]}',
    '{"a": "listSteps", "b": []}',
    '{"listSteps": [], "listSteps": null}',
    '{"listSteps": {"x": []}}',
    '{"name": "Nightly", "nodes": [{"type": "n8n-nodes-base.httpRequest"}], "connections": {}}',
  ]) {
    it(`leaves alone ${text === '' ? 'an empty file' : text}`, () => {
      assert.equal(isPipeline(text), false);
    });
  }
  it('is not overwhelmed by depth', () => {
    assert.equal(isPipeline(`{"a": ${'['.repeat(1e6)}, "listSteps": []`), false);
  });
});
