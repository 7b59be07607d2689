import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  ENVIRONMENT_FILE,
  parseEnvironment,
} from '../../../src/core/formats/environment/environment.js';
import { namedBinaries } from '../../../src/core/formats/environment/binaries.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { CapturedEnvironment } from '../../../src/core/model/envelope.js';
import { sentence } from '../../../src/core/words/findings.js';

const DIGEST = 'd'.repeat(64) as Sha256;
const HEX = 'a'.repeat(64);
const IMAGE = `ghcr.io/lab/paper@sha256:${HEX}`;
const parse = (text: string): CapturedEnvironment =>
  parseEnvironment(text, ENVIRONMENT_FILE, DIGEST);
const parseJson = (value: unknown): CapturedEnvironment => parse(JSON.stringify(value, null, 2));
/** Each finding as `line:column code field: severity`. */
const told = ({ findings }: CapturedEnvironment): string[] =>
  findings.map((finding) => {
    const start = finding.place?.span.start;
    const field = finding.code === 'environment-schema' ? ` ${finding.field}` : '';
    return `${start?.line}:${start?.column} ${finding.code}${field} ${finding.severity}`;
  });

const TOOLS = {
  sPython: '3.11.7 (main, Jan  1 2026, 00:00:00) [GCC 12.2.0]',
  sGcc: 'gcc (Debian 12.2.0-14) 12.2.0',
  sLibc: 'glibc 2.36',
  sOsRelease: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
};
const BINARIES = [{ sBinaryPath: '/opt/orbit', sSha256: HEX, sVersion: 'orbit 1.2' }];
/** As vaibify writes it, by generation: seed and July, August, and August without a container. */
const GENERATIONS = {
  may: {
    dictContainer: { sContainerName: 'paper', sImageDigest: IMAGE },
    dictHostBinaries: { listBinaries: BINARIES },
    dictSystemTools: TOOLS,
    sSchemaVersion: '1',
    sTimestamp: '2026-05-03T22:18:31.123456+00:00',
  },
  flat: { listBinaries: BINARIES, sImageDigest: IMAGE, sSchemaVersion: '1', sTimestamp: '' },
  july: {
    dictContainer: { bLocalImageOnly: false, sContainerName: 'paper', sImageDigest: IMAGE },
    dictSystemTools: { ...TOOLS, sLibc: null },
    sSchemaVersion: '1',
    sTimestamp: '2026-07-08T00:00:00+00:00',
  },
  august: {
    dictContainer: {
      bLocalImageOnly: true,
      sContainerName: 'paper',
      sImageDigest: `sha256:${HEX}`,
    },
    dictSystemTools: { sPython: null, sGcc: null, sLibc: null, sOsRelease: null },
    iSourceDateEpoch: 1_785_000_000,
    sSchemaVersion: '1',
    sTimestamp: '2026-08-09T12:00:00.000001+00:00',
  },
  host: { dictSystemTools: TOOLS, iSourceDateEpoch: 0, sMode: 'host', sSchemaVersion: '1' },
};

