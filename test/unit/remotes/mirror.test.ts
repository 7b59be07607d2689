import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach } from 'mocha';
import { githubLike } from '../../harness/mirrorServer.js';
import type { StandIn } from '../../harness/mirrorServer.js';
import { mirrorSentence } from '../../../src/core/words/mirror.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { readProject } from '../projects/support.js';
import { verifyMirror } from '../../../src/core/remotes/mirror.js';
import type { MirrorOptions } from '../../../src/core/remotes/mirror.js';
import { Sandbox } from '../projects/support.js';
import { compare, problemOf, published, recordOf } from './mirrorSupport.js';

const GITHUB = { sOwner: 'ada', sRepo: 'paper' };
const OLD = '{"github": {"iTotalFiles": 1, "sLastVerified": "2026-01-01T00:00:00Z"}}';

describe('a comparison that cannot be made', () => {
  let box: Sandbox;
  let standIn: StandIn;

  beforeEach(async () => {
    box = new Sandbox();
    published(box, { github: GITHUB });
    box.write({ '.vaibify/syncStatus.json': OLD });
    standIn = await githubLike('ada/paper', box.root);
  });
  afterEach(async () => {
    const record = recordOf(box);
    await standIn.close();
    box.remove();
    assert.equal(record, OLD, 'the earlier record is as it was');
  });

  const compared = (more: Partial<MirrorOptions> = {}, token?: string) => {
    const { address } = standIn;
    const env = {
      REPROLENS_GITHUB_API: address,
      REPROLENS_GITHUB_RAW: address,
      GITHUB_TOKEN: token,
    };
    return compare(box, 'github', { env, ...more });
  };
  const raw = (url: string | undefined): boolean => (url ?? '').startsWith('/ada/');
  /** Answers downloads with a status. */
  const answer = (status: number, headers: Record<string, string> = {}) => {
    standIn.fault = ({ url }, response) => {
      if (raw(url)) response.writeHead(status, headers).end('no');
      return raw(url);
    };
  };

  it('says when to come back after too many requests', async () => {
    answer(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1893456000' });
    const first = await problemOf(compared());
    assert.match(mirrorSentence(first), /too many requests.*2030-01-01T00:00:00Z/);
    answer(429);
    const second = await problemOf(compared());
    assert.equal(second.code, 'rate-limited');
    assert.match(mirrorSentence(second), /try again later/);
    answer(429, { 'retry-after': '99999999999' });
    assert.match(mirrorSentence(await problemOf(compared())), /try again after/);
  });

  it('says that access is refused, without the token', async () => {
    standIn.fault = (_, response) => {
      response.writeHead(401).end('bad credentials: secret-3');
      return true;
    };
    const problem = await problemOf(compared({}, 'secret-3'));
    assert.deepEqual(problem.code === 'refused' && problem.status, 401);
    assert.doesNotMatch(mirrorSentence(problem), /secret/);
  });

  it('asks a second time after a server error, and then gives up', async () => {
    answer(503);
    const problem = await problemOf(compared());
    assert.deepEqual(problem.code === 'status' && problem.status, 503);
    const times = standIn.asked.filter(
      ({ url }) => url === standIn.asked.find((a) => raw(a.url))?.url,
    );
    assert.equal(times.length, 2);
  });

  it('ends at the time limit when a body does not', async () => {
    const hanging: ServerResponse[] = [];
    standIn.fault = ({ url }, response) => {
      if (!raw(url)) return false;
      response.writeHead(200).write('some');
      hanging.push(response);
      return true;
    };
    const problem = await problemOf(compared({ timeoutMs: 500 }));
    assert.deepEqual(problem.code === 'no-answer' && problem.why, 'timed-out');
    assert.match(mirrorSentence(problem), /did not answer in time; nothing was compared/);
  });

  it('takes a body that breaks off for no file', async () => {
    standIn.fault = ({ url }, response) => {
      if (!raw(url)) return false;
      response.writeHead(200, { 'content-length': '1000' }).write('some');
      setTimeout(() => response.destroy(), 20);
      return true;
    };
    const problem = await problemOf(compared());
    assert.deepEqual(problem.code === 'no-answer' && problem.why, 'unreachable');
  });

  it('ends at once when it is cancelled', async () => {
    const stop = new AbortController();
    standIn.fault = ({ url }) => {
      if (raw(url)) stop.abort();
      return raw(url);
    };
    await assert.rejects(compared({ signal: stop.signal }), { name: 'AbortError' });
    await assert.rejects(compared({ signal: AbortSignal.abort() }), { name: 'AbortError' });
  });

  it('says that nobody is there', async () => {
    await standIn.close();
    const problem = await problemOf(compared());
    assert.deepEqual(problem.code === 'no-answer' && problem.why, 'unreachable');
  });

  it('takes no address but https, except on this machine', async () => {
    const bad = [
      'http://example.org',
      'http://127.0.0.1.example.org',
      'ftp://127.0.0.1',
      'https://user:pass@example.org',
      'https://example.org/?a=b',
      'nonsense',
    ];
    for (const address of bad) {
      const problem = await problemOf(compared({ env: { REPROLENS_GITHUB_API: address } }));
      assert.deepEqual(problem, { code: 'bad-address', variable: 'REPROLENS_GITHUB_API' }, address);
      assert.doesNotMatch(mirrorSentence(problem), /example|user:/);
    }
    const raws = { REPROLENS_GITHUB_API: standIn.address, REPROLENS_GITHUB_RAW: bad[0] };
    assert.equal((await problemOf(compared({ env: raws }))).code, 'bad-address');
  });

  it('has nothing to compare without pins', async () => {
    box.write({ 'MANIFEST.sha256': '# nothing\n' });
    assert.deepEqual(await problemOf(compared()), { code: 'no-pins' });
    const digest = 'a'.repeat(64);
    for (const line of ['nonsense', `${digest}  ../outside`, `${digest}  Fit/fit.csv`]) {
      const manifest = `${digest.replaceAll('a', 'b')}  Fit/fit.csv\n${line}\n`;
      box.write({ 'MANIFEST.sha256': manifest });
      assert.deepEqual(await problemOf(compared()), { code: 'manifest-problems', count: 1 }, line);
    }
    assert.deepEqual(standIn.asked, []);
  });

  it('compares no part of a manifest in place of the whole', async () => {
    const ref = { kind: 'vaibify', root: box.root, file: 'workflow.json' as RepoPath } as const;
    const part = await readProject(ref, { pinLimit: 2 });
    const problem = await problemOf(verifyMirror(part, 'github', { env: {} }));
    assert.deepEqual(problem, { code: 'manifest-partial', entries: 4 });
  });
});

describe('the record of a comparison', () => {
  it('is never written through a link', async () => {
    const [box, outside] = [new Sandbox(), new Sandbox()];
    published(box, { github: GITHUB });
    const standIn = await githubLike('ada/paper', box.root);
    try {
      outside.write({ 'syncStatus.json': OLD });
      mkdirSync(box.at('.vaibify'));
      symlinkSync(outside.at('syncStatus.json'), box.at('.vaibify/syncStatus.json'));
      const { address } = standIn;
      const env = { REPROLENS_GITHUB_API: address, REPROLENS_GITHUB_RAW: address };
      const problem = await problemOf(compare(box, 'github', { env }));
      assert.deepEqual(problem.code === 'record-unusable' && problem.reason, 'link-on-path');
      assert.equal(readFileSync(outside.at('syncStatus.json'), 'utf8'), OLD);
    } finally {
      await standIn.close();
      outside.remove();
      box.remove();
    }
  });
});
