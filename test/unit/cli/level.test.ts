import assert from 'node:assert/strict';
import { digest, directory, pipeline, removeAll, reprolens, write } from './run.js';

interface Listed {
  readonly level: number;
  readonly code: string;
  readonly message: string;
  readonly step?: string;
  readonly path?: string;
  readonly line?: number;
  readonly remedy?: string;
}
interface Status {
  readonly projects: {
    readonly level: { readonly value: number | null; readonly name: string };
    readonly blockers: readonly Listed[];
  }[];
}
const statusOf = (root: string): Status['projects'][0] => {
  const { out } = reprolens(root, 'status', '--json');
  const [project] = (JSON.parse(out) as Status).projects;
  return project!;
};

describe('reprolens status: the level', () => {
  after(removeAll);

  it('lists what stands before each level, and what the work is worth', () => {
    const root = pipeline();
    const { out } = reprolens(root, 'status');
    assert.match(out, /^ {2}level {3}L0 Sandbox$/m);
    assert.match(out, /^ {2}Why not L1\? 2 things stand before it\.$/m);
    assert.match(out, /^ {4}workflow\.json:1:\d+: info input-data-undeclared: Step A01 /m);
    assert.match(out, /^ {2}Why not L3\? \d+ things stand before it\.$/m);
    assert.match(out, /^ {2}Fix these 2 and you reach L1 Self-Consistent\.$/m);
    const total = [...out.matchAll(/Why not L\d\? (\d+) /g)].reduce((n, m) => n + Number(m[1]), 0);
    assert.ok(out.includes(`Fix these ${total} and you reach L3 Reproducible.`), out);
  });
  it('gives level, code, message, place, step and remedy of each in the document', () => {
    const { level, blockers } = statusOf(pipeline());
    assert.deepEqual(level, { value: 0, name: 'Sandbox' });
    const found = blockers.find(({ code }) => code === 'input-data-undeclared')!;
    assert.match(found.message, /saInputDataFiles/);
    assert.deepEqual(
      [found.level, found.step, found.path, found.line, found.remedy],
      [1, 'A01', 'workflow.json', 1, 'declare-no-inputs'],
    );
  });
  it('needs no run of anything: declaring and signing off is enough for level 1', () => {
    const root = pipeline();
    const text = JSON.stringify({
      sPlotDirectory: 'P',
      iWorkflowSchemaVersion: 12,
      listSteps: [
        {
          sName: 'Fit',
          sDirectory: 'Fit',
          sStepId: 'fit',
          saPlotCommands: [],
          saPlotFiles: ['fit.svg'],
          bNoInputData: true,
        },
      ],
    });
    write(root, 'workflow.json', text);
    const state = { dictStepState: { fit: { dictVerification: { sUser: 'passed' } } } };
    write(root, '.vaibify/state.json', JSON.stringify(state));
    assert.deepEqual(statusOf(root).level, { value: 1, name: 'Self-Consistent' });
    assert.match(reprolens(root, 'status').out, /^ {2}Why not L2\? /m);
  });
  it('says that a checksum list has none', () => {
    const root = directory({ a: 'a', SHA256SUMS: `${digest('a')}  a\n` });
    assert.match(
      reprolens(root, 'status').out,
      /^ {2}level {3}no level: a checksum list alone has none$/m,
    );
    assert.equal(statusOf(root).level.value, null);
    assert.deepEqual(statusOf(root).blockers, []);
  });
  it('prints no escape sequence that a repository holds', () => {
    const root = pipeline({ Dockerfile: 'FROM \u001b]0;x\u0007evil\n' });
    const { out } = reprolens(root, 'status');
    assert.match(out, /dockerfile-not-pinned/);
    assert.doesNotMatch(out, /[\u001b\u0007]/);
  });
  it('does not fail for what only the level asks for', () => {
    const root = pipeline({ Dockerfile: 'FROM python\n', 'requirements.lock': 'numpy\n' });
    reprolens(root, 'manifest', 'write');
    assert.equal(reprolens(root, 'status').code, 0);
  });
});
