import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ManifestReader, readManifest } from '../../../src/core/formats/manifest/reader.js';
import { formatManifest } from '../../../src/core/formats/manifest/writer.js';
import { PathIndex } from '../../../src/core/formats/pathIndex.js';
import { decodeText } from '../../../src/core/model/bytes.js';
import { sha256FromBytes } from '../../../src/core/model/digest.js';
import { toRepoPath } from '../../../src/core/model/paths.js';
import type { RepoPath } from '../../../src/core/model/paths.js';

const FILE = 'MANIFEST.sha256' as RepoPath;
const D = '0123456789abcdef'.repeat(4);
const E = 'f'.repeat(64);
/** Reads text in which every character is one byte. */
const read = (latin1: string) => readManifest(Buffer.from(latin1, 'latin1'), FILE);
const names = (latin1: string): string[] => read(latin1).pins.map((pin) => pin.name);
const codes = (latin1: string): string[] => read(latin1).findings.map((finding) => finding.code);
/** `line reason` of every malformed line. */
const malformed = (latin1: string): string[] =>
  read(latin1).findings.flatMap((f) =>
    f.code === 'manifest-malformed-line' ? [`${f.line} ${f.reason}`] : [],
  );
/** `leniency times@line` of every leniency. */
const lenient = (latin1: string): string[] =>
  read(latin1).findings.flatMap((f) =>
    f.code === 'manifest-lenient' ? [`${f.leniency} ${f.times}@${f.line}`] : [],
  );

