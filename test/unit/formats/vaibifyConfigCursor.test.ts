import assert from 'node:assert/strict';
import { cursorAt } from '../../../src/core/formats/vaibify/configCursor.js';

/** The cursor at `|` in a text. */
function at(text: string): string {
  const before = text.slice(0, text.indexOf('|')).split('\n');
  const position = { line: before.length, column: before.at(-1)!.length + 1 };
  const lines = text.replace('|', '').split('\n');
  const cursor = cursorAt(lines, position);
  if (cursor === undefined) return 'nothing';
  const word = lines[position.line - 1]!.slice(cursor.start - 1, cursor.end - 1);
  return `${cursor.part} of ${cursor.path.join('.') || 'top'}: "${word}"`;
}

describe('vaibify.yml: what a position stands in', () => {
  const cases: Readonly<Record<string, string>> = {
    '|': 'key of top: ""',
    'proj|': 'key of top: "proj"',
    'pr|ojectName: x': 'key of top: "projectName"',
    'packageManager: |': 'value of packageManager: ""',
    'packageManager: p|ip # why': 'value of packageManager: "pip"',
    'features:\n  |': 'key of features: ""',
    'features:\n  latex: true\n  # note\n\n  ju|': 'key of features: "ju"',
    'features:\n  latex: t|': 'value of features.latex: "t"',
    'features:\n  latex: true\nne|': 'key of top: "ne"',
    'repositories:\n  - name: a\n    ur|': 'key of repositories: "ur"',
    'repositories:\n  - n|': 'key of repositories: "n"',
    'repositories:\n- name: a\n  installMethod: |': 'value of repositories.installMethod: ""',
    'repositories:\n- name: a\n- na|': 'key of repositories: "na"',
    'repositories:\n- name: a\nfeatures:\n  g|': 'key of features: "g"',
    'reproducibility:\n  overleaf:\n    pullPaths:\n      - a\n    pro|':
      'key of reproducibility.overleaf: "pro"',
    'reproducibility:\n  overleaf:\n    a: 1\n  zen|': 'key of reproducibility: "zen"',
    'a: 1 # no|te': 'nothing',
    '# no|te': 'nothing',
  };
  for (const [text, expected] of Object.entries(cases)) {
    it(JSON.stringify(text), () => assert.equal(at(text), expected));
  }
  it('has nothing for a line without end, and for one that is not there', () => {
    assert.equal(cursorAt(['x'.repeat(100_000)], { line: 1, column: 5 }), undefined);
    assert.equal(cursorAt([], { line: 9, column: 1 })?.part, 'key');
  });
});
