import assert from 'node:assert/strict';
import path from 'node:path';
import { DETERMINISTIC, MINIMAL } from './planExamples.js';
import { directory, removeAll, reprolens } from './run.js';

interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: string;
  readonly code: string;
  readonly message: string;
}
const problems = (out: string): Problem[] => (JSON.parse(out) as { problems: Problem[] }).problems;
const said = (out: string): string[] =>
  problems(out).map(
    ({ file, line, column, severity, code }) => `${file}:${line}:${column} ${severity} ${code}`,
  );

describe('plan check', () => {
  after(removeAll);

  it('finds nothing in the deterministic example but what it copies', () => {
    const root = directory({ 'build/plan.yaml': DETERMINISTIC });
    const { code, out } = reprolens(root, 'plan', 'check', '--json');
    assert.deepEqual(said(out), ['build/plan.yaml:4:11 info plan-source-everything']);
    assert.equal(code, 0);
  });
  it('finds in the minimal example what makes it differ', () => {
    const root = directory({ 'build/plan.yaml': MINIMAL });
    const { code, out } = reprolens(root, 'plan', 'check', '--json');
    assert.deepEqual(said(out), [
      'build/plan.yaml:4:11 info plan-source-everything',
      'build/plan.yaml:6:1 info lint-environment',
      'build/plan.yaml:9:7 warning lint-tar-order',
      'build/plan.yaml:9:7 warning lint-tar-mtime',
      'build/plan.yaml:9:7 warning lint-tar-owner',
      'build/plan.yaml:9:11 warning lint-gzip-header',
    ]);
    assert.equal(code, 0);
  });
  it('prints lines that terminals and editors link', () => {
    const root = directory({ 'build/plan.yaml': MINIMAL });
    const { out } = reprolens(root, 'plan', 'check');
    const plan = path.join('build', 'plan.yaml');
    assert.ok(out.includes(`${plan}:9:7: warning lint-tar-order: tar stores files`), out);
    assert.ok(out.includes(`${plan}: 0 errors, 4 warnings, 2 remarks\n`), out);
  });
  it('is told the tag, and how steps are run', () => {
    const root = directory({ 'build/plan.yaml': DETERMINISTIC });
    const tagged = reprolens(root, 'plan', 'check', '--json', '--tag', 'v1');
    assert.equal(tagged.code, 1);
    assert.ok(said(tagged.out).includes('build/plan.yaml:14:24 error plan-reference-missing'));
    const argv = reprolens(root, 'plan', 'check', '--json', '--argv');
    assert.equal(argv.code, 0);
    assert.ok(said(argv.out).includes('build/plan.yaml:8:7 warning plan-step-lines'));
  });
  it('follows the plan into the files that it runs', () => {
    const root = directory({
      'plan.yaml':
        'artifact: a\nsources: [tools]\nsteps: [sh tools/x.sh]\nreference_artifact: tools/x.sh\n' +
        'environment: {LC_ALL: C, TZ: UTC}\n',
      'tools/x.sh': 'true\ngzip -9 a\n',
    });
    const { code, out } = reprolens(root, 'plan', 'check', '--json');
    assert.deepEqual(said(out), ['tools/x.sh:2:1 warning lint-gzip-header']);
    assert.equal(code, 0);
  });
  it('fails on errors', () => {
    const root = directory({ 'plan.yaml': 'artifact: /a\nsteps: abc\n' });
    const { code, out } = reprolens(root, 'plan', 'check', '--json');
    assert.equal(code, 1);
    assert.ok(said(out).includes('plan.yaml:1:11 error plan-path'));
    assert.ok(said(out).includes('plan.yaml:2:8 error plan-shape'));
  });
  it('cannot check what is no plan, and says so in one line', () => {
    const root = directory({ 'plan.yaml': 'artifact: [a\nsteps: b\n', 'list.yaml': '- a\n' });
    for (const [args, expected] of [
      [['--plan', 'plan.yaml'], /plan\.yaml:\d+:\d+: This is not valid YAML/],
      [['--plan', 'list.yaml'], /list\.yaml:1:1: A build plan is a mapping/],
      [['--plan', 'gone.yaml'], /gone\.yaml: no such file/],
      [['--plan', '../x.yaml'], /outside of the repository/],
      [['--repo', 'nowhere'], /found no build plan/],
    ] as const) {
      const { code, err } = reprolens(root, 'plan', 'check', '--json', ...args);
      assert.equal(code, 2, err);
      assert.match(err, expected);
      assert.equal(err.trim().split('\n').length, 1, err);
    }
  });
});