describe('readManifest', () => {
  it('reads a plain manifest without a finding', () => {
    const manifest = read(`# one\n#two\n\n${D}  a/b c \n# later\n${E}   lead\n`);
    assert.deepEqual(manifest, {
      header: ['# one', '#two'],
      entries: 2,
      findings: [],
      pins: [
        {
          path: 'a/b c ',
          name: 'a/b c ',
          digest: D,
          line: 4,
          place: {
            file: FILE,
            span: { start: { line: 4, column: 67 }, end: { line: 4, column: 73 } },
          },
        },
        {
          path: ' lead',
          name: ' lead',
          digest: E,
          line: 6,
          place: {
            file: FILE,
            span: { start: { line: 6, column: 67 }, end: { line: 6, column: 72 } },
          },
        },
      ],
    });
  });

  const wellFormed: readonly (readonly [string, string, string, string[]])[] = [
    ['the binary marker', `${D} *a\n`, 'a', ['binary-marker 1@1']],
    ['an asterisk behind the text marker', `${D}  *a\n`, '*a', []],
    ['a single blank', `${D} a\n`, 'a', ['single-blank 1@1']],
    ['a tab for the blank', `${D}\ta\n`, 'a', ['single-blank 1@1']],
    ['a tab before the marker', `${D}\t a\n`, 'a', []],
    ['a blank alone as the name', `${D}  \n`, ' ', ['single-blank 1@1']],
    ['an asterisk alone as the name', `${D} *\n`, '*', ['single-blank 1@1']],
    ['BSD', `SHA256 (a) = ${D}\n`, 'a', ['bsd-line 1@1']],
    ['BSD as OpenSSL 1 writes it', `SHA256(a)= ${D}\n`, 'a', ['bsd-line 1@1']],
    ['BSD up to the last parenthesis', `SHA256 (a) = b)\t=${D}\n`, 'a) = b', ['bsd-line 1@1']],
    ['BSD, escaped', `\\SHA256 (a\\nb) = ${D}\n`, 'a\nb', ['bsd-line 1@1']],
    ['upper case', `${D.toUpperCase()}  a\n`, 'a', ['upper-case-digest 1@1']],
    ['blanks before the digest', ` \t${D}  a\n`, 'a', ['leading-blank 1@1']],
    ['CR LF', `${D}  a\r\n`, 'a', ['crlf 1@1']],
    ['one CR of two', `${D}  a\r\r\n`, 'a\r', ['crlf 1@1']],
    ['a CR within', `${D}  a\rb\n`, 'a\rb', []],
    ['no final newline', `${D}  a`, 'a', ['no-final-newline 1@1']],
    ['a byte-order mark', `\xef\xbb\xbf${D}  a\n`, 'a', ['byte-order-mark 1@1']],
    ['bytes that are not UTF-8', `${D}  a\xff\n`, 'a\udcff', ['not-utf8 1@1']],
    ['every escape', `\\${D}  \\\\n\\n\\r\\\\\n`, '\\n\n\r\\', []],
    ['an escape mark without escapes', `\\${D}  a\n`, 'a', []],
    ['backslashes in a name that is not escaped', `${D}  a\\nb\n`, 'a\\nb', []],
    ['line separators of Unicode', `${D}  a\xe2\x80\xa8\xc2\x85b\n`, 'a\u2028\u0085b', []],
  ];
  for (const [title, text, name, leniencies] of wellFormed) {
    it(`accepts ${title}`, () => {
      assert.deepEqual([names(text), malformed(text), lenient(text)], [[name], [], leniencies]);
      assert.equal(read(text).pins[0]?.digest, D);
    });
  }

  const refused: readonly (readonly [string, string, string])[] = [
    ['a short digest', `${D.slice(1)}  name\n`, 'digest'],
    ['a long digest', `${D}0  name\n`, 'digest'],
    ['a letter that is no digit', `${D.slice(1)}g  name\n`, 'digest'],
    ['a line that is too short', `${D} \n`, 'too-short'],
    ['blanks alone', ' \t \n', 'too-short'],
    ['an indented comment', ' # comment\n', 'too-short'],
    ['a comma for the blank', `${D}, name\n`, 'separator'],
    ['an unknown escape', `\\${D}  a\\tb\n`, 'escape'],
    ['a lone backslash at the end', `\\${D}  a\\\\\\\n`, 'escape'],
    ['a NUL in an escaped name', `\\${D}  a\0\n`, 'nul'],
    ['a NUL behind a BSD digest', `SHA256 (a) = ${D}\0\n`, 'nul'],
    ['two blanks in a BSD line', `SHA256  (a) = ${D}\n`, 'bsd'],
    ['a tab in a BSD line', `SHA256\t(a) = ${D}\n`, 'bsd'],
    ['a BSD line without a parenthesis', `SHA256 (a = ${D}\n`, 'bsd'],
    ['a BSD line without an equals sign', `SHA256 (a) ${D}\n`, 'bsd'],
    ['a BSD line with a blank at its end', `SHA256 (a) = ${D} \n`, 'digest'],
    ['a BSD line with a short digest', `SHA256 (a) = ${D.slice(1)}\n`, 'digest'],
    ['what OpenSSL 3 writes', `SHA2-256(a)= ${D}\n`, 'bsd'],
    ['MD5', `MD5 (a) = ${D.slice(32)}\n`, 'other-algorithm'],
    ['SHA-512', `SHA512 (a) = ${D}${D}\n`, 'other-algorithm'],
    ['what sha512sum writes', `${D}${D}  a\n`, 'other-algorithm'],
    [
      'what md5sum writes',
      `${D.slice(32)}  a-name-of-some-length-and-more.tar.gz\n`,
      'other-algorithm',
    ],
    ['a digest that is one digit too long', `${D}0  a\n`, 'digest'],
    ['BLAKE2', `\\BLAKE2b-256 (a\\nb) = ${D}\n`, 'other-algorithm'],
  ];
  for (const [title, text, reason] of refused) {
    it(`calls ${title} malformed`, () => {
      assert.deepEqual([malformed(`\n${text}`), names(text)], [[`2 ${reason}`], []]);
    });
  }

  it('lets no line with one blank follow one with two', () => {
    const text = `SHA256 (z) = ${D}\n${D}  a\n${D} b\n${D} *c\n`;
    assert.deepEqual([names(text), malformed(text)], [['z', 'a', 'c'], ['3 mixed-formats']]);
  });

  it('takes a second blank for the name after a line with one', () => {
    assert.deepEqual(names(`${D} a\n${D}  b\n${D} *c\n`), ['a', ' b', '*c']);
  });

  it('remembers the form even of a line with a broken escape', () => {
    assert.deepEqual(malformed(`\\${D}  a\\q\n${D} b\n`), ['1 escape', '2 mixed-formats']);
  });

  for (const [name, problem] of [
    ['-', 'stdin'],
    ['/etc/passwd', 'absolute'],
    ['C:\\x', 'absolute'],
    ['../x', 'escapes'],
    ['a/../../x', 'escapes'],
    ['.', 'empty'],
    ['a\0b', 'nul'],
  ] as const) {
    it(`refuses the name ${JSON.stringify(name)}`, () => {
      const { pins, entries, findings } = read(`${D}  ${name}\n`);
      assert.deepEqual([pins, entries], [[], 0]);
      const span = { start: { line: 1, column: 67 }, end: { line: 1, column: 67 + name.length } };
      assert.deepEqual(findings, [
        {
          code: 'manifest-refused-path',
          severity: 'error',
          line: 1,
          name,
          problem,
          place: { file: FILE, span },
        },
      ]);
    });
  }

  it('refuses an empty name', () => {
    assert.deepEqual(codes(`SHA256 () = ${D}\n`), ['manifest-refused-path', 'manifest-lenient']);
  });

  it('keeps the spelling for opening and the path for comparing', () => {
    const [pin] = read(`${D}  ./a//b/../c\n`).pins;
    assert.deepEqual([pin?.name, pin?.path], ['./a//b/../c', 'a/c']);
  });

  it('tells a duplicate from a conflict, both against the first, and delivers all', () => {
    const { pins, findings } = read(`${D}  a\n${E}  ./a\n${D.toUpperCase()}  a\n${D}  b\n`);
    assert.equal(pins.length, 4);
    assert.deepEqual(
      findings.map((f) =>
        'firstLine' in f && 'line' in f ? [f.code, f.severity, f.line, f.firstLine] : f.code,
      ),
      [
        ['manifest-conflict', 'error', 2, 1],
        ['manifest-duplicate', 'info', 3, 1],
        'manifest-lenient',
      ],
    );
  });

  it('takes spellings of one letter in Unicode for two names', () => {
    assert.deepEqual(codes(`${D}  caf\xc3\xa9\n${E}  cafe\xcc\x81\n`), []);
  });

  it('counts columns in UTF-16 units, of the line as it is spelled, without a byte-order mark', () => {
    const text = `\ufeff\\${D}  \u{1f600}\\n\u00e9\n`;
    const [pin] = readManifest(Buffer.from(text), FILE).pins;
    assert.deepEqual(pin?.place.span, {
      start: { line: 1, column: 68 },
      end: { line: 1, column: 73 },
    });
  });

  it('points at the whole of a malformed line', () => {
    const [finding] = readManifest(Buffer.from('\ncaf\u00e9 \u{1f600}\r\n'), FILE).findings;
    assert.deepEqual(finding?.place?.span, {
      start: { line: 2, column: 1 },
      end: { line: 2, column: 8 },
    });
  });

  it('counts leniencies, and gives the line of the first', () => {
    const text = `${D}  a\n${D} *b\r\n${D} *c\r\n`;
    assert.deepEqual(lenient(text), ['binary-marker 2@2', 'crlf 2@2']);
  });

  it('keeps the comments before the first entry, without line ends', () => {
    const { header } = read(`\xef\xbb\xbf# a\r\nrubbish\n#\xff\r\r\n${D}  a\n# b\n`);
    assert.deepEqual(header, ['# a', '#\udcff']);
  });

  it('reads nothing from nothing', () => {
    for (const text of ['', '\n', '\r\n', '\r', '\xef\xbb\xbf', '\xef\xbb\xbf\n']) {
      assert.deepEqual([names(text), malformed(text)], [[], []], JSON.stringify(text));
    }
  });

  it('lists 1000 malformed lines and counts the rest', () => {
    const { findings } = read('rubbish\n'.repeat(1500));
    assert.equal(findings.length, 1001);
    assert.deepEqual(findings[1000], {
      code: 'manifest-malformed-more',
      severity: 'error',
      times: 500,
    });
  });

  it('lists 1000 findings of every other code, and tells how many more there were', () => {
    const reader = new ManifestReader(FILE);
    const line = `${D}  -\n${D}  a\n${E}  b\n`;
    reader.push(Buffer.from(`${D}  b\n${line.repeat(1501)}`));
    assert.equal(reader.findings.length, 3000);
    const more = ['manifest-refused-path', 'manifest-duplicate', 'manifest-conflict'] as const;
    assert.deepEqual(
      more.map((code) => reader.unlisted(code)),
      [501, 500, 501],
    );
    assert.equal(reader.unlisted('manifest-malformed-line'), 0);
  });

  it('cuts a line that is longer than any name, in whatever pieces it comes', () => {
    const long = 'n'.repeat(300_000);
    for (const size of [1 << 20, 100_000, 4096]) {
      const reader = new ManifestReader(FILE);
      const bytes = Buffer.from(`${D}  ${long}\r\n${D}  a\n`);
      const pins = [];
      for (let i = 0; i < bytes.length; i += size)
        pins.push(...reader.push(bytes.subarray(i, i + size)));
      assert.deepEqual(
        pins.map((pin) => pin.name.length),
        [(256 << 10) - 66, 1],
      );
      assert.deepEqual(reader.findings, []);
    }
  });
});

