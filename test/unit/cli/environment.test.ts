import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import {
  buildAndPush,
  Containers,
  freePort,
  lacking,
  preparePodman,
  startRegistry,
} from '../../harness/containers.js';
import type { Registry } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { directory, pipeline, removeAll, reprolens, write } from './run.js';

const HEX = 'a'.repeat(64);
const IMAGE = `127.0.0.1:9/lab/x@sha256:${HEX}`;
const FILE = '.vaibify/environment.json';
const read = (root: string, name = FILE): string => readFileSync(path.join(root, name), 'utf8');

describe('reprolens environment', function () {
  this.timeout(120_000);
  afterEach(removeAll);

  it('check: a valid document, a wrong one, a torn one, and none', () => {
    const root = directory({ [FILE]: JSON.stringify({ sImageDigest: IMAGE }) });
    const good = reprolens(root, 'environment', 'check', '--json');
    assert.deepEqual([good.code, JSON.parse(good.out)], [0, { problems: [] }]);
    write(root, FILE, '{\n  "sImageDigest": "python:3.11"\n}');
    const bad = reprolens(root, 'environment', 'check', '--json');
    assert.equal(bad.code, 1);
    const { problems } = JSON.parse(bad.out) as { problems: Record<string, unknown>[] };
    assert.deepEqual(
      problems.map(({ line, column, code }) => [line, column, code]),
      [[2, 20, 'environment-unpinned']],
    );
    const said = reprolens(root, 'environment', 'check');
    assert.match(said.out, /^\.vaibify\/environment\.json:2:20: error environment-unpinned: /);
    write(root, FILE, '{"sImageDigest": ');
    const torn = reprolens(root, 'environment', 'check');
    assert.equal(torn.code, 2);
    assert.match(
      torn.err,
      /^reprolens: \.vaibify\/environment\.json:1:\d+: This is not valid JSON/,
    );
    const none = reprolens(directory(), 'environment', 'check');
    assert.equal(none.code, 2);
    assert.match(none.err, /no such file; write one with "reprolens environment capture"\n$/);
  });

  it('capture: shows, then writes, then has nothing to do', () => {
    const root = pipeline({ Dockerfile: `FROM a AS b\nFROM ${IMAGE}\n` });
    const args = ['environment', 'capture', '--engine', 'none'];
    const dry = reprolens(root, ...args, '--dry-run');
    assert.equal(dry.code, 1, dry.err);
    assert.match(dry.out, /^\+ add {5}dictContainer\.bLocalImageOnly {2}false$/m);
    assert.match(dry.out, /would change; run without --dry-run to write it\n$/);
    assert.match(dry.err, /info capture-base-image: /);
    assert.throws(() => read(root));
    const wrote = reprolens(root, ...args, '--json');
    assert.equal(wrote.code, 0);
    assert.deepEqual(JSON.parse(wrote.out), JSON.parse(read(root)));
    assert.match(read(root), new RegExp(`"sImageDigest": "${IMAGE}"`));
    const bytes = read(root);
    const again = reprolens(root, ...args);
    assert.deepEqual([again.code, again.out, read(root)], [0, `${FILE}: up to date\n`, bytes]);
    assert.equal(reprolens(root, 'environment', 'check').code, 0);
  });

  it('capture: takes the programs from the pipeline, and says in one line what it cannot do', () => {
    const root = pipeline({ Dockerfile: `FROM ${IMAGE}\n` });
    const document = JSON.parse(read(root, 'workflow.json')) as Record<string, unknown>;
    const named = { ...document, saHostBinaries: ['/bin/sh', '/absent'] };
    write(root, 'workflow.json', JSON.stringify(named));
    const args = ['environment', 'capture', '--engine', 'none'];
    assert.equal(reprolens(root, ...args).code, 0);
    assert.match(read(root), /"sBinaryPath": "\/bin\/sh",\n +"sSha256": "[0-9a-f]{64}"/);
    assert.match(read(root), /"sBinaryPath": "\/absent",\n +"sSha256": null/);
    const lost = reprolens(root, ...args, '--container', 'x');
    assert.deepEqual([lost.code, lost.out], [2, '']);
    assert.match(lost.err, /^reprolens: No container engine answers [^\n]+\n$/);
    const nothing = reprolens(pipeline(), ...args);
    assert.equal(nothing.code, 2);
    assert.match(nothing.err, /^reprolens: [^\n]*nothing names an image[^\n]*\n$/);
  });

  describe('pin', () => {
    let own: Containers;
    let registry: Registry;
    let digest: string;
    before(async function () {
      const reason = lacking('docker-registry', 'podman', 'busybox');
      if (reason !== undefined) skip(this, reason);
      own = new Containers();
      registry = await startRegistry(own);
      digest = buildAndPush(preparePodman(own), own, `${registry.host}/lab/base:1`);
    });
    after(() => (own as Containers | undefined)?.stop());

    it('changes the references alone', () => {
      const base = `${registry.host}/lab/base:1`;
      const text =
        `\uFEFF# FROM ${base}\r\nFROM --platform=linux/amd64  ${base}   AS  first # \r\n` +
        `from ${IMAGE}\nFROM first\nFROM scratch\nfrom\t${base}`;
      const root = directory({ Dockerfile: text });
      const dry = reprolens(root, 'environment', 'pin', '--dry-run');
      assert.deepEqual([dry.code, read(root, 'Dockerfile')], [1, text]);
      const ran = reprolens(root, 'environment', 'pin', '--json');
      assert.equal(ran.code, 0, ran.err);
      const to = `${base}@${digest}`;
      assert.deepEqual(JSON.parse(ran.out), {
        file: 'Dockerfile',
        pinned: [
          { line: 2, from: base, to },
          { line: 6, from: base, to },
        ],
        skipped: [],
      });
      const [comment, ...rest] = text.split('\r\n');
      const expected = [comment, ...rest.map((line) => line.replaceAll(base, to))].join('\r\n');
      assert.equal(read(root, 'Dockerfile'), expected);
      const again = reprolens(root, 'environment', 'pin');
      assert.deepEqual(
        [again.code, again.out],
        [0, 'Dockerfile: nothing to pin, 3 pinned already\n'],
      );
    });

    it('says what it cannot pin, and pins the rest', async () => {
      const base = `${registry.host}/lab/base:1`;
      const away = `127.0.0.1:${await freePort()}/lab/x:1`;
      const root = directory({
        Dockerfile: `ARG V=1\nFROM ${registry.host}/lab/base:\${V}\nFROM ${away}\nFROM ${base}\nFROM ${registry.host}/lab/base:9\n`,
      });
      const ran = reprolens(root, 'environment', 'pin', '--json');
      assert.equal(ran.code, 1);
      const { pinned, skipped } = JSON.parse(ran.out) as {
        pinned: { line: number }[];
        skipped: { line: number; code: string }[];
      };
      assert.deepEqual(
        pinned.map(({ line }) => line),
        [4],
      );
      assert.deepEqual(
        skipped.map(({ line, code }) => [line, code]),
        [
          [2, 'pin-variable'],
          [3, 'image-unreachable'],
          [5, 'image-missing'],
        ],
      );
      assert.match(read(root, 'Dockerfile'), new RegExp(`^FROM ${base}@${digest}$`, 'm'));
      const none = reprolens(directory(), 'environment', 'pin');
      assert.deepEqual([none.code, none.err], [2, 'reprolens: Dockerfile: no such file\n']);
    });
  });
});