describe('environment.json, read', () => {
  it('accepts what vaibify of May, July and August writes', () => {
    for (const [name, value] of Object.entries(GENERATIONS)) {
      assert.deepEqual(told(parseJson(value)), [], name);
    }
    const may = parseJson(GENERATIONS.may);
    assert.equal(may.image?.reference, IMAGE);
    assert.deepEqual([may.image.digest, may.image.localOnly, may.mode], [HEX, false, 'container']);
    assert.deepEqual(may.tools, {
      python: TOOLS.sPython,
      compiler: TOOLS.sGcc,
      libc: TOOLS.sLibc,
      osRelease: TOOLS.sOsRelease,
    });
    assert.equal(may.capturedAt, GENERATIONS.may.sTimestamp);
    assert.equal('epoch' in may, false);
    for (const of of [may, parseJson(GENERATIONS.flat)]) {
      assert.deepEqual(
        of.binaries.map(({ path, digest, version }) => [path, digest, version]),
        [['/opt/orbit', HEX, 'orbit 1.2']],
      );
    }
    assert.equal(parseJson(GENERATIONS.flat).image?.reference, IMAGE);
    const august = parseJson(GENERATIONS.august);
    assert.deepEqual(
      [august.image?.localOnly, august.epoch, august.tools],
      [true, 1_785_000_000, {}],
    );
    const host = parseJson(GENERATIONS.host);
    assert.deepEqual([host.mode, host.image, host.epoch], ['host', undefined, 0]);
  });

  it('says at the exact place that nothing pins an image', () => {
    const container = (sImageDigest: unknown) => parseJson({ dictContainer: { sImageDigest } });
    assert.deepEqual(told(parse('{}')), ['1:1 environment-no-image error']);
    assert.deepEqual(told(container(null)), ['2:20 environment-no-image error']);
    assert.deepEqual(told(container('')), ['2:20 environment-no-image error']);
    const bad = [
      ...['python:3.11', 'python', `python@sha256:${HEX}0`, `python@sha256:${HEX.slice(1)}`],
      ...[`python@sha256:${HEX.toUpperCase()}`, `@sha256:${HEX}`, `python@sha256:${HEX}\n`, HEX],
    ];
    for (const reference of bad) {
      const found = container(reference);
      assert.deepEqual(told(found), ['3:22 environment-unpinned error'], reference);
      assert.equal(found.image?.digest, undefined);
    }
    const two = { dictContainer: { sImageDigest: IMAGE }, sImageDigest: `b@sha256:${HEX}` };
    assert.deepEqual(told(parseJson(two)), ['5:20 environment-two-images error']);
    assert.deepEqual(told(parseJson({ ...two, sImageDigest: IMAGE })), []);
  });

  it('says where a key has another type, and goes on', () => {
    const found = parseJson({
      dictContainer: { sImageDigest: IMAGE, bLocalImageOnly: 'no' },
      dictHostBinaries: { listBinaries: [{ sSha256: 'x' }, 1] },
      dictSystemTools: [],
      iSourceDateEpoch: true,
      sMode: 'other',
      sSchemaVersion: '2',
    });
    assert.deepEqual(told(found), [
      '4:24 environment-schema dictContainer.bLocalImageOnly warning',
      '14:22 environment-schema dictSystemTools warning',
      '8:7 environment-schema dictHostBinaries.listBinaries[0].sBinaryPath warning',
      '9:20 environment-schema dictHostBinaries.listBinaries[0].sSha256 warning',
      '11:7 environment-schema dictHostBinaries.listBinaries[1] warning',
      '15:23 environment-schema iSourceDateEpoch warning',
      '16:12 environment-schema sMode warning',
      '17:22 environment-schema-newer warning',
    ]);
    assert.equal(found.image?.digest, HEX);
    for (const finding of found.findings) assert.match(sentence(finding), /^.{20,}\.$/);
  });

  it('reads the epoch as vaibify does: integers in form, nothing before 1970', () => {
    const epochs = { '5': 5, '-5': 0, '0': 0, '5.0': undefined, '1e3': undefined, true: undefined };
    for (const [text, epoch] of Object.entries(epochs)) {
      assert.equal(parse(`{"iSourceDateEpoch": ${text}}`).epoch, epoch, text);
    }
    assert.equal(parse(`{"iSourceDateEpoch": ${'9'.repeat(400)}}`).epoch, undefined);
  });

  it('takes nothing from a document that is no strict JSON', () => {
    const texts = [
      ...['', '{', '[]', 'null', '"x"', '\uFEFF{}', `{"sImageDigest": "${IMAGE}",}`, '{"a": NaN}'],
      ...[`// ${IMAGE}\n{}`, '['.repeat(1e5), `{"sImageDigest": "${IMAGE}`],
    ];
    for (const text of texts) {
      const found = parse(text);
      assert(
        found.findings.some(({ severity }) => severity === 'error'),
        text.slice(0, 40),
      );
      assert.equal(found.image, undefined);
    }
  });

  it('is not led astray by keys of the language, nor by long lists', () => {
    const text = `{"__proto__": {"sImageDigest": "x:1"}, "constructor": 1, "sImageDigest": "${IMAGE}"}`;
    assert.deepEqual([parse(text).image?.reference, told(parse(text))], [IMAGE, []]);
    const many = Array.from({ length: 20_000 }, (_, n) => ({ sBinaryPath: `/${n}`, sSha256: 1 }));
    const found = parseJson({ sImageDigest: IMAGE, listBinaries: many });
    assert.deepEqual([found.binaries.length, found.findings.length], [1000, 100]);
  });

  it('never throws, and never holds a digest that the text does not', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const keys = ['dictContainer', 'sImageDigest', 'dictSystemTools', 'listBinaries', 'sMode'];
    const inner = fc.dictionary(
      fc.constantFrom('sImageDigest', 'listBinaries', 'sBinaryPath'),
      value,
    );
    const any = fc.dictionary(fc.constantFrom(...keys), fc.oneof(value, inner));
    fc.assert(
      fc.property(any, fc.nat(200), (document, cut) => {
        const text = JSON.stringify(document);
        const found = parse(cut > 150 ? text.slice(0, cut) : text);
        assert.equal(found.image?.digest === undefined || text.includes(found.image.digest), true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('programs that a pipeline names', () => {
  it('are the absolute paths of both keys, each once', () => {
    const text = JSON.stringify({
      saHostBinaries: ['/a', 'relative', 5, '/b', '/a'],
      listDeclaredBinaries: [{ sBinaryPath: '/b' }, { sBinaryPath: '/c' }, 'x', {}],
    });
    assert.deepEqual(namedBinaries(text), ['/a', '/b', '/c']);
    assert.deepEqual(namedBinaries('nonsense'), []);
  });
});
