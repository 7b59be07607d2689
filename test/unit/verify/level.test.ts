import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { sentence } from '../../../src/core/words/findings.js';
import { levelBelow, outlookOf } from '../../../src/core/verify/level.js';
import { buildWorker, hasherFactory, temporaryDirectory } from '../system/support.js';
import { CASES } from './levelCases.js';
import { ENVELOPE_CASES } from './levelEnvelopeCases.js';
import { at, codesOf, DAY, NOW, Repository, snapshotOf } from './levelSupport.js';

describe('the level', () => {
  const worker = buildWorker(temporaryDirectory());
  const makeHasher = hasherFactory();
  let repository: Repository;
  const look = async (now?: number) =>
    snapshotOf(await repository.read(), makeHasher({ workerFile: worker }), now);
  beforeEach(() => {
    repository = new Repository();
  });
  afterEach(() => repository.remove());

  it('is 3 when nothing stands before it', async () => {
    repository.make();
    const snapshot = await look();
    assert.deepEqual(
      snapshot.blockers.map(({ finding }) => sentence(finding)),
      [],
    );
    assert.equal(snapshot.level, 3);
    assert.deepEqual(outlookOf(snapshot), []);
    assert.deepEqual(snapshot.findings, []);
  });

  for (const each of [...CASES, ...ENVELOPE_CASES]) {
    it(`is ${each.level} for ${each.code}: ${each.name}`, async () => {
      each.spoil(repository);
      if (each.marker === false) repository.marker = undefined;
      repository.make();
      each.after?.(repository);
      const snapshot = await look();
      const rest = codesOf(snapshot).filter(
        (code) => code !== each.code && !each.also?.includes(code),
      );
      assert.deepEqual(rest, [], 'nothing else stands before it');
      assert.equal(snapshot.level, each.level);
      const blocker = snapshot.blockers.find(({ finding }) => finding.code === each.code);
      assert.ok(blocker, `${each.code} is listed`);
      assert.equal(blocker.level, each.level + 1);
      for (const [key, value] of Object.entries(each.data ?? {})) {
        assert.deepEqual((blocker.finding as unknown as Record<string, unknown>)[key], value, key);
      }
      if (each.remedy !== undefined) assert.equal(blocker.remedy, each.remedy);
      const { place } = blocker.finding;
      assert.ok(place, 'it has a place');
      if (each.where !== undefined) assert.match(lineAt(repository, place), each.where);
      assert.match(sentence(blocker.finding), /[.)]$/);
      // Removing any one blocker never lowers the level.
      for (const index of snapshot.blockers.keys()) {
        const fewer = snapshot.blockers.filter((_, other) => other !== index);
        assert.ok(levelBelow(fewer) >= each.level);
      }
      const next = outlookOf(snapshot).find(({ level }) => level === each.level + 1);
      const fixed = snapshot.blockers.filter((_, index) => !next!.blockers.includes(index));
      assert.ok(levelBelow(fixed) >= next!.level, 'what the outlook promises');
    });
  }

  it('is 0 outside git, and says so once', async () => {
    repository.make({ git: true });
    rmSync(repository.at('.git'), { recursive: true });
    const snapshot = await look();
    assert.equal(snapshot.level, 0);
    assert.deepEqual(codesOf(snapshot), ['not-in-git']);
    assert.equal(snapshot.findings.filter(({ code }) => code === 'not-in-git').length, 1);
    assert.equal(snapshot.blockers[0]?.remedy, 'init-git');
  });

  it('lists advice without letting it count', async () => {
    at(repository.document, 'dictRemotes')['overleaf'] = { sProjectId: 'x' };
    repository.document['bNoStandaloneBinaries'] = false;
    repository.binaries.push({
      sBinaryPath: '/opt/x',
      sPurpose: 'p',
      sExpectedVersion: '1',
    });
    const file = '.vaibify/environment.json';
    repository.evidence[file] = repository.evidence[file]!.replace('false', 'true').replace(
      /"python@/,
      '"',
    );
    const snapshot = await (repository.make(), look());
    assert.equal(snapshot.level, 3);
    assert.deepEqual(
      snapshot.blockers.map(({ finding, advisory }) => [finding.code, advisory]),
      [
        ['remote-not-verified', true],
        ['image-not-published', true],
        ['binary-not-captured', true],
      ],
    );
  });

  it('counts a look at a published copy for exactly 24 hours', async () => {
    repository.make();
    assert.equal((await look(NOW)).level, 3);
    assert.equal((await look(NOW + 1)).level, 1);
    assert.equal((await look(NOW - 2 * DAY)).level, 3);
    assert.equal((await look(NOW - 2 * DAY - 1)).level, 1);
  });
});

/** The text from a place to the end of its line. */
function lineAt(
  r: Repository,
  place: { file: string; span: { start: { line: number; column: number } } },
): string {
  const text = r.textOf(place.file).split('\n')[place.span.start.line - 1] ?? '';
  return text;
}
