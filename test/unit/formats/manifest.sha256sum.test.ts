/** The reader and the writer against the real tool, over thousands of nasty manifests. */
import { skip } from '../../harness/skip.js';
import { Armour } from '../../../src/core/formats/attestation/armour.js';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readManifest } from '../../../src/core/formats/manifest/reader.js';
import { formatManifest } from '../../../src/core/formats/manifest/writer.js';
import { decodeText, encodeText } from '../../../src/core/model/bytes.js';
import { parseSha256 } from '../../../src/core/model/digest.js';
import { compareCodePoints, toRepoPath } from '../../../src/core/model/paths.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { Bench, toolProblem } from './sha256sum.js';

const FILE = 'MANIFEST.sha256' as RepoPath;
const bytesOf = (latin1: string): Buffer => Buffer.from(latin1, 'latin1');

/** Names of files that exist; most of them as UTF-8, some as raw bytes. */
const NAMES: readonly Buffer[] = [
  ...['a', 'plain.txt', 'sub/deep', ' lead', '  two', 'trail ', ' ', '  ', '\t', '\ttab', 'a\tb'],
  ...['*', '*star', ' *', '-x', '--', '-c', '#', '#hash', 'a#', '[a-c]*?', '{a,b}', '~', '$HOME'],
  ...['a\nb', '\n', 'a\rb', 'end\r', '\r', 'a\r\nb', 'a\\b', '\\', '\\\\', '\\n', 'a\\', 'C\\x'],
  ...['a\u0085b', 'a\u2028b', 'a\u2029b', '\ufeffbom', 'a\ufeff', '\v', '\f', 'a\u00a0b', '\x7f'],
  ...['caf\u00e9', 'cafe\u0301', '\u{1f600}', '\ue000', '\uffff', 'SHA256 (a)', 'SHA256 (a) = b'],
  ...['a)', '(a', ') = ', 'a) = b', ')', '=', 'a: OK', 'x: FAILED', "it's", '"q"', '`id`', '\x01'],
  ...['0'.repeat(64), `${'0'.repeat(64)}  a`, 'n'.repeat(255), 'sub/..x', '...', '.hidden', '%0a'],
].map((name) => Buffer.from(name));
const RAW_NAMES = [
  '\xff',
  'a\x80b',
  '\xc3',
  '\xc3(',
  '\xed\xa0\x80',
  '\xf4\x90\x80\x80',
  '\xe2\x80 ',
]
  .map(bytesOf)
  .concat(Buffer.from('\u00e9\xff', 'latin1'));
/** Names of no file, and names that are refused. */
const ODD_NAMES = ['missing', 'sub', 'sub/', './a', 'sub/../a', 'nodir/../a', 'sub//deep', './-']
  .concat(['-', '..', '../x', '/', '/nowhere', '.', './', '', 'C:/x', 'a\0b', '\0', 'a/b', 'a/.'])
  .concat(['x'.repeat(256), 'y'.repeat(5000)])
  .map(bytesOf);
const POOL = [...NAMES, ...RAW_NAMES, ...ODD_NAMES];

type Form = 'text' | 'binary' | 'reversed' | 'bsd' | 'openssl';

interface Entry {
  readonly name: Buffer;
  readonly form: Form;
  readonly digest: 'right' | 'wrong' | 'short' | 'long' | 'bad';
  readonly casing: 'lower' | 'upper' | 'mixed';
  readonly escaping: 'auto' | 'never' | 'always';
  readonly blank: string;
  readonly lead: string;
  readonly end: string;
}

const FORMS = ['text', 'binary', 'reversed', 'bsd', 'openssl'] as const;
const often = <T>(usual: T, ...rest: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    ...rest.map((value) => fc.constant(value)),
  );

const entry = (usual: Form): fc.Arbitrary<Entry> =>
  fc.record<Entry>({
    name: fc.constantFrom(...POOL),
    form: often<Form>(usual, ...FORMS),
    digest: often<Entry['digest']>('right', 'wrong', 'wrong', 'short', 'long', 'bad'),
    casing: often<Entry['casing']>('lower', 'upper', 'mixed'),
    escaping: often<Entry['escaping']>('auto', 'never', 'always'),
    blank: often(' ', '\t', '', '  '),
    lead: often('', ' ', '\t', ' \t ', '\\', '\0'),
    end: often('\n', '\r\n', '\r\r\n', '\r', '\0\n'),
  });

const noise: fc.Arbitrary<Buffer> = fc
  .oneof(
    fc.constantFrom('\n', '\r\n', ' \n', '\t\n', '# comment\n', '#\n', ' # no comment\n', '#\r\n'),
    fc.constantFrom('SHA256\n', 'SHA256 ()\n', 'SHA256 () = \n', '\\\n', `${'0'.repeat(64)} \n`),
    fc.constantFrom(`MD5 (a) = ${'0'.repeat(32)}\n`, `SHA512 (a) = ${'0'.repeat(128)}\n`, '\0\n'),
    fc.constantFrom(`SHA2-256(a)= ${'0'.repeat(64)}\n`, '-----BEGIN PGP SIGNED MESSAGE-----\n'),
    fc.string({ unit: 'binary', maxLength: 90 }),
  )
  .map((text) => Buffer.from(text));

