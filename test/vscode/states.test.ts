import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { at, codeOf, settledModel, snapshotOf, stateOf, text, until } from './host.js';
import type { Model } from '../../src/vscode/model.js';

describe('the states of the fixture', () => {
  let model: Model;
  before(async () => {
    model = await settledModel();
  });

  const expected: Record<string, string> = {
    'Measure/table.csv': 'verified',
    'Measure/summary.json': 'drifted',
    'Measure/measure.py': 'verified',
    'data/readings.csv': 'verified',
    'Plot/curve.svg': 'verified',
    'Draw/histogram.svg': 'missing',
    'Draw/draw.py': 'verified',
    'Export/model.bin': 'pointer',
    'Export/notes.txt': 'unpinned',
    'Export/export.py': 'verified',
    'Export/retired.txt': 'verified',
  };

  it('are those of its README, and no file more', () => {
    const states = snapshotOf(model, 'workflow.json').files.map(({ path, status }) => [
      path,
      status.kind,
    ]);
    assert.deepEqual(Object.fromEntries(states), expected);
  });

  it('hold for the checksum list of a sub-folder', () => {
    assert.equal(stateOf(model, 'release/SHA256SUMS', 'figures/map.svg'), 'verified');
    assert.equal(stateOf(model, 'release/SHA256SUMS', 'notes.txt'), 'drifted');
    assert.equal(stateOf(model, 'release/SHA256SUMS', 'orbits.csv'), 'verified');
  });

  it('leave an unrelated workflow.json alone', () => {
    assert.equal(model.snapshots.length, 2);
    assert.deepEqual(vscode.languages.getDiagnostics(at('unrelated/workflow.json')), []);
  });
});

/** What stands before the levels of the fixture, beyond its files. */
const BLOCKERS = [
  ...['user-not-approved', 'user-not-approved', 'user-not-approved'],
  ...['remote-not-verified', 'remote-not-verified', 'missing-ai-declaration-step'],
  ...['ai-models-undeclared', 'personal-layer-undeclared'],
  ...['dependency-lock-missing', 'environment-snapshot-missing', 'dockerfile-not-pinned'],
  ...['reproduce-script-missing', 'nondeterminism-undeclared', 'binaries-not-declared-or-waived'],
  'l3-attestation-stale',
];

describe('the Problems list', () => {
  before(settledModel);

  it('points at the text that declares a drifted file, with its code and sentence', () => {
    const problems = vscode.languages.getDiagnostics(at('workflow.json'));
    const drifted = problems.filter(({ code }) => code === 'drifted');
    assert.equal(drifted.length, 1);
    const { range, message, severity, source } = drifted[0]!;
    const line = text('workflow.json').split('\n')[range.start.line]!;
    assert.equal(line.slice(range.start.character, range.end.character), 'summary.json');
    assert.match(message, /^Measure\/summary\.json: .*differ/);
    assert.equal(severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(source, 'ReproLens');
  });

  it('has every state that needs attention, once', async () => {
    const expected = {
      'workflow.json': ['drifted', 'missing', 'pointer', 'unpinned', ...BLOCKERS].sort(),
      'MANIFEST.sha256': ['pin-undeclared'],
      'release/SHA256SUMS': ['drifted', 'manifest-lenient', 'manifest-lenient'],
    };
    const listed = (): Record<string, string[]> =>
      Object.fromEntries(
        Object.keys(expected).map((file) => [
          file,
          vscode.languages.getDiagnostics(at(file)).map(codeOf).sort(),
        ]),
      );
    // A task of the suite before may have ended just now; its matcher's findings are taken back soon.
    await until(
      () => JSON.stringify(listed()) === JSON.stringify(expected),
      () => `the Problems list: ${JSON.stringify(listed())}`,
    );
  });
});
