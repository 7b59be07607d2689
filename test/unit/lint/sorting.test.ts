/** The fix of an unsorted list, run by a real shell on a disk that lists backwards. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import { lintPlan } from '../../../src/core/lint/lint.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { edited } from './edited.js';

const COMMANDS = [
  'find src -type f > list',
  'find src -type f -print0 | xargs -0 cat > list',
  'cat $(find src -name "*.txt") > list',
];

describe('the fix of an unsorted list', () => {
  let at: string;
  before(() => {
    at = mkdtempSync(path.join(tmpdir(), 'sorting-'));
    mkdirSync(path.join(at, 'src'));
    for (const name of ['b', 'a', 'é', 'Z', 'c']) {
      writeFileSync(path.join(at, 'src', `${name}.txt`), `${name}\n`);
    }
  });
  after(() => rmSync(at, { recursive: true }));

  for (const command of COMMANDS) {
    it(`makes "${command}" the same in every order of the disk`, () => {
      const yaml = `artifact: list\nsteps:\n  - run: |\n      ${command}\n`;
      const findings = lintPlan(parsePlan(yaml, 'plan.yaml' as RepoPath), []);
      const found = findings.find(({ code }) => code === 'lint-unsorted');
      assert.ok(found?.code === 'lint-unsorted' && found.fix !== undefined);
      const fixed = edited(yaml, found.fix.edits).split('\n')[3]!;
      const run = (text: string): string => {
        execFileSync('/bin/sh', ['-c', text], { cwd: at });
        return execFileSync('cat', ['list'], { cwd: at, encoding: 'utf8' });
      };
      // A `find` whose order is turned around stands in for another disk.
      const backwards = `find() { command find "$@" | LC_ALL=C sort -r; }; `;
      const zero = `find() { command find "$@" | LC_ALL=C sort -rz; }; `;
      const other = command.includes('print0') ? zero : backwards;
      assert.notEqual(run(other + command), run(fixed.trim()), 'the order shows without the fix');
      assert.equal(run(other + fixed.trim()), run(fixed.trim()));
    });
  }
});
