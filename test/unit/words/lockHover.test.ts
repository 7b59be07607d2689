import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseLock } from '../../../src/core/formats/lock/lock.js';
import { parseSha256 } from '../../../src/core/model/digest.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Snapshot } from '../../../src/core/model/snapshot.js';
import type { TierReport } from '../../../src/core/model/tier.js';
import { lockMarkdown, lockMarks } from '../../../src/core/words/lockHover.js';

const FILE = 'requirements.lock' as RepoPath;
const HEX = '0123456789abcdef'.repeat(4);
const NOW = Date.UTC(2026, 10, 21);
const TEXT = `numpy==1.26.4 ; python_version >= "3.9" \\
    --hash=sha256:${HEX} \\
    --hash=sha256:${HEX.replace('0', '1')}
scipy==1.11 \\
    # a comment
scipy2
`;
const lock = parseLock(TEXT, FILE, parseSha256(createHash('sha256').update(TEXT).digest('hex'))!);
const report = (findings: readonly Finding[], outcome: TierReport['outcome']): TierReport => ({
  tier: 2,
  outcome,
  detail: { kind: 'lock-resolved', tool: 'pip', installed: false },
  total: 1,
  verified: findings.length === 0 ? 1 : 0,
  findings,
  finishedAt: NOW - 5 * 60_000,
});
const text = (index: number, tiers: readonly TierReport[] = []): string =>
  lockMarkdown(lockMarks(lock, tiers)[index]!, { tiers } as unknown as Snapshot, NOW);
const states = (tiers: readonly TierReport[] = []): string[] =>
  lockMarks(lock, tiers).map((mark) => mark.state);

describe('requirements.lock: marks and hovers', () => {
  it('are good only when pip has resolved the lock by its hashes', () => {
    const rest = states().slice(1);
    assert.ok(rest.length > 0 && rest.every((state) => state === 'unpinned'), rest.join(' '));
    assert.equal(states()[0], 'unknown');
    assert.equal(states([report([], 'pass')])[0], 'verified');
    const weaker = { ...report([], 'pass'), detail: { kind: 'lock-structure', why: 'offline' } };
    assert.equal(states([weaker as TierReport])[0], 'unknown');
    assert.equal(states([report([], 'error')])[0], 'unknown');
  });
  it('says what is pinned, with how many hashes and where it applies', () => {
    assert.match(text(0), /^\*\*numpy\*\* · pinned to 1\\\.26\\\.4/);
    assert.match(text(0), /hashes\\: 2/);
    assert.match(text(0), /Only where python\\_version \\>\\= "3\\\.9"/);
    assert.match(text(1), /hashes\\: 0/);
  });
  it('says that pip was not asked, or when and what came of it', () => {
    assert.match(text(0), /not yet resolved by pip/);
    assert.match(text(0, [report([], 'pass')]), /Dependencies OK, 5 min ago.*resolved by pip/);
    assert.doesNotMatch(text(0, [report([], 'pass')]), /not yet/);
  });
  it('shows what pip found at the entry that it is about', () => {
    const finding: Finding = {
      code: 'lock-distribution-missing',
      severity: 'error',
      name: 'numpy',
      place: lock.entries[0]!.place,
    };
    const failed = [report([finding], 'fail')];
    assert.equal(states(failed)[0], 'drifted');
    assert.match(text(0, failed), /FAIL/);
    assert.equal(lockMarks(lock, failed)[0]!.findings.length, 1);
    const other = { ...finding, place: { ...finding.place!, file: 'other' as RepoPath } };
    assert.equal(states([report([other], 'fail')])[0], 'unknown');
  });
  it('shows text of the file as text', () => {
    const entry = { ...lock.entries[0]!, name: '[x](command:y) $(pass)', marker: '<b>&amp;' };
    const mark = { entry, state: 'unknown' as const, findings: [] };
    const markdown = lockMarkdown(mark, { tiers: [] } as unknown as Snapshot, NOW);
    assert.doesNotMatch(markdown, /(?<!\\)[[<&]|(?<!\\)\$\(/);
  });
});
