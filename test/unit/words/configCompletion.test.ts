import assert from 'node:assert/strict';
import {
  fieldExplanation,
  methodProposals,
  settingExplanation,
  settingProposals,
} from '../../../src/core/words/configCompletion.js';
import type { At } from '../../../src/core/words/configCompletion.js';

/** The lines of a text without its `|`, and where that stood. */
function cut(text: string, mark = '¦'): { lines: string[]; at: At } {
  const before = text.slice(0, text.indexOf(mark)).split('\n');
  const at = { line: before.length, column: before.at(-1)!.length + 1 };
  return { lines: text.replace(mark, '').split('\n'), at };
}
const proposals = (text: string) => {
  const { lines, at } = cut(text);
  return settingProposals(lines, at);
};
/** The text after the proposal of that label was taken. */
function taken(text: string, label: string): string {
  const { lines, at } = cut(text);
  const one = settingProposals(lines, at).find((each) => each.label === label);
  assert.ok(one, `${label} is not proposed`);
  const line = lines[at.line - 1]!;
  lines[at.line - 1] = line.slice(0, one.start - 1) + one.insert + line.slice(one.end - 1);
  return lines.join('\n');
}

describe('vaibify.yml: completion', () => {
  it('proposes the keys of the place, each explained', () => {
    const top = proposals('¦');
    assert.ok(top.some(({ label }) => label === 'networkIsolation'));
    assert.ok(!top.some(({ label }) => label === 'latex'));
    assert.ok(top.every(({ kind, markdown }) => kind === 'key' && markdown.length > 20));
    assert.deepEqual(
      proposals('repositories:\n  - name: a\n    ¦').map(({ label }) => label),
      ['name', 'url', 'branch', 'installMethod', 'destination'],
    );
    assert.deepEqual(proposals('unknown:\n  ¦'), []);
  });
  it('puts a key in the place of what is typed', () => {
    assert.equal(taken('net¦', 'networkIsolation'), 'networkIsolation: ');
    assert.equal(taken('features:\n  jup¦', 'jupyter'), 'features:\n  jupyter: ');
    assert.equal(taken('fea¦', 'features'), 'features:');
    assert.equal(taken('ne¦t: true', 'networkIsolation'), 'networkIsolation: true');
  });
  it('proposes the values of a setting', () => {
    assert.equal(taken('packageManager: p¦', 'mamba'), 'packageManager: mamba');
    assert.equal(
      taken('networkIsolation: ¦false # later', 'true'),
      'networkIsolation: true # later',
    );
    assert.equal(taken('pythonVersion: ¦', '"3.12"'), 'pythonVersion: "3.12"');
    const methods = proposals('repositories:\n- installMethod: ¦');
    assert.ok(methods.length === 5 && methods.every(({ detail }) => detail !== ''));
    assert.deepEqual(proposals('projectName: ¦'), []);
    assert.deepEqual(proposals('# net¦'), []);
  });
  it('explains a key over itself and over its value', () => {
    for (const text of ['base¦Image: x', 'baseImage: x¦y']) {
      const { lines, at } = cut(text);
      assert.match(settingExplanation(lines, at)?.markdown ?? '', /^\*\*baseImage\*\* — .*digest/);
    }
    const { lines, at } = cut('constr¦uctor: x');
    assert.equal(settingExplanation(lines, at), undefined);
  });
});

describe('container.conf: completion', () => {
  it('proposes methods in the fourth field only', () => {
    const line = 'a|https://h/x|v1|pip|d';
    const labels = (column: number): string[] =>
      methodProposals(line, { line: 1, column }).map(({ label }) => label);
    assert.equal(labels(18).length, 5);
    for (const column of [1, 5, 16, 23]) assert.deepEqual(labels(column), [], String(column));
    const [first] = methodProposals(line, { line: 1, column: 18 });
    assert.equal(line.slice(first!.start - 1, first!.end - 1), 'pip');
    const [empty] = methodProposals('a|u|v1|', { line: 1, column: 8 });
    assert.deepEqual([empty?.start, empty?.end], [8, 8]);
  });
  it('explains the field, and the method', () => {
    const line = 'a|https://h/x|v1|reference';
    const text = (column: number): string =>
      fieldExplanation(line, { line: 1, column })?.markdown ?? '';
    assert.match(text(1), /^\*\*name\*\*/);
    assert.match(text(16), /\*\*branch\*\*.*tag/);
    assert.match(text(20), /installs nothing/);
    assert.equal(fieldExplanation('# a|b|c|d', { line: 1, column: 4 }), undefined);
    assert.equal(fieldExplanation('free text', { line: 1, column: 4 }), undefined);
  });
});
