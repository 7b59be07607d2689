/** Other programs say what our readers have to find. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { before } from 'mocha';
import { pack } from 'tar-stream';
import { inventoryOf } from '../../../src/core/explain/archive.js';
import { Budget, LIMITS } from '../../../src/core/explain/budget.js';
import { offerDiffoscope } from '../../../src/core/explain/diffoscope.js';
import { bufferSource } from '../../../src/core/explain/source.js';
import { walkTar } from '../../../src/core/explain/tar.js';
import { skip } from '../../harness/skip.js';
import { explained, has, sh, TAR, temporaryDirectory, TREE } from './support.js';

describe('explain against other programs', () => {
  const cwd = temporaryDirectory();

  it('reads what tar-stream writes, fact for fact', async () => {
    const name = fc
      .string({ minLength: 1, maxLength: 140 })
      .filter((each) => /^[^\0/ ]/.test(each) && !/[\0\n]|\/$/.test(each));
    const entry = fc.record({
      name,
      mtime: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      mode: fc.integer({ min: 1, max: 0o777 }),
      uid: fc.integer({ min: 0, max: 100_000 }),
      uname: fc.stringMatching(/^[a-z]{0,30}$/),
      size: fc.integer({ min: 0, max: 2000 }),
    });
    const budget = new Budget(LIMITS);
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
        const tar = pack();
        for (const each of entries) {
          const mtime = new Date(each.mtime * 1000);
          tar.entry({ ...each, mtime, gid: 1, gname: '' }, 'x'.repeat(each.size));
        }
        tar.finalize();
        const parts: Buffer[] = [];
        for await (const part of tar as AsyncIterable<Buffer>) parts.push(part);
        const chunks = bufferSource(Buffer.concat(parts), budget).chunks();
        const { members } = await inventoryOf(walkTar(chunks), budget);
        const found = members.map((member) => {
          const value = (field: string) => member.facts.find((fact) => fact.field === field)?.value;
          return {
            ...{ name: member.name, size: member.print.size, uname: value('uname') },
            mtime: Date.parse(value('mtime') ?? '') / 1000,
            ...{ mode: Number.parseInt(value('mode') ?? '', 8), uid: Number(value('uid')) },
          };
        });
        assert.deepEqual(
          found,
          entries.map((each) => ({ ...each })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('says the same of an archive and itself, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        for (const name of ['one', 'two']) writeFileSync(path.join(cwd, name), bytes);
        const { same, classes, differences } = await explained(cwd, 'one', 'two');
        assert.deepEqual([same, classes, differences], [true, [], []]);
      }),
      { numRuns: 20 },
    );
  });

  describe('diffoscope', () => {
    before(function () {
      if (!has('diffoscope')) skip(this, 'diffoscope is not installed');
    });

    for (const [title, change, seen] of [
      ['a time', `touch -d @1700000060 tree/a.txt`, /2023-11-14 22:14:20/],
      ['a mode', `chmod 600 tree/a.txt`, /-rw-------/],
      ['a content', `echo changed > tree/a.txt; touch -d @1700000000 tree/a.txt`, /changed/],
    ] as const) {
      it(`names the same member for ${title}`, async () => {
        const tar = TAR.replace('--mtime=@1700000000', '');
        sh(cwd, `rm -rf tree; ${TREE} ${tar} -cf one.tar tree; ${change}; ${tar} -cf two.tar tree`);
        const ran = spawnSync('diffoscope', ['--text', '-', 'one.tar', 'two.tar'], {
          cwd,
          encoding: 'utf8',
        });
        assert.equal(ran.status, 1, ran.stderr);
        assert.match(ran.stdout, seen);
        const { differences: found } = await explained(cwd, 'one.tar', 'two.tar');
        assert.deepEqual([...new Set(found.map((each) => each.path.join('!/')))], ['tree/a.txt']);
      });
    }
  });

  it('offers diffoscope from absolute directories only', async () => {
    const bin = path.join(cwd, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'diffoscope'), '#!/bin/sh\n');
    chmodSync(path.join(bin, 'diffoscope'), 0o755);
    const files = [path.join(cwd, 'a'), path.join(cwd, 'b')] as const;
    const offer = await offerDiffoscope(['/nowhere', bin].join(path.delimiter), files);
    assert.deepEqual(offer, { program: path.join(bin, 'diffoscope'), args: [...files] });
    const relative = path.relative('', bin);
    assert.equal(await offerDiffoscope(`${relative}${path.delimiter}.`, files), undefined);
    assert.equal(await offerDiffoscope(undefined, files), undefined);
  });
});
