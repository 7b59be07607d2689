import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseLock } from '../../../src/core/formats/lock/lock.js';
import { normalName } from '../../../src/core/formats/lock/requirement.js';
import { physicalLines } from '../../../src/core/formats/lock/lines.js';
import type { Lock } from '../../../src/core/model/envelope.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Position } from '../../../src/core/model/span.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { skip } from '../../harness/skip.js';
import { pipReads } from './lockOracle.js';
import type { PipLine } from './lockOracle.js';

const read = (text: string): Lock =>
  parseLock(text, 'requirements.lock' as RepoPath, '0'.repeat(64) as Sha256);

interface Shown {
  readonly line: number;
  readonly name: string;
  readonly version: string | undefined;
  readonly marker: boolean;
  readonly digests: readonly string[];
}

/** Entries that pip would accept under `--require-hashes`, as both sides can show them. */
function ofPip(lines: readonly PipLine[]): Shown[] {
  return lines
    .filter((line) => line.name !== undefined && line.url === null)
    .map(({ line, name, specifier = '', marker, hashes }) => ({
      line,
      name: normalName(name ?? ''),
      version: /^==([^=*,][^*,]*)$/.exec(specifier)?.[1],
      marker: marker === true,
      digests: (hashes?.['sha256'] ?? []).map((digest) => digest.toLowerCase()).filter(isDigest),
    }));
}

const isDigest = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** Ours, with lines counted by Python's line ends as pip counts them. */
function ofOurs(text: string): Shown[] {
  const { entries } = read(text);
  const pipStarts = physicalLines(text).map(({ source }) => source);
  const starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
  const pipLine = ({ line, column }: Position): number => {
    const offset = (starts[line - 1] ?? 0) + column - 1;
    return pipStarts.filter((start) => start <= offset).length;
  };
  return entries
    .filter(({ url }) => url === undefined)
    .map(({ name, version, marker, digests, place }) => ({
      line: pipLine(place.span.start),
      name,
      version,
      marker: marker !== undefined,
      digests,
    }));
}

const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
const version = fc.constantFrom(
  '1',
  '1.0',
  '1!2.0rc1',
  '2.0.post3',
  '1.0+cpu.1',
  '0.1.dev2',
  'v1.2',
);
const specifier = fc.oneof(
  { weight: 5, arbitrary: version.map((v) => `==${v}`) },
  fc.constantFrom(
    '',
    '>=1.0',
    '==1.*',
    ' == 1.0',
    '===1',
    '~=1.2',
    '==1,<2',
    '(==1.0)',
    '==',
    '=1',
    '==x',
  ),
);
const marker = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  fc.constantFrom(
    ...['; python_version >= "3.8"', " ;os_name=='nt' or (sys_platform != 'x' and extra in 'y')"],
    ...['; bogus == "1"', '; python_version', ';', '; "a" not in os_name', '; os_name == "a" and'],
  ),
);
const hash = fc.oneof(
  { weight: 8, arbitrary: digest.map((d) => `--hash=sha256:${d}`) },
  digest.map((d) => `--hash sha256:${d}`),
  digest.map((d) => `--hash="sha256:${d}"`),
  digest.map((d) => `--hash=sha512:${d}${d}`),
  fc.constantFrom('--hash=md5:00', '--hash=sha256', '--hash', '--hash=sha256:zz', '--bogus', "'"),
);
const blank = fc.constantFrom(
  ' ',
  '  ',
  ' \\\n',
  ' \\\r\n    ',
  ' \\ \n',
  '\t',
  '\\\n',
  ' #c \\\n',
);
const comment = fc.constantFrom(
  '',
  '',
  ' # via x',
  '#tight',
  '\t# x \\',
  ' # \u2028b==1',
  '\u0085',
  '\f',
);
const name = fc.constantFrom(
  'numpy',
  'Ruamel.yaml',
  'a_b-c',
  'x[extra]',
  'x [a, b]',
  'x[]',
  '-bad',
  '_b',
  'ä',
);

const entry = fc
  .tuple(name, specifier, marker, fc.array(fc.tuple(blank, hash), { maxLength: 3 }), comment)
  .map(([n, s, m, hashes, c]) => `${n}${s}${m}${hashes.map((pair) => pair.join('')).join('')}${c}`);
const other = fc.constantFrom(
  ...[
    '',
    '# comment',
    '  # indented \\',
    '--no-binary :all:',
    '-i https://h/simple',
    '-ihttps://h',
    '--pre',
  ],
  ...[
    '--hash=sha256:00',
    'a \\',
    '--extra-index https://x',
    '--re x',
    '--no',
    '-z',
    '-c',
    '\u00a0a==1',
  ],
);
const file = fc
  .tuple(
    fc.array(fc.oneof({ weight: 3, arbitrary: entry }, other), { maxLength: 8 }),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([lines, end]) => lines.join(end) + end);

describe('pip reads a lock as we do', () => {
  it('on generated files: the same entries on the same lines', function () {
    const texts = fc.sample(file, { numRuns: 500, seed: Date.now() % 1e9 });
    const judged = pipReads(texts);
    if (judged === undefined) skip(this, 'no python3 with pip');
    texts.forEach((text, i) => {
      const pip = judged[i] ?? [];
      const bad = new Set(pip.filter(({ error }) => error !== undefined).map(({ line }) => line));
      const accepted = ofOurs(text).filter(({ line }) => !bad.has(line));
      assert.deepEqual(accepted, ofPip(pip), JSON.stringify({ text, pip }));
    });
  });

  it('calls an error whatever pip refuses', function () {
    const texts = fc.sample(file, { numRuns: 500, seed: (Date.now() * 7) % 1e9 });
    const judged = pipReads(texts);
    if (judged === undefined) skip(this, 'no python3 with pip');
    let refused = 0;
    texts.forEach((text, i) => {
      const wrong = (judged[i] ?? []).find(({ error }) => error !== undefined);
      if (wrong === undefined) return;
      refused += 1;
      const { findings } = read(text);
      assert.ok(
        findings.some(({ severity }) => severity === 'error'),
        JSON.stringify({ text, wrong, findings }),
      );
    });
    assert.ok(refused > 50, `only ${refused} files were refused: the generator lost its teeth`);
  });

  it('and a file without errors is one that pip accepts under --require-hashes', function () {
    const clean = fc
      .sample(file, { numRuns: 2500, seed: (Date.now() * 3) % 1e9 })
      .filter((text) => read(text).findings.every(({ severity }) => severity !== 'error'));
    const judged = pipReads(clean);
    if (judged === undefined) skip(this, 'no python3 with pip');
    assert.ok(clean.length > 20, `only ${clean.length} files were clean`);
    judged.forEach((lines, i) => {
      for (const line of lines.filter((each) => each.name !== undefined)) {
        assert.equal(line.pinned, true, clean[i]);
        assert.notDeepEqual(line.hashes, {}, clean[i]);
      }
    });
  });
});