const MUTANTS = [...Buffer.from('\0\t\n\r #*-0Aafgx\\nr()=S. /\u00e9\ufeff')];
interface Mutation {
  readonly kind: 'insert' | 'replace' | 'delete' | 'double';
  readonly at: number;
  readonly byte: number;
}
const mutation = fc.record<Mutation>({
  kind: fc.constantFrom('insert', 'replace', 'delete', 'double'),
  at: fc.nat({ max: 1_000_000 }),
  byte: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...MUTANTS) }, fc.nat({ max: 255 })),
});

/** Places near the seams of a line are hit more often than the middle of its digest. */
function mutate(bytes: Buffer, { kind, at: where, byte }: Mutation): Buffer {
  const seams = [0, 1, 5, 6, 7, 62, 63, 64, 65, 66, 67, 68];
  const at = where % 3 === 0 ? where % (bytes.length + 1) : seams[where % seams.length]!;
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  const inserted = {
    insert: [byte],
    replace: [byte],
    delete: [],
    double: [...tail.subarray(0, 1)],
  };
  const kept = kind === 'replace' || kind === 'delete' ? tail.subarray(1) : tail;
  return Buffer.concat([head, Buffer.from(inserted[kind]), kept]);
}

const manifests: fc.Arbitrary<readonly (Entry | Buffer)[]> = fc
  .constantFrom<Form>('text', 'text', 'binary', 'reversed', 'reversed', 'bsd')
  .chain((usual) =>
    fc.array(fc.oneof({ weight: 7, arbitrary: entry(usual) }, noise), {
      minLength: 5,
      maxLength: 35,
      size: 'max',
    }),
  );

