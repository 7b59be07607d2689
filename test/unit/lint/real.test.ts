/** The fixes of the lint, tried with real tools: what was different is equal after them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseShell } from '../../../src/core/formats/shell/shell.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { lintFile } from '../../../src/core/lint/lint.js';
import { skip } from '../../harness/skip.js';
import { edited, editsOf } from './edited.js';

/** Makes the same tree twice: other times, other order of making, other zone. */
const TREES = [
  'mkdir -p src/d; echo a > src/a; echo b > src/b; echo c > src/d/c; touch -d 2020-01-01 src/a src/b src/d/c src/d src',
  'mkdir -p src/d; echo c > src/d/c; echo b > src/b; echo a > src/a; touch -d 2021-06-06 src/a src/b src/d/c src/d src',
];

/** The digest of `out` after a script ran beside each of the trees. */
function digests(script: string): string[] {
  return TREES.map((tree, index) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'lint-'));
    try {
      const env = { PATH: process.env['PATH'] ?? '', TZ: index === 0 ? 'UTC' : 'Asia/Tokyo' };
      const ran = spawnSync('sh', ['-ec', `${tree}\n${script}`], { cwd: directory, env });
      assert.equal(ran.status, 0, `${script}: ${String(ran.stderr)}`);
      return createHash('sha256')
        .update(readFileSync(path.join(directory, 'out')))
        .digest('hex');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

/** The script with every fix that the lint offers. */
function fixed(script: string): string {
  const digest = '0'.repeat(64) as Sha256;
  const findings = lintFile({ file: 'x' as RepoPath, kind: 'shell', text: script, digest });
  return edited(script, editsOf(findings));
}

describe('Fixes of the lint', () => {
  for (const script of [
    'tar -czf out src',
    'tar czf out src',
    'tar --format=pax -c src > out',
    'tar -cf - src | gzip > out',
    'tar -c --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -f out src; date >> out; cat src/a >> out',
    'gzip -c src/a > out',
    'date -R > out',
  ]) {
    it(`make equal what was not: ${script}`, function () {
      if (!spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout.includes('GNU')) {
        skip(this, 'there is no GNU tar');
      }
      const now = fixed(script);
      assert.notEqual(now, script);
      const [one, two] = digests(now);
      assert.equal(one, two, now);
      if (script.includes('date')) return;
      const [before, after] = digests(script);
      assert.notEqual(before, after);
    });
  }

  it('are read by the shell as they are by the lint', () => {
    const script = fixed('tar -czf out src');
    const ran = spawnSync('sh', ['-c', `printf '%s\\n' ${script}`], { encoding: 'utf8' });
    const words = parseShell(script).commands[0]?.words.map(({ text }) => text);
    assert.deepEqual(words, ran.stdout.trimEnd().split('\n'));
  });
});
