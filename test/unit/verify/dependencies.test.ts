import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseLock } from '../../../src/core/formats/lock/lock.js';
import type { Lock } from '../../../src/core/model/envelope.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { TierReport } from '../../../src/core/model/tier.js';
import { sha256 } from '../../../src/core/system/files.js';
import { dependenciesTier } from '../../../src/core/verify/dependencies.js';
import type { DependencyOptions } from '../../../src/core/verify/dependencies.js';
import { detailText } from '../../../src/core/words/tiers.js';
import { sentence } from '../../../src/core/words/findings.js';
import { hasPip, lockOf, onlyThisIndex, sha256Of, startIndex } from '../../harness/pythonIndex.js';
import type { PythonIndex } from '../../harness/pythonIndex.js';
import { skip } from '../../harness/skip.js';

const WHEELS = [
  { name: 'rl-a', version: '1.0' },
  { name: 'rl-b', version: '2.0', requires: ['rl-a>=1.0,<2'] },
  { name: 'rl-c', version: '0.3', requires: ['rl-b>=2.0', 'rl-a'] },
];
const WHEEL_C = 'rl_c-0.3-py3-none-any.whl';

describe('tier 2 asks pip and a real package index', function () {
  this.timeout(180_000);
  let index: PythonIndex;
  let restore = (): void => undefined;
  let root: string;
  let text: string;

  before(function () {
    if (!hasPip()) skip(this, 'no python3 with pip');
  });
  beforeEach(async () => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprolens-lock-')));
    index = await startIndex(WHEELS);
    restore = onlyThisIndex(index.url);
    text = lockOf(index);
  });
  afterEach(async () => {
    restore();
    await index.close();
    rmSync(root, { recursive: true, force: true });
  });

  const write = (content: string): Lock => {
    const bytes = Buffer.from(content);
    writeFileSync(path.join(root, 'requirements.lock'), bytes);
    return parseLock(content, 'requirements.lock' as RepoPath, sha256(bytes));
  };
  const verify = (content = text, options: DependencyOptions = {}): Promise<TierReport> =>
    dependenciesTier(root, write(content), options);
  const codes = ({ findings }: TierReport): string[] => findings.map(({ code }) => code);

  it('passes when every package is there with its hash, and says by whom', async () => {
    const report = await verify();
    assert.deepEqual([report.outcome, report.total, report.verified], ['pass', 3, 3]);
    assert.match(detailText(report), /^3\/3 resolved by pip \d+\.\d+.*, hashes verified$/);
    assert.equal(report.basis, sha256(Buffer.from(text)));
    assert.ok(index.requests.some(({ path: asked }) => asked === `/files/${WHEEL_C}`));
    assert.deepEqual(readdirSync(root), ['requirements.lock']);
  });

  it('catches one flipped byte behind the old link', async () => {
    const bytes = index.bytes(WHEEL_C);
    const expected = sha256Of(bytes);
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    index.replace(WHEEL_C, bytes, 'old-hash');
    const report = await verify();
    assert.equal(report.outcome, 'fail');
    const [finding] = report.findings;
    assert.ok(finding?.code === 'lock-hash-mismatch');
    assert.deepEqual(
      [finding.name, finding.expected, finding.actual, finding.place?.span.start.line],
      ['rl-c', [expected], sha256Of(bytes), 5],
    );
    assert.match(
      sentence(finding),
      new RegExp(`${sha256Of(bytes).slice(0, 12)}.*${expected.slice(0, 12)}`),
    );
  });

  for (const claim of ['new-hash', 'no-hash'] as const) {
    it(`catches other content under the same name, published with ${claim}`, async () => {
      const other = await startIndex([{ ...WHEELS[2]!, body: 'import os\n' }]);
      index.replace(WHEEL_C, other.bytes(WHEEL_C), claim);
      await other.close();
      const report = await verify();
      assert.equal(report.outcome, 'fail');
      assert.deepEqual(codes(report), ['lock-hash-mismatch']);
    });
  }

  for (const listed of [true, false]) {
    it(`fails when a wheel is gone and its link ${listed ? 'is still there' : 'too'}`, async () => {
      index.remove(WHEEL_C, { listed });
      const report = await verify();
      assert.equal(report.outcome, 'fail');
      assert.deepEqual(codes(report), ['lock-distribution-missing']);
      assert.equal(report.findings[0]?.place?.span.start.line, 5);
    });
  }

  it('fails when the lock lacks what one of its packages needs', async () => {
    const report = await verify(text.split('\n').slice(2).join('\n'));
    assert.equal(report.outcome, 'fail');
    const [finding] = report.findings;
    assert.ok(finding?.code === 'lock-dependency-missing');
    assert.deepEqual([finding.name, finding.requiredBy], ['rl-a', 'rl-b==2.0']);
  });

  it('never asks pip about a lock that does not pin', async () => {
    const report = await verify(`${text}rl-d>=1\n`);
    assert.equal(report.outcome, 'fail');
    assert.equal(report.detail.kind, 'lock-structure');
    assert.deepEqual([report.total, report.verified], [4, 3]);
    assert.deepEqual(index.requests, []);
  });

  it('offline it has the structure alone, and says so', async () => {
    const lock = write(text);
    await index.close();
    const report = await dependenciesTier(root, lock);
    assert.deepEqual(report.detail, { kind: 'lock-structure', why: 'offline' });
    assert.equal(report.outcome, 'pass');
    assert.match(detailText(report), /not resolved, for no package index answered/);
  });

  for (const status of [503, 401, 403]) {
    it(`an index that answers ${status} says nothing about the lock`, async () => {
      const lock = write(text);
      index.answer(status);
      assert.deepEqual((await dependenciesTier(root, lock)).detail, {
        kind: 'lock-structure',
        why: 'offline',
      });
    });
  }

  it('an index that has none of it fails: that is an answer', async () => {
    const lock = write(text);
    index.answer(404);
    const report = await dependenciesTier(root, lock);
    assert.equal(report.outcome, 'fail');
    assert.deepEqual(codes(report), ['lock-distribution-missing']);
  });

  it('a missing interpreter is said', async () => {
    const { detail, outcome } = await verify(text, { python: path.join(root, 'nothing') });
    assert.deepEqual(detail, { kind: 'lock-structure', why: 'no-python' });
    assert.equal(outcome, 'pass');
  });

  it('what does not apply here is not counted, and nothing that applies is no pass', async () => {
    const elsewhere = text.replace('rl-c==0.3', 'rl-c==0.3 ; sys_platform == "never"');
    const report = await verify(elsewhere);
    assert.deepEqual([report.outcome, report.total, report.verified], ['pass', 2, 2]);
    assert.deepEqual(codes(report), ['lock-not-applicable']);
    const all = text.replace(/==(\S+) \\/g, '==$1 ; sys_platform == "never" \\');
    const none = await verify(all);
    assert.deepEqual([none.outcome, none.total], ['error', 0]);
  });

  it('runs no build of a source distribution, and says what was not checked', async () => {
    const trace = path.join(root, 'built');
    const body = `open(${JSON.stringify(trace)}, 'w')\n`;
    index.publish([{ name: 'rl-s', version: '1.0', source: true, body }]);
    const report = await verify(lockOf(index));
    assert.equal(report.outcome, 'error');
    assert.deepEqual(codes(report), ['lock-needs-build']);
    assert.equal(existsSync(trace), false);
    const forced = await verify(`--no-binary :all:\n${lockOf(index)}`);
    assert.equal(forced.outcome, 'error');
    assert.equal(existsSync(trace), false);
  });

  it('a wheel for other systems only is not called missing', async () => {
    index.publish([{ name: 'rl-w', version: '1.0', tag: 'py3-none-win_arm64' }]);
    const report = await verify(lockOf(index));
    assert.equal(report.outcome, 'fail');
    assert.deepEqual(codes(report), ['lock-not-installable']);
  });

  it('sends no variable of the user to a server that the lock names', async () => {
    process.env['REPROLENS_TEST_SECRET'] = 'hush';
    const line = `--extra-index-url ${index.url.replace('simple/', '${REPROLENS_TEST_SECRET}/')}\n`;
    const report = await verify(line + text);
    Reflect.deleteProperty(process.env, 'REPROLENS_TEST_SECRET');
    assert.equal(report.outcome, 'error');
    assert.ok(codes(report).includes('lock-variable'));
    assert.deepEqual(index.requests, []);
  });

  it('imports nothing that lies in the repository', async () => {
    for (const name of ['pip', 'venv', 'json', 'sitecustomize']) {
      mkdirSync(path.join(root, name));
      writeFileSync(
        path.join(root, name, '__init__.py'),
        `open(${JSON.stringify(path.join(root, 'ran'))}, 'w')`,
      );
    }
    const report = await verify();
    assert.equal(report.outcome, 'pass');
    assert.equal(existsSync(path.join(root, 'ran')), false);
  });

  it('a lock that changes meanwhile is not judged', async () => {
    const lock = write(text);
    const report = await dependenciesTier(root, lock, {
      onOutput: () => writeFileSync(path.join(root, 'requirements.lock'), `${text}# later\n`),
    });
    assert.equal(report.outcome, 'error');
    assert.ok(codes(report).includes('lock-changed'));
  });

  it('a cancelled run and one that takes too long are no pass', async () => {
    const cancelled = await verify(text, { signal: AbortSignal.abort() });
    const late = await verify(text, { timeoutMs: 1 });
    assert.deepEqual([cancelled.outcome, late.outcome], ['error', 'error']);
  });

  it('keeps the password of an index out of what it says', async () => {
    restore();
    restore = onlyThisIndex(index.url.replace('127', 'user:hush@127'));
    index.remove(WHEEL_C, { listed: true });
    const report = await verify();
    assert.equal(report.outcome, 'fail');
    assert.ok(index.requests.length > 0);
    assert.doesNotMatch(JSON.stringify(report) + report.findings.map(sentence).join(), /hush/);
  });

  it('with Debian-like protection of the system interpreter too', async function () {
    if (!existsSync('/usr/bin/python3') || !hasPip('/usr/bin/python3'))
      skip(this, 'no /usr/bin/python3 with pip');
    const report = await verify(text, { python: '/usr/bin/python3' });
    assert.equal(report.outcome, 'pass', JSON.stringify(report));
  });

  it('installs on request, into a fresh environment only', async () => {
    const report = await verify(text, { install: true });
    assert.equal(report.outcome, 'pass', JSON.stringify(report));
    assert.match(detailText(report), /3\/3 installed by pip/);
    assert.deepEqual(readdirSync(root), ['requirements.lock']);
    const probe = 'from importlib import metadata; metadata.version("rl-a")';
    assert.notEqual(spawnSync('python3', ['-c', probe], { cwd: tmpdir() }).status, 0);
  });
});