/** Bytes among which the seams of the grammar are frequent. */
const pieces = fc.constantFrom(
  '\n',
  '\r',
  ' ',
  '*',
  '\\',
  '#',
  D,
  E,
  `${D}  a`,
  'SHA256 (',
  ') = ',
);
const messy = fc
  .array(fc.oneof(pieces, fc.string({ unit: 'binary-ascii' })), { maxLength: 40, size: 'max' })
  .chain((parts) =>
    fc
      .uint8Array({ maxLength: 20 })
      .map((tail) => Buffer.concat([Buffer.from(parts.join('')), tail])),
  );

describe('ManifestReader', function () {
  this.timeout(30_000);

  it('never throws, and gives the same in chunks of any size', () => {
    const property = fc.property(messy, fc.array(fc.nat({ max: 50 })), (bytes, sizes) => {
      const whole = readManifest(bytes, FILE);
      const reader = new ManifestReader(FILE);
      const pins = [];
      let at = 0;
      for (const size of [...sizes, bytes.length]) {
        // The reader must not keep a chunk that its owner uses again.
        const chunk = Buffer.from(bytes.subarray(at, at + size));
        pins.push(...reader.push(chunk));
        chunk.fill(0x21);
        at += size;
      }
      pins.push(...reader.end());
      const { findings, header, entries } = reader;
      assert.deepEqual({ pins, findings, header, entries }, whole);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('never throws at random bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 500, size: 'max' }),
        (b) => void readManifest(b, FILE),
      ),
    );
  });

  it('reads back what formatManifest writes, names of raw bytes too', () => {
    const line = fc.record({
      name: fc
        .oneof(
          fc.uint8Array({ minLength: 1 }),
          fc.string({ unit: 'binary' }).map((s) => Buffer.from(s)),
        )
        .map(decodeText)
        .filter((name) => toRepoPath(name).ok),
      digest: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(sha256FromBytes),
    });
    const header = fc.array(fc.string().map((text) => `#${text.replace(/[\r\n]/g, '')}`));
    const property = fc.property(header, fc.array(line), (comments, lines) => {
      const bytes = formatManifest(comments, lines);
      const manifest = readManifest(bytes, FILE);
      const found = manifest.pins.map(({ name, digest }) => ({ name, digest }));
      assert.deepEqual(
        new Set(found.map((l) => JSON.stringify(l))),
        new Set(lines.map(({ name, digest }) => JSON.stringify({ name, digest }))),
      );
      assert.equal(found.length, lines.length);
      assert.deepEqual(manifest.header, comments);
      assert.deepEqual(formatManifest(manifest.header, found), bytes);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe('PathIndex', function () {
  this.timeout(10_000);

  it('agrees with a Map over many paths, long ones and non-ASCII ones among them', () => {
    const index = new PathIndex();
    const model = new Map<string, { line: number; digest: string }>();
    for (let line = 1; line <= 60_000; line++) {
      const i = (line * 7919) % 45_000;
      const path = (
        i % 3 === 0 ? `\u00e9${i}` : i % 1000 === 1 ? 'x'.repeat(i * 30) : `d/${i}`
      ) as RepoPath;
      const digest = Buffer.alloc(32, i + (line > 45_000 && line % 2 === 0 ? 1 : 0));
      const first = model.get(path);
      assert.deepEqual(
        index.add(path, digest, line),
        first && { line: first.line, sameDigest: first.digest === digest.toString('hex') },
      );
      if (first === undefined) model.set(path, { line, digest: digest.toString('hex') });
    }
  });

  it('takes no two of many paths for one, although some of their hashes are equal', () => {
    const index = new PathIndex();
    const digest = Buffer.alloc(32);
    for (let i = 0; i < 300_000; i++) {
      assert.equal(index.add(`d/${Math.sin(i)}` as RepoPath, digest, i), undefined);
    }
  });

  it('keeps a path longer than a block', () => {
    const index = new PathIndex();
    const [long, digest] = ['x'.repeat(3_000_000) as RepoPath, Buffer.alloc(32)];
    assert.equal(index.add(long, digest, 1), undefined);
    assert.equal(index.add('a' as RepoPath, digest, 2), undefined);
    assert.deepEqual(index.add(long, digest, 3), { line: 1, sameDigest: true });
    assert.deepEqual(index.add('a' as RepoPath, digest, 4), { line: 2, sameDigest: true });
  });
});