describe('a manifest, read by sha256sum and by us', function () {
  this.timeout(120_000);
  let bench: Bench;

  before(function () {
    const problem = toolProblem();
    if (problem !== undefined) skip(this, problem);
    bench = new Bench([...NAMES, ...RAW_NAMES]);
  });

  after(() => {
    // The hook above may have skipped.
    (bench as Bench | undefined)?.dispose();
  });

  function spell(digest: string, { digest: kind, casing }: Entry): string {
    const texts = {
      right: digest,
      wrong: digest.replace(/^./, (c) => (c === '0' ? '1' : '0')),
      short: digest.slice(1),
      long: `${digest}0`,
      bad: digest.replace(/.$/, 'g'),
    };
    const text = texts[kind];
    if (casing === 'lower') return text;
    return casing === 'upper' ? text.toUpperCase() : text.replace(/[ace]/g, (c) => c.toUpperCase());
  }

  function write(line: Entry): Buffer {
    const digest = spell(bench.digest(line.name) ?? 'c0ffee00'.repeat(8), line);
    const raw = line.name.toString('latin1');
    const escaped =
      line.escaping === 'always' || (line.escaping === 'auto' && /[\\\n\r]/.test(raw));
    const name = escaped
      ? raw.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
      : raw;
    const forms: Record<Form, string> = {
      text: `${digest}${line.blank} ${name}`,
      binary: `${digest}${line.blank}*${name}`,
      reversed: `${digest}${line.blank}${name}`,
      bsd: `SHA256${line.blank}(${name}) = ${digest}`,
      openssl: `SHA256(${name})${line.blank}=${line.blank}${digest}`,
    };
    return bytesOf(`${line.lead}${escaped ? '\\' : ''}${forms[line.form]}${line.end}`);
  }

  /** Everything both sides say of these bytes must agree; gives the number of well-formed lines. */
  function compare(manifest: Buffer): number {
    const { pins, findings } = readManifest(manifest, FILE);
    const bom = manifest.subarray(0, 3).equals(Buffer.from('\ufeff'));
    // Deliberate difference: a byte-order mark is skipped.
    const bytes = bom ? manifest.subarray(3) : manifest;
    const tool = bench.check(bytes);
    const malformed = findings.filter((f) => f.code === 'manifest-malformed-line');
    const refused = findings.filter((f) => f.code === 'manifest-refused-path');
    // Deliberate difference: coreutils 9.1 reads over a NUL behind a BSD line's digest.
    const overNul = malformed.filter((f) => f.reason === 'nul' && tagged(manifest, f.line));
    const theirs = tool.lines.filter(({ line }) => !overNul.some((f) => f.line === line));
    const excused = overNul.filter((f) => !tool.malformed.includes(f.line)).map((f) => f.line);
    assert.deepEqual(
      malformed.map((f) => f.line).filter((line) => !excused.includes(line)),
      tool.malformed.filter(isNoArmour(bytes)),
      'malformed lines',
    );
    const ours = [...pins, ...refused].sort((a, b) => a.line - b.line);
    assert.deepEqual(
      ours.map(({ line }) => line),
      theirs.map(({ line }) => line),
      'well-formed lines',
    );
    ours.forEach(({ name }, i) => {
      // Deliberate difference: names with NUL are refused; the tool opens what is before it.
      const opened = encodeText(name)
        .toString('latin1')
        .replace(/\0[^]*/, '');
      assert.ok(theirs[i]!.names.includes(opened), JSON.stringify([name, theirs[i]]));
    });
    for (const pin of pins) {
      const actual = bench.digest(encodeText(pin.name));
      const verdict = actual === undefined ? 'FAILED open or read' : 'FAILED';
      const { verdict: said } = theirs.find(({ line }) => line === pin.line)!;
      assert.equal(said, actual === pin.digest ? 'OK' : verdict, JSON.stringify(pin));
    }
    return ours.length;
  }

  it('agrees on every line of nasty manifests', () => {
    let [entries, runs] = [0, 0];
    const property = fc.property(
      manifests,
      fc.array(mutation, { maxLength: 3 }),
      often<string>('', '\ufeff'),
      fc.boolean(),
      (lines, mutations, mark, cut) => {
        const whole = Buffer.concat(
          lines.map((line) => (Buffer.isBuffer(line) ? line : write(line))),
        );
        const text = mutations.reduce(mutate, cut ? whole.subarray(0, -1) : whole);
        entries += compare(Buffer.concat([Buffer.from(mark), text]));
        runs += 1;
      },
    );
    fc.assert(property, { numRuns: 450 });
    assert.ok(entries >= 3000, `only ${entries} entries in ${runs} manifests`);
  });

  it('agrees on lines with a few bytes changed', () => {
    let lines = 0;
    const mutated = fc
      .tuple(fc.constantFrom(...FORMS), fc.constantFrom(...POOL))
      .chain((given) =>
        fc
          .array(mutation, { minLength: 1, maxLength: 3 })
          .map((mutations) => ({ given, mutations })),
      );
    const property = fc.property(fc.array(mutated, { minLength: 8, maxLength: 8 }), (all) => {
      const texts = all.map(({ given: [form, name], mutations }) => {
        const usual = { digest: 'right', casing: 'lower', escaping: 'auto' } as const;
        const line = write({ name, form, ...usual, blank: ' ', lead: '', end: '\n' });
        return mutations.reduce(mutate, line);
      });
      lines += texts.length;
      compare(Buffer.concat(texts));
    });
    fc.assert(property, { numRuns: 260 });
    assert.ok(lines >= 2000, `only ${lines} lines`);
  });

  it('skips a byte-order mark, which the tool calls a malformed line', () => {
    const manifest = bytesOf(`\xef\xbb\xbf${bench.digest(bytesOf('a'))!}  a\n`);
    assert.deepEqual(bench.check(manifest).malformed, [1]);
    assert.equal(readManifest(manifest, FILE).pins.length, 1);
  });

  // Two backslashes begin a path that is absolute on Windows, and so are refused.
  const GOOD = [...NAMES, ...RAW_NAMES].filter((name) => toRepoPath(decodeText(name)).ok);
  const someNames = fc.uniqueArray(fc.constantFrom(...GOOD), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
    selector: (name) => name.toString('latin1'),
  });
  const linesFor = (names: readonly Buffer[]): Parameters<typeof formatManifest>[1] =>
    names.map((name) => ({ name: decodeText(name), digest: parseSha256(bench.digest(name)!)! }));

  it('writes what the tool accepts with --strict, and prints itself', () => {
    const property = fc.property(someNames, (names) => {
      const manifest = formatManifest(['# header'], linesFor(names));
      const report = bench.check(manifest, '--strict', '--quiet');
      assert.deepEqual(report, { lines: [], malformed: [], exitCode: 0 });
      const sorted = names
        .map(decodeText)
        .sort(compareCodePoints)
        .map((name) => encodeText(name));
      const printed = Buffer.concat([Buffer.from('# header\n'), bench.print(sorted)]);
      assert.equal(manifest.toString('latin1'), printed.toString('latin1'));
    });
    fc.assert(property, { numRuns: 60 });
  });
});

/** Whether a line has the BSD form with a NUL behind the digest. */
function tagged(manifest: Buffer, line: number): boolean {
  const text = manifest.toString('latin1').split('\n')[line - 1]!;
  return /SHA256 ?\([^]*\)[ \t]*=[ \t]*[0-9a-fA-F]{64}\0/.test(text);
}

/** The wrapping of a PGP signature: malformed lines to the tool, a note to us (docs/manifest-format.md). */
function isNoArmour(manifest: Buffer): (line: number) => boolean {
  const armour = new Armour();
  const lines = manifest.toString('latin1').split('\n');
  return (line) => !armour.covers(lines[line - 1] ?? '');
}
