// A fresh copy of a folder, as a git work tree whose commit is the same on every run.
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import os from 'node:os';

const SOMEBODY = { name: 'ReproLens Tests', email: 'tests@example.invalid' };
const WHEN = '2024-01-01T00:00:00Z';

/**
 * Copies `from` to `to` and commits it there.
 * @param {string} from
 * @param {string} to
 */
export function copyAsGitWorkTree(from, to) {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync('git', ['-c', 'core.autocrlf=false', ...args], {
      cwd: to,
      env: gitEnv(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  git('init', '--quiet', '--initial-branch=main');
  // --force: a user's global ignore file must not change what is committed
  git('add', '--all', '--force');
  git('commit', '--quiet', '--no-gpg-sign', '--no-verify', '--allow-empty', '-m', 'Publish');
}

/** Nothing of the user's own configuration, and nothing of a git that this may run under. */
function gitEnv() {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(own),
    GIT_CONFIG_GLOBAL: os.devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: SOMEBODY.name,
    GIT_AUTHOR_EMAIL: SOMEBODY.email,
    GIT_AUTHOR_DATE: WHEN,
    GIT_COMMITTER_NAME: SOMEBODY.name,
    GIT_COMMITTER_EMAIL: SOMEBODY.email,
    GIT_COMMITTER_DATE: WHEN,
  };
}
