import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import {
  ENVIRONMENT_FILE,
  parseEnvironment,
} from '../../../src/core/formats/environment/environment.js';
import {
  environmentChanges,
  formatEnvironment,
  timestamp,
} from '../../../src/core/formats/environment/writer.js';
import type { EnvironmentRecord } from '../../../src/core/formats/environment/writer.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import { skip } from '../../harness/skip.js';

const HEX = 'a'.repeat(64) as Sha256;
const IMAGE = `ghcr.io/lab/paper@sha256:${HEX}`;
const RECORD: EnvironmentRecord = {
  container: { name: 'paper', reference: IMAGE, localOnly: false },
  tools: { python: '3.11.7', osRelease: 'NAME="Ä"\n' },
  binaries: [
    { path: '/opt/örbit', digest: HEX, version: 'orbit\u007f \u2028 😀' },
    { path: '/absent' },
  ],
  epoch: 1_700_000_000,
  capturedAt: Date.UTC(2026, 7, 9, 12, 0, 0, 123),
};
type Json = Record<string, unknown>;

/** The rules of vaibify's readers, restated from docs/environment.md. */
const ACCEPTANCE = {
  /** Until 27 July 2026: the top level only, and `docker pull` of what stands there. */
  may(document: Json): boolean {
    const image = document['sImageDigest'];
    return typeof image === 'string' && /^[A-Za-z0-9][A-Za-z0-9._\-/:@]{0,511}$/.test(image);
  },
  /** Since: nested first, pinned when it holds `@sha256:` or is a bare identifier. */
  august(document: Json): boolean {
    const nested = (document['dictContainer'] as Json | undefined)?.['sImageDigest'];
    const image =
      nested === '' || nested === null || nested === undefined ? document['sImageDigest'] : nested;
    if (typeof image !== 'string') return false;
    const epoch = document['iSourceDateEpoch'];
    return (
      (image.includes('@sha256:') || /^sha256:[0-9a-f]{64}$/.test(image)) &&
      Number.isInteger(epoch) &&
      document['sSchemaVersion'] === '1'
    );
  },
  /** A program counts as captured with a digest, looked up by its exact path. */
  captured(document: Json, path: string): boolean {
    const group = document['dictHostBinaries'] as { listBinaries: Json[] } | undefined;
    const entry = group?.listBinaries.find((each) => each['sBinaryPath'] === path);
    return typeof entry?.['sSha256'] === 'string' && entry['sSha256'] !== '';
  },
};

const python = (text: string): string =>
  execFileSync(
    'python3',
    [
      '-c',
      'import json,sys; sys.stdout.write(json.dumps(json.loads(sys.stdin.buffer.read().decode("utf-8", "surrogatepass")), indent=2, sort_keys=True))',
    ],
    { input: text, encoding: 'utf8', maxBuffer: 1 << 26 },
  );

describe('environment.json, written', () => {
  before(function () {
    if (spawnSync('python3', ['--version']).status !== 0) skip(this, 'python3 is not installed');
  });

  it('is, byte for byte, what Python writes for it', () => {
    const text = formatEnvironment(RECORD);
    assert.equal(text, python(text));
    assert.match(text, /^[\x20-\x7e\n]*}$/);
    assert.match(text, /\\u2028 \\ud83d\\ude00"/);
  });

  it('is, byte for byte, what Python writes, whatever unknown keys it keeps', () => {
    const strings = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('\u007f', '\u00e9\u0000', '\ud800', '\uffff', '😀', '__proto__', '10', '9'),
    );
    const leaf = fc.oneof(strings, fc.integer(), fc.boolean(), fc.constant(null));
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(strings, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    const documents = fc.array(fc.dictionary(strings, value, { maxKeys: 5 }), {
      minLength: 40,
      maxLength: 40,
    });
    fc.assert(
      fc.property(documents, (many) => {
        const texts = many.map((each) => formatEnvironment(RECORD, JSON.stringify(each)));
        // One process for all of them.
        const whole = `[${texts.join(',')}]`;
        const indented = texts.map((text) => `  ${text.replaceAll('\n', '\n  ')}`);
        assert.equal(`[\n${indented.join(',\n')}\n]`, python(whole));
      }),
      { numRuns: 6 },
    );
  });

  it('is accepted by the rules of both generations, and by us', () => {
    const document = JSON.parse(formatEnvironment(RECORD)) as Json;
    assert.equal(ACCEPTANCE.may(document), true);
    assert.equal(ACCEPTANCE.august(document), true);
    assert.equal(ACCEPTANCE.captured(document, '/opt/örbit'), true);
    assert.equal(ACCEPTANCE.captured(document, '/absent'), false);
    // What vaibify of May itself wrote, its own reader did not take.
    assert.equal(ACCEPTANCE.may({ dictContainer: { sImageDigest: IMAGE } }), false);
    const read = parseEnvironment(formatEnvironment(RECORD), ENVIRONMENT_FILE, HEX);
    assert.deepEqual(read.findings, []);
    const { image, epoch, tools, binaries } = read;
    assert.deepEqual([image?.reference, image?.localOnly, epoch], [IMAGE, false, RECORD.epoch]);
    assert.deepEqual(tools, RECORD.tools);
    assert.deepEqual(
      binaries.map((each) =>
        Object.fromEntries(Object.entries(each).filter(([key]) => key !== 'place')),
      ),
      RECORD.binaries,
    );
  });

  it('keeps what it does not know, in its spelling, and drops what no longer holds', () => {
    const before = `{"sMode": "host", "x": 1.50, "y": 123456789012345678901234567890,
      "dictContainer": {"sOther": "kept", "sImageDigest": "old"},
      "dictSystemTools": {"sGcc": "old", "sRust": "kept"},
      "dictHostBinaries": {"n": 1, "listBinaries": [{"sBinaryPath": "/absent", "sWhy": "kept"}]}}`;
    const text = formatEnvironment(RECORD, before);
    for (const kept of ['"x": 1.50', '"y": 123456789012345678901234567890', '"n": 1']) {
      assert(text.includes(kept), kept);
    }
    assert.equal(text.match(/kept/g)?.length, 3);
    assert.doesNotMatch(text, /"old"|sMode/);
    const host = formatEnvironment(
      { ...RECORD, container: undefined as never, binaries: [] },
      text,
    );
    assert.doesNotMatch(host, /dictContainer|sImageDigest|dictHostBinaries/);
    assert.match(host, /"sMode": "host"/);
  });

  it('tells what changes, but not the time', () => {
    const text = formatEnvironment(RECORD);
    const later = formatEnvironment({ ...RECORD, capturedAt: 0, epoch: 5 }, text);
    assert.deepEqual(environmentChanges(text, later), [
      { key: 'iSourceDateEpoch', from: '1700000000', to: '5' },
    ]);
    assert.deepEqual(environmentChanges(text, text), []);
    assert.equal(
      environmentChanges(undefined, text).some(({ from }) => from !== undefined),
      false,
    );
  });

  it('writes the time as Python does', () => {
    const times = [0, 1, 999, 1000, 1_785_000_000_000, 1_785_000_000_123];
    const told = times.map((each) => timestamp(each));
    const script =
      'import sys,json,datetime as d; print(json.dumps([(d.datetime(1970,1,1,tzinfo=d.timezone.utc)+d.timedelta(milliseconds=n)).isoformat() for n in json.loads(sys.argv[1])]))';
    const theirs: unknown = JSON.parse(
      execFileSync('python3', ['-c', script, JSON.stringify(times)], { encoding: 'utf8' }),
    );
    assert.deepEqual(told, theirs);
  });
});
